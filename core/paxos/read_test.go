package paxos

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// read asks for a read and sends the question.
func (s *solo) read() uint64 {
	round, ref := s.r.Read(s.now)
	require.Equal(s.t, Taken, ref)
	s.drain()
	return round
}

// readOK is an answer to a round of the ballot that the replica leads at.
func (s *solo) readOK(from NodeID, round uint64) Message {
	b := s.r.proposer.ballot
	return Message{Kind: ReadOK, From: from, To: s.r.Node(), Life: 1, Echo: 1, Era: 1, Ballot: b,
		VBallot: b, Round: round}
}

// answers has the answer arrive, and returns what that confirmed.
func (s *solo) answers(m Message) []Confirmed {
	s.step(m)
	return s.drain().Reads
}

// B-40: a read is confirmed by a round that began after it arrived, never by the answers to an
// earlier one: between those and the read another leader may have chosen something.
func TestAReadIsConfirmedOnlyByARoundBegunAfterIt(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.elect(1)
	first := s.read()
	require.Len(t, s.sent(Read, 1), 1)
	require.Equal(t, first, s.sent(Read, 1)[0].Round)
	second := s.read()
	require.Greater(t, second, first)
	require.Equal(t, []Confirmed{{first, 0, Never, Taken}}, s.answers(s.readOK(1, first)))
	require.Empty(t, s.answers(s.readOK(2, first)), "late answers to the first round")
	require.Empty(t, s.answers(s.readOK(1, first)))
	require.Equal(t, []Confirmed{{second, 0, Never, Taken}}, s.answers(s.readOK(2, second)))
}

// B-40, B-21: an answer counts at exactly this ballot, in this round or a later one of it, to this
// life and from the life that votes, and only if its sender promised exactly this ballot.
func TestALateAnswerOfAnotherRoundBallotOrLifeConfirmsNothing(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.elect(1)
	round := s.read()
	old := s.readOK(1, round)
	s.step(Message{Kind: Nack, From: 2, To: 0, Life: 1, Echo: 1, Ballot: s.r.Ballot(),
		VBallot: NewBallot(s.r.Ballot().Round()+1, 1, 2)})
	require.Equal(t, []Confirmed{{round, 0, 0, NotLeader}}, s.drain().Reads)
	s.elect(1)
	again := s.read()
	require.Greater(t, again, round, "a round's number is never used twice")
	require.Empty(t, s.answers(old), "of the ballot before")
	for name, spoil := range map[string]func(m *Message){
		"an older round":      func(m *Message) { m.Round = round },
		"a round never begun": func(m *Message) { m.Round = again + 1 },
		"an older ballot":     func(m *Message) { m.Ballot, m.VBallot = old.Ballot, old.Ballot },
		"a higher promise":    func(m *Message) { m.VBallot += 1 << 24 },
		"a lower promise":     func(m *Message) { m.VBallot = old.Ballot },
		"another life's":      func(m *Message) { m.Life = 2 },
		"to another life":     func(m *Message) { m.Echo = 2 },
		"of no member":        func(m *Message) { m.From = 7 },
		"at another one's leadership": func(m *Message) {
			m.Ballot = NewBallot(m.Ballot.Round(), 1, 2)
			m.VBallot = m.Ballot
		},
	} {
		m := s.readOK(1, again)
		spoil(&m)
		require.Empty(t, s.answers(m), name)
	}
	require.Equal(t, []Confirmed{{again, 0, Never, Taken}}, s.answers(s.readOK(1, again)))
}

// B-40: whoever steps down fails the reads that wait before it says or hears anything else, those
// too whose round has not begun.
func TestAStepDownFailsReadsFirst(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.elect(1)
	asked := s.read()
	unasked, ref := s.r.Read(s.now)
	require.Equal(t, Taken, ref)
	b := s.r.Ballot()
	s.step(Message{Kind: Prepare, From: 2, To: 0, Life: 1, Span: Span{1, Forever},
		Ballot: NewBallot(b.Round()+1, 1, 2)})
	m := s.readOK(1, unasked)
	m.Ballot, m.VBallot = b, b
	s.step(m)
	s.drain()
	require.Greater(t, unasked, asked)
	require.Equal(t, []Confirmed{{unasked, 0, 0, NotLeader}}, s.out.Reads)
	require.Zero(t, s.kinds(Read))
	_, ref = s.r.Read(s.now)
	require.NotEqual(t, Taken, ref)
}

// B-39: a new leader knows what was chosen before it only when what phase 1 reported is chosen
// again: until then its own prefix may be too old an index.
func TestANewLeaderAnswersNoReadBeforeWhatItAdoptedIsChosen(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.elect(1, Message{Span: Span{1, Forever}, VBallot: NewBallot(0, 1, 1),
		Entries: []Entry{value(9, 1, "old")}})
	_, ref := s.r.Read(s.now)
	require.Equal(t, Electing, ref)
	s.persist()
	_, ref = s.r.Read(s.now)
	require.Equal(t, Electing, ref)
	s.step(s.accepted(1, 1, 2))
	round := s.read()
	require.Equal(t, []Confirmed{{round, 1, Never, Taken}}, s.answers(s.readOK(1, round)))
}

// B-41: each round has an index of its own, of what was chosen when it began.
func TestAReadsIndexIsWhatWasChosenWhenItsRoundBegan(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.elect(1)
	first := s.read()
	s.offer(2)
	s.step(s.accepted(1, 1, 3))
	second := s.read()
	require.Equal(t, []Confirmed{{first, 0, Never, Taken}}, s.answers(s.readOK(1, first)))
	require.Equal(t, []Confirmed{{second, 2, Never, Taken}}, s.answers(s.readOK(1, second)))
}

// B-42, B-50: what confirms a read is an accept quorum, because that meets every prepare quorum. A
// majority need not: with prepare 2 of 5, two others may have elected someone else.
func TestAReadNeedsAnAcceptQuorumAndNotAMajority(t *testing.T) {
	c := configOf(5, 0, smallLimits(), 1)
	c.Genesis.Prepare, c.Genesis.Accept = 2, 4
	s := soloOf(t, 5, c)
	s.elect(1)
	round := s.read()
	require.Empty(t, s.answers(s.readOK(1, round)))
	require.Empty(t, s.answers(s.readOK(2, round)), "three of five")
	require.Empty(t, s.answers(s.readOK(2, round)), "again the same one")
	require.Len(t, s.answers(s.readOK(3, round)), 1)
}

// A follower answers a read only when the promise that makes the answer true is durable (B-01), and
// refuses if it promised more.
func TestAReadIsAnsweredWhenThePromiseIsDurable(t *testing.T) {
	s := newSolo(t, 3, 0)
	b := NewBallot(3, 1, 1)
	ask := Message{Kind: Read, From: 1, To: 0, Life: 1, Era: 1, Ballot: b, Round: 7}
	s.step(ask)
	s.drain()
	require.Equal(t, b, s.r.Promised())
	require.Zero(t, s.kinds(ReadOK))
	s.step(ask)
	require.Empty(t, s.drain().Send, "the repeated question waits too")
	s.persist()
	require.Equal(t, 2, s.kinds(ReadOK))
	m := s.sent(ReadOK, 1)[0]
	require.Equal(t, []uint64{uint64(b), uint64(b), 7}, []uint64{uint64(m.Ballot),
		uint64(m.VBallot), m.Round})
	low := ask
	low.From, low.Ballot = 2, NewBallot(2, 1, 2)
	s.step(low)
	s.drain()
	require.Zero(t, s.kinds(ReadOK))
	require.Equal(t, 1, s.kinds(Nack))
}

// B-44b: learning a configuration suspends reads, those under way too, until phase 1 is complete in
// it; and then its accept quorum must answer as well as the old one's. Another leader that only the
// new members promised to may have chosen in its slots already.
func TestReadsAreSuspendedWhenAConfigurationIsLearnt(t *testing.T) {
	s := soloOf(t, 3, configOf(3, 0, roomyLimits(), 1))
	s.elect(1)
	m := members(t, 0, 3, 4)
	_, ref := s.r.Reconfigure(1, &m)
	require.Equal(t, Taken, ref)
	s.persist()
	round := s.read()
	s.step(s.accepted(2, 1, 2))
	require.EqualValues(t, 2, s.r.Era().Era)
	_, ref = s.r.Read(s.now)
	require.Equal(t, Electing, ref)
	require.Empty(t, s.answers(s.readOK(1, round)), "of the old configuration alone")
	require.Empty(t, s.answers(s.readOK(3, round)), "phase 1 is not complete in the new one")
	s.promise(3, s.nothing())
	require.Len(t, s.answers(s.readOK(1, round)), 1)
	round = s.read()
	require.Empty(t, s.answers(s.readOK(1, round)), "of the old configuration alone")
	require.Empty(t, s.answers(s.readOK(2, round)))
	require.Len(t, s.answers(s.readOK(4, round)), 1)
}

// B-38, B-44: a leader that was cut off while the others replaced it, and most of the cluster with
// it, answers no read from what it knew; nor does any new leader before it knows all.
func TestALeaderServesNoStaleReadAcrossAConfigurationChange(t *testing.T) {
	w := newNetwork(t, 3, roomyLimits(), 4)
	for range 3 {
		w.start(w.add(DiskID{byte(len(w.nodes) + 1)}))
	}
	old := w.lead()
	w.commit(5)
	w.cut = func(a, b NodeID) bool { return a == old.id || b == old.id }
	require.Equal(t, Taken, w.read(old))
	w.run(60 * millisecond)
	require.Equal(t, Leader, old.r.Role(), "it does not know yet")
	require.Equal(t, Taken, w.read(old))
	for lead := old; lead == old; w.run(10 * millisecond) {
		lead = w.leader()
	}
	require.Equal(t, Taken, w.reconfigure(w.leader(), 2, 2, 3, 4, 5))
	for w.nodes[3].r.Role()|w.nodes[4].r.Role()|w.nodes[5].r.Role() != Leader {
		w.run(millisecond)
		for _, nd := range w.nodes {
			if nd.r.Role() == Leader {
				w.propose(nd)
				w.read(nd) // network.answer judges what it is told
			}
		}
	}
	confirmed := w.reads
	w.cut = nil
	for range 300 {
		w.run(millisecond)
		for _, nd := range w.nodes {
			w.read(nd)
			w.propose(nd)
		}
	}
	require.Greater(t, w.reads, confirmed+100)
	require.Empty(t, old.asked, "each of its reads ended")
	require.False(t, old.r.Votes())
}
