package kv

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
)

// model is the data model at its most naive: every revision is a whole map.
type model struct {
	past      []map[string]KeyValue // past[i] is revision i+1
	written   [][]string            // written[i] are the keys that revision i+1 wrote, in order
	compacted int64
	leases    map[int64]Lease
	renewed   uint64
	granted   uint64
}

func newModel() *model {
	return &model{
		past: []map[string]KeyValue{{}}, written: [][]string{nil}, compacted: -1,
		leases: map[int64]Lease{},
	}
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
	if code := m.judge(&r, now, false); code != OK {
		return Response{Code: code, Revision: m.revision()}
	}
	var wrote []string
	out := m.run(&r, now, maps.Clone(now), &wrote)
	if len(wrote) > 0 {
		m.past, m.written = append(m.past, now), append(m.written, wrote)
	}
	return out
}

func (m *model) judge(r *Request, now map[string]KeyValue, inTxn bool) Code {
	switch r.Op {
	case OpRange:
		if r.Range.Revision > m.revision() {
			return FutureRevision
		} else if r.Range.Revision > 0 && r.Range.Revision < m.compacted {
			return Compacted
		}
	case OpPut:
		_, found := now[string(r.Put.Key)]
		_, granted := m.leases[r.Put.Lease]
		if wrong := r.Put.Lease != 0 && !granted; wrong && (!inTxn || found) {
			return LeaseNotFound
		} else if !found && (r.Put.IgnoreValue || r.Put.IgnoreLease) {
			return KeyNotFound
		} else if wrong {
			return LeaseNotFound
		}
	case OpLeaseGrant:
		if _, found := m.leases[r.Lease.ID]; found {
			return LeaseExists
		}
	case OpLeaseRevoke:
		if _, found := m.leases[r.Lease.ID]; !found {
			return LeaseNotFound
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
			code = m.judge(&ops[i], now, true)
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
func (m *model) run(r *Request, now, before map[string]KeyValue, wrote *[]string) Response {
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
		if !r.Put.IgnoreLease {
			p.Lease = r.Put.Lease
		}
		p.Mod, p.Version = m.revision()+1, p.Version+1
		now[string(p.Key)] = p
		*wrote = append(*wrote, string(p.Key))
	case OpDelete:
		gone := m.inRange(now, r.Delete.Key, r.Delete.End)
		m.remove(gone, now, wrote)
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
	default:
		m.runLeaseOp(r, now, wrote, &out)
	}
	if out.Revision = m.revision(); len(*wrote) > 0 {
		out.Revision++
	}
	return out
}

func (m *model) remove(gone []KeyValue, now map[string]KeyValue, wrote *[]string) {
	for _, p := range gone {
		delete(now, string(p.Key))
		*wrote = append(*wrote, string(p.Key))
	}
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

func (m *model) runLeaseOp(
	r *Request, now map[string]KeyValue, wrote *[]string, out *Response,
) {
	switch r.Op {
	case OpLeaseGrant:
		l := r.Lease
		if l.ID == 0 {
			m.granted++
			l.ID = int64(mix(m.granted) >> 1)
		}
		l.TTL = max(l.TTL, 2)
		out.Leases = []Lease{m.renew(l)}
	case OpLeaseRevoke:
		out.Count = m.end(r.Lease.ID, now, wrote)
	case OpLeaseKeepAlive:
		for _, asked := range r.Leases {
			if l, found := m.leases[asked.ID]; found {
				asked = m.renew(l)
			}
			out.Leases = append(out.Leases, asked)
		}
	case OpLeaseExpire:
		for _, due := range r.Leases {
			if l, found := m.leases[due.ID]; found && l.Renewal == due.Renewal {
				out.Leases = append(out.Leases, l)
				out.Count += m.end(l.ID, now, wrote)
			}
		}
	case OpLeaseTimeToLive:
		l, found := m.leases[r.Lease.ID]
		if !found {
			l = Lease{ID: r.Lease.ID, TTL: -1}
		}
		out.Leases = []Lease{l}
		for _, p := range m.under(l.ID, now) {
			out.Keys = append(out.Keys, p.Key)
		}
	case OpLeases:
		for _, id := range slices.Sorted(maps.Keys(m.leases)) {
			out.Leases = append(out.Leases, m.leases[id])
		}
	}
}

func (m *model) renew(l Lease) Lease {
	m.renewed++
	l.Renewal = m.renewed
	m.leases[l.ID] = l
	return l
}

func (m *model) under(id int64, now map[string]KeyValue) []KeyValue {
	return slices.DeleteFunc(m.inRange(now, []byte{0}, []byte{0}), func(p KeyValue) bool {
		return p.Lease != id
	})
}

func (m *model) end(id int64, now map[string]KeyValue, wrote *[]string) int64 {
	gone := m.under(id, now)
	delete(m.leases, id)
	m.remove(gone, now, wrote)
	return int64(len(gone))
}

// watch tells the events from revision from on.
func (m *model) watch(w *Watch, from int64) []Event {
	var events []Event
	for rev := max(from, 2); rev <= m.revision(); rev++ {
		before, after := m.past[rev-2], m.past[rev-1]
		for _, key := range m.written[rev-1] {
			p, there := after[key]
			e := Event{Delete: !there, KV: &p}
			if !there {
				p = KeyValue{Key: []byte(key), Mod: rev}
			}
			if old, found := before[key]; found && w.PrevKV && rev > m.compacted {
				e.Prev = &old
			}
			if within([]byte(key), w.Key, w.End) && !(there && w.NoPut) && (there || !w.NoDelete) {
				events = append(events, e)
			}
		}
	}
	return events
}
