package check

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/synodlab/synod/core/trace"
)

func TestATableAnswersAsAMapWould(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var got table
		want := map[[2]int64]int{}
		number := rapid.SampledFrom([]int64{trace.NoNumber, -1, 0, 1, 2, 3, 1 << 40})
		for range rapid.IntRange(0, 80).Draw(rt, "steps") {
			a, b := number.Draw(rt, "a"), number.Draw(rt, "b")
			at, known := want[[2]int64{a, b}]
			if !known {
				at = -1
			}
			require.Equal(t, at, got.get(a, b))
			if rapid.IntRange(0, 30).Draw(rt, "reset") == 0 {
				got.reset()
				clear(want)
				continue
			}
			want[[2]int64{a, b}] = len(want)
			got.set(a, b, want[[2]int64{a, b}])
		}
	})
}

func TestASetHoldsItsNodes(t *testing.T) {
	s := SetOf(0, 63, trace.NoNode)
	require.Equal(t, 2, s.Len())
	require.True(t, s.Has(63))
	require.False(t, s.Has(1))
	require.False(t, s.Has(trace.NoNode))
	require.Equal(t, SetOf(63), s.Without(0))
	require.Equal(t, trace.NoNode, Set(0).first())
}

func TestASpineKeepsTheLongestOfComparableSequences(t *testing.T) {
	var log trace.Histories
	var s spine
	a := log.Then(0, 1)
	ab := log.Then(a, 2)
	abc := log.Then(ab, 3)
	ax := log.Then(a, 9)
	require.True(t, s.add(&log, ab, 10, 0))
	require.True(t, s.add(&log, a, 11, 1))
	require.True(t, s.add(&log, abc, 12, 1))
	require.False(t, s.add(&log, ax, 13, 2))
	require.Equal(t, abc, s.tip())
	event, by := s.fork(&log, ax)
	require.Equal(t, 10, event)
	require.EqualValues(t, 0, by)
	require.Equal(t, 3, s.placeOf(3))
	require.Zero(t, s.placeOf(9))
}
