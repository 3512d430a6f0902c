package protocols

import (
	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// agents is one node of single-decree Paxos: the agents of its roles, and what they need of a disk.
// Every answer of the acceptor, and the first question of a proposer, waits in the outbox for the
// record that it states (B-01).
type agents struct {
	*agency
	self     sim.Node
	acceptor *paxos.Acceptor // nil: not its role
	proposer *paxos.Proposer
	learner  *paxos.Learner
	outbox   *paxos.Outbox
	lsn      sim.LSN // of the last record that the acceptor's answers rest on

	want      sim.Value // what it was given to propose
	proposed  sim.Value // what it proposes at its number
	entry     paxos.Entry
	asked     paxos.NodeSet // to accept it
	seen      paxos.Ballot  // highest ballot seen
	used      paxos.Ballot  // highest ballot begun, across restarts
	leads     bool
	learnt    sim.Value // what it knows to be chosen
	suspected uint64
	waiting   []sim.Value // commands of clients that it has to answer
	arena     [1]paxos.Entry
	bytes     []byte
	old       *agents // whose memory the agents are made in; nil: of nobody
}

// anyClient is the client of every entry: here one is the same as another if its value is.
const anyClient = 1

// ready makes the agents of the node's roles, when something first comes to it or it is asked for
// its state: in a search most nodes of most worlds never get so far.
func (a *agents) ready() {
	if a.learner != nil {
		return
	}
	limits := paxos.OneSlot(maxValueBytes)
	self, role := paxos.NodeID(a.self), a.place.Roles[a.self]
	old := a.old
	if a.old = nil; old == nil {
		old = &agents{}
	}
	if role&sim.Acceptor != 0 {
		a.acceptor = or(old.acceptor)
		sure(a.acceptor.Renew(self, lifeOne, limits))
	}
	if role&sim.Proposer != 0 {
		a.proposer = or(old.proposer)
		sure(a.proposer.Renew(self, lifeOne, a.members, limits))
	}
	a.learner, a.outbox = or(old.learner), or(old.outbox)
	sure(a.learner.Renew(a.members, limits))
	sure(a.outbox.Renew(4*len(a.place.Nodes), 1, maxValueBytes))
	a.bytes = old.bytes
}

// Inherit implements sim.Heir: the agents are made in the memory of those of old, or of those that
// old would have made its own in.
func (a *agents) Inherit(old sim.Process) {
	if x, ok := old.(*agents); ok {
		if a.old = x; x.learner == nil {
			a.old = x.old
		}
	}
}

// or returns old, or one that is empty if there is none.
func or[T any](old *T) *T {
	if old == nil {
		return new(T)
	}
	return old
}

// must takes the result of what cannot fail: its arguments were checked before, or made here.
func must[T any](x T, err error) T {
	if err != nil {
		panic("protocols: the agents refuse what was checked before: " + err.Error())
	}
	return x
}

func sure(err error) { must(0, err) }

// Step implements sim.Process.
func (a *agents) Step(in *sim.Input, out *sim.Out) (refusal string) {
	out.Free()
	if in.Kind == sim.Boot && in.Disk.Last() == 0 && in.Disk.Wipes() == 0 {
		return "" // there is nothing to take back
	}
	a.ready()
	switch in.Kind {
	case sim.Boot:
		a.boot(in.Disk)
	case sim.Deliver:
		a.deliver(in.Message, out)
	case sim.Fired:
		refusal = a.fired(in.Timer, out)
	case sim.Durable:
		a.outbox.Persisted(paxos.LSN(in.LSN))
	case sim.Propose, sim.Lead:
		refusal = a.told(in, out)
	case sim.Suspect, sim.Trust:
		a.detect(in, out)
	default:
		return "the nodes of paxos propose, accept and learn"
	}
	a.say(out)
	return refusal
}

// boot takes back what the disk holds.
func (a *agents) boot(d *sim.Disk) {
	if d.Wipes() > 0 {
		// What this node once promised is gone: it may learn, and never vote or lead again (B-11).
		a.acceptor, a.proposer = nil, nil
	}
	a.lsn = d.Last()
	a.outbox.Persisted(paxos.LSN(a.lsn))
	if a.acceptor != nil {
		a.recall(d)
		a.seen = a.acceptor.Promised()
	}
	if b := d.Field(fieldNumber); b != nil {
		a.used = paxos.Ballot(getUint64(b))
		a.seen = max(a.seen, a.used)
	}
	a.learnt = a.place.Log.Names.OfBytes(d.Field(fieldValue))
}

// recall gives the acceptor back its last promise and what it accepted last, in the order in which
// it did so: that of their ballots.
func (a *agents) recall(d *sim.Disk) {
	var promised, accepted paxos.Record
	records := [2]*paxos.Record{&promised, &accepted}
	for i, field := range [2]uint8{fieldPromised, fieldAccepted} {
		b := d.Field(field)
		if b == nil {
			continue
		}
		if _, err := paxos.DecodeRecord(b, records[i], a.arena[:]); err != nil {
			panic("protocols: a record of this run does not decode: " + err.Error())
		}
	}
	if accepted.Ballot < promised.Ballot {
		records[0], records[1] = &accepted, &promised
	}
	for _, rec := range records {
		if rec.Ballot == 0 {
			continue // was never written
		}
		if err := a.acceptor.Restore(rec); err != nil {
			panic("protocols: the acceptor refuses its own record: " + err.Error())
		}
	}
}

// deliver takes in one message.
func (a *agents) deliver(m *sim.Message, out *sim.Out) {
	switch m.Kind {
	case kindRequest:
		a.request(m.V, out)
		return
	case kindForward:
		a.forwarded(m.V, out)
		return
	}
	var msg paxos.Message
	if !a.trusts(m) || !a.decode(m, &msg) {
		return
	}
	a.see(&msg, out)
	switch msg.Kind {
	case paxos.Prepare:
		a.onPrepare(&msg, out)
	case paxos.Promise:
		a.onPromise(&msg, out)
	case paxos.Accept:
		a.onAccept(&msg, out)
	case paxos.Accepted:
		a.onAccepted(&msg, out)
	case paxos.Chosen:
		a.learn(&msg, out)
	case paxos.Nack:
		a.onNack(&msg, out)
	}
}

// see remembers the highest ballot, and stops leading when there is one above its own.
func (a *agents) see(m *paxos.Message, out *sim.Out) {
	a.seen = max(a.seen, m.Ballot)
	if m.VBallot != paxos.Certain {
		a.seen = max(a.seen, m.VBallot)
	}
	if a.leads && a.seen > a.proposer.Ballot() {
		a.leads = false
		out.StepDown(a.numbers.number(a.proposer.Ballot()))
	}
}

// onPrepare is phase 1b.
func (a *agents) onPrepare(m *paxos.Message, out *sim.Out) {
	if a.acceptor == nil {
		return
	}
	before := a.acceptor.Promised()
	var answer paxos.Message
	if !a.acceptor.Prepare(m, &answer) {
		a.refuse(m, out)
		return
	}
	if a.acceptor.Promised() != before {
		a.write(out, fieldPromised, &paxos.Record{Kind: paxos.Promised, Ballot: m.Ballot})
	}
	a.hold(&answer, out)
	a.expect(out)
}

// onAccept is phase 2b. The answer carries the value, so that learners may count it too.
func (a *agents) onAccept(m *paxos.Message, out *sim.Out) {
	if a.acceptor == nil {
		return
	}
	var entry paxos.Entry
	before := a.acceptor.Accepted(1, &entry)
	var answer paxos.Message
	if !a.acceptor.Accept(m, &answer) {
		a.refuse(m, out)
		return
	}
	if before != m.Ballot {
		a.write(out, fieldAccepted, &paxos.Record{Kind: paxos.Accepted, Ballot: m.Ballot,
			Span: m.Span, Entries: m.Entries})
	}
	answer.Entries = m.Entries
	a.hold(&answer, out)
	a.expect(out)
}

func (a *agents) refuse(m *paxos.Message, out *sim.Out) {
	promised := a.acceptor.Promised()
	out.Refuse(sim.Node(m.Ballot.Node()), a.numbers.number(m.Ballot), a.numbers.number(promised))
	if a.nack {
		var answer paxos.Message
		a.acceptor.Nack(m, &answer)
		a.hold(&answer, out)
	}
}

// hold keeps an answer of the acceptor until the record that it rests on is durable.
func (a *agents) hold(m *paxos.Message, out *sim.Out) {
	if !out.Kept() || !a.holds(m) {
		a.outbox.Hold(m, paxos.LSN(a.lsn))
	}
}

// holds reports whether an equal message waits in the outbox.
func (a *agents) holds(m *paxos.Message) bool {
	a.bytes = paxos.AppendMessage(a.bytes[:0], m)
	n := len(a.bytes)
	for i := range a.outbox.Len() {
		a.bytes = paxos.AppendMessage(a.bytes[:n], a.outbox.At(i))
		if string(a.bytes[:n]) == string(a.bytes[n:]) {
			return true
		}
	}
	return false
}

func (a *agents) write(out *sim.Out, field uint8, rec *paxos.Record) {
	a.bytes = paxos.AppendRecord(a.bytes[:0], rec)
	a.lsn = out.Write(field, a.bytes)
}

// say sends what the outbox lets go, and tells the trace what is promised and accepted by it.
func (a *agents) say(out *sim.Out) {
	var m paxos.Message
	for a.outbox.Next(&m) {
		n := a.numbers.number(m.Ballot)
		switch m.Kind {
		case paxos.Promise:
			out.Promise(n, sim.NoNumber)
			a.send(out, sim.Node(m.To), &m)
		case paxos.Accepted:
			out.Accept(n, sim.NoNumber, a.place.Log.Names.OfBytes(m.Entries[0].Data))
			a.tell(out, &m)
		default:
			a.send(out, sim.Node(m.To), &m)
		}
	}
}

// tell sends an Accepted to all who may learn from it: its proposer, and by option the learners or
// every node.
func (a *agents) tell(out *sim.Out, m *paxos.Message) {
	owner := sim.Node(m.To)
	for i := range a.place.Nodes {
		n := sim.Node(i)
		role := a.place.Roles[n]
		hears := n == owner || a.learning == "acceptors" && role&sim.Learner != 0 ||
			a.learning == "all" && role&(sim.Proposer|sim.Acceptor|sim.Learner) != 0
		if hears {
			m.To = paxos.NodeID(n)
			a.send(out, n, m)
		}
	}
}

// send puts m into a message of the world: its bytes, and what people and selectors see of it.
func (a *agents) send(out *sim.Out, to sim.Node, m *paxos.Message) {
	s := sim.NewMessage(kindPrepare + uint8(m.Kind-paxos.Prepare))
	s.N = a.numbers.number(m.Ballot)
	names := &a.place.Log.Names
	switch m.Kind {
	case paxos.Promise:
		if len(m.Entries) > 0 {
			s.NA, s.VA = a.numbers.number(m.VBallot), names.OfBytes(m.Entries[0].Data)
		}
	case paxos.Nack:
		s.Kind, s.Max = kindNack, a.numbers.number(m.VBallot)
	case paxos.Accept, paxos.Accepted:
		s.V = names.OfBytes(m.Entries[0].Data)
	case paxos.Chosen:
		s.Kind, s.V = kindChosen, names.OfBytes(m.Entries[0].Data)
	}
	a.bytes = paxos.AppendMessage(a.bytes[:0], m)
	s.Body = a.bytes
	out.Send(to, s)
}

// decode takes the core's message out of one of the world. A forged one has no bytes: it is made
// from what it shows.
func (a *agents) decode(s *sim.Message, m *paxos.Message) bool {
	if len(s.Body) > 0 {
		_, err := paxos.DecodeMessage(s.Body, m, a.arena[:])
		return err == nil
	}
	owner := s.From
	if s.Kind == kindPromise || s.Kind == kindAccepted || s.Kind == kindNack {
		owner = s.To
	}
	*m = paxos.Message{From: paxos.NodeID(s.From), To: paxos.NodeID(s.To), Life: lifeOne,
		Echo:   lifeOne,
		Ballot: a.ballotOf(s.N, owner), Span: paxos.Span{Lo: 1, Hi: 2}}
	value := s.V
	switch s.Kind {
	case kindPrepare:
		m.Kind, m.Span.Hi, m.Echo = paxos.Prepare, paxos.Forever, 0
	case kindPromise:
		m.Kind, m.Span.Hi, value = paxos.Promise, paxos.Forever, s.VA
		m.VBallot = a.ballotOf(s.NA, s.From)
	case kindAccept:
		m.Kind, m.Echo = paxos.Accept, 0
	case kindAccepted:
		m.Kind = paxos.Accepted
	case kindChosen:
		m.Kind, m.Echo = paxos.Chosen, 0
	case kindNack:
		m.Kind, m.VBallot = paxos.Nack, a.ballotOf(s.Max, s.From)
	}
	if value != 0 {
		a.arena[0] = paxos.Entry{Kind: paxos.Value, Client: anyClient, Seq: 1,
			Data: a.place.Log.Names.Bytes(value)}
		m.Entries = a.arena[:1]
	}
	return m.Kind != 0
}

func (a *agents) ballotOf(n int64, owner sim.Node) paxos.Ballot {
	if n < 0 || n > maxNumber {
		return 0
	}
	return a.numbers.ballot(n, a.numbers.owner(n, owner))
}
