package models_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/explore"
	"github.com/synodlab/synod/core/explore/models"
)

// search runs a model to its end, in small slices.
func search(m explore.Model) (*explore.Search, explore.Result) {
	s := explore.New(m, explore.Limits{})
	for !s.Run(1000) {
	}
	return s, s.Result()
}

// counts are distinct, generated, depth, terminal; below 0 is not compared.
type counts [4]int

func (c counts) require(t *testing.T, m explore.Model) {
	t.Helper()
	_, r := search(m)
	found := counts{r.Distinct, r.Generated, r.Depth, r.Terminal}
	for i, n := range c {
		if n < 0 {
			found[i] = n
		}
	}
	require.Equal(t, c, found)
	require.Zero(t, r.Violation)
	require.Empty(t, r.Bounded)
}

func TestPaxosHasTheStatesThatTLCFinds(t *testing.T) {
	for _, c := range []struct {
		acceptors, ballots, values int
		counts                     counts
	}{
		{1, 2, 1, counts{25, 82, 9, 3}},
		{3, 1, 2, counts{73, 314, 9, 8}},
		{3, 2, 1, counts{1681, 9903, 17, 144}},
		{3, 2, 2, counts{3921, 23563, 17, 368}},
		{3, 2, 3, counts{6801, 41311, 17, 672}},
		{3, 3, 1, counts{68921, 497494, 25, 5184}},
		{3, 3, 2, counts{185369, 1361380, 25, 14880}},
		{4, 2, 2, counts{20609, 142947, 21, 1040}},
	} {
		m := &models.Paxos{Acceptors: c.acceptors, Ballots: c.ballots, Values: c.values}
		c.counts.require(t, m)
		require.Equal(t, (2*c.acceptors+2)*c.ballots+1, c.counts[2],
			"one level for each message that can exist")
	}
}

func TestSymmetryIsTrulyCanonical(t *testing.T) {
	for _, c := range []struct {
		acceptors, ballots, values, byAcceptors, byValues, byBoth int
	}{
		{3, 2, 2, 857, 2001, 443},
		{3, 3, 2, 34113, 93049, 17153},
		{4, 2, 2, 1622, -1, 834},
	} {
		for i, distinct := range []int{c.byAcceptors, c.byValues, c.byBoth} {
			counts{distinct, -1, -1, -1}.require(t, &models.Paxos{
				Acceptors: c.acceptors, Ballots: c.ballots, Values: c.values,
				SortAcceptors: i != 1, SortValues: i != 0,
			})
		}
	}
}

func TestSimplifiedPaxosHasTheStatesThatTLCFinds(t *testing.T) {
	counts{1207, 13290, 22, -1}.require(t, &models.Paxos{
		Acceptors: 4, Ballots: 2, Values: 3, Prepare: 3, Accept: 3, Decision: true,
		SortAcceptors: true, SortValues: true,
	})
}

func TestVotingHasTheStatesThatTLCFinds(t *testing.T) {
	counts{77, -1, 11, -1}.require(t, &models.Voting{
		Acceptors: 3, Ballots: 2, Values: 2, Sorted: true})
	counts{599, -1, 11, -1}.require(t, &models.Voting{Acceptors: 3, Ballots: 2, Values: 2})
	counts{6752, -1, 16, -1}.require(t, &models.Voting{Acceptors: 3, Ballots: 3, Values: 2})
	counts{686, -1, 16, -1}.require(t, &models.Voting{
		Acceptors: 3, Ballots: 3, Values: 2, Sorted: true})
	counts{6962, -1, 14, -1}.require(t, &models.Voting{
		Acceptors: 3, Ballots: 3, Values: 2, Recursive: true})
	counts{4, 4, 2, 3}.require(t, models.Consensus{Values: 3})
}

func TestTwoPhaseCommitHasTheStatesThatTLCFinds(t *testing.T) {
	counts{288, 1146, 11, -1}.require(t, &models.TwoPhase{Managers: 3})
	counts{8832, 58146, 17, -1}.require(t, &models.TwoPhase{Managers: 5})
	counts{50816, 402306, 20, -1}.require(t, &models.TwoPhase{Managers: 6})
	for managers, orbits := range map[int]int{3: 80, 4: 166, 5: 314, 6: 553} {
		counts{orbits, -1, -1, -1}.require(t, &models.TwoPhase{Managers: managers, Sorted: true})
	}
	counts{34, 94, 7, -1}.require(t, models.TCommit{Managers: 3})
}

// TestFourBallots takes some ten seconds and 400 MB; Spin finds as many states of the
// same specification.
func TestFourBallots(t *testing.T) {
	if os.Getenv("SYNOD_SOAK") == "" {
		t.Skip("make soak runs it")
	}
	counts{8220065, 70696917, 33, 567168}.require(t,
		&models.Paxos{Acceptors: 3, Ballots: 4, Values: 2})
}
