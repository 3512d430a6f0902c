package protocols

import "github.com/synodlab/synod/core/sim"

// site is the coordinator or a participant of a commit protocol. Its log is on disk: what it has
// come to in each transaction is written before it is said.
type site struct {
	*commitment
	self      sim.Node
	log       []transaction // oldest first; at most one of them is undecided
	leads     bool          // it is the coordinator, or stands in for it
	pending   uint64        // set: who has not answered what it said last
	unwilling bool          // votes no
	suspected uint64
	balance   int64 // of its account, where the machine is a bank
}

type transaction struct {
	value sim.Value
	phase phase
}

// Step implements sim.Process.
func (s *site) Step(in *sim.Input, out *sim.Out) string {
	switch in.Kind {
	case sim.Boot:
		s.boot(in.Disk, out)
	case sim.Propose:
		return s.proposes(in.Value, out)
	case sim.Refuse, sim.Agree:
		if s.place.Roles[s.self]&sim.Participant == 0 {
			return "only participants vote"
		}
		s.unwilling = in.Kind == sim.Refuse
	case sim.Deliver:
		s.deliver(in.Message, out)
	case sim.Fired:
		s.fired(in.Timer, out)
	case sim.Suspect, sim.Trust:
		s.detect(in, out)
	case sim.Durable:
	default:
		return "the sites of a commit protocol propose and vote"
	}
	return ""
}

// boot takes back the log. Who finds that it is undecided says again what it said last, and who
// knows the decision answers. It decides by no timeout then: others may have decided long ago.
func (s *site) boot(d *sim.Disk, out *sim.Out) {
	s.balance = s.opening()
	for _, record := range d.Records {
		if len(record) > 0 && record[0] <= byte(aborted) {
			s.come(s.place.Log.Names.OfBytes(record[1:]), phase(record[0]))
		}
	}
	s.leads, s.pending = s.self == s.coordinator, s.others()
	t := s.open()
	if t != nil {
		out.Note(sim.Waits, t.value)
	}
	if t == nil && s.leads && len(s.log) > 0 {
		t = &s.log[len(s.log)-1]
	}
	if t != nil {
		s.say(out, t)
	}
}

// come takes in that v has come to a phase.
func (s *site) come(v sim.Value, p phase) *transaction {
	t := s.find(v)
	if t == nil {
		s.log = append(s.log, transaction{value: v})
		t = &s.log[len(s.log)-1]
	}
	if t.phase = p; p == committed {
		s.balance += s.change(v)
	}
	return t
}

func (s *site) find(v sim.Value) *transaction {
	for i := range s.log {
		if s.log[i].value == v {
			return &s.log[i]
		}
	}
	return nil
}

// open returns the transaction that is undecided here, nil if there is none.
func (s *site) open() *transaction {
	for i := range s.log {
		if !s.log[i].phase.decided() {
			return &s.log[i]
		}
	}
	return nil
}

func (s *site) others() uint64 { return setOf(s.sites) &^ (1 << s.self) }

// enter lets v come to a phase, on disk before anybody hears of it.
func (s *site) enter(out *sim.Out, v sim.Value, p phase) *transaction {
	if t := s.find(v); t == nil && p == waiting {
		out.Note(sim.Waits, v)
	}
	t := s.come(v, p)
	out.Write(sim.Stream, append([]byte{byte(p)}, s.place.Log.Names.Bytes(v)...))
	switch p {
	case committed:
		out.Note(sim.Commits, v)
	case aborted:
		out.Note(sim.Aborts, v)
	}
	if p.decided() {
		out.Note(sim.Settled, v)
		out.Stop(timerAskAgain)
		if s.three {
			out.Stop(timerWait)
		}
	}
	return t
}

// proposes starts a transaction.
func (s *site) proposes(v sim.Value, out *sim.Out) string {
	switch t := s.open(); {
	case s.self != s.coordinator:
		return "only the coordinator starts a transaction"
	case v == 0:
		return "a transaction needs a name: `TC proposes t1`"
	case t != nil:
		return "it has not decided " + s.place.Log.Names.Text(t.value) + " yet"
	case s.find(v) != nil:
		return s.place.Log.Names.Text(v) + " is decided already"
	}
	out.Note(sim.Proposes, v)
	s.pending = s.others()
	s.say(out, s.enter(out, v, waiting))
	s.expect(out)
	return ""
}

// say tells those who have not answered where the transaction stands; who does not lead repeats its
// vote, to whoever may know the decision.
func (s *site) say(out *sim.Out, t *transaction) {
	m := sim.NewMessage(kindVote)
	m.V = t.value
	if s.leads {
		m.Kind = says[t.phase]
	} else {
		m.VA = s.place.Log.Names.Of("yes")
	}
	for _, n := range s.sites {
		if s.pending>>n&1 == 1 {
			out.Send(n, m)
		}
	}
	if s.leads && s.retransmit.set && s.pending != 0 {
		out.Set(timerAskAgain, s.retransmit.r)
	}
}

func (s *site) deliver(m *sim.Message, out *sim.Out) {
	t := s.find(m.V)
	if s.place.Roles[s.self]&(sim.Coordinator|sim.Participant) == 0 || m.V == 0 {
		return
	}
	switch m.Kind {
	case kindCanCommit:
		s.asked(m, t, out)
	case kindVote:
		s.voted(m, t, out)
	case kindAck:
		s.acked(m, t, out)
	default:
		s.told(m, t, out)
	}
}

// asked votes. A site that still holds its locks for another transaction cannot say yes.
func (s *site) asked(m *sim.Message, t *transaction, out *sim.Out) {
	vote := "yes"
	switch {
	case s.self == s.coordinator:
		return
	case t == nil && s.open() != nil:
		vote = "no"
	case t == nil && (s.unwilling || s.balance+min(s.change(m.V), 0) < 0):
		s.enter(out, m.V, aborted)
		vote = "no"
	case t == nil:
		s.enter(out, m.V, waiting)
		s.expect(out)
	case t.phase.decided():
		s.answer(m.From, t, out)
		return
	}
	s.reply(out, kindVote, m, vote)
}

// reply answers m with a word.
func (s *site) reply(out *sim.Out, kind uint8, m *sim.Message, word string) {
	answer := sim.NewMessage(kind)
	answer.V, answer.VA = m.V, s.place.Log.Names.Of(word)
	out.Send(m.From, answer)
}

// answer tells one site what was decided.
func (s *site) answer(to sim.Node, t *transaction, out *sim.Out) {
	m := sim.NewMessage(says[t.phase])
	m.V = t.value
	if s.leads {
		s.pending |= 1 << to
	}
	out.Send(to, m)
}

// voted counts a vote: one no is enough to abort, and all must say yes. Who votes when all is
// decided hears the decision.
func (s *site) voted(m *sim.Message, t *transaction, out *sim.Out) {
	yes := s.place.Log.Names.Text(m.VA) == "yes"
	switch {
	case t == nil:
	case t.phase.decided():
		if yes {
			s.answer(m.From, t, out)
		}
	case !s.leads || t.phase != waiting:
	case !yes:
		s.decide(out, t, aborted)
	default:
		s.pending &^= 1 << m.From
		s.goOn(out, t)
	}
}

// goOn takes the next step of who leads, once all have answered.
func (s *site) goOn(out *sim.Out, t *transaction) {
	switch {
	case s.pending != 0:
	case s.three && t.phase == waiting:
		s.pending = s.others()
		s.say(out, s.enter(out, t.value, preCommitted))
		s.expect(out)
	default:
		s.decide(out, t, committed)
	}
}

// decide ends t, and tells those who may hold locks for it: all if it commits, else who voted yes.
func (s *site) decide(out *sim.Out, t *transaction, p phase) {
	s.enter(out, t.value, p)
	if !s.leads {
		return
	}
	if p == committed {
		s.pending = 0
	}
	s.pending = s.others() &^ s.pending
	s.say(out, t)
}

// told takes in what the coordinator says, or who stands in for it.
func (s *site) told(m *sim.Message, t *transaction, out *sim.Out) {
	to := committed
	switch m.Kind {
	case kindPreCommit:
		to = preCommitted
	case kindAbort:
		to = aborted
	}
	switch {
	case t == nil && to != aborted:
		return // it never voted for that
	case t == nil:
		s.enter(out, m.V, aborted)
	case t.phase.decided() && to == preCommitted:
		s.answer(m.From, t, out)
		return
	case t.phase.decided() && t.phase != to:
		out.Note(sim.Alarm, m.V)
		return
	case t.phase < to:
		s.follow(m, to, out)
	}
	s.reply(out, kindAck, m, s.word(to))
}

// follow goes where it is told to.
func (s *site) follow(m *sim.Message, to phase, out *sim.Out) {
	t := s.enter(out, m.V, to)
	if !to.decided() {
		s.expect(out)
	} else if s.leads {
		s.pending = s.others() &^ (1 << m.From)
		s.say(out, t)
	}
}

// acked takes in that a site has come where it was told to.
func (s *site) acked(m *sim.Message, t *transaction, out *sim.Out) {
	if t == nil || !s.leads || s.place.Log.Names.Text(m.VA) != s.word(t.phase) {
		return
	}
	s.pending &^= 1 << m.From
	switch {
	case t.phase == preCommitted:
		s.goOn(out, t)
	case t.phase.decided() && s.pending == 0:
		out.Stop(timerAskAgain)
	}
}

// fired takes in that an answer, or what should follow, did not come in time.
func (s *site) fired(timer uint8, out *sim.Out) {
	if timer == timerWait {
		s.impatient(out)
	} else if len(s.log) > 0 && s.leads && s.pending != 0 {
		t := s.open()
		if t == nil {
			t = &s.log[len(s.log)-1]
		}
		s.say(out, t)
	}
}
