package paxos

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// displaced is a leader whose three commands, of identities (1, 1) to (1, 3), were accepted by
// nobody else, and who was unseated.
func displaced(t *testing.T) *solo {
	s := newSolo(t, 3, 0)
	s.elect(1)
	s.offer(3)
	b := s.r.Ballot()
	s.step(Message{Kind: Nack, From: 2, To: 0, Life: 1, Echo: 1, Ballot: b, VBallot: b + 1<<24})
	require.Empty(t, s.drain().Fates, "to be refused is no fate (B-22)")
	return s
}

// Two embedders that give their commands equal names are told each what became of its own slot: a
// command of that name elsewhere is not this one's success.
func TestAFateIsThatOfTheCommandsOwnSlot(t *testing.T) {
	s := displaced(t)
	s.chosen(2, value(8, 1, "other"), value(1, 1, "elsewhere"))
	require.Equal(t, []Fate{{Value, 1, 1, 1, Lost}, {Value, 1, 2, 2, Lost}}, s.drain().Fates)
	s.chosen(2, value(1, 3, "x"), value(1, 1, "again"), value(1, 2, "again"))
	require.Equal(t, []Fate{{Value, 1, 3, 3, Decided}}, s.drain().Fates, "each has one fate")
}

// B-26: a noop in the slot is another entry too.
func TestACommandWhoseSlotGotANoopIsLost(t *testing.T) {
	s := displaced(t)
	s.chosen(2, Entry{Kind: Noop})
	require.Equal(t, []Fate{{Value, 1, 1, 1, Lost}}, s.drain().Fates)
}

// A configuration and a command are never taken for each other, whatever their numbers.
func TestACommandWithAConfigurationsNumbersIsNotTheConfiguration(t *testing.T) {
	s := newRoomy(t)
	m := members(t, 0, 1, 3)
	slot, ref := s.r.Reconfigure(1, &m)
	require.Equal(t, Taken, ref)
	twin := value(uint64(s.r.Ballot()), uint64(slot), "x")
	_, ref = s.r.Propose(&twin)
	require.Equal(t, Taken, ref, "no duplicate")
	s.persist()
	s.chosen(2, twin, Entry{Kind: Noop})
	b := uint64(s.r.Ballot())
	require.Equal(t, []Fate{{Configure, b, 1, 1, Lost}, {Value, b, 1, 2, Lost}}, s.drain().Fates)
	require.EqualValues(t, 1, s.r.Era().Era)
}

// A fate comes once the entry was handed out, not before: whoever is told may read it.
func TestAFateComesWithTheEntry(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.elect(1)
	s.offer(2)
	s.step(s.accepted(1, 1, 2))
	s.drain()
	require.EqualValues(t, 1, s.out.First)
	require.Len(t, s.out.Chosen, 1)
	require.Equal(t, []Fate{{Value, 1, 1, 1, Decided}}, s.out.Fates)
	require.Empty(t, s.drain().Fates)
}
