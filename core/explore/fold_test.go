package explore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/explore"
	"github.com/synodlab/synod/core/sim"
)

// unfolded counts the states for which those of a folded search stand.
func unfolded(s *explore.Search, f *explore.Fold) (states int) {
	s.Each(func(_ int, state []uint64) { states += f.Orbit(state) })
	return states
}

func TestTheAgentsThatShipHaveTheOrbitsOfPaxosTLA(t *testing.T) {
	for _, use := range []string{"paxos", "textbook"} {
		for _, x := range []struct {
			acceptors, numbers     int
			names, values          bool
			orbits, states, length int
		}{
			{3, 2, true, false, 857, 3921, 17},
			{3, 2, false, true, 2001, 3921, 17},
			{3, 2, true, true, 443, 3921, 17},
			{3, 3, true, false, 34113, 185369, 25},
			{3, 3, false, true, 93049, 185369, 25},
			{3, 3, true, true, 17153, 185369, 25},
			{4, 2, true, false, 1622, 20609, 21},
			{4, 2, true, true, 834, 20609, 21},
		} {
			s := numbered(cast(t, 1, x.acceptors, use, "chosen-once"), x.numbers)
			f := explore.NewFold(explore.NewSoup(s), x.names, x.values)
			search, r := searched(t, f)
			require.Equal(t, x.orbits, r.Distinct, "%+v", x)
			require.Equal(t, x.states, unfolded(search, f), "%+v", x)
			require.Equal(t, x.length, r.Depth, "%+v", x)
		}
	}
}

func TestAFoldWithAttemptsOrLearnersKeepsEveryState(t *testing.T) {
	for _, x := range []struct {
		use    string
		change func(*explore.Scene)
	}{
		{"paxos", func(s *explore.Scene) { s.Numbers, s.Attempts = nil, 1 }},
		{"textbook", func(s *explore.Scene) { s.Numbers, s.Attempts, s.Restarts = nil, 1, 1 }},
		{"paxos", func(s *explore.Scene) { s.Crashes = 1 }},
		{"textbook learn=acceptors", func(s *explore.Scene) { learns(s, 1) }},
		{"paxos learn=acceptors", func(s *explore.Scene) { learns(s, 2) }},
	} {
		s := numbered(cast(t, 2, 3, x.use, "chosen-once", "agree"), 2)
		x.change(s)
		_, plain := searched(t, explore.NewSoup(s))
		f := explore.NewFold(explore.NewSoup(s), true, true)
		folded, r := searched(t, f)
		require.Less(t, r.Distinct, plain.Distinct)
		require.Equal(t, plain.Distinct, unfolded(folded, f), x.use)
		require.Equal(t, plain.Depth, r.Depth)
		require.Equal(t, plain.Stuck > 0, r.Stuck > 0)
	}
}

// learns adds learners to a scene.
func learns(s *explore.Scene, n int) {
	for i := range n {
		s.Place.Nodes = append(s.Place.Nodes, "L"+string(rune('1'+i)))
		s.Place.Roles = append(s.Place.Roles, sim.Learner)
	}
}

func TestAFoldFindsOutThatAcceptorsDiffer(t *testing.T) {
	for _, differ := range []func(w *sim.World){
		func(w *sim.World) { w.Take(sim.Choice{Kind: sim.ChooseCrash, Node: 1}) },
		func(w *sim.World) { w.Cut(0, 2) },
	} {
		s := numbered(cast(t, 1, 3, "textbook", "chosen-once"), 2)
		begin := s.Begin
		s.Begin = func(old *sim.World) *sim.World {
			w := begin(old)
			differ(w)
			return w
		}
		f := explore.NewFold(explore.NewSoup(s), true, false)
		search := explore.New(f, explore.Limits{})
		for !search.Run(1000) && f.Full() == "" {
		}
		require.Equal(t, explore.Uneven, f.Full())
	}
}
