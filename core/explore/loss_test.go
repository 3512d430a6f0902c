package explore_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/explore"
	"github.com/synodlab/synod/core/sim"
)

// slow is numbered, with disks that need time: a crash takes what waits for them.
func slow(t testing.TB, use string, numbers, crashes int, goals ...string) *explore.Scene {
	s := numbered(castOn(t, sim.Settings{ByHand: true, Sync: 1000}, 1, 3, use, goals...), numbers)
	s.Crashes = crashes
	return s
}

// requireLost holds if nothing that a crash may take from a disk breaks Paxos.
func requireLost(t *testing.T, use string, numbers, crashes int, counts [3]int) {
	t.Helper()
	_, r := searched(t, explore.NewSoup(
		slow(t, use, numbers, crashes, "chosen-once", "promise", "safe-proposal")))
	t.Logf("%s, %d numbers, %d crashes: %+v", use, numbers, crashes, r)
	require.Zero(t, r.Violation)
	require.Empty(t, r.Bounded)
	require.True(t, r.Settled)
	require.Zero(t, r.Stuck)
	require.Equal(t, counts, [3]int{r.Distinct, r.Generated, r.Depth})
}

func TestWhatACrashTakesFromTheDiskBreaksNothing(t *testing.T) {
	requireLost(t, "paxos", 2, 0, [3]int{30175, 174375, 24})
	requireLost(t, "paxos", 1, 2, [3]int{6639, 40609, 16})
	requireLost(t, "paxos", 2, 1, [3]int{253985, 1677131, 26})
	requireLost(t, "textbook", 2, 0, [3]int{30175, 174375, 24})
}

// TestThreeNumbersWithoutWhatACrashTakes is the long part of the test above it: some ten minutes,
// and 4 GB.
func TestThreeNumbersWithoutWhatACrashTakes(t *testing.T) {
	if os.Getenv("SYNOD_SOAK") == "" {
		t.Skip("make soak runs it")
	}
	requireLost(t, "paxos", 2, 2, [3]int{945018, 6942115, 27})
	requireLost(t, "paxos", 3, 0, [3]int{1798302, 12741427, 34})
	requireLost(t, "paxos", 3, 1, [3]int{19451643, 150297274, 36})
	requireLost(t, "paxos", 3, 2, [3]int{92565117, 772785547, 38})
}

// A slow disk delays: on the wire is what is there in Lamport's states, no more and no less.
func TestASlowDiskPutsNothingElseOnTheWire(t *testing.T) {
	fast := wires(t, numbered(cast(t, 1, 3, "paxos", "chosen-once"), 2))
	require.Len(t, fast, 3921)
	require.Equal(t, fast, wires(t, slow(t, "paxos", 2, 0, "chosen-once")))
}

// wires are the sets of messages that are on the wire in the states of s.
func wires(t *testing.T, s *explore.Scene) map[string]bool {
	m := explore.NewSoup(s)
	search, _ := searched(t, m)
	none, found := make([]uint64, m.Words()), map[string]bool{}
	search.Each(func(_ int, state []uint64) {
		var wire []string
		for _, n := range m.Sent(none, state) {
			x, names := m.Message(n), &s.Place.Log.Names
			wire = append(wire, fmt.Sprint(x.Kind, x.From, x.To, x.N, x.NA, names.Text(x.V),
				names.Text(x.VA)))
		}
		slices.Sort(wire)
		found[strings.Join(wire, ",")] = true
	})
	return found
}

func TestAnAnswerBeforeItsRecordIsFoundAtItsShortestLength(t *testing.T) {
	for goal, shortest := range map[string]int{"promise": 5, "chosen-once": 13} {
		search, r := searched(t, explore.NewSoup(slow(t, "textbook answers=early", 2, 1, goal)))
		require.NotZero(t, r.Violation, goal)
		require.Len(t, search.Path(r.At), shortest, goal)
	}
}
