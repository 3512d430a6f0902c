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
	t       testing.TB
	seed    int64
	rng     *rand.Rand
	now     Time
	limits  Limits
	ground  ground
	n       int
	nodes   []*node
	queue   []event
	log     [][]byte // agreed: by slot-1
	acked   map[uint64]Slot
	taken   map[uint64]bool
	loss    int // percent
	dup     int
	spread  Time // most delay of a message
	sync    Time // most duration of a sync
	cut     func(from, to NodeID) bool
	sent    map[Kind]int
	seq     uint64
	delay   [MaxNodes]Time // of each node, to stand
	stalled NodeSet        // whose disks do not finish what they write
	rough   bool           // clocks leap, nodes pause, links work one way
	longest int            // most bytes of a command
	tamper  func(m *Message)
	record  bool
	eras    map[Era]Governed // decided, as any node said first
	offers  []Governed       // configurations that were asked for, each after Era
	wiped   int              // disks that were lost
	reads   int              // confirmed
	leased  int              // of these, without a round
	lease   Time
	events  int // deliveries, syncs and ticks
}

// ground is what a network stands on: how many founders, of which sizes, and with which quorums; 0
// is a majority.
type ground struct {
	founders        int
	limits          Limits
	prepare, accept int
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
	out      *Output
	arena    []Entry
	script   Transcript // since the last start, if the network records
	hash     Player     // of what came out
	disk     DiskID
	header   *Record // of the first segment, if older records are gone
	snap     *Record // newest snapshot; what it holds is the agreed log up to its slot
	asked    []asked // reads that wait
	era      Era
	ahead    Time // its clock, before the network's
	until    Time // it is paused
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
	return newNetworkOn(t, ground{founders: n, limits: limits}, seed)
}

func newNetworkOn(t testing.TB, g ground, seed int64) *network {
	n := g.founders
	w := &network{
		t: t, seed: seed, rng: rand.New(rand.NewSource(seed)), limits: g.limits, ground: g, n: n,
		acked: map[uint64]Slot{}, taken: map[uint64]bool{}, sent: map[Kind]int{},
		spread: millisecond, sync: millisecond, eras: map[Era]Governed{}, longest: 32,
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
	c.Genesis.Prepare, c.Genesis.Accept = w.ground.prepare, w.ground.accept
	c.Disk = nd.disk
	if c.Disk != c.Genesis.Founders[nd.id] || c.Disk == (DiskID{}) {
		c.Life = 0
	}
	c.Delay, c.Lease = w.delay[nd.id], w.lease
	c.Contacts = NodeSet(1<<len(w.nodes) - 1)
	if nd.r == nil {
		nd.r = &Replica{}
	}
	require.NoError(w.t, nd.r.Reopen(&c)) // in the memory of the one before: nothing may be left
	nd.up, nd.executed, nd.asked, nd.era = true, 0, nil, 0
	nd.script, nd.hash = nil, *NewPlayer(0)
	if w.record {
		nd.script.Open(&c)
	}
	rest := nd.log
	if nd.header != nil {
		w.replay(nd, nd.header)
	} else if len(rest) > 0 {
		w.replay(nd, &rest[0])
		rest = rest[1:]
	}
	if nd.snap != nil {
		w.replay(nd, nd.snap)
	}
	for i := range rest {
		w.replay(nd, &rest[i])
	}
	if w.record {
		nd.script.Start(w.clock(nd))
	}
	nd.r.Start(w.clock(nd))
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

// drain does what a driver does with an Output.
func (w *network) drain(nd *node) {
	for {
		w.must(nd.r.stirred || !nd.r.restless(), "node %d would not see what it has to do", nd.id)
		nd.out = nd.r.Drain()
		o := nd.out
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

// clock is what the clock of nd shows: no two need agree, and any may leap ahead.
func (w *network) clock(nd *node) Time { return w.now + nd.ahead }

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
		if !nd.up {
			continue
		}
		if due := max(nd.wakeAt-nd.ahead, nd.until); due < at {
			tick, at = nd, due
		}
	}
	if len(w.queue) > 0 && w.queue[0].at < at {
		w.events++
		w.handle(w.pop())
		return true
	}
	w.now = max(w.now, at)
	if tick == nil {
		return false
	}
	w.events++
	if w.record {
		tick.script.Tick(w.clock(tick))
	}
	tick.r.Tick(w.clock(tick))
	w.drain(tick)
	return true
}

func (w *network) handle(e event) {
	w.now = max(w.now, e.at)
	nd := w.nodes[e.to]
	if e.at = nd.until; e.at > w.now {
		w.push(e)
		return
	}
	if e.snap != nil && nd.up {
		w.install(nd, e.snap)
		return
	}
	if !nd.up || e.snap != nil || e.msg == nil && e.life != nd.life {
		return
	}
	if e.msg == nil && w.stalled.Has(nd.id) {
		e.at = w.now + millisecond
		w.push(e)
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
			nd.script.Step(w.clock(nd), &m)
		}
		nd.r.Step(w.clock(nd), &m)
	}
	if w.rng.Intn(4) > 0 { // sometimes more arrives before the driver drains
		w.drain(nd)
	} else {
		nd.wakeAt = w.clock(nd)
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
