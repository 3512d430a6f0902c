package diagram

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/synodlab/synod/core/trace"
)

// laid lays out s and returns the arrow that record sent began.
func laid(s *story, sent int) (*Diagram, Arrow) {
	d := new(Diagram)
	d.Layout(s.Log, nil)
	for _, a := range d.Arrows {
		if int(a.Send) == sent {
			return d, a
		}
	}
	return d, Arrow{Send: 1 << 31}
}

func TestAMessageTakesAVisibleWhileEvenIfItTakesNoTime(t *testing.T) {
	s := newStory("S1", "S2", "S3")
	m := s.send(0, 2, accept)
	s.deliver(m)
	d, a := laid(s, m)
	require.EqualValues(t, 1, a.End)
	require.Equal(t, flight(0, 2), a.X2-a.X1)
	require.Equal(t, a.X2, d.X[1])
	require.EqualValues(t, whole, a.Reach)
}

func TestABroadcastLeavesFromOnePointWithOneLabel(t *testing.T) {
	s := newStory("S1", "S2", "S3", "S4")
	sent := s.all(0, nodes(1, 2, 3), accept, s.ballot(1))
	other := s.send(0, 1, chosen, s.ballot(1))
	d, first := laid(s, sent[0])
	require.NotEqual(t, NoPlace, first.LabelX)
	for _, m := range sent[1:] {
		_, a := laid(s, m)
		require.Equal(t, first.X1, a.X1)
		require.Equal(t, NoPlace, a.LabelX)
		require.Equal(t, Fan, a.Flags)
	}
	_, a := laid(s, other)
	require.Zero(t, a.Flags&Fan)
	require.GreaterOrEqual(t, a.LabelX, first.LabelX+d.room(trace.Value(first.Label)))
}

func TestALabelStandsWhereItsArrowsDoNot(t *testing.T) {
	s := newStory("S1", "S2", "S3")
	down := s.send(1, 2, accept)
	s.now = 50_000
	up := s.send(1, 0, promise)
	s.now = 100_000
	both := s.all(1, nodes(0, 1, 2), chosen)
	_, a := laid(s, down)
	require.Zero(t, a.Flags&Below)
	_, a = laid(s, up)
	require.Equal(t, Below, a.Flags)
	_, a = laid(s, both[0])
	require.Equal(t, Below, a.Flags)
	require.EqualValues(t, mixedShift, a.LabelX-a.X1, "beside the arrows that go down")
	_, a = laid(s, both[1])
	require.Equal(t, Self|Fan|Below, a.Flags, "the loop is on the other side")
}

func TestALostMessageEndsWhereItWasLost(t *testing.T) {
	s := newStory("S1", "S2")
	away := s.send(0, 1, accept)
	s.lose(away)
	door := s.send(0, 1, promise)
	damaged := s.send(0, 1, nack)
	s.now = 10_000
	s.about(trace.Lose, 1, door)
	s.Records[s.about(trace.Lose, 1, damaged)].Note = s.Names.Of(trace.Corrupts)
	s.event(trace.Crash, 1)
	dead := s.send(0, 1, chosen)
	s.now = 20_000
	s.about(trace.Lose, 1, dead)
	reaches := map[int]uint8{away: lostAway, door: lostAtDoor, damaged: whole, dead: whole}
	for m, reach := range reaches {
		_, a := laid(s, m)
		require.Equal(t, reach, a.Reach, "record %d", m)
		require.Equal(t, Lost, a.Flags&Lost)
		require.GreaterOrEqual(t, a.End, int32(0))
		require.Greater(t, a.X2, a.X1)
	}
}

func TestACopyIsDeliveredByItself(t *testing.T) {
	s := newStory("S1", "S2")
	m := s.send(0, 1, accept)
	s.now = 1000
	first, second := s.copy(m), s.copy(m)
	s.now = 10_000
	b := s.deliver(second)
	o := s.deliver(m)
	again := s.deliver(m) // a trace whose second arrival names the original as its cause
	for sent, end := range map[int]int{m: o, first: again, second: b} {
		_, a := laid(s, sent)
		require.EqualValues(t, end, a.End, "record %d", sent)
		require.Equal(t, sent != m, a.Flags&Copy != 0)
	}
}

func TestWhatIsOnItsWayHasNoEnd(t *testing.T) {
	s := newStory("S1", "S2")
	m := s.send(0, 1, accept)
	s.Records[s.about(trace.Note, 0, m)].Note = s.Names.Of(trace.Holds)
	s.Records[s.about(trace.Note, 0, m)].Note = s.Names.Of(trace.Corrupts)
	_, a := laid(s, m)
	require.EqualValues(t, -1, a.End)
	require.Less(t, a.Reach, uint8(whole))
	require.Equal(t, Held|Corrupt, a.Flags)
}

func TestATraceWithoutCausesFindsMessagesByTheirIdentity(t *testing.T) {
	s := newStory("S1", "S2")
	m := s.send(0, 1, accept)
	s.send(0, 1, accept)
	end := s.deliver(m)
	s.Records[end].Cause = 0
	_, a := laid(s, m)
	require.EqualValues(t, end, a.End)
}

func TestAColourIsWhoseBallotItIs(t *testing.T) {
	s := newStory("P1", "P2", "A1", "C1")
	v := s.value("red")
	r := s.send(3, 0, request, v)
	q := s.send(0, 2, prepare, s.ballot(10))
	p := s.send(2, 0, promise, s.ballot(10))
	q2 := s.send(1, 2, prepare, s.ballot(11))
	n := s.send(2, 0, nack, s.ballot(10), s.before(11, ""))
	bare := s.send(2, 0, reply)
	shown := s.send(2, 3, reply, s.shown("other", "red"))
	owners := map[int]trace.Node{r: 3, q: 0, p: 0, q2: 1, n: 0, bare: trace.NoNode, shown: 3}
	for sent, owner := range owners {
		_, a := laid(s, sent)
		require.EqualValues(t, owner, a.Owner, "record %d", sent)
		require.Equal(t, owner == trace.NoNode, a.Hue == 0)
	}
	_, one := laid(s, q)
	_, two := laid(s, q2)
	require.NotEqual(t, one.Hue, two.Hue)
}

// E-30: clients whose tickets are equal.
func TestANumberThatTwoBeganBelongsToTheOneAtWhoseEndItIs(t *testing.T) {
	s := newStory("u1", "u2", "s1")
	s.note(trace.Round, 0, s.ballot(1))
	s.note(trace.Round, 1, s.ballot(1))
	one := s.send(0, 2, prepare, s.ballot(1))
	two := s.send(2, 1, promise, s.ballot(1))
	_, a := laid(s, one)
	require.EqualValues(t, 0, a.Owner)
	_, a = laid(s, two)
	require.EqualValues(t, 1, a.Owner)
}

func TestKindsDifferInDashOrHead(t *testing.T) {
	kinds := slices.Clone(paxosKinds)
	for len(kinds) < int(dashes*heads) {
		kinds = append(kinds, "kind"+strconv.Itoa(len(kinds)))
	}
	kinds = append(kinds, make([]string, 300)...)
	seen := map[uint8]string{}
	for k, style := range appendStyles(nil, kinds) {
		require.Less(t, style&15, dashes)
		require.Less(t, style>>4, heads)
		if k < int(dashes*heads) {
			require.Empty(t, seen[style], "%s", kinds[k])
		}
		seen[style] = kinds[k]
	}
}

func TestLabelsSpeakTheWordsOfTheReader(t *testing.T) {
	s := newStory("S1", "S2")
	m := s.send(0, 1, promise, s.ballot(11), s.before(trace.NoNumber, ""))
	z := s.send(0, 1, accepted, s.ballot(0), s.value("v"), func(r *trace.Record) { r.Slot = 3 })
	label := func(w *Words, i int) string { return string(AppendLabel(nil, s.Log, w, i)) }
	require.Equal(t, "R1(11, nil, nil)", label(karp, m))
	require.Equal(t, "promise(11)", label(nil, m))
	require.Equal(t, "accepted(0, v, 3)", label(nil, z))
	require.Equal(t, "accepted", label(&Words{Kinds: make([]KindWords, 8)}, z))
	require.Equal(t, "accepted(0, v, 3)", label(&Words{}, z), "a kind without words")
	s.Records[m].Type = 99
	require.Equal(t, "message", label(karp, m))
	for _, name := range []string{"n", "v", "n_a", "v_a", "seq", "max", "state"} {
		f, ok := FieldOf(name)
		require.True(t, ok)
		require.Equal(t, name, fieldNames[f])
	}
	_, ok := FieldOf("")
	require.False(t, ok)
}

func TestALongLabelIsCutBetweenCharacters(t *testing.T) {
	s := newStory("S1", "S2")
	for _, v := range []string{strings.Repeat("ä", 200), strings.Repeat("\xff", 200)} {
		m := s.send(0, 1, request, s.value(v))
		d, a := laid(s, m)
		text := []rune(d.Labels.Text(trace.Value(a.Label)))
		require.Len(t, text, maxLabel)
		require.Equal(t, '…', text[maxLabel-1])
	}
}
