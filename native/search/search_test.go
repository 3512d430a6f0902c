package search_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/explore"
	"github.com/synodlab/synod/core/explore/models"
	"github.com/synodlab/synod/native/search"
)

func paxos(ballots int, defect models.Defect) *models.Paxos {
	return &models.Paxos{Acceptors: 3, Ballots: ballots, Values: 2, Defect: defect}
}

// requireSame holds if several workers find what one finds, in the same order.
func requireSame(t *testing.T, fresh func() explore.Model, limits explore.Limits) {
	t.Helper()
	alone := explore.New(fresh(), limits)
	for !alone.Run(1 << 20) {
	}
	for _, workers := range []int{1, 2, 3, 5} {
		s := explore.New(fresh(), limits)
		require.NoError(t, search.Run(context.Background(), s, workers, nil))
		require.Equal(t, alone.Result(), s.Result())
		s.Each(func(i int, state []uint64) {
			if !equal(alone.State(i), state) {
				t.Fatalf("state %d differs with %d workers", i, workers)
			}
		})
		if at := s.Result().At; at >= 0 {
			require.Equal(t, alone.Path(at), s.Path(at))
		}
	}
}

func equal(a, b []uint64) bool {
	for i, w := range a {
		if b[i] != w {
			return false
		}
	}
	return len(a) == len(b)
}

func TestSeveralWorkersFindWhatOneFindsInTheSameOrder(t *testing.T) {
	for name, fresh := range map[string]func() explore.Model{
		"paxos":           func() explore.Model { return paxos(2, models.Sound) },
		"a defect":        func() explore.Model { return paxos(2, models.AcceptAny) },
		"nothing decided": func() explore.Model { return paxos(3, models.AcceptAbove) },
		"a table that fills as the search goes": func() explore.Model {
			return &models.Register{Clients: 2}
		},
		"names that may be changed": func() explore.Model {
			m := paxos(3, models.Sound)
			m.SortAcceptors, m.SortValues = true, true
			return m
		},
	} {
		t.Run(name, func(t *testing.T) { requireSame(t, fresh, explore.Limits{}) })
	}
}

func TestLimitsCutAtTheSameState(t *testing.T) {
	fresh := func() explore.Model { return paxos(2, models.Sound) }
	requireSame(t, fresh, explore.Limits{States: 1234})
	requireSame(t, fresh, explore.Limits{Depth: 11})
}

func TestASearchCanBeCancelledAndKeepsWhatItFound(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := explore.New(paxos(4, models.Sound), explore.Limits{})
	told := 0
	err := search.Run(ctx, s, 2, func(r explore.Result) {
		told++
		require.Positive(t, r.Distinct)
		require.Positive(t, r.Depth)
		cancel()
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 1, told)
	require.Positive(t, s.Result().Distinct)
	require.Positive(t, s.Result().Frontier)
}
