package sim

import "github.com/synodlab/synod/core/trace"

// node is what the world holds for one process.
type node struct {
	proc      Process
	up        bool
	paused    bool
	timers    []timer
	clock     clock
	disk      Disk
	sync      Micros // until a write is durable
	stalled   bool   // no write ends by itself
	syncing   uint64 // counts what makes queued syncs stale
	withheld  []withheld
	held      []byte    // bodies of withheld messages
	inbox     []waiting // what came while it was paused
	next      int       // of inbox: what comes next when it is resumed
	cells     []Cell    // as last recorded
	suspected uint64    // set of peers
	detection []uint64  // by peer: counts what makes queued detections stale
	got       Message   // the message being delivered, and its body
	gotBody   []byte
}

type timer struct {
	gen    uint64
	due    Micros
	rung   Micros // what its node's clock shows then
	order  uint64 // of its setting, among all that was queued
	set    uint64 // times
	at     Micros // of its item in the queue, which may come too early
	item   uint64 // generation of that
	queued bool   // there is one
	runs   bool
	idle   bool
}

// stop lets the timer not fire. Its item in the queue stays, for the next setting.
func (t *timer) stop() {
	t.gen++
	t.runs = false
}

// withheld is a message or a record that waits until the disk has reached lsn.
type withheld struct {
	lsn     LSN
	tells   bool // it is a record
	size    int  // of the message's body
	message Message
	record  Record
}

// waiting is an event that waits until its node is resumed.
type waiting struct {
	kind   InputKind
	flight int
	gen    uint64 // of the timer: it is stale if the timer was set or stopped since
	lsn    LSN
	cause  uint32
	timer  uint8
	peer   Node
}

// renew makes n a node that has not started, in the memory that it has.
func (n *node) renew(w *World) {
	*n = node{proc: n.proc, disk: n.disk.renewed(), withheld: n.withheld[:0], held: n.held[:0],
		inbox: n.inbox[:0], gotBody: n.gotBody, sync: w.settings.Sync, clock: clock{rate: 100},
		timers: zeros(n.timers, len(w.schema.Timers)), cells: zeros(n.cells, len(w.schema.Rows)),
		detection: zeros(n.detection, len(w.place.Nodes))}
	n.disk.fields = zeros(n.disk.fields, len(w.schema.Fields))
	for i := range n.cells {
		n.cells[i] = trace.Absent
	}
}

// zeros returns n elements that are zero, in the memory of old if they fit there.
func zeros[T any](old []T, n int) []T {
	if cap(old) < n {
		return make([]T, n)
	}
	clear(old[:n])
	return old[:n]
}

// busy reports whether the node has a write that will be durable or a timer that counts.
func (n *node) busy() bool {
	if len(n.disk.pending) > 0 && !n.stalled {
		return true
	}
	for i := range n.timers {
		if t := &n.timers[i]; t.runs && !t.idle {
			return true
		}
	}
	return false
}

// took copies m, so that the place of its flight may be used again while it is handled.
func (n *node) took(m *Message) *Message {
	n.gotBody = append(n.gotBody[:0], m.Body...)
	n.got = *m
	n.got.Body = n.gotBody
	return &n.got
}

// run lets one event happen at n: the event, what its disk finished at once, and the messages that
// the node sent to itself, in order, until nothing of it is left.
func (w *World) run(n Node, in Input, cause uint32) (refusal string) {
	was := w.cause
	w.cause = cause
	w.self, w.bodies = w.self[:0], w.bodies[:0]
	if refusal = w.step(n, in); refusal == "" {
		w.afterwards(n)
	}
	w.cause = was
	return refusal
}

// afterwards ends an event at n: what its disk finished at once, its messages to itself, in order.
func (w *World) afterwards(n Node) {
	nd := &w.nodes[n]
	for next := 0; nd.up; {
		if nd.sync == 0 && len(nd.disk.pending) > 0 && !nd.stalled {
			if to := nd.disk.last; w.reach(n, to) {
				w.tell(n, to)
			}
		} else if next < len(w.self) {
			got := nd.took(&w.self[next])
			next++
			w.step(n, Input{Kind: Deliver, Now: w.Now, Message: got})
		} else {
			break
		}
	}
	w.recordRows(n)
	w.happened()
}

func (w *World) happened() { w.Events++ }

// step hands in to the process and carries out its effects. What the process borrows stands in the
// world's own memory: no event allocates.
func (w *World) step(n Node, in Input) (refusal string) {
	nd := &w.nodes[n]
	w.out.reset(nd.disk.last)
	w.input = in
	w.input.Now = nd.clock.at(w.Now)
	if refusal = nd.proc.Step(&w.input, &w.out); refusal != "" {
		return refusal
	}
	for i := range w.out.effects {
		if !nd.up {
			break // a crash between two effects
		}
		w.effect(n, &w.out.effects[i])
	}
	return ""
}

func (w *World) effect(n Node, e *effect) {
	nd := &w.nodes[n]
	switch e.kind {
	case effectSet:
		w.set(n, e)
	case effectStop:
		nd.timers[e.timer].stop()
	case effectWrite:
		w.write(n, e)
	case effectTrim:
		nd.disk.trim(e.lsn)
	default:
		w.say(n, e, w.out.bytes[e.from:e.to])
	}
}

// say sends or emits, now or when all that was written before is durable (B-01).
func (w *World) say(n Node, e *effect, body []byte) {
	nd := &w.nodes[n]
	tells := e.kind == effectEmit
	switch {
	case !e.now && (len(nd.disk.pending) > 0 || len(nd.withheld) > 0):
		h := withheld{lsn: nd.disk.last, tells: tells, size: len(body)}
		if tells {
			h.record = w.out.told[e.at]
		} else {
			h.message = w.out.sent[e.at]
		}
		if w.out.kept && nd.withholds(&h, body) {
			return
		}
		nd.withheld = append(nd.withheld, h)
		nd.held = append(nd.held, body...)
	case tells:
		w.tellTrace(n, &w.out.told[e.at])
	default:
		w.send(n, &w.out.sent[e.at], body)
	}
}

// withholds reports whether what equals h waits already.
func (n *node) withholds(h *withheld, body []byte) bool {
	size := 0
	for i := range n.withheld {
		o := &n.withheld[i]
		if o.tells == h.tells && o.record == h.record && same(&o.message, &h.message) &&
			string(n.held[size:size+o.size]) == string(body) {
			return true
		}
		size += o.size
	}
	return false
}

// same reports whether two messages are equal but for their identities and bodies.
func same(a, b *Message) bool {
	return a.Kind == b.Kind && a.From == b.From && a.To == b.To && a.N == b.N && a.NA == b.NA &&
		a.Seq == b.Seq && a.Max == b.Max && a.V == b.V && a.VA == b.VA && a.H == b.H
}

// tellTrace records what n tells.
func (w *World) tellTrace(n Node, r *Record) {
	r.Node = n
	w.record(*r)
}

// send sends m from n; a driver may let n crash before or after what travels.
func (w *World) send(n Node, m *Message, body []byte) {
	m.From = n
	asks := w.Hooks.Cut != nil && (m.To != n || w.settings.Self)
	if asks && w.Hooks.Cut(m, false) {
		w.crash(n)
		return
	}
	w.transmit(m, body)
	if asks && w.Hooks.Cut(m, true) {
		w.crash(n)
	}
}

// toSelf keeps a message to oneself until the effects of this event are carried out.
func (w *World) toSelf(m *Message) {
	from := len(w.bodies)
	w.bodies = append(w.bodies, m.Body...)
	w.self = append(w.self, *m)
	w.self[len(w.self)-1].Body = w.bodies[from:len(w.bodies):len(w.bodies)]
}

func (w *World) set(n Node, e *effect) {
	t := &w.nodes[n].timers[e.timer]
	wait := e.wait.In(draw(w.place.Seed, purposeTimer, uint64(n), uint64(e.timer), t.set))
	t.gen++
	t.set++
	t.runs, t.idle = true, e.now
	t.rung = w.nodes[n].clock.at(w.Now) + wait
	w.await(n, e.timer)
}

// await queues a timer that runs. Most are set again before they fire: while an item is queued that
// comes no later, it is left there, and goes on to its due time when it comes.
func (w *World) await(n Node, i uint8) {
	t := &w.nodes[n].timers[i]
	t.due = w.nodes[n].clock.when(t.rung, w.Now)
	t.order = w.queue.next()
	if t.queued && t.at <= t.due {
		return
	}
	t.item++
	t.queued, t.at = true, t.due
	w.queue.insert(t.queueItem(n, i))
}

func (t *timer) queueItem(n Node, i uint8) item {
	return item{kind: itemTimer, at: t.due, order: t.order, node: n, a: uint32(i), gen: t.item}
}

func (w *World) write(n Node, e *effect) {
	nd := &w.nodes[n]
	nd.disk.write(e.lsn, e.field, w.out.bytes[e.from:e.to])
	r := trace.New(trace.Write, n)
	if int(e.field) < len(w.schema.Fields) {
		r.Note = w.Log.Names.Of(w.schema.Fields[e.field])
	}
	w.record(r)
	if nd.sync > 0 && !w.resting {
		w.queueSync(n, e.lsn)
	}
}

func (w *World) queueSync(n Node, to LSN) {
	nd := &w.nodes[n]
	if !nd.stalled {
		w.queue.push(item{kind: itemSync, at: w.Now + nd.sync, node: n, lsn: to, gen: nd.syncing})
	}
}

// synced is the event that the disk of n has reached to. A disk goes on while its node is paused;
// the node hears of it when it is resumed.
func (w *World) synced(n Node, to LSN) {
	nd := &w.nodes[n]
	if !w.reach(n, to) {
		w.happened()
		return
	}
	cause := uint32(w.record(trace.New(trace.Sync, n)) + 1)
	if nd.paused {
		nd.inbox = append(nd.inbox, waiting{kind: Durable, lsn: to, cause: cause})
		w.happened()
		return
	}
	w.persisted(n, to, cause)
}

// persisted lets n hear that what it wrote up to lsn is durable.
func (w *World) persisted(n Node, to LSN, cause uint32) {
	was := w.cause
	w.cause = cause
	w.self, w.bodies = w.self[:0], w.bodies[:0]
	w.tell(n, to)
	w.afterwards(n)
	w.cause = was
}

// tell says what waited for the disk of n, and tells its process how far the disk is.
func (w *World) tell(n Node, to LSN) {
	w.release(n)
	if w.nodes[n].up {
		w.step(n, Input{Kind: Durable, Now: w.Now, LSN: to})
	}
}

// release utters what waited for the disk.
func (w *World) release(n Node) {
	nd := &w.nodes[n]
	done, size := 0, 0
	for done < len(nd.withheld) && nd.up && nd.withheld[done].lsn <= nd.disk.durable {
		h := &nd.withheld[done]
		if h.tells {
			w.tellTrace(n, &h.record)
		} else {
			w.send(n, &h.message, nd.held[size:size+h.size])
		}
		if len(nd.withheld) == 0 {
			return // it crashed
		}
		size += h.size
		done++
	}
	nd.withheld = append(nd.withheld[:0], nd.withheld[done:]...)
	nd.held = append(nd.held[:0], nd.held[size:]...)
}

// fire lets a timer fire.
func (w *World) fire(n Node, t uint8) {
	nd := &w.nodes[n]
	nd.timers[t].runs = false
	nd.timers[t].gen++
	if nd.paused {
		nd.inbox = append(nd.inbox, waiting{kind: Fired, timer: t, gen: nd.timers[t].gen})
		return
	}
	w.fired(n, t)
}

func (w *World) fired(n Node, t uint8) {
	r := trace.New(trace.Timer, n)
	r.Note = w.Log.Names.Of(w.schema.Timers[t])
	at := w.record(r)
	w.run(n, Input{Kind: Fired, Now: w.Now, Timer: t}, uint32(at+1))
}
