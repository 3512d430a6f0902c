package kv

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// model is the data model at its most naive: every revision is a whole map.
type model struct {
	past      []map[string]KeyValue // past[i] is revision i+1
	compacted int64
}

func newModel() *model {
	return &model{past: []map[string]KeyValue{{}}, compacted: -1}
}

func (m *model) revision() int64 { return int64(len(m.past)) }

func (m *model) inRange(now map[string]KeyValue, key, end []byte) []KeyValue {
	var out []KeyValue
	for _, k := range slices.Sorted(maps.Keys(now)) {
		if within([]byte(k), key, end) {
			out = append(out, now[k])
		}
	}
	return out
}

// apply executes r; what is refused leaves no trace.
func (m *model) apply(r Request) Response {
	now := maps.Clone(m.past[len(m.past)-1])
	if code := m.judge(&r, now); code != OK {
		return Response{Code: code, Revision: m.revision()}
	}
	wrote := false
	out := m.run(&r, now, maps.Clone(now), &wrote)
	if wrote {
		m.past = append(m.past, now)
	}
	return out
}

func (m *model) judge(r *Request, now map[string]KeyValue) Code {
	switch r.Op {
	case OpRange:
		if r.Range.Revision > m.revision() {
			return FutureRevision
		} else if r.Range.Revision > 0 && r.Range.Revision < m.compacted {
			return Compacted
		}
	case OpPut:
		if _, found := now[string(r.Put.Key)]; !found && r.Put.IgnoreValue {
			return KeyNotFound
		}
	case OpCompact:
		if r.Revision <= m.compacted {
			return Compacted
		} else if r.Revision > m.revision() {
			return FutureRevision
		}
	case OpTxn:
		for _, way := range ways(r) {
			for i := range way {
				for j := range way[:i] {
					if way[i].overlaps(&way[j]) {
						return DuplicateKey
					}
				}
			}
		}
		return m.judgeBranch(r.Txn, now)
	}
	return OK
}

func (m *model) judgeBranch(t *Txn, now map[string]KeyValue) Code {
	ops := t.branch(m.holds(t, now))
	for i := range ops {
		var code Code
		if ops[i].Op == OpTxn {
			code = m.judgeBranch(ops[i].Txn, now)
		} else {
			code = m.judge(&ops[i], now)
		}
		if code != OK {
			return code
		}
	}
	return OK
}

// ways lists what r writes in each way that its transactions could turn out.
func ways(r *Request) [][]write {
	switch r.Op {
	case OpPut:
		return [][]write{{{key: r.Put.Key, put: true}}}
	case OpDelete:
		return [][]write{{{key: r.Delete.Key, end: r.Delete.End}}}
	case OpTxn:
		var all [][]write
		for _, branch := range [][]Request{r.Txn.Success, r.Txn.Failure} {
			some := [][]write{nil}
			for i := range branch {
				var longer [][]write
				for _, before := range some {
					for _, next := range ways(&branch[i]) {
						longer = append(longer, slices.Concat(before, next))
					}
				}
				some = longer
			}
			all = append(all, some...)
		}
		return all
	}
	return [][]write{nil}
}

func (m *model) holds(t *Txn, now map[string]KeyValue) bool {
	for _, c := range t.Compare {
		found := m.inRange(now, c.Key, c.End)
		if len(found) == 0 && c.Target == CompareValue {
			return false
		} else if len(found) == 0 {
			found = []KeyValue{{}}
		}
		for _, p := range found {
			stored := map[CompareTarget]int{
				CompareVersion: cmp.Compare(p.Version, c.Number),
				CompareCreate:  cmp.Compare(p.Create, c.Number),
				CompareMod:     cmp.Compare(p.Mod, c.Number),
				CompareLease:   cmp.Compare(p.Lease, c.Number),
				CompareValue:   bytes.Compare(p.Value, c.Value),
			}[c.Target]
			if !map[CompareResult]bool{
				Equal: stored == 0, NotEqual: stored != 0, Greater: stored > 0, Less: stored < 0,
			}[c.Result] {
				return false
			}
		}
	}
	return true
}

// run changes now; compares look at before.
func (m *model) run(r *Request, now, before map[string]KeyValue, wrote *bool) Response {
	out := Response{Op: r.Op}
	switch r.Op {
	case OpRange:
		at := now
		if r.Range.Revision > 0 {
			at = m.past[r.Range.Revision-1]
		}
		m.runRange(&r.Range, at, &out)
	case OpPut:
		p := now[string(r.Put.Key)]
		if r.Put.PrevKV && p.Version > 0 {
			out.KVs = []KeyValue{p}
		}
		if p.Version == 0 {
			p = KeyValue{Key: r.Put.Key, Create: m.revision() + 1}
		}
		if !r.Put.IgnoreValue {
			p.Value = r.Put.Value
		}
		p.Mod, p.Version = m.revision()+1, p.Version+1
		now[string(p.Key)], *wrote = p, true
	case OpDelete:
		gone := m.inRange(now, r.Delete.Key, r.Delete.End)
		for _, p := range gone {
			delete(now, string(p.Key))
			*wrote = true
		}
		if out.Count = int64(len(gone)); r.Delete.PrevKV {
			out.KVs = gone
		}
	case OpTxn:
		out.Succeeded = m.holds(r.Txn, before)
		ops := r.Txn.branch(out.Succeeded)
		for i := range ops {
			out.Responses = append(out.Responses, m.run(&ops[i], now, before, wrote))
		}
	case OpCompact:
		m.compacted = r.Revision
	}
	if out.Revision = m.revision(); *wrote {
		out.Revision++
	}
	return out
}

func (m *model) runRange(q *Range, at map[string]KeyValue, out *Response) {
	all := m.inRange(at, q.Key, q.End)
	out.Count = int64(len(all))
	if q.CountOnly {
		return
	}
	for _, p := range all {
		if p.Mod >= q.MinMod && (q.MaxMod == 0 || p.Mod <= q.MaxMod) {
			out.KVs = append(out.KVs, p)
		}
	}
	slices.SortStableFunc(out.KVs, func(a, b KeyValue) int {
		order := map[SortTarget]int{
			SortByKey: bytes.Compare(a.Key, b.Key), SortByValue: bytes.Compare(a.Value, b.Value),
			SortByVersion: cmp.Compare(a.Version, b.Version),
			SortByCreate:  cmp.Compare(a.Create, b.Create), SortByMod: cmp.Compare(a.Mod, b.Mod),
		}[q.Target]
		if q.Order == SortDescend {
			return -order
		}
		return order
	})
	if q.Limit > 0 && int64(len(out.KVs)) > q.Limit {
		out.KVs, out.More = out.KVs[:q.Limit], true
	}
	for i := range out.KVs {
		if q.KeysOnly {
			out.KVs[i].Value = nil
		}
	}
}

func drawKey(t *rapid.T) []byte {
	return []byte(rapid.SampledFrom([]string{"a", "ab", "b", "c", "d\x00", "d"}).Draw(t, "key"))
}

func drawEnd(t *rapid.T) []byte {
	end := rapid.SampledFrom([]string{"", "", "\x00", "b", "c", "e"}).Draw(t, "end")
	if end == "" {
		return nil
	}
	return []byte(end)
}

func drawRange(t *rapid.T, now int64) Request {
	return Request{Op: OpRange, Range: Range{
		Key: drawKey(t), End: drawEnd(t),
		Limit:    rapid.Int64Range(-1, 4).Draw(t, "limit"),
		Revision: rapid.SampledFrom([]int64{0, 0, now - 2, now - 1, now, now + 1}).Draw(t, "rev"),
		MinMod:   rapid.SampledFrom([]int64{0, 0, now - 3}).Draw(t, "min mod"),
		MaxMod:   rapid.SampledFrom([]int64{0, 0, max(0, now-1)}).Draw(t, "max mod"),
		Order:    SortOrder(rapid.IntRange(0, 2).Draw(t, "order")),
		Target:   SortTarget(rapid.IntRange(0, 4).Draw(t, "target")),
		KeysOnly: rapid.Bool().Draw(t, "keys only"), CountOnly: rapid.Bool().Draw(t, "count only"),
	}}
}

func drawCompare(t *rapid.T, now int64) Compare {
	c := Compare{
		Key: drawKey(t), End: drawEnd(t),
		Target: CompareTarget(rapid.IntRange(0, 4).Draw(t, "target")),
		Result: CompareResult(rapid.IntRange(0, 3).Draw(t, "result")),
	}
	if c.Target == CompareValue {
		c.Value = []byte(rapid.SampledFrom([]string{"0", "1", "2"}).Draw(t, "value"))
	} else {
		c.Number = rapid.SampledFrom([]int64{0, 1, 2, now - 1, now}).Draw(t, "number")
	}
	return c
}

func drawOps(t *rapid.T, now int64, depth int) []Request {
	var ops []Request
	for range rapid.IntRange(0, 3).Draw(t, "operations") {
		ops = append(ops, drawRequest(t, now, depth))
	}
	return ops
}

func drawRequest(t *rapid.T, now int64, depth int) Request {
	kinds := []Op{OpPut, OpPut, OpDelete, OpRange}
	if depth == 0 {
		kinds = append(kinds, OpTxn, OpTxn, OpCompact)
	} else if depth < 3 {
		kinds = append(kinds, OpTxn)
	}
	switch rapid.SampledFrom(kinds).Draw(t, "op") {
	case OpPut:
		p := Put{Key: drawKey(t), PrevKV: rapid.Bool().Draw(t, "prev")}
		if p.IgnoreValue = rapid.IntRange(0, 5).Draw(t, "ignore") == 0; !p.IgnoreValue {
			p.Value = []byte(rapid.SampledFrom([]string{"0", "1", "2"}).Draw(t, "value"))
		}
		return Request{Op: OpPut, Put: p}
	case OpDelete:
		d := Delete{Key: drawKey(t), End: drawEnd(t), PrevKV: rapid.Bool().Draw(t, "prev")}
		return Request{Op: OpDelete, Delete: d}
	case OpRange:
		return drawRange(t, now)
	case OpCompact:
		return Request{Op: OpCompact, Revision: now - rapid.Int64Range(-1, 4).Draw(t, "back")}
	}
	var compares []Compare
	for range rapid.IntRange(0, 2).Draw(t, "compares") {
		compares = append(compares, drawCompare(t, now))
	}
	return txn(Txn{
		Compare: compares, Success: drawOps(t, now, depth+1), Failure: drawOps(t, now, depth+1),
	})
}

func TestTheStoreAnswersLikeAMapForEachRevision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, m := New(Limits{}), newModel()
		for range rapid.IntRange(1, 60).Draw(t, "commands") {
			r := drawRequest(t, m.revision(), 0)
			require.Equal(t, m.apply(r), do(t, s, r), "%+v", r)
			require.Equal(t, m.revision(), s.Stats().Revision)
		}
		require.EqualValues(t, len(m.past[len(m.past)-1]), s.Stats().Keys)
	})
}

func TestReplicasAgreeHoweverTheyCameToTheirState(t *testing.T) { // B-32, B-35
	limits := Limits{Sessions: 3, Window: 4, ReplyBytes: 40}
	rapid.Check(t, func(t *rapid.T) {
		a, b := New(limits), New(limits)
		for range rapid.IntRange(1, 60).Draw(t, "commands") {
			r := drawRequest(t, a.Stats().Revision, 0)
			command := AppendRequest(nil, &r)
			client := rapid.Uint64Range(1, 6).Draw(t, "client")
			seq := rapid.Uint64Range(1, 20).Draw(t, "seq")
			require.Equal(t,
				a.ApplyOnce(client, seq, command, nil), b.ApplyOnce(client, seq, command, nil))
			switch rapid.IntRange(0, 9).Draw(t, "fate of b") {
			case 0:
				restored, err := Restore(b.AppendState(nil))
				require.NoError(t, err)
				require.Equal(t, b.Stats(), restored.Stats())
				b = restored
			case 1:
				b = b.Clone()
			}
			require.Equal(t, a.Hash(), b.Hash())
		}
		require.Equal(t, a.AppendState(nil), b.AppendState(nil))
		require.Equal(t, fnv(fnvOffset, a.AppendState(nil)), a.Hash())
	})
}
