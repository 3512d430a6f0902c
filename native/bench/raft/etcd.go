package main

import (
	"io"
	"log"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
)

// compactEvery is how many entries a log keeps before it is cut.
const compactEvery = 4096

// etcdCluster drives go.etcd.io/raft as kindly as its interface allows: a RawNode
// with MemoryStorage, Ready and Advance in one goroutine, messages by value without
// encoding and stepped at once, one payload that is never copied, and all messages
// of a turn stepped before a node's one Ready.
type etcdCluster struct {
	nodes    []etcdNode
	payload  []byte
	batch    []pb.Entry
	messages uint64
}

type etcdNode struct {
	raft    *raft.RawNode
	log     *raft.MemoryStorage
	applied uint64 // commands
	index   uint64 // of the last entry applied
	cut     uint64 // index up to which the log was compacted
}

func newEtcd(size int) *etcdCluster {
	c := &etcdCluster{
		nodes:   make([]etcdNode, size),
		payload: make([]byte, payloadBytes),
		batch:   make([]pb.Entry, outstanding),
	}
	var voters []uint64
	for i := range c.nodes {
		voters = append(voters, uint64(i+1))
	}
	for i := range c.nodes {
		c.nodes[i] = newEtcdNode(uint64(i+1), voters)
	}
	must(c.nodes[0].raft.Campaign())
	for turns := 0; c.nodes[0].raft.BasicStatus().RaftState != raft.StateLeader; turns++ {
		if turns > turnMax {
			panic("etcd raft elects nobody")
		}
		c.turn()
	}
	for range 4 { // the leader's empty entry reaches all
		c.turn()
	}
	c.messages = 0
	return c
}

func newEtcdNode(id uint64, voters []uint64) etcdNode {
	storage := raft.NewMemoryStorage()
	must(storage.ApplySnapshot(pb.Snapshot{Metadata: pb.SnapshotMetadata{
		ConfState: pb.ConfState{Voters: voters}, Index: 1, Term: 1,
	}}))
	node, err := raft.NewRawNode(&raft.Config{
		ID:              id,
		ElectionTick:    10,
		HeartbeatTick:   1,
		Storage:         storage,
		Applied:         1,
		MaxSizePerMsg:   1 << 20,
		MaxInflightMsgs: 1024,
		Logger:          &raft.DefaultLogger{Logger: log.New(io.Discard, "", 0)},
	})
	must(err)
	return etcdNode{raft: node, log: storage, index: 1, cut: 1}
}

func (c *etcdCluster) propose(commands int) {
	for range commands {
		must(c.nodes[0].raft.Propose(c.payload))
	}
}

func (c *etcdCluster) proposeBatch(commands int) {
	batch := c.batch[:commands]
	for i := range batch {
		batch[i] = pb.Entry{Data: c.payload}
	}
	must(c.nodes[0].raft.Step(pb.Message{Type: pb.MsgProp, From: 1, Entries: batch}))
}

func (c *etcdCluster) turn() {
	for i := range c.nodes {
		if n := &c.nodes[i]; n.raft.HasReady() {
			c.act(n)
		}
	}
	c.compact()
}

// act does what a node's Ready asks for, in the order that its contract names.
func (c *etcdCluster) act(n *etcdNode) {
	ready := n.raft.Ready()
	if !raft.IsEmptyHardState(ready.HardState) {
		must(n.log.SetHardState(ready.HardState))
	}
	must(n.log.Append(ready.Entries))
	for i := range ready.Messages {
		m := &ready.Messages[i]
		must(c.nodes[m.To-1].raft.Step(*m))
	}
	c.messages += uint64(len(ready.Messages))
	for _, e := range ready.CommittedEntries {
		n.index = e.Index
		if len(e.Data) > 0 {
			n.applied++
		}
	}
	n.raft.Advance(ready)
}

// compact cuts the logs where every node has applied.
func (c *etcdCluster) compact() {
	low := c.nodes[0].index
	for i := range c.nodes {
		low = min(low, c.nodes[i].index)
	}
	for i := range c.nodes {
		if n := &c.nodes[i]; low-n.cut >= compactEvery {
			must(n.log.Compact(low))
			n.cut = low
		}
	}
}

func (c *etcdCluster) leaderApplied() uint64 { return c.nodes[0].applied }

func (c *etcdCluster) allApplied() uint64 {
	low := c.nodes[0].applied
	for i := range c.nodes {
		low = min(low, c.nodes[i].applied)
	}
	return low
}

func (c *etcdCluster) sent() uint64 { return c.messages }

func must(err error) {
	if err != nil {
		panic(err)
	}
}
