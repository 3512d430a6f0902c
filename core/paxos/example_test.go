package paxos_test

import (
	"fmt"

	"github.com/synodlab/synod/core/paxos"
)

// Three replicas in one loop, without disks or sockets: what a driver does, in full.
func Example() {
	genesis := paxos.Genesis{Name: "example", Limits: paxos.Limits{
		Window: 64, EntryBytes: 64, WindowBytes: 4096, BatchEntries: 16, BatchBytes: 1024}}
	for i := range 3 {
		genesis.Founders[i] = paxos.DiskID{byte(i + 1)}
	}
	var nodes [3]*paxos.Replica
	for i := range nodes {
		var err error
		nodes[i], err = paxos.Open(&paxos.Config{Genesis: genesis, Node: paxos.NodeID(i), Life: 1,
			Disk: genesis.Founders[i], Seed: uint64(i)})
		if err != nil {
			panic(err)
		}
		nodes[i].Start(0) // a node with a log first gives each of its records to Replay
	}
	proposed := false
	for now, executed := paxos.Time(0), 0; executed < 3; now += 10_000_000 {
		for i, r := range nodes {
			r.Tick(now)
			if r.Role() == paxos.Leader && !proposed {
				_, refusal := r.Propose(&paxos.Entry{Kind: paxos.Value, Client: 1, Seq: 1,
					Data: []byte("hello")})
				proposed = refusal == paxos.Taken
			}
			out := r.Drain()
			for k := range out.Send { // what is sent may be lost, late or doubled
				nodes[out.Send[k].To].Step(now, &out.Send[k])
			}
			for _, rec := range out.Write { // a real driver appends, syncs, and then says so
				r.Persisted(rec.LSN)
			}
			for k, e := range out.Chosen {
				fmt.Printf("node %d slot %d: %s\n", i, int(out.First)+k, e.Data)
				r.Applied(out.First + paxos.Slot(k))
				executed++
			}
		}
	}
	// Unordered output:
	// node 0 slot 1: hello
	// node 1 slot 1: hello
	// node 2 slot 1: hello
}

// The three roles by themselves decide one value: a second proposer, who has another in mind, finds
// the first one's and proposes it again.
func Example_oneValue() {
	members, _ := paxos.Founders(3)
	var acceptors [3]*paxos.Acceptor
	for i := range acceptors {
		acceptors[i], _ = paxos.NewAcceptor(paxos.NodeID(i), 1, paxos.OneSlot(8))
	}
	propose := func(node paxos.NodeID, round uint64, mine string, reachable ...paxos.NodeID) {
		p, _ := paxos.NewProposer(node, 1, members, paxos.OneSlot(8))
		p.Begin(paxos.NewBallot(round, 1, node), 0)
		var ask, answer paxos.Message
		for _, n := range reachable {
			p.Prepare(n, &ask)
			if acceptors[n].Prepare(&ask, &answer) { // once its record is durable
				p.Promise(&answer)
			}
		}
		value := paxos.Entry{Kind: paxos.Value, Client: uint64(node) + 1, Data: []byte(mine)}
		var found paxos.Entry
		if p.Adopted(1, &found) != 0 {
			value = found
		}
		for _, n := range reachable {
			p.Accept(n, 1, []paxos.Entry{value}, &ask)
			if acceptors[n].Accept(&ask, &answer) && p.Accepted(&answer).Len() > 0 {
				fmt.Printf("node %d wanted %s; chosen: %s\n", node, mine, value.Data)
			}
		}
	}
	propose(0, 1, "red", 0, 1)
	propose(2, 2, "blue", 1, 2)
	// Output:
	// node 0 wanted red; chosen: red
	// node 2 wanted blue; chosen: red
}
