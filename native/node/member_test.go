package node

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/paxos"
)

// join starts a node that is no founder; it knows the founders and itself.
func (c *cluster) join(id paxos.NodeID) {
	if c.peers[id] == "" {
		c.peers[id] = freeAddress(c.t)
	}
	was := c.change
	c.change = func(cfg *Config) {
		if was != nil {
			was(cfg)
		}
		cfg.Join = true
	}
	c.start(id)
	c.change = was
}

// alter changes the members by way of a node.
func (c *cluster) alter(by paxos.NodeID, change Change) paxos.Governed {
	c.t.Helper()
	if change.Wait == 0 {
		change.Wait = patience
	}
	g, err := c.nodes[by].Change(c.t.Context(), change)
	require.NoError(c.t, err)
	return g
}

func (c *cluster) troubles(id paxos.NodeID) string {
	return strings.Join(c.nodes[id].Status().Troubles, " ")
}

func (c *cluster) founded(id paxos.NodeID) bool {
	s := c.nodes[id].Status()
	return s.Founded()
}

// reaches reports whether a node is connected to another.
func (c *cluster) reaches(id, other paxos.NodeID) bool {
	for _, m := range c.nodes[id].Status().Members {
		if m.Node == other {
			return m.Up
		}
	}
	return false
}

func (c *cluster) voters(g paxos.Governed) string { return votersText(&g.Members) }

func TestANodeThatJoinsLearnsAndSaysSoUntilItIsAdded(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	leader := c.leader()
	for i := range 200 {
		do(t, c.nodes[leader], put(fmt.Sprint(i), "v"))
	}
	c.join(4)
	c.eventually("the new node to say what it is", func() bool {
		return strings.Contains(c.troubles(4), "no configuration names this disk")
	})
	c.sameState()
	require.False(t, c.votes(4))
	follower := leader%3 + 1
	g := c.alter(follower, Change{Op: Add, Node: 4})
	require.EqualValues(t, 2, g.Era)
	require.Equal(t, "1 2 3 4", c.voters(g))
	require.Equal(t, 3, g.Members.Accept())
	c.eventually("node 4 to vote", func() bool {
		s := c.nodes[4].Status()
		return s.Votes && s.Life == 1 && c.troubles(4) == ""
	})
	// Without it there is no quorum of three, with it there is.
	gone := paxos.NodeID(1)
	if c.leader() == gone {
		gone = 2
	}
	c.stop(gone)
	do(t, c.nodes[4], put("a", "1"))
	c.stop(4)
	c.start(4)
	do(t, c.nodes[4], put("a", "2"))
	require.True(t, c.nodes[4].Status().Votes, "its log says who it is")
}

func TestAWipedFounderComesBackByReplaceAlone(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	leader := c.leader()
	do(t, c.nodes[leader], put("a", "1"))
	wiped := leader%3 + 1
	c.wipe(wiped)
	c.eventually("it to say so", func() bool {
		return strings.Contains(c.troubles(wiped), "wiped or replaced")
	})
	_, err := c.nodes[leader].Change(t.Context(), Change{Op: Add, Node: wiped})
	require.ErrorContains(t, err, "replace it")
	g := c.alter(wiped, Change{Op: Replace, Node: wiped})
	require.EqualValues(t, 2, g.Members.Life(wiped))
	c.eventually("it to vote", func() bool { return c.nodes[wiped].Status().Votes })
	c.stop(6 - leader - wiped)
	do(t, c.nodes[leader], put("a", "2"))
	c.stop(wiped)
	require.NoError(t, os.RemoveAll(c.dir(wiped)))
	c.start(wiped)
	c.eventually("it to learn again", func() bool { return c.founded(wiped) })
	require.False(t, c.votes(wiped), "a third disk")
}

func TestARemovedNodeSaysThatItIsOutAndALeaderMayRemoveItself(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	leader := c.leader()
	do(t, c.nodes[leader], put("a", "1"))
	g := c.alter(leader, Change{Op: Remove, Node: leader, Base: 1})
	require.EqualValues(t, 2, g.Era)
	require.False(t, g.Members.Voters().Has(leader))
	c.eventually("the node to say that it is out", func() bool {
		return strings.HasPrefix(c.troubles(leader), "out: ") &&
			c.nodes[leader].Status().Role != paxos.Leader
	})
	c.stop(leader)
	next := c.leader()
	do(t, c.nodes[next], put("a", "2"))
	_, err := c.nodes[next].Change(t.Context(),
		Change{Op: Remove, Node: 6 - leader - next, Base: 1})
	var refused *ChangeError
	require.ErrorAs(t, err, &refused)
	require.ErrorContains(t, err, "era 2")
}

func TestALearnerServesItsClients(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	do(t, c.nodes[c.leader()], put("a", "1"))
	c.join(4)
	c.eventually("the learner to know who leads", func() bool {
		return c.nodes[4].Status().Leader != paxos.NoNode
	})
	require.False(t, c.nodes[4].Status().Votes)
	do(t, c.nodes[4], put("b", "2"))
	b, err := c.nodes[4].Read(t.Context(), get("a"))
	require.NoError(t, err)
	require.EqualValues(t, 1, response(t, b).Count)
}

func TestAChangeThatCannotBeIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	leader := c.leader()
	follower := leader%3 + 1
	for why, change := range map[string]Change{
		"is not connected":      {Op: Add, Node: 9, Wait: time.Millisecond},
		"votes already":         {Op: Add, Node: 2},
		"does not vote: add it": {Op: Replace, Node: 9},
		"node 9 does not vote":  {Op: Remove, Node: 9},
		"with the disk that is": {Op: Replace, Node: 2},
		"era 1, not of era 7":   {Op: Remove, Node: 2, Base: 7},
		"no such thing":         {Op: 77, Node: 1},
		"does not vote":         {Op: Lead, Node: 9},
		"must exceed":           {Op: Remove, Node: 2, Prepare: 1, Accept: 1},
	} {
		for _, id := range []paxos.NodeID{leader, follower} {
			_, err := c.nodes[id].Change(t.Context(), change)
			var refused *ChangeError
			require.ErrorAs(t, err, &refused)
			require.ErrorContains(t, err, why)
		}
	}
	c.stop(follower)
	time.Sleep(2 * c.nodes[leader].cfg.Election) // at least: then it counts as not heard
	_, err := c.nodes[leader].Change(t.Context(), Change{Op: Remove, Node: 6 - leader - follower,
		Wait: time.Millisecond})
	require.ErrorContains(t, err, "only 1 of 2 voters are heard")
}

func TestTheLeadIsTransferred(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	for range 4 {
		leader := c.leader()
		heir := leader%3 + 1
		c.alter(6-leader-heir, Change{Op: Lead, Node: heir})
		c.eventually("the heir to lead", func() bool {
			return c.nodes[heir].Status().Role == paxos.Leader
		})
		do(t, c.nodes[leader], put("a", "1"))
	}
}

func TestNodesThatWereAddedFindEachOther(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, nil)
	c.start(1)
	c.leader()
	founders := map[paxos.NodeID]string{1: c.peers[1]}
	for id := paxos.NodeID(2); id <= 3; id++ {
		c.peers = map[paxos.NodeID]string{1: founders[1], id: freeAddress(t)}
		c.join(id)
		founders[id] = c.peers[id]
		c.alter(1, Change{Op: Add, Node: id})
	}
	c.peers = founders
	c.eventually("2 and 3 to reach each other", func() bool {
		return c.reaches(2, 3) && c.reaches(3, 2)
	})
	c.stop(1)
	c.leader()
	do(t, c.nodes[2], put("a", "1"))
}

func TestTwoDisksUnderOneNumberAreRefused(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	c.leader()
	c.join(4)
	c.alter(1, Change{Op: Add, Node: 4})
	other := c.config(4)
	other.Dir, other.Join = c.dir(5), true
	other.Peers[4] = freeAddress(t)
	n, err := Open(other)
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Close()) }()
	c.eventually("the second disk to hear why", func() bool {
		return strings.Contains(strings.Join(n.Status().Troubles, " "),
			"node 4 is connected from another disk")
	})
	c.eventually("node 4 to vote", func() bool { return c.nodes[4].Status().Votes })
}
