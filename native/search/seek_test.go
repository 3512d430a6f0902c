package search_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/explore"
	"github.com/synodlab/synod/core/explore/models"
	"github.com/synodlab/synod/native/search"
)

// Violations of a decided, a bit each.
const (
	decision = 1 << iota // something is chosen
	conflict             // and so is something else
	never
)

// decided is a Paxos in which it counts as a violation that something is chosen.
type decided struct{ *models.Paxos }

func (d decided) Judge(state []uint64) (violation uint32) {
	if d.Decided(state) {
		violation |= decision
	}
	if d.Paxos.Judge(state) != 0 {
		violation |= conflict
	}
	return violation
}

func (d decided) Fork() explore.Reader {
	clone := *d.Paxos
	clone.Start(func([]uint64) {}) // its own scratch
	return explore.Whole(decided{&clone})
}

func TestEachViolationThatIsSoughtIsFoundWhereItIsNearest(t *testing.T) {
	nearest := map[uint32]int{}
	for _, one := range []uint32{decision, conflict} {
		s := explore.New(decided{paxos(2, models.AcceptAny)}, explore.Limits{})
		s.Seek(one)
		for !s.Run(1 << 20) {
		}
		require.Len(t, s.Findings(), 1)
		require.Equal(t, s.Result(), s.Findings()[0].Then, "the search ends there")
		nearest[one] = len(s.Path(s.Result().At))
	}
	for _, workers := range []int{1, 2, 3, 5} {
		s := explore.New(decided{paxos(2, models.AcceptAny)}, explore.Limits{})
		s.Seek(decision | conflict)
		require.NoError(t, search.Run(context.Background(), s, workers, nil))
		require.Len(t, s.Findings(), 2)
		for _, f := range s.Findings() {
			require.Len(t, s.Path(f.At), nearest[f.Violation])
			require.Equal(t, f.At+1, f.Then.Distinct)
		}
		require.Equal(t, s.Result().Generated, s.Findings()[1].Then.Generated)
		require.Equal(t, s.Findings()[0].At, s.Result().At)
	}
}

func TestASearchThatMissesOneViolationLooksAtTheWholeGraph(t *testing.T) {
	whole := explore.New(paxos(2, models.Sound), explore.Limits{})
	require.NoError(t, search.Run(context.Background(), whole, 2, nil))
	s := explore.New(decided{paxos(2, models.Sound)}, explore.Limits{})
	s.Seek(decision | conflict | never)
	require.NoError(t, search.Run(context.Background(), s, 2, nil))
	require.Len(t, s.Findings(), 1)
	require.Equal(t, whole.Result().Distinct, s.Result().Distinct)
	require.Equal(t, whole.Result().Generated, s.Result().Generated)
	require.Zero(t, s.Result().Frontier)
}
