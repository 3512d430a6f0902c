package node

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/kv"
	"github.com/synodlab/synod/core/paxos"
)

// read asks for a confirmed read.
func read(t *testing.T, n *Node, command []byte) kv.Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	b, err := n.Read(ctx, command)
	require.NoError(t, err)
	return response(t, b)
}

func TestAReadAnywhereSeesWhatWasAnsweredElsewhereAndTakesNoSlot(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	leader := c.leader()
	for i := range 30 {
		writer, reader := c.nodes[paxos.NodeID(1+i%3)], c.nodes[paxos.NodeID(1+(i/3)%3)]
		key := fmt.Sprint(i)
		do(t, writer, put(key, "v"))
		require.Len(t, read(t, reader, get(key)).KVs, 1)
	}
	before := c.nodes[leader].Status()
	for _, n := range c.nodes {
		for range 20 {
			read(t, n, get("0"))
		}
	}
	after := c.nodes[leader].Status()
	if before.Ballot == after.Ballot {
		require.Equal(t, before.Chosen, after.Chosen)
	}
}

func TestManyReadsAtOnceAreAllAnswered(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	c.leader()
	do(t, c.nodes[1], put("a", "1"))
	var all sync.WaitGroup
	for i := range 24 {
		all.Go(func() {
			for range 20 {
				b, err := c.nodes[paxos.NodeID(1+i%3)].Read(t.Context(), get("a"))
				if err != nil {
					t.Error(err)
					return
				}
				if len(response(t, b).KVs) != 1 {
					t.Error("a read is older than its arrival")
				}
			}
		})
	}
	all.Wait()
}

func TestALeaderWithoutAQuorumAnswersNoRead(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	leader := c.leader()
	do(t, c.nodes[leader], put("a", "1"))
	for id := range c.peers {
		if id != leader {
			c.stop(id)
		}
	}
	_, err := c.nodes[leader].Read(t.Context(), get("a"))
	require.ErrorIs(t, err, ErrNoLeader)
	local, err := c.nodes[leader].ReadLocal(get("a"))
	require.NoError(t, err)
	require.Len(t, response(t, local).KVs, 1, "its own state it may tell")
}

func TestReadsGoOnWithTheNextLeader(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.startAll()
	leader := c.leader()
	do(t, c.nodes[leader], put("a", "1"))
	c.stop(leader)
	for id, n := range c.nodes {
		c.eventually("a read to be answered", func() bool {
			b, err := n.Read(t.Context(), get("a"))
			if err != nil {
				require.ErrorIs(t, err, ErrNoLeader, id)
				return false
			}
			require.Len(t, response(t, b).KVs, 1)
			return true
		})
	}
}

func TestAReadEndsWithItsCallerAndWithTheNode(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, nil)
	c.start(1)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := c.nodes[1].Read(ctx, get("a"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	result := make(chan error, 1)
	n := c.nodes[1]
	go func() {
		_, err := n.Read(context.Background(), get("a"))
		result <- err
	}()
	c.eventually("the read to wait", func() bool { return n.reading.Load() == 1 })
	c.stop(1)
	require.ErrorIs(t, <-result, ErrStopped)
	_, err = n.Read(t.Context(), get("a"))
	require.ErrorIs(t, err, ErrStopped)
}

// awayReads is a node's reads of which one waits for the answer to question 3.
func awayReads() (*reads, *reading) {
	k := newReads(&driver{n: &Node{begin: time.Now(), meters: newMeters()}})
	k.number = 3
	q := &reading{number: 3, deadline: paxos.Never, done: make(chan error, 1)}
	k.away = []*reading{q}
	return k, q
}

func TestOnlyTheAnswerToItsOwnOrALaterQuestionConfirmsARead(t *testing.T) {
	k, q := awayReads()
	k.told(1, &frame{id: identity{k.process + 1, 3}, index: 5, taken: true})
	k.told(1, &frame{id: identity{k.process, 2}, index: 5, taken: true})
	k.told(1, &frame{id: identity{k.process, 4}, index: 5, taken: true})
	require.Len(t, k.away, 1, "of another process, to an earlier question, to none (B-40)")
	k.told(1, &frame{id: identity{k.process, 3}, index: 5, taken: true})
	require.Equal(t, []*reading{q}, k.ready)
	k.executed(4)
	require.Empty(t, q.done)
	k.executed(5)
	require.NoError(t, <-q.done)
	require.False(t, k.busy())
}

func TestAReadThatWasRefusedOrLostIsAskedAgain(t *testing.T) {
	k, q := awayReads()
	k.told(1, &frame{id: identity{k.process, 3}})
	require.Equal(t, []*reading{q}, k.idle)
	k, q = awayReads()
	k.chores(paxos.Time(resendAfter))
	require.Equal(t, []*reading{q}, k.idle)
}

func TestReadsOfARoundThatFailedAreAskedAgainAndLaterOnesWait(t *testing.T) {
	k, _ := awayReads()
	k.away = nil
	first, second := &reading{number: 1}, &reading{number: 2, done: make(chan error, 1)}
	k.here = []*reading{first, second}
	k.confirmed([]paxos.Confirmed{{Round: 1, Refusal: paxos.NotLeader}})
	require.Equal(t, []*reading{first}, k.idle)
	require.Equal(t, []*reading{second}, k.here)
	k.confirmed([]paxos.Confirmed{{Round: 2, Index: 7}})
	require.Equal(t, []*reading{second}, k.ready)
	require.EqualValues(t, 7, second.index)
}
