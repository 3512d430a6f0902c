package protocols

import "github.com/synodlab/synod/core/sim"

// acceptor is the memory of Paxos by the book: the highest number promised and who asked for it,
// the number accepted last and its value. Numbers that are none are sim.NoNumber.
type acceptor struct {
	promised int64
	asker    asker // of promised
	accepted int64
	value    sim.Value
}

// asker is a proposer in one of its lives.
type asker struct {
	node sim.Node
	life uint64
}

// mayPromise reports whether prepare(n) is answered (Phase1b): n is above all that was promised.
// The same question is answered again while nothing is accepted under its number, for an answer may
// be lost (B-18); the same number from another proposer is another question (E-30).
func (a *acceptor) mayPromise(r *rules, n int64, from asker) bool {
	bound := a.promised
	if r.byAccepted {
		bound = a.accepted
	}
	switch {
	case n == sim.NoNumber:
		return false
	case n > bound:
		return true
	case n < bound:
		return false
	case r.answer == "above":
		return a.asker == from && a.accepted < n
	}
	return r.answer == "at-least"
}

// mayAccept reports whether accept(n, v) is obeyed (Phase2b): nothing above n is promised. Marshall
// says the same of what was answered; there a number that is accepted is not promised by it, which
// is why the literal rule is wrong (T-12).
func (a *acceptor) mayAccept(r *rules, n int64) bool {
	switch {
	case n == sim.NoNumber:
		return false
	case r.accept == "equal":
		return n == a.promised
	case r.accept == "above":
		return n > a.promised
	case r.accept == "any":
		return true
	}
	return n >= a.promised
}

// onPrepare is phase 1b: promise, and tell what is accepted.
func (t *reader) onPrepare(m *sim.Message, out *sim.Out) {
	a, from := &t.acceptor, asker{m.From, lifeOf(m)}
	if !t.votes {
		return
	}
	if !a.mayPromise(&t.rules, m.N, from) {
		t.refuse(m, out)
		return
	}
	answer := sim.NewMessage(kindPromise)
	answer.N = m.N
	if t.reports && a.accepted != sim.NoNumber {
		answer.NA, answer.VA = a.accepted, a.value
	}
	silent := m.N < a.promised // it tells, and promises nothing new (T-06)
	if m.N > a.promised {
		a.promised, a.asker = m.N, from
		t.writePromised(out)
	}
	if t.oneBallot && a.value != 0 && m.N > a.accepted {
		a.accepted = m.N
		t.writeAccepted(out)
	}
	t.hold(out, m.From, answer, from.life, silent)
	t.expect(out)
}

// onAccept is phase 2b: accept, and with that promise. The answer carries the value, so that
// learners may count it too.
func (t *reader) onAccept(m *sim.Message, out *sim.Out) {
	a := &t.acceptor
	if !t.votes || m.V == 0 {
		return
	}
	if !a.mayAccept(&t.rules, m.N) {
		t.refuse(m, out)
		return
	}
	fresh := a.accepted != m.N || a.value != m.V
	if fresh && !(t.keepsHighest && m.N < a.accepted) {
		a.accepted, a.value = m.N, m.V
		if t.raises && m.N > a.promised {
			a.promised, a.asker = m.N, asker{m.From, lifeOf(m)}
		}
		t.writeAccepted(out)
	}
	answer := sim.NewMessage(kindAccepted)
	answer.N, answer.V = m.N, m.V
	t.hold(out, m.From, answer, lifeOf(m), false)
	t.expect(out)
}

// refuse tells that m has too low a number, and its sender, if refusals are told.
func (t *reader) refuse(m *sim.Message, out *sim.Out) {
	out.Refuse(m.From, m.N, t.promised)
	if t.nack {
		answer := sim.NewMessage(kindNack)
		answer.N, answer.Max = m.N, t.promised
		t.hold(out, m.From, answer, lifeOf(m), false)
	}
}

// hold keeps an answer of the acceptor until the records that it rests on are durable (B-01).
func (t *reader) hold(out *sim.Out, to sim.Node, m sim.Message, life uint64, silent bool) {
	lsn := t.rests
	if t.early {
		lsn = 0
	}
	h := held{lsn: lsn, to: to, message: m, life: life, silent: silent}
	if !out.Kept() || !t.holds(&h) {
		t.withhold(h)
	}
}

// holds reports whether an equal answer waits in the outbox.
func (t *reader) holds(h *held) bool {
	for i := range t.outbox {
		o := &t.outbox[i]
		a, b := &o.message, &h.message
		if o.to == h.to && o.life == h.life && o.silent == h.silent && a.Kind == b.Kind &&
			a.N == b.N && a.NA == b.NA && a.Max == b.Max && a.V == b.V && a.VA == b.VA {
			return true
		}
	}
	return false
}

// writePromised writes n_h and who it was promised to.
func (t *reader) writePromised(out *sim.Out) {
	if t.disk[diskPromised] {
		t.bytes = appendUint64(t.bytes[:0], uint64(t.promised))
		t.bytes = append(appendUint64(t.bytes, t.asker.life), byte(t.asker.node))
		t.rests = out.Write(fieldPromised, t.bytes)
	}
}

// writeAccepted writes n_a and v_a as one record, which implies the promise (B-06).
func (t *reader) writeAccepted(out *sim.Out) {
	if t.disk[diskAccepted] || t.disk[diskAcceptedValue] {
		t.bytes = appendUint64(t.bytes[:0], uint64(t.accepted))
		t.bytes = append(t.bytes, t.place.Log.Names.Bytes(t.value)...)
		t.rests = out.Write(fieldAccepted, t.bytes)
	}
}

// recall takes the acceptor's memory back from the disk.
func (t *reader) recall(d *sim.Disk) {
	a := &t.acceptor
	*a = acceptor{promised: sim.NoNumber, accepted: sim.NoNumber}
	if b := d.Field(fieldPromised); b != nil {
		a.promised = int64(getUint64(b))
		a.asker = asker{sim.Node(b[16]), getUint64(b[8:])}
	}
	if b := d.Field(fieldAccepted); b != nil {
		if t.disk[diskAccepted] {
			a.accepted = int64(getUint64(b))
		}
		if t.disk[diskAcceptedValue] {
			a.value = t.place.Log.Names.OfBytes(b[8:])
		}
	}
	if t.recallsBoth && t.raises {
		a.promised = max(a.promised, a.accepted)
	}
}
