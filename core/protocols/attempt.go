package protocols

import (
	"slices"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// What a node of single-decree Paxos does to get a value chosen: when it starts a round, what it
// proposes, when it tries again, and what it does with what it learns. Safety asks one thing of it:
// that no number is used twice, so a number is on disk before anybody hears of it (B-15). What may
// be proposed under it, the proposer itself judges: it refuses all but what was adopted (P2c).

// told starts a round because a person or a scenario says so.
func (a *agents) told(in *sim.Input, out *sim.Out) string {
	if a.proposer == nil {
		return "it is no proposer"
	}
	if in.N != sim.NoNumber {
		if in.N >= 0 && in.N <= maxNumber && a.numbers.ballot(in.N, a.self) <= a.used {
			return "it has used a number as high before: every attempt takes a higher one"
		}
		if why := a.numbers.refuse(in.N, a.self); why != "" {
			return why
		}
	}
	if in.Value != 0 {
		out.Note(sim.Proposes, in.Value)
		a.give(in.Value)
	}
	if in.Kind == sim.Propose && a.elected && a.leader() != a.self {
		m := sim.NewMessage(kindForward)
		m.V = a.want
		out.Send(a.leader(), m)
		return ""
	}
	a.start(in.N, out)
	return ""
}

// give takes in a value to propose.
func (a *agents) give(v sim.Value) { a.want = v }

// leader returns the distinguished proposer: the first that is not suspected (T-11).
func (a *agents) leader() sim.Node {
	for _, n := range a.proposers {
		if a.suspected>>n&1 == 0 {
			return n
		}
	}
	return a.self
}

// start begins phase 1 with number n, or the next of its own above all that it has seen.
func (a *agents) start(n int64, out *sim.Out) {
	if n == sim.NoNumber {
		n = a.numbers.next(max(a.seen, a.used), a.self)
	}
	b := a.numbers.ballot(n, a.self)
	if !a.proposer.Begin(b, 0) {
		panic("protocols: a proposer begins a ballot that is not above its last")
	}
	if a.leads {
		a.leads = false
		out.StepDown(sim.NoNumber)
	}
	a.used, a.seen, a.proposed, a.asked = b, max(a.seen, b), 0, 0
	lsn := out.Write(fieldNumber, appendUint64(nil, uint64(b)))
	out.Round(n)
	for _, to := range a.acceptors {
		var m paxos.Message
		a.proposer.Prepare(paxos.NodeID(to), &m)
		a.outbox.Hold(&m, paxos.LSN(lsn))
	}
	out.Stop(timerBackoff)
	a.expect(out)
}

// expect waits for the end of the round that it takes part in, and begins its own if it does not
// come (K-21).
func (a *agents) expect(out *sim.Out) {
	if a.restarts && a.proposer != nil && a.learnt == 0 {
		out.Set(timerPhase, a.place.Timeout)
	}
}

// onPromise is phase 2a, once a majority has promised. With accept-to=responders, who promises
// later is asked later (K-20).
func (a *agents) onPromise(m *paxos.Message, out *sim.Out) {
	switch {
	case a.proposer == nil:
	case a.proposer.Promise(m):
		a.proposes(out)
	case a.proposer.Ready() && m.Ballot == a.proposer.Ballot() && a.proposed != 0 && a.learnt == 0:
		a.ask(sim.Node(m.From), out)
	}
}

// proposes picks the value of a ballot whose phase 1 is complete, and asks to accept it.
func (a *agents) proposes(out *sim.Out) {
	var e paxos.Entry
	if a.proposer.Adopted(1, &e) == 0 {
		e = a.own(out)
	}
	a.leads = a.seen == a.proposer.Ballot()
	if a.leads {
		out.Lead(a.numbers.number(a.proposer.Ballot()))
	}
	a.proposed = a.place.Log.Names.OfBytes(e.Data)
	a.entry = e
	a.entry.Data = a.place.Log.Names.Bytes(a.proposed)
	promised := a.proposer.Promises()
	for _, to := range a.acceptors {
		if a.toAll || promised.Has(paxos.NodeID(to)) {
			a.ask(to, out)
		}
	}
}

// ask asks an acceptor to accept, once.
func (a *agents) ask(to sim.Node, out *sim.Out) {
	var m paxos.Message
	if a.asked.Has(paxos.NodeID(to)) ||
		!a.proposer.Accept(paxos.NodeID(to), 1, []paxos.Entry{a.entry}, &m) {
		return
	}
	a.asked = a.asked.With(paxos.NodeID(to))
	a.send(out, to, &m)
}

// own returns what a free proposer proposes: what it was given, else the next view.
func (a *agents) own(out *sim.Out) paxos.Entry {
	v := a.want
	if v == 0 || a.views {
		v = a.place.Log.Names.Of(viewText(a.place, 1, a.pingable()))
		out.Note(sim.Proposes, v)
	}
	return paxos.Entry{Kind: paxos.Value, Client: anyClient, Seq: 1,
		Data: a.place.Log.Names.Bytes(v)}
}

// pingable returns the acceptors that this node does not suspect (K-16).
func (a *agents) pingable() []sim.Node {
	return slices.DeleteFunc(slices.Clone(a.acceptors), func(n sim.Node) bool {
		return a.suspected>>n&1 == 1
	})
}

// onAccepted counts a 2b: as the proposer of the number, and as a learner.
func (a *agents) onAccepted(m *paxos.Message, out *sim.Out) {
	mine := a.proposer != nil && a.proposer.Ballot() == m.Ballot
	if mine && a.proposer.Accepted(m).Len() > 0 {
		a.announce(m, out)
	}
	if !mine || a.learning != "leader" {
		a.count(m, out)
	}
}

// announce is phase 3: the leader knows that its value is chosen.
func (a *agents) announce(m *paxos.Message, out *sim.Out) {
	chosen := paxos.Message{Kind: paxos.Chosen, From: paxos.NodeID(a.self), Life: lifeOne,
		Ballot: m.Ballot, Span: m.Span, Entries: m.Entries}
	if a.learning != "leader" {
		a.know(a.place.Log.Names.OfBytes(m.Entries[0].Data), out)
		return
	}
	for _, to := range a.learners {
		chosen.To = paxos.NodeID(to)
		a.send(out, to, &chosen)
	}
	if !slices.Contains(a.learners, a.self) {
		a.know(a.place.Log.Names.OfBytes(m.Entries[0].Data), out)
	}
}

// count lets the learner count a vote.
func (a *agents) count(m *paxos.Message, out *sim.Out) {
	if a.place.Roles[a.self]&sim.Learner != 0 || a.learning == "all" {
		a.learn(m, out)
	}
}

// learn takes in what tells of a choice: a vote, or the announcement.
func (a *agents) learn(m *paxos.Message, out *sim.Out) {
	a.learner.Learn(m)
	var e paxos.Entry
	if a.learner.Chosen(1, &e) {
		a.know(a.place.Log.Names.OfBytes(e.Data), out)
	}
}

// know keeps what is chosen, on disk too (L-20), and answers the clients that wait for it.
func (a *agents) know(v sim.Value, out *sim.Out) {
	if a.learnt != 0 {
		return
	}
	a.learnt = v
	out.Write(fieldValue, a.place.Log.Names.Bytes(v))
	out.Chosen(sim.NoNumber, v)
	out.Stop(timerPhase)
	out.Stop(timerBackoff)
	out.Stop(timerStart)
	for _, w := range a.waiting {
		a.answer(w, out)
	}
	a.waiting = nil
}

// request takes in a client's command: it is proposed unless something is chosen, and answered
// with what is chosen.
func (a *agents) request(v sim.Value, out *sim.Out) {
	switch {
	case a.learnt != 0:
		a.answer(v, out)
	case a.proposer == nil || a.elected && a.leader() != a.self:
		if a.leader() == a.self {
			return // it is no proposer, and it suspects all who are: the client asks again
		}
		m := sim.NewMessage(kindForward)
		m.V = v
		out.Send(a.leader(), m)
	default:
		a.take(v, out)
	}
}

// forwarded takes in a value that another node sent on. It is not sent on again: two nodes that
// take each other for the leader would do so for ever.
func (a *agents) forwarded(v sim.Value, out *sim.Out) {
	switch {
	case a.learnt != 0:
		a.answer(v, out)
	case a.proposer != nil:
		a.take(v, out)
	}
}

// take proposes v. A command that comes while a round is under way waits for what that decides; one
// that comes again starts another.
func (a *agents) take(v sim.Value, out *sim.Out) {
	again := slices.Contains(a.waiting, v)
	if client, _ := a.place.Command(v); client != sim.NoNode && !again {
		a.waiting = append(a.waiting, v)
	}
	underWay := a.proposer.Ballot() != 0 && a.proposer.Ballot() >= a.seen
	if !underWay || a.want == 0 {
		a.give(v)
	}
	if again || !underWay {
		a.start(sim.NoNumber, out)
	}
}

// answer shows a client what is chosen: the state of which that is the only command.
func (a *agents) answer(v sim.Value, out *sim.Out) {
	client, _ := a.place.Command(v)
	if client == sim.NoNode {
		return
	}
	m := sim.NewMessage(kindReply)
	m.V, m.H = v, a.place.Log.Histories.Then(0, a.learnt)
	out.Send(client, m)
}

// onNack takes in a refusal of its number: it may try again later with a higher one (L-18).
func (a *agents) onNack(m *paxos.Message, out *sim.Out) {
	if a.proposer == nil || m.Ballot != a.proposer.Ballot() || a.learnt != 0 {
		return
	}
	if a.backoff.set {
		out.Set(timerBackoff, a.backoff.of(a.self))
	}
}

// fired starts a round: the last one took too long, or the wait after a refusal or a suspicion is
// over.
func (a *agents) fired(timer uint8, out *sim.Out) string {
	if a.proposer != nil && a.learnt == 0 && (timer == timerStart || a.concerned()) {
		a.start(sim.NoNumber, out)
	}
	return ""
}

// concerned reports whether a node has a reason to begin a round by itself: a value to propose, one
// that it accepted, a round that it began before, or a view to make. Where clients give the values,
// a node that only heard of a round has none.
func (a *agents) concerned() bool {
	var e paxos.Entry
	return a.want != 0 || a.views || a.used != 0 || len(a.place.With(sim.Client)) == 0 ||
		a.acceptor != nil && a.acceptor.Accepted(1, &e) != 0
}

// detect takes in a verdict of the detector.
func (a *agents) detect(in *sim.Input, out *sim.Out) {
	led := a.leader()
	for _, p := range in.Peers {
		if in.Kind == sim.Suspect {
			a.suspected |= 1 << p
		} else {
			a.suspected &^= 1 << p
		}
	}
	if a.proposer == nil || a.learnt != 0 || in.Kind == sim.Trust {
		return
	}
	takesOver := a.elected && led != a.self && a.leader() == a.self
	switch {
	case a.elected && !takesOver:
	case a.delay.set:
		out.Set(timerStart, a.delay.of(a.self))
	case takesOver && a.concerned():
		a.start(sim.NoNumber, out)
	}
}
