package node

import (
	"context"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/wire"
)

// wipe takes a node's disk away and starts it again.
func (c *cluster) wipe(id paxos.NodeID) {
	if c.nodes[id] != nil {
		c.stop(id)
	}
	require.NoError(c.t, os.RemoveAll(c.dir(id)))
	c.start(id)
}

// votes reports whether a node could promise or accept.
func (c *cluster) votes(id paxos.NodeID) bool {
	s := c.nodes[id].Status()
	return s.Votes || s.Life != 0 || s.Promised != 0
}

func TestAFounderWipedAfterGenesisNeverVotesAgain(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	leader := c.leader()
	do(t, c.nodes[leader], put("a", "1"))
	wiped := leader%3 + 1
	c.wipe(wiped)
	c.eventually("both sides to say so", func() bool {
		return strings.Contains(c.logs[wiped].String(), "wiped or replaced") &&
			strings.Contains(c.logs[leader].String(), "wiped or replaced") &&
			strings.Contains(strings.Join(c.nodes[wiped].Status().Troubles, " "), "cannot vote")
	})
	do(t, c.nodes[leader], put("a", "2"))
	third := 6 - leader - wiped
	c.stop(third)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := c.nodes[leader].Do(ctx, put("a", "3"))
	require.Error(t, err, "a leader and a disk that forgot are no quorum")
	require.False(t, c.votes(wiped))
}

func TestAFounderWipedBeforeGenesisFoundsWithItsNewDisk(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.start(1, 3)
	c.eventually("nodes 1 and 3 to meet", func() bool {
		return strings.Contains(c.logs[1].String(), "peer is up")
	})
	old := c.nodes[3].Status().Disk
	require.False(t, c.votes(1), "not all founders are known")
	c.stop(3)
	met := strings.Count(c.logs[1].String(), "peer is up")
	c.wipe(3)
	require.NotEqual(t, old, c.nodes[3].Status().Disk)
	c.eventually("node 1 to meet the new disk", func() bool {
		return strings.Count(c.logs[1].String(), "peer is up") > met
	})
	c.start(2)
	leader := c.leader()
	do(t, c.nodes[leader], put("a", "1"))
	c.sameState()
}

// impostor speaks for a node in handshakes, and says nothing else. It dials some of the nodes.
func (c *cluster) impostor(id paxos.NodeID, disk byte, dials ...paxos.NodeID) (stop func()) {
	cfg := c.config(id)
	require.NoError(c.t, cfg.fill())
	hello := newRoster(&cfg, [16]byte{disk}).say()
	p, err := wire.NewPeers(wire.Config{
		Hello:   func() wire.Hello { return hello },
		Receive: func(uint8, uint16, []byte) {},
	})
	require.NoError(c.t, err)
	l, err := net.Listen("tcp", c.peers[id])
	require.NoError(c.t, err)
	mux := http.NewServeMux()
	mux.Handle(wire.PeerPath, p)
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: patience}
	go srv.Serve(l)
	for _, other := range dials {
		address := "ws://" + c.peers[other] + wire.PeerPath
		require.NoError(c.t, p.Connect(uint8(other), address))
	}
	return func() {
		p.Close()
		require.NoError(c.t, srv.Close())
	}
}

func TestAFounderWipedDuringGenesisGivesNoQuorumToEitherDisk(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	// Nodes 1 and 2 found the cluster with a disk of node 3 that says nothing more.
	stop := c.impostor(3, 7, 1, 2)
	c.start(1, 2)
	c.eventually("nodes 1 and 2 to found", func() bool {
		one, two := c.nodes[1].Status(), c.nodes[2].Status()
		return one.Founded() && two.Founded()
	})
	stop()
	c.start(3)
	c.eventually("node 3 to learn that it came too late", func() bool {
		return strings.Contains(strings.Join(c.nodes[3].Status().Troubles, " "), "cannot vote")
	})
	c.stop(2)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := c.nodes[1].Do(ctx, put("a", "1"))
	require.Error(t, err)
	require.False(t, c.votes(3))
	c.start(2)
	do(t, c.nodes[1], put("a", "1"))
}

// Whoever is met first by a node that has not founded yet is believed: then there is one cluster.
// If both founded before they met, there are two, and neither has a quorum.
func TestFoundersThatLearntDifferentDisksNeverVoteForEachOther(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	// Node 1 and node 2 each meet another disk of node 3, at another address.
	for id := paxos.NodeID(1); id <= 2; id++ {
		c.peers[3] = freeAddress(t)
		defer c.impostor(3, byte(6+id), id)()
		c.start(id)
	}
	refused := func(id paxos.NodeID) bool {
		return strings.Contains(strings.Join(c.nodes[id].Status().Troubles, " "), "refused")
	}
	split := false
	c.eventually("one cluster, or two that refuse each other", func() bool {
		one, two := c.nodes[1].Status(), c.nodes[2].Status()
		split = one.Founded() && two.Founded() && one.Cluster != two.Cluster
		return one.Founded() && one.Cluster == two.Cluster || split && refused(1) && refused(2)
	})
	if !split {
		do(t, c.nodes[1], put("a", "1"))
		return
	}
	for id := range c.nodes {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.nodes[id].Do(ctx, put("a", "1"))
		require.Error(t, err)
	}
}
