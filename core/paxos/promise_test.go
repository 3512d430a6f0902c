package paxos

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// B-24: a promise is a set of parts that cover all that was asked. After the first part the node
// has said nothing yet of the slots above it, where it may have accepted what was chosen.
func TestAPromiseIsNotCountedAfterItsFirstPart(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.stand()
	b := NewBallot(0, 1, 2)
	first := Message{Span: Span{1, 2}, VBallot: b, Entries: []Entry{value(9, 1, "a")}}
	second := Message{Span: Span{2, 5}}
	last := Message{Span: Span{5, Forever}, VBallot: b, Entries: []Entry{value(9, 5, "e")}}
	for _, part := range []Message{first, second, first, second} {
		s.promise(1, part)
		require.Equal(t, Candidate, s.r.Role())
	}
	s.promise(2, last)
	require.Equal(t, Candidate, s.r.Role(), "the parts of two nodes make no whole promise")
	s.promise(1, last)
	require.Equal(t, Leader, s.r.Role())
	s.drain()
	accept := s.sent(Accept, 1)
	require.Len(t, accept, 2, "four entries fill a batch")
	require.Equal(t, "e", string(accept[1].Entries[0].Data))
}

// B-24: a part that leaves a gap to those before does not cover it.
func TestAPartBeyondAGapDoesNotCompleteAPromise(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.stand()
	s.promise(1, Message{Span: Span{3, Forever}})
	require.Equal(t, Candidate, s.r.Role())
	s.promise(1, Message{Span: Span{1, 3}})
	require.Equal(t, Candidate, s.r.Role(), "the later part did not count, and is asked for again")
	s.now += 20 * millisecond
	s.r.Tick(s.now)
	s.drain()
	require.Equal(t, Span{3, Forever}, s.sent(Prepare, 1)[0].Span)
	s.promise(1, Message{Span: Span{3, Forever}})
	require.Equal(t, Leader, s.r.Role())
}

// What is missing of a promise whose last part is here is asked for at once, of that node alone,
// and as often as more of it counts.
func TestTheRestOfAPromiseIsAskedForAtOnceWhileMoreOfItCounts(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.stand()
	asked := func() (spans []Span) {
		s.drain()
		require.Empty(t, s.sent(Prepare, 2))
		for _, m := range s.sent(Prepare, 1) {
			spans = append(spans, m.Span)
		}
		return spans
	}
	first, second, last := Span{1, 3}, Span{3, 6}, Span{6, Forever}
	for _, x := range []struct {
		part Span
		asks []Span
	}{
		{last, []Span{{1, Forever}}},
		{last, nil}, // nothing more counts
		{first, []Span{{3, Forever}}},
		{first, nil},
		{second, nil}, // what follows may be on its way
		{second, nil},
	} {
		s.promise(1, Message{Span: x.part})
		require.Equal(t, Candidate, s.r.Role())
		require.Equal(t, x.asks, asked(), x.part)
	}
	s.promise(1, Message{Span: last})
	require.Equal(t, Leader, s.r.Role())
}

// Nothing that is reported is dropped: while a report lies beyond the asker's ring, because the
// asker is behind, its sender does not count; it does once the asker has fetched what it lacks.
func TestAReportBeyondTheAskersRingWaitsUntilTheAskerHasFetched(t *testing.T) {
	s := newSolo(t, 3, 0) // its ring is 1 to 16
	s.stand()
	far := Message{Span: Span{17, Forever}, VBallot: NewBallot(0, 1, 1),
		Entries: []Entry{value(9, 17, "q")}}
	s.promise(1, Message{Span: Span{1, 17}})
	s.promise(1, far)
	require.Equal(t, Candidate, s.r.Role())
	s.chosen(1, value(9, 1, "a"))
	s.drain()
	s.promise(1, far)
	require.Equal(t, Leader, s.r.Role())
	s.persist()
	var e Entry
	require.Equal(t, s.r.Ballot(), s.r.Accepted(17, &e))
	require.Equal(t, "q", string(e.Data))
}

// B-16, B-17, B-21: what counts is the set of acceptors that answered exactly this question.
func TestAPromiseToAnotherQuestionDoesNotCount(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.stand()
	first := s.r.Ballot()
	s.step(Message{Kind: Nack, From: 2, To: 0, Life: 1, Echo: 1, Ballot: first,
		VBallot: NewBallot(first.Round()+3, 1, 2)})
	s.stand()
	require.Greater(t, s.r.Ballot(), first)
	for name, spoil := range map[string]func(m *Message){
		"of the ballot before": func(m *Message) { m.Ballot = first },
		"to another life":      func(m *Message) { m.Echo = 2 },
		"of another life":      func(m *Message) { m.Life = 2 },
		"of no member":         func(m *Message) { m.From = 5 },
		"of itself":            func(m *Message) { m.From = 0 },
		"above its own ballot": func(m *Message) {
			m.VBallot, m.Entries = m.Ballot+1, []Entry{value(9, 1, "x")}
		},
		"at its own ballot, at which nothing was proposed": func(m *Message) {
			m.VBallot, m.Entries = m.Ballot, []Entry{value(9, 1, "x")}
		},
	} {
		m := s.nothing()
		m.Kind, m.From, m.To, m.Life, m.Echo, m.Ballot, m.Era = Promise, 1, 0, 1, 1, s.r.Ballot(), 1
		spoil(&m)
		s.step(m)
		require.Equal(t, Candidate, s.r.Role(), name)
	}
	s.promise(1, s.nothing())
	require.Equal(t, Leader, s.r.Role())
}

// B-18, B-13: a repeated Prepare at the ballot promised is answered alike while nothing is accepted
// at that ballot, and not at all after: an answer that told less or more than the first would be
// another promise at the same ballot.
func TestARepeatedPrepareIsAnsweredAlikeOrNotAtAll(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.step(s.accept(1, NewBallot(1, 1, 1), 1, 0, "a", "b"))
	s.persist()
	b := NewBallot(2, 1, 2)
	ask := Message{Kind: Prepare, From: 2, To: 0, Life: 1, Era: 1, Ballot: b,
		Span: Span{1, Forever}}
	promised := func() (bytes []byte) {
		for _, m := range s.drain().Send {
			require.Equal(t, Promise, m.Kind)
			bytes = AppendMessage(bytes, &m)
		}
		return bytes
	}
	s.step(ask)
	s.step(ask)
	require.Empty(t, promised(), "a repeated question waits for the first one's record")
	s.step(ask)
	require.Empty(t, promised())
	s.r.Persisted(s.r.Written())
	first := promised()
	require.NotEmpty(t, first)
	s.step(ask)
	require.Equal(t, first, promised())
	s.step(s.accept(2, b, 1, 0, "a"))
	s.persist()
	s.step(ask)
	require.Zero(t, len(s.drain().Send))
	require.EqualValues(t, 1, s.r.Counter(DropRepeated))
}

// B-15: a node that was restarted has no memory of the ballot that it led at but its promise: it
// stands above it, and answers to the old ballot are answers to nobody.
func TestARestartedLeaderDoesNotResumeItsBallot(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.elect(1)
	old := s.r.Ballot()
	c := configOf(3, 0, smallLimits(), 2)
	r, err := Open(&c)
	require.NoError(t, err)
	format := Record{Kind: Format, LSN: 1, Entries: s.r.journal.who()}
	require.NoError(t, r.Replay(&format))
	require.NoError(t, r.Replay(&Record{Kind: Promised, LSN: 2, Ballot: old}))
	r.Start(0)
	again := &solo{t: t, n: 3, r: r}
	again.persist()
	require.Equal(t, Follower, r.Role())
	late := again.nothing()
	late.Kind, late.From, late.To, late.Life, late.Echo, late.Ballot = Promise, 1, 0, 1, 1, old
	again.step(late)
	require.Equal(t, Follower, r.Role())
	again.step(Message{Kind: Accepted, From: 1, To: 0, Life: 1, Echo: 1, Era: 1, Ballot: old,
		Span: Span{1, 2}})
	require.Zero(t, r.Prefix())
	again.stand()
	require.Equal(t, Candidate, r.Role())
	require.Greater(t, r.Ballot(), old)
}

// Of an acceptor's slots an Accepted states the longest run held at exactly its ballot: "up to 16"
// with slot 7 held at an older ballot would let the leader count a vote that was never given.
func TestAnAckUpToSixteenStopsAtASlotHeldAtAnOlderBallot(t *testing.T) {
	limits := smallLimits()
	limits.BatchEntries = 16
	s := soloOf(t, 3, configOf(3, 0, limits, 1))
	old, b := NewBallot(1, 1, 1), NewBallot(2, 1, 2)
	x := []string{"x", "x", "x", "x", "x", "x", "x", "x", "x"}
	s.step(s.accept(1, old, 7, 0, "old"))
	s.step(s.accept(2, b, 1, 0, x[:6]...))
	s.step(s.accept(2, b, 8, 0, x...))
	s.persist()
	got := s.sent(Accepted, 2)
	require.Len(t, got, 1)
	require.Equal(t, Span{1, 7}, got[0].Span)
	s.step(s.accept(2, b, 7, 0, "new"))
	s.persist()
	require.Equal(t, Span{1, 17}, s.sent(Accepted, 2)[0].Span)
}

// The leader, too, counts a run only if it continues what the acceptor has, or begins where all
// below is chosen: an answer that overtook another does not stand for it.
func TestARunThatLeavesAGapIsNotCounted(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.elect(1)
	s.offer(4)
	s.step(s.accepted(1, 3, 5))
	require.Zero(t, s.r.Prefix())
	s.step(s.accepted(1, 1, 3))
	require.EqualValues(t, 2, s.r.Prefix())
	s.step(s.accepted(1, 3, 5))
	require.EqualValues(t, 4, s.r.Prefix())
	s.step(s.accepted(2, 1, 99))
	require.EqualValues(t, 4, s.r.Prefix(), "nor one of slots that were never proposed")
}

// B-28: the leader's prefix certifies what was accepted at exactly its ballot, in a gap-free run.
func TestAPrefixCertifiesOnlyWhatWasAcceptedAtThatBallot(t *testing.T) {
	s := newSolo(t, 3, 0)
	old, b := NewBallot(1, 1, 1), NewBallot(2, 1, 2)
	s.step(s.accept(1, old, 2, 0, "old"))
	s.step(s.accept(2, b, 1, 0, "a"))
	s.step(s.accept(2, b, 3, 0, "c"))
	s.persist()
	s.step(Message{Kind: Chosen, From: 2, To: 0, Life: 1, Era: 1, Ballot: b, Chosen: 3})
	require.EqualValues(t, 1, s.r.Prefix())
	s.step(s.accept(2, b, 2, 3, "b"))
	require.EqualValues(t, 3, s.r.Prefix())
	require.Equal(t, "b", string(s.drain().Chosen[1].Data))
}
