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
		nodes[i], _ = paxos.Open(&paxos.Config{Genesis: genesis, Node: paxos.NodeID(i), Life: 1,
			Disk: genesis.Founders[i], Seed: uint64(i)})
		nodes[i].Start(0)
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
			var out paxos.Output
			r.Drain(&out)
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
