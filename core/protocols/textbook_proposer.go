package protocols

import "github.com/synodlab/synod/core/sim"

// proposer is one round by the book: its number, who promised and who accepted, and the reported
// value that it must propose.
type proposer struct {
	n         int64 // number of the round begun last, sim.NoNumber if none
	ready     bool  // phase 1 is complete
	chosen    bool  // phase 2 is
	promises  quorum
	accepts   quorum
	adopted   int64 // number of the report whose value is adopted, sim.NoNumber if none
	adoptedV  sim.Value
	asked     uint64 // set of acceptors that were asked to accept
	proposedV sim.Value
}

// begin starts phase 1 with number n, or the next of its own above all that it has seen.
func (t *reader) begin(n int64, out *sim.Out) {
	if n == sim.NoNumber {
		n = t.next(max(t.seen, t.used), t.self)
	}
	if t.leads {
		t.leads = false
		out.StepDown(sim.NoNumber)
	}
	t.proposer = proposer{n: n, adopted: sim.NoNumber}
	t.used, t.seen = n, max(t.seen, n)
	lsn := t.writeNumber(out)
	out.Round(n)
	for _, to := range t.acceptors {
		m := sim.NewMessage(kindPrepare)
		m.N = n
		t.withhold(held{lsn: lsn, to: to, message: m, life: t.life})
	}
	out.Stop(timerBackoff)
	t.expect(out)
}

// writeNumber makes sure that no later life of this node takes its number: it writes the number
// (B-15), or, if that is not what the disk holds, that one more life began rounds.
func (t *reader) writeNumber(out *sim.Out) sim.LSN {
	switch {
	case t.disk[diskNumber]:
		t.bytes = appendUint64(t.bytes[:0], uint64(t.used))
		return out.Write(fieldNumber, t.bytes)
	case t.echo && !t.alive:
		t.alive = true
		return out.Write(sim.Stream, nil)
	}
	return 0
}

// answersMe reports whether m answers the present round: its number and the life in which this node
// asked, from an acceptor.
func (t *reader) answersMe(m *sim.Message, anyNumber bool) bool {
	return t.proposes && t.n != sim.NoNumber && (m.N == t.n || anyNumber) &&
		(!t.echo || len(m.Body) == 0 || lifeOf(m) == t.life) &&
		t.place.Roles[m.From]&sim.Acceptor != 0
}

// onPromise is phase 2a, once a quorum has promised. With accept-to=responders, who promises later
// is asked later (K-20).
func (t *reader) onPromise(m *sim.Message, out *sim.Out) {
	if !t.answersMe(m, t.staleCounts) || t.strict && m.NA >= t.n {
		return
	}
	if t.believes {
		t.know(m.VA, out)
	}
	if !t.ready {
		t.adoptReport(m)
		t.countPromise(m.From, out)
	} else if t.proposedV != 0 && t.learnt == 0 {
		t.ask(m.From, out)
	}
}

// countPromise counts one promise; the quorum's last one completes phase 1.
func (t *reader) countPromise(from sim.Node, out *sim.Out) {
	t.promises.add(from)
	if t.promises.counted(t.prepareQuorum, t.byMessage) {
		t.ready = true
		t.propose(out)
	}
}

// adoptReport keeps the value of the highest number that is reported (P2c).
func (t *reader) adoptReport(m *sim.Message) {
	first := t.adopted == sim.NoNumber
	better := m.NA > t.adopted
	switch t.adopt {
	case "any":
		better = first
	case "lowest":
		better = first || m.NA < t.adopted
	case "none":
		better = false
	}
	if better && m.NA != sim.NoNumber {
		t.adopted, t.adoptedV = m.NA, m.VA
	}
}

// propose asks to accept the adopted value, or else the proposer's own.
func (t *reader) propose(out *sim.Out) {
	v := t.adoptedV
	if v == 0 {
		v = t.own(out)
	}
	t.leads = t.seen == t.n
	if t.leads {
		out.Lead(t.n)
	}
	t.proposedV = v
	for _, to := range t.acceptors {
		if t.toAll || t.promises.from>>to&1 == 1 {
			t.ask(to, out)
		}
	}
}

// ask asks an acceptor to accept, once.
func (t *reader) ask(to sim.Node, out *sim.Out) {
	if t.asked>>to&1 == 1 {
		return
	}
	t.asked |= 1 << to
	m := sim.NewMessage(kindAccept)
	m.N, m.V = t.n, t.proposedV
	t.send(out, to, m, t.life)
}

// onAccepted counts a 2b: as the proposer of the number, and as a learner.
func (t *reader) onAccepted(m *sim.Message, out *sim.Out) {
	mine := t.proposes && t.n != sim.NoNumber && m.N == t.n
	if mine && t.answersMe(m, false) && t.ready {
		t.countAccept(m.From, out)
	}
	if !mine || t.learning != "leader" {
		t.count(m, out)
	}
}

// countAccept counts one acceptance; the quorum's last one makes the value chosen.
func (t *reader) countAccept(from sim.Node, out *sim.Out) {
	t.accepts.add(from)
	if !t.chosen && t.accepts.counted(t.acceptQuorum, t.byMessage) {
		t.chosen = true
		t.announce(out)
	}
}

// announce is phase 3: the leader knows that its value is chosen.
func (t *reader) announce(out *sim.Out) {
	told := false
	for _, to := range t.learners {
		if t.learning == "leader" {
			m := sim.NewMessage(kindChosen)
			m.N, m.V = t.n, t.proposedV
			t.send(out, to, m, t.life)
			told = told || to == t.self
		}
	}
	if !told {
		t.know(t.proposedV, out)
	}
}

// onNack takes in a refusal of its number: it may try again later with a higher one (L-18). It is
// no answer (E-31), and says nothing of the value, which may be chosen yet (B-22).
func (t *reader) onNack(m *sim.Message, out *sim.Out) {
	if !t.proposes || m.N != t.n || t.learnt != 0 {
		return
	}
	switch {
	case t.nackCounts && !t.ready:
		t.countPromise(m.From, out)
	case t.nackCounts:
		t.countAccept(m.From, out)
	}
	if t.tellsFailed {
		t.fail(out)
	}
	if t.backoff.set {
		out.Set(timerBackoff, t.backoff.of(t.self))
	}
}
