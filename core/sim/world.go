// Package sim is the world in which protocols run: a virtual clock, a network, disks, crashes.
//
// A [World] knows no protocol. It holds one [Process] for each node, the messages in flight, the
// timers, the disks and the time, and it does one thing at a time: deliver a message, fire a timer,
// finish a write, crash a node. Who chooses what comes next is its driver: Next takes what is due
// first (the clock), and every other thing can be done by name (a script, a search, a hand);
// Choices lists what may come next, and Take does one of them. What happens is written to a
// trace.Log; the same choices give the same log, everywhere.
//
// Disks may be slow, stall, lie, rot, be copied and come back; clocks may drift and jump; a crash
// may come at any record and leave any part of what was not durable. A process is never told: it
// sees its disk, its clock and its messages.
//
// In the steady state no event allocates: messages, effects and queues live in reused memory.
package sim

import "github.com/synodlab/synod/core/trace"

// Settings are what a world has beside its processes. The zero value is a perfect network of no
// delay, disks of no delay, and no detector.
type Settings struct {
	Delay    Range // of every link; SetLink overrides it
	Loss     Share
	Copies   Share
	Reorder  bool   // links are not FIFO
	Self     bool   // messages to oneself travel
	Sync     Micros // until a write is durable
	Detector Detector
	Every    Micros // accurate: so long after a crash; pings: so often
	ByHand   bool   // nothing moves unless Deliver, Fire, … move it, or between Arm and Rest
	Rows     bool   // record changes in the tables of state
}

// Detector says how nodes come to suspect each other.
type Detector uint8

// The detectors. Without one, only Suspect and Trust by name make a node suspect and trust.
const (
	DetectNone Detector = iota
	DetectAccurate
	DetectPings
)

// Hooks are a driver's say in what happens; each may be nil.
type Hooks struct {
	// Cut reports whether the node that is about to send m, or has just sent it, crashes now.
	Cut func(m *Message, sent bool) bool
	// Loses reports whether a standing rule loses m, which is being sent.
	Loses func(m *Message) bool
	// Writes says whether n crashes where a record reaches its disk; field is Stream or one of the
	// Schema. It is asked once for each record, in order, when the disk gets there.
	Writes func(n Node, field uint8, record []byte) Tear
	// Sent tells that flight is on its way.
	Sent func(flight int)
	// Copied tells that chance put a second copy of a message on its way.
	Copied func(flight int)
}

// World is one run: processes and all that is between them.
type World struct {
	Log    *trace.Log
	Hooks  Hooks
	Now    Micros
	Events int    // things that happened at one node
	Line   uint32 // line of the scenario that makes things happen now; 0: time does

	place    *Place
	schema   *Schema
	settings Settings
	boot     func(Node) Process
	nodes    []node
	links    []link
	flights  []Flight
	free     []int32
	first    int32 // of the list of messages in flight, in order of sending; -1: none
	last     int32
	moving   int // messages in flight but held ones and beats
	ids      uint32
	queue    queue
	out      Out
	input    Input     // of the event that is happening
	self     []Message // messages to oneself that arrive after this event
	bodies   []byte    // of those
	cause    uint32
	resting  bool
	beats    uint64 // set of kinds
	ping     uint8  // kind of the detector's pings
	pinging  Message
	rows     []Cell
	notes    [notes]trace.Value
	spots    []spot // of AppendState
	sorted   []byte
}

// New returns a world of processes made by boot, which is called anew at each restart. Boot and
// place are kept. Nothing has happened yet: call Start.
func New(p *Place, s *Schema, settings Settings, boot func(Node) Process) *World {
	w := &World{}
	w.Renew(p, s, settings, boot)
	return w
}

// Renew makes w what New returns, in the memory that it has. Processes that ran in it before are
// handed to their heirs.
func (w *World) Renew(p *Place, s *Schema, settings Settings, boot func(Node) Process) {
	*w = World{Log: p.Log, place: p, schema: s, settings: settings, boot: boot, first: -1,
		last: -1, nodes: w.nodes, flights: w.flights, free: w.free[:0],
		queue: queue{items: w.queue.items[:0]}, out: w.out, self: w.self[:0],
		bodies: w.bodies[:0], spots: w.spots, sorted: w.sorted, links: w.links, rows: w.rows}
	w.resting = settings.ByHand
	w.out.names, w.out.kept = &p.Log.Names, false
	for len(w.nodes) < len(p.Nodes) {
		w.nodes = append(w.nodes, node{})
	}
	w.nodes = w.nodes[:len(p.Nodes)]
	w.links = zeros(w.links, len(p.Nodes)*len(p.Nodes))
	w.rows = zeros(w.rows, len(s.Rows))
	for i := len(w.flights) - 1; i >= 0; i-- {
		w.flights[i] = Flight{body: w.flights[i].body}
		w.free = append(w.free, int32(i))
	}
	w.Log.Nodes = p.Nodes
	w.Log.Kinds = append(append(w.Log.Kinds[:0], s.Kinds...), "ping")
	w.ping = uint8(len(s.Kinds))
	w.beats = 1 << w.ping
	for _, k := range s.Beats {
		w.beats |= 1 << k
	}
	for i := range w.links {
		w.links[i] = link{delay: settings.Delay, loss: settings.Loss, copies: settings.Copies,
			reorder: settings.Reorder, tail: -1}
	}
	for i := range w.nodes {
		w.nodes[i].renew(w)
	}
}

// Keep says that the driver keeps messages after they arrive, as a set. Then a message or a record
// that waits for a disk behind an equal one is not withheld: the first goes no later, is lost in no
// crash that spares the second, and a set holds it once.
func (w *World) Keep() { w.out.kept = true }

// Start boots every node, in order.
func (w *World) Start() {
	for i := range w.nodes {
		w.start(Node(i))
	}
}

// Next lets the first thing that is due happen, and reports whether anything was due.
func (w *World) Next() bool {
	if !w.any() {
		return false
	}
	it := w.queue.pop()
	w.Now = max(w.Now, it.at)
	w.happen(&it)
	return true
}

// Due returns when the first thing that is due will happen, and whether there is one.
func (w *World) Due() (Micros, bool) {
	if !w.any() {
		return 0, false
	}
	return max(w.queue.items[0].at, w.Now), true
}

// any reports whether anything is due, and lets it be the first of the queue.
func (w *World) any() bool {
	for len(w.queue.items) > 0 {
		it := &w.queue.items[0]
		if it.kind == itemTimer && w.later(it) {
			continue
		}
		if !w.stale(it) {
			return true
		}
		w.queue.pop()
	}
	return false
}

// later sends the first item on to when its timer is due by now, and reports whether it did.
func (w *World) later(it *item) bool {
	t := &w.nodes[it.node].timers[it.a]
	if t.item != it.gen {
		return false
	}
	if !t.runs {
		t.queued = false
		return false
	}
	if t.order == it.order {
		return false
	}
	t.at = t.due
	w.queue.replace(t.queueItem(it.node, uint8(it.a)))
	return true
}

// stale reports whether it was cancelled after it was queued.
func (w *World) stale(it *item) bool {
	n := &w.nodes[it.node]
	switch it.kind {
	case itemArrival:
		return w.flights[it.a].gen != it.gen
	case itemTimer:
		return n.timers[it.a].item != it.gen || !n.timers[it.a].runs
	case itemSync:
		return n.syncing != it.gen || n.disk.durable >= it.lsn
	default:
		return w.staleDetection(it)
	}
}

func (w *World) happen(it *item) {
	switch it.kind {
	case itemArrival:
		w.arrive(int(it.a))
	case itemTimer:
		w.nodes[it.node].timers[it.a].queued = false
		w.fire(it.node, uint8(it.a))
	case itemSync:
		w.synced(it.node, it.lsn)
	default:
		w.detect(it)
	}
}

// Quiet reports whether nothing is left that would happen by itself: no message in flight but held
// ones and beats, no write that is not durable, no timer but those that beats keep resetting.
func (w *World) Quiet() bool {
	if w.moving > 0 {
		return false
	}
	for i := range w.nodes {
		if w.nodes[i].busy() {
			return false
		}
	}
	return true
}

// Arm hands a world that is moved by hand over to the clock: what is in flight gets delays that
// count from now, what is being written its time. Rest takes it back.
func (w *World) Arm() {
	w.resting = false
	for i := w.first; i >= 0; i = w.flights[i].next {
		w.schedule(int(i))
	}
	for i := range w.nodes {
		if n := &w.nodes[i]; len(n.disk.pending) > 0 {
			w.queueSync(Node(i), n.disk.last)
		}
	}
}

// Rest ends Arm: from now on nothing moves by itself.
func (w *World) Rest() {
	w.resting = true
	for i := w.first; i >= 0; i = w.flights[i].next {
		w.flights[i].gen++
		w.flights[i].due = never
	}
	for i := range w.nodes {
		w.nodes[i].syncing++
	}
}
