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
	leader   int
	now      paxos.Time
	payload  []byte
	seq      uint64
	messages uint64
}

type paxosNode struct {
	replica *paxos.Replica
	out     paxos.Output
	inbox   []*paxos.Message
	reading []*paxos.Message
	wake    paxos.Time
	pending bool   // the next turn must drain, whatever arrives
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
	c := &paxosCluster{nodes: make([]paxosNode, size), payload: make([]byte, payloadBytes)}
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

// elect lets time pass, a millisecond a turn, until every node follows one leader.
func (c *paxosCluster) elect() {
	for range 100 * turnMax {
		c.now += 1e6
		c.turn()
		if c.elected() {
			c.messages = 0
			return
		}
	}
	panic("core/paxos elects nobody")
}

func (c *paxosCluster) elected() bool {
	follow := 0
	for i := range c.nodes {
		r := c.nodes[i].replica
		if r.Role() == paxos.Leader {
			c.leader = i
		}
		if r.Leader() == paxos.NodeID(c.leader) {
			follow++
		}
	}
	return follow == len(c.nodes) && c.nodes[c.leader].replica.Role() == paxos.Leader
}

func (c *paxosCluster) propose(commands int) {
	leader := &c.nodes[c.leader]
	for range commands {
		c.seq++
		entry := paxos.Entry{Kind: paxos.Value, Client: 1, Seq: c.seq, Data: c.payload}
		if _, refused := leader.replica.Propose(&entry); refused != paxos.Taken {
			panic(fmt.Sprintf("command %d refused: %v", c.seq, refused))
		}
	}
	leader.pending = true
}

// proposeBatch proposes all between two drains, which is what makes a batch.
func (c *paxosCluster) proposeBatch(commands int) { c.propose(commands) }

func (c *paxosCluster) turn() {
	c.now += turnTime
	for i := range c.nodes {
		n := &c.nodes[i]
		n.inbox, n.reading = n.reading[:0], n.inbox
		for _, m := range n.reading {
			n.replica.Step(c.now, m)
		}
		if c.now >= n.wake {
			n.replica.Tick(c.now)
			n.pending = true
		}
		if n.pending || len(n.reading) > 0 {
			c.act(n)
		}
	}
}

// act drains a node and does what it asks for. What it sent is borrowed until its
// next drain, so it drains again in this turn only if it sent nothing.
func (c *paxosCluster) act(n *paxosNode) {
	for n.pending = true; n.pending; {
		n.replica.Drain(&n.out)
		n.wake = n.out.WakeAt
		n.pending = n.out.More
		for i := range n.out.Send {
			to := &c.nodes[n.out.Send[i].To]
			to.inbox = append(to.inbox, &n.out.Send[i])
		}
		if written := len(n.out.Write); written > 0 {
			n.replica.Persisted(n.out.Write[written-1].LSN)
			n.pending = true
		}
		if len(n.out.Chosen) > 0 {
			n.apply()
		}
		if len(n.out.Send) > 0 {
			c.messages += uint64(len(n.out.Send))
			return
		}
	}
}

func (n *paxosNode) apply() {
	for i := range n.out.Chosen {
		if n.out.Chosen[i].Kind == paxos.Value {
			n.applied++
		}
	}
	n.replica.Applied(n.out.First + paxos.Slot(len(n.out.Chosen)) - 1)
}

func (c *paxosCluster) leaderApplied() uint64 { return c.nodes[c.leader].applied }

func (c *paxosCluster) allApplied() uint64 {
	low := c.nodes[0].applied
	for i := range c.nodes {
		low = min(low, c.nodes[i].applied)
	}
	return low
}

func (c *paxosCluster) sent() uint64 { return c.messages }
