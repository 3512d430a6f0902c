package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/explore"
	"github.com/synodlab/synod/core/explore/models"
)

func paxos(acceptors, ballots, values int, defect models.Defect) *models.Paxos {
	return &models.Paxos{Acceptors: acceptors, Ballots: ballots, Values: values, Defect: defect}
}

func restarting(acceptors int, ballots int, defect models.Defect) *models.Paxos {
	m := paxos(acceptors, ballots, 2, defect)
	m.Restarts = 1
	return m
}

func quorums(acceptors, prepare, accept int) *models.Paxos {
	m := paxos(acceptors, 2, 2, models.Sound)
	m.Prepare, m.Accept = prepare, accept
	return m
}

// requireShortest holds if the search finds a violation of so many actions, and
// if they can be gone through one after the other.
func requireShortest(t *testing.T, length int, m explore.Model) {
	t.Helper()
	s, r := search(m)
	require.NotZero(t, r.Violation)
	require.Len(t, s.Path(r.At), length)
	var end []uint64
	s.Walk(r.At, func(_ explore.Action, state []uint64) { end = append(end[:0], state...) })
	require.Equal(t, r.Violation, m.Judge(end))
}

func TestEachDefectIsFoundInAsFewActionsAsCanBe(t *testing.T) {
	for _, c := range []struct {
		length int
		model  *models.Paxos
	}{
		{17, paxos(3, 3, 2, models.AcceptNoRaise)},
		{12, paxos(3, 2, 2, models.AcceptAny)},
		{12, paxos(3, 3, 2, models.PrepareForgets)},
		{12, paxos(3, 3, 2, models.ReportsIgnored)},
		{12, paxos(3, 3, 2, models.ReportsNothing)},
		{17, paxos(3, 3, 2, models.PickAny)},
		{17, paxos(3, 3, 2, models.PickLowest)},
		{10, quorums(3, 1, 0)},
		{10, quorums(3, 0, 1)},
		{12, quorums(4, 2, 2)},
		{9, paxos(3, 2, 2, models.TwoValues)},
		{9, paxos(3, 3, 2, models.PromiseLower)},
		{13, restarting(3, 3, models.LosePromise)},
		{13, restarting(3, 3, models.LowerPromise)},
		{13, restarting(3, 3, models.LoseVote)},
		{13, restarting(3, 3, models.LoseAll)},
		{17, restarting(5, 2, models.LoseVote)},
	} {
		if c.model.Acceptors < 5 && c.model.Restarts == 0 {
			requireShortest(t, c.length, c.model)
		}
		c.model.SortAcceptors, c.model.SortValues = true, true
		requireShortest(t, c.length, c.model)
	}
}

func TestWhatIsNoDefectIsFoundSafe(t *testing.T) {
	counts{71465, -1, -1, -1}.require(t, paxos(3, 3, 2, models.AcceptEqual))
	counts{-1, -1, -1, -1}.require(t, paxos(3, 3, 2, models.AcceptHighest))
	counts{30753, -1, -1, -1}.require(t, paxos(3, 2, 2, models.PrepareAgain))
	counts{-1, -1, -1, -1}.require(t, paxos(3, 3, 2, models.CountAcross))
	counts{-1, -1, -1, -1}.require(t, quorums(4, 3, 2))
	counts{-1, -1, -1, -1}.require(t, quorums(4, 2, 3))
	counts{-1, -1, -1, -1}.require(t, quorums(3, 3, 1))
	even := restarting(4, 2, models.LoseAll)
	even.Prepare, even.Accept = 3, 3
	counts{-1, -1, -1, -1}.require(t, even)
}

func TestTheSearchSeesThatNothingCanBeChosen(t *testing.T) {
	_, r := search(paxos(3, 3, 2, models.AcceptAbove))
	require.Equal(t, 10715, r.Distinct)
	require.Equal(t, r.Distinct, r.Stuck)
	require.Zero(t, r.StuckAt)

	_, r = search(paxos(3, 2, 2, models.Sound))
	require.True(t, r.Settled)
	require.Zero(t, r.Stuck)
}

// TestVotesAcrossBallotsNeedFourBallots: with three the same learner is safe, so
// a search that stops there calls it sound.
func TestVotesAcrossBallotsNeedFourBallots(t *testing.T) {
	m := paxos(3, 4, 2, models.CountAcross)
	m.SortAcceptors, m.SortValues = true, true
	requireShortest(t, 20, m)
}
