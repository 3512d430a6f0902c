package paxos

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// One record holds slots that follow each other: between others, of which nothing is said, it would
// make one up.
func TestARecordHoldsOnlySlotsThatLieSideBySide(t *testing.T) {
	s := newSolo(t, 3, 0)
	b := NewBallot(1, 1, 1)
	for _, slot := range []Slot{1, 2, 4} {
		s.step(s.accept(1, b, slot, 0, "x"))
	}
	s.drain()
	var spans []Span
	for _, rec := range s.out.Write {
		spans = append(spans, rec.Span)
	}
	require.Equal(t, []Span{{1, 3}, {4, 5}}, spans)
}

// A slot takes the place in memory of the one α before. That one is chosen, but no record may say
// so yet: then one goes first, or the log could not be taken back.
func TestTheLogTellsThatASlotIsChosenBeforeAnotherTakesItsPlace(t *testing.T) {
	s := newSolo(t, 3, 0)
	b := NewBallot(1, 1, 1)
	var log []Record
	keep := func() {
		for _, rec := range s.drain().Write {
			rec.Entries = cloneEntries(rec.Entries)
			log = append(log, rec)
		}
		s.r.Persisted(s.r.Written())
		s.drain()
		s.execute()
	}
	for slot := Slot(1); slot <= 16; slot += 4 {
		s.step(s.accept(1, b, slot, 0, "a", "b", "c", "d"))
		keep()
	}
	s.step(Message{Kind: Chosen, From: 1, To: 0, Life: 1, Ballot: b, Chosen: 16})
	keep()
	require.EqualValues(t, 16, s.r.AppliedTo())
	require.Zero(t, log[len(log)-1].Chosen, "what was learnt since the last record needs none")
	s.step(s.accept(1, b, 17, 16, "e"))
	keep()
	told := log[len(log)-2]
	require.Equal(t, Record{Kind: Chosen, LSN: told.LSN, Chosen: 16, Entries: told.Entries}, told)
	require.Equal(t, Span{17, 18}, log[len(log)-1].Span)

	c := configOf(3, 0, smallLimits(), 1)
	r, err := Open(&c)
	require.NoError(t, err)
	var header Record
	s.r.Header(&header)
	header.LSN = 1
	again := &solo{t: t, n: 3, r: r}
	for _, rec := range append([]Record{header}, log...) {
		require.NoError(t, r.Replay(&rec))
		again.drain()
		again.execute()
	}
	var e Entry
	require.EqualValues(t, 16, r.Prefix())
	require.Equal(t, b, r.Accepted(17, &e))
}
