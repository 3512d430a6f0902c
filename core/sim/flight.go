package sim

import "github.com/synodlab/synod/core/trace"

// never is the due time of what nothing but a driver will move.
const never Micros = 1<<63 - 1

// Flight is one copy of a message between two nodes.
type Flight struct {
	Message Message
	Sent    uint32 // number of the event that sent it
	due     Micros
	gen     uint64 // counts what was queued for this place; stale items differ
	nth     uint64 // messages sent on the link before it
	next    int32
	prev    int32
	ahead   int32  // in the lane of its link: the untouched message in flight before it; -1: none
	behind  int32  // the one after it
	extra   Micros // what a step adds to its delay once it moves
	used    bool
	held    bool
	touched bool // a step changed when it arrives: later ones need not wait for it
	corrupt bool
	copied  bool
	body    []byte
}

// Flights calls yield for each message in flight, oldest first, until it returns false. yield may
// move that message, and no other.
func (w *World) Flights(yield func(flight int, f *Flight) bool) {
	for i := w.first; i >= 0; {
		f := &w.flights[i]
		next := f.next
		if !yield(int(i), f) {
			return
		}
		i = next
	}
}

// Held reports whether the flight waits for Release.
func (f *Flight) Held() bool { return f.held }

// transmit sends m from a node: numbers it, loses it, or puts it on its way. m is borrowed.
func (w *World) transmit(m *Message, body []byte) {
	m.Body = body
	if m.From == m.To && !w.settings.Self {
		w.toSelf(m)
		return
	}
	w.ids++
	m.ID = w.ids
	l := w.link(m.From, m.To)
	nth := l.sent
	l.sent++
	sent := w.recordMessage(trace.Send, m.From, m, w.cause)
	if w.lostAtOnce(l, m, nth) {
		w.recordMessage(trace.Lose, m.From, m, uint32(sent+1))
		return
	}
	i, c := w.launch(*m, uint32(sent), nth), -1
	w.schedule(i)
	if m.From != m.To && l.copies > 0 && l.copies.hit(w.draw(purposeCopy, m, nth)) {
		c = w.copy(i)
	}
	if w.Hooks.Sent != nil {
		w.Hooks.Sent(i)
	}
	if c >= 0 && w.Hooks.Copied != nil {
		w.Hooks.Copied(c)
	}
}

func (w *World) lostAtOnce(l *link, m *Message, nth uint64) bool {
	if m.From == m.To {
		return false
	}
	return l.down() || w.Hooks.Loses != nil && w.Hooks.Loses(m) ||
		l.loss > 0 && l.loss.hit(w.draw(purposeLoss, m, nth))
}

func (w *World) draw(p Purpose, m *Message, nth uint64) uint64 {
	return draw(w.place.Seed, p, uint64(m.From), uint64(m.To), nth)
}

// launch gives m a place at the end of the list of messages in flight.
func (w *World) launch(m Message, sent uint32, nth uint64) int {
	var i int32
	if n := len(w.free); n > 0 {
		i, w.free = w.free[n-1], w.free[:n-1]
	} else {
		i = int32(len(w.flights))
		w.flights = append(w.flights, Flight{})
	}
	f := &w.flights[i]
	body := append(f.body[:0], m.Body...)
	*f = Flight{Message: m, Sent: sent, due: never, gen: f.gen + 1, nth: nth, next: -1,
		prev:  w.last,
		ahead: -1, behind: -1, used: true, body: body}
	f.Message.Body = body
	if w.last >= 0 {
		w.flights[w.last].next = i
	} else {
		w.first = i
	}
	w.last = i
	w.moves(f, 1)
	w.queueUp(i)
	return int(i)
}

// moves counts a flight, by 1 or -1, among those that will arrive by themselves.
func (w *World) moves(f *Flight, by int) {
	if !f.held && w.beats>>f.Message.Kind&1 == 0 {
		w.moving += by
	}
}

// queueUp puts a flight at the end of its link's lane: on a FIFO link it may not overtake.
func (w *World) queueUp(i int32) {
	f := &w.flights[i]
	l := w.link(f.Message.From, f.Message.To)
	f.ahead = l.tail
	if l.tail >= 0 {
		w.flights[l.tail].behind = i
	}
	l.tail = i
}

// leaveLane takes a flight out of its link's lane.
func (w *World) leaveLane(i int) {
	f := &w.flights[i]
	if f.ahead >= 0 {
		w.flights[f.ahead].behind = f.behind
	}
	if f.behind >= 0 {
		w.flights[f.behind].ahead = f.ahead
	} else {
		w.link(f.Message.From, f.Message.To).tail = f.ahead
	}
	f.ahead, f.behind = -1, -1
}

// schedule lets a flight arrive after its link's delay from now, unless the world rests.
func (w *World) schedule(i int) {
	f := &w.flights[i]
	if w.resting || f.held {
		return
	}
	purpose := purposeDelay
	if f.copied {
		purpose = purposeCopyDelay
	}
	delay := w.link(f.Message.From, f.Message.To).delay
	wait := f.extra + delay.Lo
	if delay.Hi > delay.Lo {
		wait = f.extra + delay.In(w.draw(purpose, &f.Message, f.nth))
	}
	w.arriveAfter(i, wait)
	f.extra = 0
}

func (w *World) arriveAfter(i int, delay Micros) {
	f := &w.flights[i]
	due := w.Now + delay
	if f.ahead >= 0 && !w.link(f.Message.From, f.Message.To).reorder {
		if d := w.flights[f.ahead].due; d != never {
			due = max(due, d)
		}
	}
	w.arriveAt(i, due)
}

func (w *World) arriveAt(i int, due Micros) {
	f := &w.flights[i]
	f.gen++
	f.due = due
	w.queue.push(item{kind: itemArrival, at: due, a: uint32(i), gen: f.gen, node: f.Message.To})
}

// touch marks a flight as moved by a step, so that its link no longer waits for it.
func (w *World) touch(i int) {
	f := &w.flights[i]
	if !f.touched {
		w.leaveLane(i)
	}
	f.touched = true
	f.gen++
	f.due = never
}

// copy puts a second copy of a flight on its way, behind all others.
func (w *World) copy(i int) int {
	f := &w.flights[i]
	m, corrupt := f.Message, f.corrupt
	at := w.recordMessage(trace.Duplicate, m.From, &m, f.Sent+1)
	c := w.launch(m, uint32(at), f.nth)
	w.flights[c].corrupt, w.flights[c].copied = corrupt, true
	w.schedule(c)
	return c
}

// land takes a flight out of the list. Its place stays used until release.
func (w *World) land(i int) {
	f := &w.flights[i]
	w.moves(f, -1)
	if f.prev >= 0 {
		w.flights[f.prev].next = f.next
	} else {
		w.first = f.next
	}
	if f.next >= 0 {
		w.flights[f.next].prev = f.prev
	} else {
		w.last = f.prev
	}
	if !f.touched {
		w.leaveLane(i)
	}
	f.gen++
}

// vacate frees the place of a flight that has landed.
func (w *World) vacate(i int) {
	w.flights[i].used = false
	w.free = append(w.free, int32(i))
}

// arrive lets a flight arrive: it is lost if its receiver is down, its link cut, or its bytes are
// damaged and its receiver no Believer.
func (w *World) arrive(i int) {
	w.land(i)
	f := &w.flights[i]
	m := &f.Message
	to := &w.nodes[m.To]
	switch {
	case !to.up || !w.Linked(m.From, m.To):
		w.recordMessage(trace.Lose, m.To, m, f.Sent+1)
		w.vacate(i)
		w.happened()
	case f.corrupt && !believes(to.proc):
		w.Log.Records[w.recordMessage(trace.Lose, m.To, m, f.Sent+1)].Note = w.note(noteCorrupts)
		w.vacate(i)
		w.happened()
	case to.paused:
		to.inbox = append(to.inbox, waiting{kind: Deliver, flight: i})
	default:
		w.deliver(i)
	}
}

// deliver hands a landed flight to its receiver.
func (w *World) deliver(i int) {
	f := &w.flights[i]
	m := f.Message
	if f.corrupt {
		damage(&m)
	}
	at := w.recordMessage(trace.Deliver, m.To, &m, f.Sent+1)
	if m.Kind == w.ping {
		w.heard(m.To, m.From)
		w.vacate(i)
		w.happened()
		return
	}
	got := w.nodes[m.To].took(&m)
	w.vacate(i)
	w.run(m.To, Input{Kind: Deliver, Now: w.Now, Message: got}, uint32(at+1))
}

func believes(p Process) bool {
	b, ok := p.(Believer)
	return ok && b.Believes()
}

// damage is what becomes of a message whose checksum nobody looks at.
func damage(m *Message) {
	switch {
	case m.Seq != NoNumber:
		m.Seq ^= 1
	case m.N != NoNumber:
		m.N ^= 1
	}
}

// drop loses a message that had arrived at a node that was paused, and then crashed.
func (w *World) drop(i int) {
	f := &w.flights[i]
	w.recordMessage(trace.Lose, f.Message.To, &f.Message, f.Sent+1)
	w.vacate(i)
}

// InFlight reports whether the message of that identity is still in flight at that place.
func (w *World) InFlight(flight int, id uint32) bool {
	f := &w.flights[flight]
	return f.used && f.Message.ID == id && (w.first == int32(flight) || f.prev >= 0 &&
		w.flights[f.prev].next == int32(flight))
}

// Message returns the message of a flight. It is borrowed until the world moves.
func (w *World) Message(flight int) *Message { return &w.flights[flight].Message }
