package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/kv"
	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/disk"
)

func TestACommandIsExecutedByAllNodesWhicheverWasAsked(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	c.leader()
	for id, n := range c.nodes {
		for i := range 20 {
			key := fmt.Sprintf("%d/%d", id, i)
			do(t, n, put(key, "v"))
			require.Len(t, do(t, n, get(key)).KVs, 1, "an endpoint reads its own writes")
			local, err := n.ReadLocal(get(key))
			require.NoError(t, err)
			require.Len(t, response(t, local).KVs, 1, "it was executed where it was answered")
		}
	}
	c.sameState()
}

// sameState waits until all nodes have executed as much, and have the same store by that.
func (c *cluster) sameState() {
	c.t.Helper()
	c.eventually("all to have executed the same", func() bool {
		var first *Status
		hashes := map[uint64]bool{}
		for _, n := range c.nodes {
			s := n.Status()
			if first == nil {
				first = &s
			}
			if s.Applied != first.Applied || s.Applied != s.Chosen {
				return false
			}
			n.machine.mu.Lock()
			hashes[n.machine.store.Hash()] = true
			n.machine.mu.Unlock()
		}
		return len(hashes) == 1 // a status is of the turn before: the store may be ahead of it
	})
}

func TestManyCommandsAtOnceAreEachExecutedOnce(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	c.leader()
	before := c.nodes[1].Status().Store.Revision
	var all sync.WaitGroup
	var open atomic.Int64
	const callers, each = 16, 25
	for i := range callers {
		n := c.nodes[paxos.NodeID(1+i%3)]
		all.Go(func() {
			for j := range each {
				_, more := doCounted(t, n, put(fmt.Sprintf("%d/%d", i, j), "v"))
				open.Add(int64(more))
			}
		})
	}
	all.Wait()
	c.sameState()
	revisions := func() int64 { return c.nodes[1].Status().Store.Revision - before }
	c.eventually("each put to be a revision", func() bool { return revisions() >= callers*each })
	require.LessOrEqual(t, revisions(), callers*each+open.Load(), "and only one")
}

func TestAClusterThatWasStoppedRemembersEverything(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	c.leader()
	for i := range 100 {
		do(t, c.nodes[1], put(fmt.Sprint(i), "v"))
	}
	cluster := c.nodes[1].Status().Cluster
	for id := range c.peers {
		c.stop(id)
	}
	c.startAll()
	c.leader()
	require.Equal(t, cluster, c.nodes[1].Status().Cluster)
	for id := range c.peers {
		require.EqualValues(t, 1, do(t, c.nodes[id], get("99")).Count)
	}
	c.sameState()
	c.eventually("all keys", func() bool { return c.nodes[2].Status().Store.Keys == 100 })
}

func TestANodeThatMissedMoreThanTheWindowIsSuppliedFromTheLog(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	leader := c.leader()
	away := leader%3 + 1
	c.stop(away)
	for i := range 5 * testLimits().Window {
		do(t, c.nodes[leader], put(fmt.Sprint(i), "some value"))
	}
	c.start(away)
	c.sameState()
	c.eventually("the count of what was supplied", func() bool {
		for _, n := range c.nodes {
			n.meters.mu.Lock()
			defer n.meters.mu.Unlock()
			if len(n.meters.counters) > 0 && n.meters.counters[paxos.Supplies] > 0 {
				return true
			}
		}
		return false
	})
}

func TestWithoutAQuorumACommandIsNotAnswered(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	leader := c.leader()
	for id := range c.peers {
		if id != leader {
			c.stop(id)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := c.nodes[leader].Do(ctx, put("a", "1"))
	isOpen := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrUnknownOutcome)
	require.True(t, isOpen, "its outcome is open: %v", err)
	for id := range c.peers {
		if id != leader {
			c.start(id)
		}
	}
	c.leader()
	seen := do(t, c.nodes[leader], get("a")).Count
	for id := range c.peers {
		require.Equal(t, seen, do(t, c.nodes[id], get("a")).Count, "it took effect or not, for all")
	}
}

func TestWhoeverIsLeftAloneKnowsOfNoLeaderAndRefusesForSure(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	leader := c.leader()
	last := leader%3 + 1
	do(t, c.nodes[last], put("a", "1"))
	for id := range paxos.NodeID(4) {
		if id != 0 && id != last {
			c.stop(id)
		}
	}
	c.eventually("that the leader is not thought to live", func() bool {
		return c.nodes[last].Status().Leader == paxos.NoNode
	})
	_, err := c.nodes[last].Do(t.Context(), put("a", "2"))
	require.ErrorIs(t, err, ErrNoLeader)
	_, err = c.nodes[last].Change(t.Context(), Change{Op: Lead, Node: last, Wait: time.Second})
	var refused *ChangeError
	require.ErrorAs(t, err, &refused)
	require.Contains(t, refused.Why, "no leader is known")
}

func TestBeforeGenesisACommandIsRefusedForSure(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.start(1)
	_, err := c.nodes[1].Do(t.Context(), put("a", "1"))
	require.ErrorIs(t, err, ErrNoLeader)
	s := c.nodes[1].Status()
	require.False(t, s.Founded())
	require.NotEmpty(t, s.Troubles)
}

func TestClosingAnswersWhatWaits(t *testing.T) {
	c := newCluster(t, 3, nil)
	c.start(1)
	result := make(chan error, 1)
	go func() {
		_, err := c.nodes[1].Do(context.Background(), put("a", "1"))
		result <- err
	}()
	c.eventually("the command to wait", func() bool { return c.nodes[1].pending.Load() == 1 })
	n := c.nodes[1]
	c.stop(1)
	require.ErrorIs(t, <-result, ErrStopped)
	_, err := n.Do(t.Context(), put("a", "1"))
	require.ErrorIs(t, err, ErrStopped)
}

func TestACommandAboveTheLimitIsRefused(t *testing.T) {
	c := newCluster(t, 1, nil)
	c.start(1)
	_, err := c.nodes[1].Do(t.Context(), make([]byte, testLimits().EntryBytes+1))
	require.ErrorIs(t, err, ErrTooLarge)
}

func TestOneNodeAloneIsACluster(t *testing.T) {
	c := newCluster(t, 1, nil)
	c.start(1)
	do(t, c.nodes[1], put("a", "1"))
	c.stop(1)
	c.start(1)
	require.EqualValues(t, 1, do(t, c.nodes[1], get("a")).Count)
}

func TestASecondNodeOnOneDirectoryIsRefused(t *testing.T) {
	c := newCluster(t, 1, nil)
	c.start(1)
	_, err := Open(c.config(1))
	var locked *disk.LockedError
	require.ErrorAs(t, err, &locked)
	require.Equal(t, os.Getpid(), locked.PID)
}

func TestADirectoryIsRefusedToAnyoneElse(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	c.leader()
	c.stop(1)
	for what, change := range map[string]func(*Config){
		"another name":   func(c *Config) { c.Cluster = "other" },
		"another number": func(c *Config) { c.Node = 2 },
		"other limits":   func(c *Config) { c.Limits.Window *= 2 },
	} {
		cfg := c.config(1)
		change(&cfg)
		_, err := Open(cfg)
		var mismatch *MismatchError
		require.ErrorAs(t, err, &mismatch, what)
	}
	c.start(1)
	c.leader()
}

func TestAConfigurationThatCannotWorkIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	c := newCluster(t, 3, nil)
	for what, change := range map[string]func(*Config){
		"no directory":    func(c *Config) { c.Dir = "" },
		"no name":         func(c *Config) { c.Cluster = "" },
		"not a peer":      func(c *Config) { c.Node = 9 },
		"a bad address":   func(c *Config) { c.Peers = map[paxos.NodeID]string{1: "nowhere"} },
		"a bad window":    func(c *Config) { c.Limits.Window = 3 },
		"too large":       func(c *Config) { c.Limits.BatchBytes = 64 << 20 },
		"a beat too slow": func(c *Config) { c.Beat = c.Election },
	} {
		cfg := c.config(1)
		change(&cfg)
		_, err := Open(cfg)
		require.Error(t, err, what)
		require.NoDirExists(t, c.dir(1))
	}
}

func TestAForgottenProcessGetsAnotherClientID(t *testing.T) {
	c := newCluster(t, 1, nil)
	c.start(1)
	do(t, c.nodes[1], put("a", "1"))
	// As many younger clients as the store remembers make it forget this process.
	m := c.nodes[1].machine
	m.mu.Lock()
	for i := range storeLimits.Sessions {
		m.store.ApplyOnce(1<<63+uint64(i), 1, put("b", "2"), nil)
	}
	m.mu.Unlock()
	codes := []kv.Code{kv.SessionExpired, kv.OK, kv.OK}
	for i, expected := range codes {
		b, err := c.nodes[1].Do(t.Context(), put("a", "2"))
		require.NoError(t, err)
		var r kv.Response
		require.NoError(t, kv.DecodeResponse(b, &r))
		require.Equal(t, expected, r.Code, i)
	}
}
