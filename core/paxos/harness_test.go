package paxos

import (
	"bytes"
	"fmt"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

const millisecond Time = 1_000_000

func smallLimits() Limits {
	return Limits{Window: 16, EntryBytes: 32, WindowBytes: 512, BatchEntries: 4, BatchBytes: 64}
}

func genesisOf(n int, limits Limits) Genesis {
	g := Genesis{Name: "test", Limits: limits}
	for i := range n {
		g.Founders[i] = DiskID{byte(i + 1)}
	}
	return g
}

func configOf(n int, id NodeID, limits Limits, seed uint64) Config {
	g := genesisOf(n, limits)
	return Config{Genesis: g, Node: id, Life: 1, Disk: g.Founders[id],
		Seed:     seed*64 + uint64(id) + 1,
		Election: 100 * millisecond, Beat: 10 * millisecond}
}

// network is a seeded world of replicas: it loses, duplicates, delays and reorders messages, delays
// syncs, crashes nodes so that what was not synced never was, and restarts them from their logs. It
// checks at once that no two nodes differ in a slot and that slots come in order.
type network struct {
	t      testing.TB
	seed   int64
	rng    *rand.Rand
	now    Time
	limits Limits
	n      int
	nodes  []*node
	queue  []event
	log    [][]byte // agreed: by slot-1
	acked  map[uint64]Slot
	taken  map[uint64]bool
	loss   int // percent
	dup    int
	spread Time // most delay of a message
	sync   Time // most duration of a sync
	cut    func(from, to NodeID) bool
	sent   map[Kind]int
	seq    uint64
	tamper func(m *Message)
	record bool
}

type node struct {
	id       NodeID
	r        *Replica
	up       bool
	log      []Record // durable first, then appended
	durable  int
	life     int // restarts
	executed Slot
	wakeAt   Time
	out      Output
	arena    []Entry
	script   Transcript // since the last start, if the network records
	hash     Player     // of what came out
}

type event struct {
	at   Time
	to   NodeID
	life int // restarts, for sync
	lsn  LSN
	msg  []byte
}

func newNetwork(t testing.TB, n int, limits Limits, seed int64) *network {
	w := &network{
		t: t, seed: seed, rng: rand.New(rand.NewSource(seed)), limits: limits, n: n,
		acked: map[uint64]Slot{}, taken: map[uint64]bool{}, sent: map[Kind]int{},
		spread: millisecond, sync: millisecond,
	}
	for i := range n {
		nd := &node{id: NodeID(i), arena: make([]Entry, limits.BatchEntries)}
		w.nodes = append(w.nodes, nd)
		w.start(nd)
	}
	return w
}

func (w *network) must(ok bool, what string, args ...any) {
	if !ok {
		w.t.Fatalf("seed %d, %v: %s", w.seed, w.now, fmt.Sprintf(what, args...))
	}
}

func (w *network) start(nd *node) {
	c := configOf(w.n, nd.id, w.limits, uint64(w.seed)+uint64(nd.life)*7919)
	r, err := Open(&c)
	require.NoError(w.t, err)
	nd.r, nd.up, nd.executed = r, true, 0
	nd.script, nd.hash = nil, *NewPlayer(0)
	if w.record {
		nd.script.Open(&c)
	}
	for i := range nd.log {
		if w.record {
			nd.script.Replay(&nd.log[i])
		}
		err := r.Replay(&nd.log[i])
		w.must(err == nil, "node %d: replay %d: %v", nd.id, i, err)
		w.drain(nd)
	}
	if w.record {
		nd.script.Start(w.now)
	}
	r.Start(w.now)
	w.drain(nd)
}

func (w *network) crash(nd *node) {
	nd.up = false
	nd.life++
	keep := nd.durable
	if len(nd.log) > keep { // the disk may have got further than it said
		keep += w.rng.Intn(len(nd.log) - keep + 1)
	}
	nd.log = nd.log[:keep]
	nd.durable = keep
}

func cloneEntries(es []Entry) []Entry {
	out := make([]Entry, len(es))
	for i, e := range es {
		e.Data = append([]byte(nil), e.Data...)
		out[i] = e
	}
	return out
}

// drain does what a driver does with an Output.
func (w *network) drain(nd *node) {
	for {
		nd.r.Drain(&nd.out)
		o := &nd.out
		if w.record {
			nd.script.Drain()
			nd.hash.buf = o.AppendTo(nd.hash.buf[:0])
			nd.hash.sum()
		}
		for i := range o.Send {
			w.post(&o.Send[i])
		}
		for _, rec := range o.Write {
			w.must(len(nd.log) == 0 || rec.LSN == nd.log[len(nd.log)-1].LSN+1,
				"LSNs are not in a row")
			rec.Entries = cloneEntries(rec.Entries)
			nd.log = append(nd.log, rec)
		}
		if o.Sync {
			w.push(event{at: w.now + w.after(w.sync), to: nd.id, life: nd.life,
				lsn: nd.log[len(nd.log)-1].LSN})
		}
		for i := range o.Chosen {
			w.execute(nd, o.First+Slot(i), &o.Chosen[i])
		}
		if len(o.Chosen) > 0 {
			if w.record {
				nd.script.Applied(nd.executed)
			}
			nd.r.Applied(nd.executed)
		}
		for _, f := range o.Fates {
			w.fate(nd, f)
		}
		for i := range o.Supply {
			w.supply(nd, &o.Supply[i])
		}
		nd.wakeAt = o.WakeAt
		if !o.More {
			return
		}
	}
}

func (w *network) execute(nd *node, s Slot, e *Entry) {
	w.must(s == nd.executed+1, "node %d executes %d after %d", nd.id, s, nd.executed)
	nd.executed = s
	b := appendEntries(nil, []Entry{*e})
	if int(s) > len(w.log) {
		w.log = append(w.log, b)
	}
	w.must(bytes.Equal(w.log[s-1], b), "node %d differs in slot %d", nd.id, s)
}

func (w *network) fate(nd *node, f Fate) {
	w.must(w.taken[f.Seq], "a fate for what was not taken, or a second one: %+v", f)
	delete(w.taken, f.Seq)
	if f.Outcome == Decided {
		w.must(f.Slot <= nd.executed, "a fate before the entry was handed out")
		w.must(bytes.Contains(w.log[f.Slot-1], fmt.Appendf(nil, "command %d.", f.Seq)),
			"wrong fate")
		w.acked[f.Seq] = f.Slot
	}
}

func (w *network) supply(nd *node, s *Supply) {
	var entries []Entry
	for slot := s.Span.Lo; slot < s.Span.Hi && len(entries) < w.limits.BatchEntries; slot++ {
		var found *Entry
		for i := len(nd.log) - 1; i >= 0 && found == nil; i-- {
			if rec := &nd.log[i]; rec.Kind != Format && rec.Span.Has(slot) {
				found = &rec.Entries[slot-rec.Span.Lo]
			}
		}
		w.must(found != nil, "the log lacks chosen slot %d", slot)
		entries = append(entries, *found)
		if !w.limits.batch(entries) {
			entries = entries[:len(entries)-1]
			break
		}
	}
	var m Message
	w.must(nd.r.Supplied(s, entries, &m), "Supplied refused")
	if w.record {
		nd.script.Supplied(s, entries)
		nd.hash.buf = AppendMessage(nd.hash.buf[:0], &m)
		nd.hash.sum()
	}
	w.post(&m)
}

func (w *network) after(most Time) Time { return 1 + Time(w.rng.Int63n(int64(most))) }

func (w *network) post(m *Message) {
	w.sent[m.Kind]++
	if w.cut != nil && w.cut(m.From, m.To) {
		return
	}
	for range 2 {
		if w.rng.Intn(100) >= w.loss {
			w.push(event{at: w.now + w.after(w.spread), to: m.To, msg: AppendMessage(nil, m)})
		}
		if w.rng.Intn(100) >= w.dup {
			return
		}
	}
}

// push keeps the queue a binary heap by time.
func (w *network) push(e event) {
	q := append(w.queue, e)
	for i := len(q) - 1; i > 0 && q[i].at < q[(i-1)/2].at; i = (i - 1) / 2 {
		q[i], q[(i-1)/2] = q[(i-1)/2], q[i]
	}
	w.queue = q
}

func (w *network) pop() event {
	q := w.queue
	top, last := q[0], len(q)-1
	q[0] = q[last]
	q = q[:last]
	for i := 0; ; {
		c := 2*i + 1
		if c+1 < last && q[c+1].at < q[c].at {
			c++
		}
		if c >= last || q[i].at <= q[c].at {
			break
		}
		q[i], q[c] = q[c], q[i]
		i = c
	}
	w.queue = q
	return top
}

// step lets the next thing happen and reports whether that was before end.
func (w *network) step(end Time) bool {
	var tick *node
	at := end
	for _, nd := range w.nodes {
		if nd.up && nd.wakeAt < at {
			tick, at = nd, nd.wakeAt
		}
	}
	if len(w.queue) > 0 && w.queue[0].at < at {
		w.handle(w.pop())
		return true
	}
	w.now = max(w.now, at)
	if tick == nil {
		return false
	}
	if w.record {
		tick.script.Tick(w.now)
	}
	tick.r.Tick(w.now)
	w.drain(tick)
	return true
}

func (w *network) handle(e event) {
	w.now = max(w.now, e.at)
	nd := w.nodes[e.to]
	if !nd.up || e.msg == nil && e.life != nd.life {
		return
	}
	if e.msg == nil {
		for nd.durable < len(nd.log) && nd.log[nd.durable].LSN <= e.lsn {
			nd.durable++
		}
		if w.record {
			nd.script.Persisted(e.lsn)
		}
		nd.r.Persisted(e.lsn)
	} else {
		var m Message
		_, err := DecodeMessage(e.msg, &m, nd.arena)
		require.NoError(w.t, err)
		if w.tamper != nil {
			w.tamper(&m)
		}
		if w.record {
			nd.script.Step(w.now, &m)
		}
		nd.r.Step(w.now, &m)
	}
	if w.rng.Intn(4) > 0 { // sometimes more arrives before the driver drains
		w.drain(nd)
	} else {
		nd.wakeAt = w.now
	}
}

func (w *network) run(d Time) {
	for end := w.now + d; w.step(end); {
	}
}

func (w *network) leader() *node {
	var lead *node
	for _, nd := range w.nodes {
		if nd.up && nd.r.Role() == Leader && (lead == nil || nd.r.Ballot() > lead.r.Ballot()) {
			lead = nd
		}
	}
	return lead
}

// propose offers a fresh command to a node and reports what it said.
func (w *network) propose(nd *node) Refusal {
	w.seq++
	e := value(1+uint64(nd.id), w.seq, fmt.Sprintf("command %d.", w.seq))
	if w.rng.Intn(3) == 0 {
		e.Data = append(e.Data, make([]byte, w.rng.Intn(32-len(e.Data)+1))...)
	}
	if w.record {
		nd.script.Propose(&e)
	}
	_, ref := nd.r.Propose(&e)
	if ref == Taken {
		w.taken[w.seq] = true
		w.drain(nd)
	}
	return ref
}

// heal ends all faults, restarts everyone, and requires progress: a fresh command is chosen, and
// executed by all.
func (w *network) heal() {
	w.loss, w.dup, w.cut = 0, 0, nil
	for _, nd := range w.nodes {
		if !nd.up {
			w.start(nd)
		}
	}
	for range 60 {
		w.run(100 * millisecond)
		if lead := w.leader(); lead != nil && w.propose(lead) == Taken {
			seq := w.seq
			w.run(100 * millisecond)
			if s, ok := w.acked[seq]; ok && w.allExecuted(s) {
				return
			}
		}
	}
	w.must(false, "no progress after heal: %s", w.describe())
}

func (w *network) allExecuted(s Slot) bool {
	for _, nd := range w.nodes {
		if nd.executed < s {
			return false
		}
	}
	return true
}

func (w *network) describe() string {
	s := ""
	for _, nd := range w.nodes {
		r := nd.r
		s += fmt.Sprintf("\n  node %d %v ballot %x promised %x prefix %d executed %d "+
			"next %d fill %d-%d match %v "+
			"catchup %d..%d vain %d lsn %d/%d",
			nd.id, r.Role(), r.Ballot(), r.Promised(), r.Prefix(), nd.executed, r.next, r.fill,
			r.fillTo,
			r.proposer.match[:w.n], r.catchup.from, r.catchup.to, r.catchup.vain, r.Durable(),
			r.Written())
	}
	return s
}

// check requires that whatever was reported as chosen still is.
func (w *network) check() {
	for seq, s := range w.acked {
		w.must(int(s) <= len(w.log) && bytes.Contains(w.log[s-1], fmt.Appendf(nil, "command %d.",
			seq)),
			"command %d was reported in slot %d and is lost", seq, s)
	}
}
