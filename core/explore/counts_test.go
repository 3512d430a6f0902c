package explore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/explore"
)

// search runs a model to its end, in small slices.
func search(t *testing.T, m explore.Model, limits explore.Limits) (*explore.Search, explore.Result) {
	t.Helper()
	s := explore.New(m, limits)
	for !s.Run(1000) {
	}
	return s, s.Result()
}

func TestPaxosHasTheStatesThatTLCFinds(t *testing.T) {
	for _, c := range []struct {
		acceptors, ballots, values int
		distinct, generated, depth int
	}{
		{1, 2, 1, 25, 82, 9},
		{3, 1, 2, 73, 314, 9},
		{3, 2, 1, 1681, 9903, 17},
		{3, 2, 2, 3921, 23563, 17},
		{3, 2, 3, 6801, 41311, 17},
		{3, 3, 1, 68921, 497494, 25},
		{3, 3, 2, 185369, 1361380, 25},
		{4, 2, 2, 20609, 142947, 21},
	} {
		m := &lamport{acceptors: c.acceptors, ballots: c.ballots, values: c.values}
		_, r := search(t, m, explore.Limits{})
		require.Equal(t, []int{c.distinct, c.generated, c.depth},
			[]int{r.Distinct, r.Generated, r.Depth})
		require.Zero(t, r.Violation)
		require.True(t, r.Settled)

	}
}
