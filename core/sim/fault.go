package sim

import "github.com/synodlab/synod/core/trace"

// start boots n from its disk.
func (w *World) start(n Node) { w.startAs(n, w.boot(n)) }

func (w *World) startAs(n Node, p Process) {
	nd := &w.nodes[n]
	if heir, ok := p.(Heir); ok && nd.proc != nil {
		heir.Inherit(nd.proc)
	}
	nd.proc = p
	nd.up = true
	nd.suspected = 0
	w.run(n, Input{Kind: Boot, Now: w.Now, Disk: &nd.disk}, w.cause)
	w.watch(n)
}

// Up reports whether n runs; a paused node does.
func (w *World) Up(n Node) bool { return w.nodes[n].up }

// Paused reports whether what comes to n waits.
func (w *World) Paused(n Node) bool { return w.nodes[n].paused }

// Crash stops n: its memory, timers and writes that are not durable are gone. Messages that it
// sent stay on their way.
func (w *World) Crash(n Node) (refusal string) {
	if !w.nodes[n].up {
		return "it is down already"
	}
	w.crash(n)
	w.happened()
	return ""
}

func (w *World) crash(n Node) {
	nd := &w.nodes[n]
	for _, x := range nd.inbox[nd.next:] {
		if x.kind == Durable {
			w.testify(n, x.lsn) // it finished while the node was paused
		}
	}
	nd.up, nd.paused = false, false
	nd.disk.crash()
	nd.syncing++
	nd.withheld, nd.held = nd.withheld[:0], nd.held[:0]
	w.self = w.self[:0]
	for i := range nd.timers {
		nd.timers[i].stop()
	}
	w.record(trace.New(trace.Crash, n))
	for _, x := range nd.inbox[nd.next:] {
		if x.kind == Deliver {
			w.drop(x.flight)
		}
	}
	nd.inbox, nd.next = nd.inbox[:0], 0
	w.missed(n)
}

// Restart starts n again, from what its disk holds; a node that is up crashes first. A disk that
// lies has lost the durable fields named. If a record on it is damaged and n is no Salvager, n
// stays down and an alarm is raised: that is no refusal.
func (w *World) Restart(n Node, lost []uint8) (refusal string) {
	if w.nodes[n].up {
		w.crash(n)
	}
	for _, f := range lost {
		w.nodes[n].disk.lose(f)
	}
	p := w.boot(n)
	if w.nodes[n].disk.Damaged() && !salvages(p) {
		w.unreadable(n)
		return ""
	}
	r := trace.New(trace.Restart, n)
	text := "without"
	for _, f := range lost {
		text += " " + w.schema.Fields[f]
		r.Note = w.Log.Names.Of(text)
	}
	w.cause = uint32(w.record(r) + 1)
	w.startAs(n, p)
	w.cause = 0
	w.back(n)
	return ""
}

// Wipe crashes n and empties its disk.
func (w *World) Wipe(n Node) (refusal string) {
	if w.nodes[n].up {
		w.crash(n)
	}
	w.nodes[n].disk.wipe()
	r := trace.New(trace.Note, n)
	r.Note = w.note(noteWiped)
	w.record(r)
	w.happened()
	return ""
}

// Pause lets everything that comes to n wait, in order.
func (w *World) Pause(n Node) (refusal string) {
	nd := &w.nodes[n]
	switch {
	case !nd.up:
		return "it is down"
	case nd.paused:
		return "it is paused already"
	}
	nd.paused = true
	w.recordNote(notePauses, n)
	w.happened()
	return ""
}

// Resume lets n go on: what waited comes now, in order.
func (w *World) Resume(n Node) (refusal string) {
	nd := &w.nodes[n]
	if !nd.paused {
		return "it is not paused"
	}
	nd.paused = false
	w.recordNote(noteResumes, n)
	w.happened()
	for nd.next < len(nd.inbox) {
		nd.next++
		w.resume(n, &nd.inbox[nd.next-1])
	}
	nd.inbox, nd.next = nd.inbox[:0], 0
	return ""
}

// resume lets one thing happen that waited for n.
func (w *World) resume(n Node, x *waiting) {
	switch x.kind {
	case Deliver:
		w.deliver(x.flight)
	case Fired:
		if w.nodes[n].timers[x.timer].gen == x.gen {
			w.fired(n, x.timer)
		}
	case Durable:
		w.persisted(n, x.lsn, x.cause)
	default:
		w.verdict(n, x.kind, x.peer)
	}
}

// Sync ends the waiting writes of n now.
func (w *World) Sync(n Node) (refusal string) {
	nd := &w.nodes[n]
	if len(nd.disk.pending) == 0 {
		return "it has no write that is not durable"
	}
	w.synced(n, nd.disk.last)
	return ""
}

// Writing reports whether n has a write that is not durable.
func (w *World) Writing(n Node) bool { return len(w.nodes[n].disk.pending) > 0 }

// Do hands n an event that a person or a scenario makes: see InputKind.
func (w *World) Do(n Node, in Input) (refusal string) {
	nd := &w.nodes[n]
	switch {
	case !nd.up:
		return "it is down"
	case nd.paused:
		return "it is paused"
	}
	in.Now = w.Now
	if in.Kind == Suspect || in.Kind == Trust {
		return w.verdicts(n, &in)
	}
	return w.run(n, in, 0)
}

// Fire lets timer t of n fire now; any is its next one if t is negative.
func (w *World) Fire(n Node, t int) (refusal string) {
	nd := &w.nodes[n]
	if !nd.up {
		return "it is down"
	}
	if t < 0 {
		for i := range nd.timers {
			if nd.timers[i].runs && (t < 0 || nd.timers[i].due < nd.timers[t].due) {
				t = i
			}
		}
	}
	if t < 0 || !nd.timers[t].runs {
		return "no such timer runs there"
	}
	w.fire(n, uint8(t))
	return ""
}

// Deliver lets a flight arrive now.
func (w *World) Deliver(flight int) (refusal string) {
	m := &w.flights[flight].Message
	if !w.nodes[m.To].up {
		return w.Log.Nodes[m.To] + " is down"
	}
	if !w.Linked(m.From, m.To) {
		return "the link is cut"
	}
	w.touch(flight)
	w.arrive(flight)
	return ""
}

// Lose loses a flight.
func (w *World) Lose(flight int) (refusal string) {
	f := &w.flights[flight]
	if f.Message.From == f.Message.To {
		return "a message to oneself is never lost"
	}
	w.touch(flight)
	w.land(flight)
	w.recordMessage(trace.Lose, f.Message.From, &f.Message, f.Sent+1)
	w.vacate(flight)
	w.happened()
	return ""
}

// Copy puts a second copy of a flight on its way and returns its place.
func (w *World) Copy(flight int) int {
	c := w.copy(flight)
	w.happened()
	return c
}

// Hold keeps a flight on its way until Release.
func (w *World) Hold(flight int) (refusal string) {
	f := &w.flights[flight]
	if f.held {
		return "it is held already"
	}
	w.touch(flight)
	w.moves(f, -1)
	f.held = true
	w.recordFlight(noteHolds, f)
	return ""
}

// Release lets a held flight go on: it arrives after its link's delay from now.
func (w *World) Release(flight int) (refusal string) {
	f := &w.flights[flight]
	if !f.held {
		return "it is not held"
	}
	f.held = false
	w.moves(f, 1)
	w.recordFlight(noteReleases, f)
	w.schedule(flight)
	return ""
}

// Corrupt damages a flight: its checksum will fail when it arrives.
func (w *World) Corrupt(flight int) {
	f := &w.flights[flight]
	f.corrupt = true
	w.recordFlight(noteCorrupts, f)
}

// Delay lets a flight arrive so much later.
func (w *World) Delay(flight int, by Micros) {
	f := &w.flights[flight]
	due := f.due
	w.touch(flight)
	if due == never { // held, or nothing moves: it counts from when it does
		f.extra += by
		return
	}
	w.arriveAt(flight, due+by)
}

// Forge sends a message that its sender's code never sent.
func (w *World) Forge(m Message) { w.transmit(&m, nil) }

// Convey sends a message that its sender sent in another world, body and all: a search brings it to
// where only its receiver lives.
func (w *World) Convey(m Message) { w.transmit(&m, m.Body) }
