package node

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/kv"
	"github.com/synodlab/synod/core/paxos"
)

// forwardedTo is a desk with one command that was sent to node 2 so many times.
func forwardedTo(copies int) (*desk, *command) {
	k := newDesk(&driver{n: &Node{begin: time.Now()}})
	c := &command{id: identity{7, 1}, where: forwarded, copies: copies,
		ballot: paxos.NewBallot(1, 1, 2), done: make(chan answer, 1)}
	k.own[c.id] = c
	return k, c
}

func TestARefusedCommandIsGivenToAnotherOnlyIfItWasSentOnce(t *testing.T) {
	refused := &frame{id: identity{7, 1}, fate: fateRefused}

	k, c := forwardedTo(1)
	k.returned(1, 2, refused)
	require.Equal(t, waiting, c.where)
	require.Equal(t, []*command{c}, k.queue)

	// An earlier copy may have been chosen: whether this one was refused tells nothing (B-22).
	k, c = forwardedTo(2)
	k.returned(1, 2, refused)
	require.Equal(t, forwarded, c.where)
	require.Empty(t, k.queue)
	require.NotZero(t, c.doubtful)
}

func TestWhatAnotherThanTheLeaderSaysOfACommandCountsForNothing(t *testing.T) {
	for _, f := range []fate{fateRefused, fateLost, fateUnknown} {
		k, c := forwardedTo(1)
		k.returned(1, 3, &frame{id: c.id, fate: f})
		require.Equal(t, forwarded, c.where)
		require.Empty(t, c.done)
	}
}

func TestACommandWhoseFateTheLeaderCannotKnowIsAnsweredSo(t *testing.T) {
	k, c := forwardedTo(1)
	k.returned(1, 2, &frame{id: c.id, fate: fateUnknown})
	require.ErrorIs(t, (<-c.done).err, ErrUnknownOutcome)
	require.Empty(t, k.own)
}

func TestACommandThatWasGivenUpAsLostIsStillAnsweredByItsExecution(t *testing.T) {
	k, c := forwardedTo(1)
	k.returned(1, 2, &frame{id: c.id, fate: fateLost})
	k.executed(c.id, []byte("response"))
	require.Equal(t, "response", string((<-c.done).response))
	k.give(2)
	require.Empty(t, k.queue, "it is not given out a second time")
}

func TestPeersWaitWhileTheInboxIsFull(t *testing.T) {
	in := newInbox()
	large := make([]byte, inboxBytes)
	in.letter(1, 1, large)
	came := make(chan struct{})
	go func() {
		in.letter(1, 1, []byte("one more"))
		close(came)
	}()
	select {
	case <-came:
		t.Fatal("there was no room")
	case <-time.After(50 * time.Millisecond):
	}
	require.Len(t, in.take(new(batch)).letters, 1)
	<-came
	b := in.take(new(batch))
	require.Equal(t, "one more", string(b.data[b.letters[0].lo:b.letters[0].hi]))

	in.letter(1, 1, large)
	go in.close()
	in.letter(1, 1, large) // returns, since the node stops
	require.False(t, in.put(func(*batch) {}))
}

func TestWhatWaitsIsBoundedInNumberAndInBytes(t *testing.T) {
	var n Node
	require.True(t, n.admit(2*pendingBytes), "one is let in whatever its size")
	require.False(t, n.admit(1))
	n.dismiss(2 * pendingBytes)
	for range pendingCommands {
		require.True(t, n.admit(pendingBytes/pendingCommands))
	}
	require.False(t, n.admit(0))
	n.dismiss(pendingBytes / pendingCommands)
	require.False(t, n.admit(pendingBytes/pendingCommands+1))
	require.True(t, n.admit(pendingBytes/pendingCommands))
}

func TestALargeAnswerIsNotKept(t *testing.T) {
	t.Parallel()
	m := newMachine()
	apply := func(seq uint64, r kv.Request) []byte {
		return m.apply(&paxos.Entry{Kind: paxos.Value, Client: 1, Seq: seq, Data: encode(r)})
	}
	large := kv.Put{Key: []byte("a"), Value: make([]byte, keptBytes), PrevKV: true}
	apply(1, kv.Request{Op: kv.OpPut, Put: large})
	require.Greater(t, len(apply(2, kv.Request{Op: kv.OpPut, Put: large})), keptBytes)
	require.LessOrEqual(t, cap(m.buf), keptBytes)
}

func TestAClientIDIsAboveAllThatCameBefore(t *testing.T) {
	for _, highest := range []uint64{0, mint(0, 3), 1 << 63} {
		id := mint(highest, 3)
		require.Greater(t, id, highest)
		require.EqualValues(t, 3, id&15, "two nodes never draw the same")
	}
}

func TestTheStoreKeepsEveryAnswerThatACommandUnderWayMayNeed(t *testing.T) {
	require.Greater(t, storeLimits.Window, pendingCommands)
	s := kv.New(storeLimits)
	for seq := uint64(1); seq <= pendingCommands+1; seq++ {
		s.ApplyOnce(1, seq+1, put("a", "1"), nil)
	}
	require.False(t, expired(s.ApplyOnce(1, 1, put("a", "1"), nil)))
}
