package main

import (
	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/explore"
	"github.com/synodlab/synod/core/protocols"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// agents is the search of the agents that ship, each node with a state of its own:
// two proposers, three acceptors, so many numbers and one value.
func agents(numbers int) explore.Real {
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
		Place: place, Goals: goals, Begin: beginning(paxos, place, options),
		Judge: check.Config{Log: place.Log, Checks: goals, Quorum: judged.Quorum,
			Acceptors:  check.SetOf(judged.Acceptors...),
			AcceptKind: judged.Accept, AcceptPromises: judged.AcceptPromises},
		Bounds: explore.Bounds{Numbers: upTo(numbers),
			Values: []sim.Value{place.Log.Names.Of("red")}},
	})
}

func beginning(
	paxos *protocols.Protocol, place *sim.Place, options protocols.Options,
) func(*sim.World) *sim.World {
	return func(w *sim.World) *sim.World {
		if w == nil {
			w = &sim.World{}
		}
		place.Log.Records = place.Log.Records[:0]
		boot, err := paxos.Open(place, options)
		must(err)
		w.Renew(place, paxos.Schema(&place.Machine), sim.Settings{ByHand: true}, boot)
		w.Start()
		return w
	}
}

func upTo(numbers int) (all []int64) {
	for n := range numbers {
		all = append(all, int64(n))
	}
	return all
}
