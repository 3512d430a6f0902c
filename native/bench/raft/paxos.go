package main

import (
	"fmt"

	"github.com/synodlab/synod/core/paxos"
)

// turnTime is how far the clock moves in a turn: some beats fall into a round, as
// they would in a node.
const turnTime paxos.Time = 1000

// window is how many slots may be open: enough that no shape ever waits for it.
const window = 4 * outstanding

// paxosCluster drives core/paxos with the same loop and the same liberties: one
// goroutine, messages handed over as they are, writes that are durable at once.
type paxosCluster struct {
	nodes    []paxosNode
	now      paxos.Time
	payload  []byte
	batch    []paxos.Entry
	seq      uint64
	messages uint64
}

type paxosNode struct {
	replica *paxos.Replica
	wakeAt  paxos.Time
	pending bool   // something arrived, or is left to do
	applied uint64 // commands
}

func newPaxos(size int) *paxosCluster {
	genesis := paxos.Genesis{Name: "bench", Limits: paxos.Limits{
		Window: window, EntryBytes: payloadBytes, WindowBytes: 2 * window * payloadBytes,
		BatchEntries: outstanding, BatchBytes: outstanding * payloadBytes,
	}}
	for i := range size {
		genesis.Founders[i] = paxos.DiskID{byte(i + 1)}
	}
	c := &paxosCluster{
		nodes:   make([]paxosNode, size),
		payload: make([]byte, payloadBytes),
		batch:   make([]paxos.Entry, outstanding),
	}
	for i := range c.nodes {
		replica, err := paxos.Open(&paxos.Config{Genesis: genesis, Node: paxos.NodeID(i), Life: 1,
			Disk: genesis.Founders[i], Seed: uint64(i)})
		must(err)
		replica.Start(c.now)
		c.nodes[i] = paxosNode{replica: replica, pending: true}
	}
	c.elect()
	return c
}

// elect lets time pass, a millisecond a turn, until every node follows node 0.
func (c *paxosCluster) elect() {
	for range 100 * turnMax {
		c.now += 1e6
		c.turn()
		if c.elected() {
			c.messages = 0
			return
		}
		c.nodes[0].replica.Campaign()
		c.nodes[0].pending = true
	}
	panic("core/paxos does not elect node 0")
}

func (c *paxosCluster) elected() bool {
	for i := range c.nodes {
		if c.nodes[i].replica.Leader() != 0 {
			return false
		}
	}
	return true
}

func (c *paxosCluster) propose(commands int) {
	leader := &c.nodes[0]
	entry := paxos.Entry{Kind: paxos.Value, Client: 1, Data: c.payload}
	for range commands {
		c.seq++
		entry.Seq = c.seq
		if _, refused := leader.replica.Propose(&entry); refused != paxos.Taken {
			panic(fmt.Sprintf("command %d refused: %v", c.seq, refused))
		}
	}
	leader.pending = true
}

func (c *paxosCluster) proposeBatch(commands int) {
	batch := c.batch[:commands]
	for i := range batch {
		c.seq++
		batch[i] = paxos.Entry{Kind: paxos.Value, Client: 1, Seq: c.seq, Data: c.payload}
	}
	leader := &c.nodes[0]
	if _, n, refused := leader.replica.ProposeAll(batch); n < commands {
		panic(fmt.Sprintf("command %d of a batch refused: %v", n, refused))
	}
	leader.pending = true
}

func (c *paxosCluster) turn() {
	c.now += turnTime
	nodes := c.nodes
	for i := range nodes {
		n := &nodes[i]
		if c.now >= n.wakeAt {
			n.replica.Tick(c.now)
			n.pending = true
		}
		if n.pending {
			c.act(n)
		}
	}
}

// act drains a node that is pending and does what it asks for, until it said something or has
// nothing left to do. A message is stepped at once; what comes of it is said in a turn of the one
// it reached.
func (c *paxosCluster) act(n *paxosNode) {
	for {
		out := n.replica.Drain()
		n.wakeAt = out.WakeAt
		send := out.Send
		for i := range send {
			to := &c.nodes[send[i].To]
			to.pending = true
			to.replica.Step(c.now, &send[i])
		}
		c.messages += uint64(len(send))
		if len(out.Chosen) > 0 {
			n.apply(out)
		}
		if out.Sync {
			n.replica.Persisted(n.replica.Written())
		} else if !out.More {
			n.pending = false
			return
		}
		if len(send) > 0 {
			return
		}
	}
}

func (n *paxosNode) apply(out *paxos.Output) {
	chosen := out.Chosen
	for i := range chosen {
		if chosen[i].Kind == paxos.Value {
			n.applied++
		}
	}
	n.replica.Applied(out.First + paxos.Slot(len(chosen)) - 1)
}

func (c *paxosCluster) leaderApplied() uint64 { return c.nodes[0].applied }

func (c *paxosCluster) allApplied() uint64 {
	low := c.nodes[0].applied
	for i := range c.nodes {
		low = min(low, c.nodes[i].applied)
	}
	return low
}

func (c *paxosCluster) sent() uint64 { return c.messages }
