package search_test

import (
	"context"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/explore"
	"github.com/synodlab/synod/core/protocols"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
	"github.com/synodlab/synod/native/search"
)

// agents is two proposers and three acceptors that ship, with the numbers 0 and 1.
func agents(t *testing.T) *explore.Actors {
	paxos := protocols.Find("paxos")
	options := paxos.Given(func(string) []string { return nil })
	place := &sim.Place{
		Log:     &trace.Log{},
		Timeout: sim.Range{Lo: 1000, Hi: 2000},
		Nodes:   []string{"P1", "P2", "A1", "A2", "A3"},
		Roles: []sim.Role{sim.Proposer, sim.Proposer,
			sim.Acceptor, sim.Acceptor, sim.Acceptor},
		Command: func(sim.Value) (sim.Node, int64) { return sim.NoNode, 0 },
	}
	judged := paxos.Judged(place, options)
	goals := []string{"chosen-once"}
	return explore.NewActors(&explore.Scene{
		Place: place, Goals: goals,
		Judge: check.Config{Log: place.Log, Checks: goals, Quorum: judged.Quorum,
			Acceptors:  check.SetOf(judged.Acceptors...),
			AcceptKind: judged.Accept, AcceptPromises: judged.AcceptPromises},
		Bounds: explore.Bounds{Numbers: []int64{0, 1},
			Values: []sim.Value{place.Log.Names.Of("red")}},
		Begin: func(*sim.World) *sim.World {
			place.Log.Records = place.Log.Records[:0]
			boot, err := paxos.Open(place, options)
			require.NoError(t, err)
			w := sim.New(place, paxos.Schema(&place.Machine), sim.Settings{ByHand: true}, boot)
			w.Start()
			return w
		},
	})
}

// TestSeveralWorkersLearnWhatOneLearns: local states, messages and facts get their
// numbers as they are met, and states grow with them.
func TestSeveralWorkersLearnWhatOneLearns(t *testing.T) {
	requireSame(t, func() explore.Model { return agents(t) }, explore.Limits{})
}

// Many workers have as many shards, each of which asks for memory.
func TestManyWorkersTakeNoMoreMemoryThanAMachineHas(t *testing.T) {
	alone := explore.New(agents(t), explore.Limits{})
	for !alone.Run(1 << 20) {
	}
	s := explore.New(agents(t), explore.Limits{})
	require.NoError(t, search.Run(context.Background(), s, 64, nil))
	require.Equal(t, alone.Result(), s.Result())
}

// strict are agents of which every state is wrong, in one of many ways.
type strict struct{ *explore.Actors }

func (m strict) Judge(state []uint64) (violation uint32) {
	ones := 0
	for _, word := range state {
		ones += bits.OnesCount64(word)
	}
	return 1 << (ones % 32)
}

func (m strict) Fork() explore.Reader { return strict{m.Actors.Fork().(*explore.Actors)} }

// What a worker did not know is looked into behind the rest of its block, and keeps its place.
func TestSeveralWorkersFindWhatIsWrongWhereOneFindsIt(t *testing.T) {
	alone := explore.New(strict{agents(t)}, explore.Limits{})
	alone.Seek(^uint32(0))
	for !alone.Run(1 << 20) {
	}
	require.Greater(t, len(alone.Findings()), 20)
	for _, workers := range []int{2, 3, 5} {
		s := explore.New(strict{agents(t)}, explore.Limits{})
		s.Seek(^uint32(0))
		require.NoError(t, search.Run(context.Background(), s, workers, nil))
		require.Equal(t, alone.Findings(), s.Findings())
	}
}
