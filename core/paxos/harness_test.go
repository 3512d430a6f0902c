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
	eras   map[Era]Governed // decided, as any node said first
	offers []Governed       // configurations that were asked for, each after Era
	wiped  int              // disks that were lost
	reads  int              // confirmed
	leased int              // of these, without a round
	lease  Time
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
	disk     DiskID
	header   *Record // of the first segment, if older records are gone
	snap     *Record // newest snapshot; what it holds is the agreed log up to its slot
	asked    []asked // reads that wait
	era      Era
}

// asked is a read that waits for its round, and what it must not miss.
type asked struct {
	round uint64
	least Slot
}

type event struct {
	at   Time
	to   NodeID
	life int // restarts, for sync
	lsn  LSN
	msg  []byte
	snap *Record // a snapshot arrives, state and all
}

func newNetwork(t testing.TB, n int, limits Limits, seed int64) *network {
	w := &network{
		t: t, seed: seed, rng: rand.New(rand.NewSource(seed)), limits: limits, n: n,
		acked: map[uint64]Slot{}, taken: map[uint64]bool{}, sent: map[Kind]int{},
		spread: millisecond, sync: millisecond, eras: map[Era]Governed{},
	}
	for i := range n {
		w.start(w.add(DiskID{byte(i + 1)}))
	}
	return w
}

// add makes a node with an empty disk.
func (w *network) add(disk DiskID) *node {
	nd := &node{id: NodeID(len(w.nodes)), disk: disk, arena: make([]Entry, w.limits.BatchEntries)}
	w.nodes = append(w.nodes, nd)
	return nd
}

func (w *network) must(ok bool, what string, args ...any) {
	if !ok {
		w.t.Fatalf("seed %d, %v: %s", w.seed, w.now, fmt.Sprintf(what, args...))
	}
}

func (w *network) start(nd *node) {
	c := configOf(w.n, nd.id, w.limits, uint64(w.seed)+uint64(nd.life)*7919)
	c.Disk = nd.disk
	if c.Disk != c.Genesis.Founders[nd.id] || c.Disk == (DiskID{}) {
		c.Life = 0
	}
	c.Contacts = NodeSet(1<<len(w.nodes) - 1)
	c.Lease = w.lease
	r, err := Open(&c)
	require.NoError(w.t, err)
	nd.r, nd.up, nd.executed, nd.asked, nd.era = r, true, 0, nil, 0
	nd.script, nd.hash = nil, *NewPlayer(0)
	if w.record {
		nd.script.Open(&c)
	}
	if nd.header != nil {
		w.replay(nd, nd.header)
	}
	for i := range nd.log {
		if nd.header == nil && i == 0 {
			w.replay(nd, &nd.log[0])
		}
		if i == 0 && nd.snap != nil {
			w.replay(nd, nd.snap)
		}
		if nd.header != nil || i > 0 {
			w.replay(nd, &nd.log[i])
		}
	}
	if w.record {
		nd.script.Start(w.now)
	}
	r.Start(w.now)
	w.drain(nd)
}

func (w *network) replay(nd *node, rec *Record) {
	if w.record {
		nd.script.Replay(rec)
	}
	err := nd.r.Replay(rec)
	w.must(err == nil, "node %d: replay of %v %d: %v", nd.id, rec.Kind, rec.LSN, err)
	if rec.Kind == Snapshot {
		nd.executed = max(nd.executed, rec.Chosen)
	}
	w.drain(nd)
}

// checkpoint has a node write a snapshot, and let go of the records that it covers.
func (w *network) checkpoint(nd *node) {
	var rec Record
	if !nd.r.Checkpoint(&rec) || nd.snap != nil && nd.snap.Chosen >= rec.Chosen {
		return
	}
	w.snapshot(nd, &rec)
	if w.record {
		nd.script.Snapshotted(rec.Chosen)
	}
	nd.r.Snapshotted(rec.Chosen)
	keep := 0
	for keep < nd.durable {
		rec := &nd.log[keep]
		if (rec.Kind == Accepted || rec.Kind == Chosen) && rec.Span.Hi > nd.snap.Chosen+1 {
			break
		}
		keep++
	}
	if keep == 0 || keep == len(nd.log) {
		return
	}
	var header Record
	nd.r.Header(&header)
	header.LSN = nd.log[keep].LSN - 1
	header.Entries = cloneEntries(header.Entries)
	nd.header, nd.log = &header, nd.log[keep:]
	nd.durable -= keep
}

// snapshot stores a snapshot on the disk of nd.
func (w *network) snapshot(nd *node, rec *Record) {
	own := *rec
	own.Entries = cloneEntries(rec.Entries)
	nd.snap = &own
}

// install brings a snapshot of another node.
func (w *network) install(nd *node, rec *Record) {
	if rec.Chosen <= nd.executed {
		return
	}
	w.drain(nd)
	if rec.Chosen <= nd.executed {
		return
	}
	w.snapshot(nd, rec)
	if w.record {
		nd.script.Installed(rec)
	}
	err := nd.r.Installed(rec)
	w.must(err == nil, "node %d: installed: %v", nd.id, err)
	nd.executed = max(nd.executed, rec.Chosen)
	w.drain(nd)
}

// wipe takes the disk of a node away: it comes back with an empty one.
func (w *network) wipe(nd *node) {
	w.crash(nd)
	w.wiped++
	nd.disk = DiskID{byte(nd.id + 1), byte(w.wiped)}
	nd.log, nd.durable, nd.header, nd.snap = nil, 0, nil, nil
}

// transfer tells a leader to leave the lead to another.
func (w *network) transfer(nd *node, to NodeID) Refusal {
	if w.record {
		nd.script.Transfer(to)
	}
	ref := nd.r.Transfer(to)
	w.drain(nd)
	return ref
}

// read asks for a read on a node that leads.
func (w *network) read(nd *node) Refusal {
	if w.record {
		nd.script.Read(w.now)
	}
	round, ref := nd.r.Read(w.now)
	if ref == Taken {
		nd.asked = append(nd.asked, asked{round, Slot(len(w.log))})
		w.drain(nd)
	}
	return ref
}

func (w *network) answer(nd *node, c *Confirmed) {
	kept := nd.asked[:0]
	for _, a := range nd.asked {
		switch {
		case a.round > c.Round:
			kept = append(kept, a)
		case c.Refusal == Taken && w.now < c.Until:
			w.must(c.Index >= a.least, "node %d: a read at %d misses slot %d, which was "+
				"executed when it arrived", nd.id, c.Index, a.least)
			w.reads++
			if c.Until != Never {
				w.leased++
			}
		}
	}
	nd.asked = kept
}

// reconfigure asks a leader for a configuration of these nodes, with the disks that they have now.
func (w *network) reconfigure(nd *node, prepare, accept int, ids ...NodeID) Refusal {
	base := nd.r.Era()
	var voters []Member
	for _, id := range ids {
		voters = append(voters, nd.r.Voter(id, w.nodes[id].disk))
	}
	members, err := NewMembers(prepare, accept, voters...)
	w.must(err == nil, "members: %v", err)
	if w.record {
		nd.script.Reconfigure(base.Era, &members)
	}
	s, ref := nd.r.Reconfigure(base.Era, &members)
	if ref == Taken {
		w.offers = append(w.offers, Governed{Era: base.Era, Members: members})
		w.taken[uint64(s)<<32|uint64(nd.r.Ballot())] = true
		w.drain(nd)
	}
	return ref
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
		for i := range o.Reads {
			w.answer(nd, &o.Reads[i])
		}
		if g := nd.r.Era(); g.Era != nd.era {
			nd.era = g.Era
			if first, known := w.eras[g.Era]; known {
				w.must(first == g, "node %d differs about era %d", nd.id, g.Era)
			}
			w.eras[g.Era] = g
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
	id := f.Seq
	if f.Kind == Configure {
		id = f.Seq<<32 | f.Client
	}
	w.must(w.taken[id], "a fate for what was not taken, or a second one: %+v", f)
	delete(w.taken, id)
	if f.Outcome == Decided && f.Kind == Value {
		w.must(f.Slot <= nd.executed, "a fate before the entry was handed out")
		w.must(bytes.Contains(w.log[f.Slot-1], fmt.Appendf(nil, "command %d.", f.Seq)),
			"wrong fate")
		w.acked[f.Seq] = f.Slot
	}
}

func (w *network) supply(nd *node, s *Supply) {
	var entries []Entry
	if s.Snapshot {
		w.must(nd.snap != nil && nd.snap.Chosen >= s.Span.Lo, "no snapshot to supply")
		w.push(event{at: w.now + w.after(w.spread), to: s.To, snap: nd.snap})
		return
	}
	for slot := s.Span.Lo; slot < s.Span.Hi && len(entries) < w.limits.BatchEntries; slot++ {
		var found *Entry
		for i := len(nd.log) - 1; i >= 0 && found == nil; i-- {
			if rec := &nd.log[i]; rec.Kind != Format && rec.Span.Has(slot) {
				found = &rec.Entries[slot-rec.Span.Lo]
			}
		}
		if found == nil && nd.snap != nil && slot <= nd.snap.Chosen {
			if len(entries) == 0 {
				w.push(event{at: w.now + w.after(w.spread), to: s.To, snap: nd.snap})
				return
			}
			break
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
	if e.snap != nil && nd.up {
		w.install(nd, e.snap)
		return
	}
	if !nd.up || e.snap != nil || e.msg == nil && e.life != nd.life {
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
	s := fmt.Sprint(len(w.log), " executed")
	for _, nd := range w.nodes {
		r := nd.r
		for _, g := range r.Governing(nil) {
			s += fmt.Sprintf("\n    from %d era %d prepare %d accept %d:", g.From, g.Era,
				g.Members.Prepare(), g.Members.Accept())
			for v := g.Members.Voters().Next(0); v != NoNode; v = g.Members.Voters().Next(v + 1) {
				s += fmt.Sprintf(" %d.%d", v, g.Members.Life(v))
				if g.Members.Disk(v) != w.nodes[v].disk {
					s += "(lost)"
				}
			}
		}
		s += fmt.Sprintf("\n  life %d abdications %d", r.life, r.Counter(Abdications))
		s += fmt.Sprintf("\n  node %d %v ballot %x promised %x prefix %d executed %d "+
			"next %d fill %d-%d match %v "+
			"catchup %d..%d vain %d lsn %d/%d",
			nd.id, r.Role(), r.Ballot(), r.Promised(), r.Prefix(), nd.executed, r.next, r.fill,
			r.fillTo,
			r.proposer.match[:len(w.nodes)], r.catchup.from, r.catchup.to, r.catchup.vain,
			r.Durable(),
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
