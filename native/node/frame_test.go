package node

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/paxos"
)

func someFrames() [][]byte {
	m := paxos.Message{Kind: paxos.Beat, From: 1, To: 2, Life: 1, Ballot: paxos.NewBallot(3, 1, 1)}
	t := tag{1, 2, 3}
	return [][]byte{
		appendMessageFrame(nil, t, 9, &m),
		appendForward(nil, t, m.Ballot, identity{5, 6}, []byte("command")),
		appendForwarded(nil, t, identity{5, 6}, fateLost),
		appendAbout(nil, t, []string{"127.0.0.1:2381", "http://127.0.0.1:2379"}),
		appendAsk(nil, t, identity{5, 6}),
		appendConfirmed(nil, t, identity{5, 6}, 77, true),
		beginFrame(nil, frameInquiry, t),
		appendChange(nil, t, identity{5, 6}, &Change{Op: Add, Node: 4, Base: 2, Prepare: 2,
			Accept: 3, Wait: time.Second}),
		appendChanged(nil, t, identity{5, 6}, &changed{governed: paxos.Governed{From: 65, Era: 2,
			Members: someMembers()}}),
		appendChanged(nil, t, identity{5, 6}, &changed{err: &ChangeError{"why"}}),
		appendChanged(nil, t, identity{5, 6}, &changed{err: ErrUnknownOutcome}),
		appendWant(nil, t, 7, 1<<20),
		appendPiece(nil, t, 7, 1<<21, 1<<20, []byte("piece")),
		appendMate(beginFrame(nil, frameCrew, t), 3, "127.0.0.1:2380"),
	}
}

func someMembers() paxos.Members {
	m, err := paxos.Majority(paxos.Member{Node: 1, Life: 1}, paxos.Member{Node: 4, Life: 2})
	if err != nil {
		panic(err) // they are two, with a life each
	}
	return m
}

func TestAFrameSaysWhatWasSaid(t *testing.T) {
	all := someFrames()
	f, err := decodeFrame(all[0])
	require.NoError(t, err)
	require.EqualValues(t, 9, f.number)
	var m paxos.Message
	_, err = paxos.DecodeMessage(f.body, &m, nil)
	require.NoError(t, err)
	require.Equal(t, paxos.Beat, m.Kind)

	f, err = decodeFrame(all[1])
	require.NoError(t, err)
	require.Equal(t, identity{5, 6}, f.id)
	require.Equal(t, paxos.NewBallot(3, 1, 1), f.ballot)
	require.Equal(t, "command", string(f.body))

	f, err = decodeFrame(all[2])
	require.NoError(t, err)
	require.Equal(t, fateLost, f.fate)

	f, err = decodeFrame(all[3])
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:2381", f.address)
	require.Equal(t, []string{"http://127.0.0.1:2379"}, f.clients)
	require.Equal(t, tag{1, 2, 3}, f.tag)

	f, err = decodeFrame(all[4])
	require.NoError(t, err)
	require.Equal(t, identity{5, 6}, f.id)
	f, err = decodeFrame(all[5])
	require.NoError(t, err)
	require.Equal(t, identity{5, 6}, f.id)
	require.EqualValues(t, 77, f.index)
	require.True(t, f.taken)

	f, err = decodeFrame(all[7])
	require.NoError(t, err)
	require.Equal(t, Change{Op: Add, Node: 4, Base: 2, Prepare: 2, Accept: 3, Wait: time.Second},
		f.change)
	f, err = decodeFrame(all[8])
	require.NoError(t, err)
	require.Equal(t, paxos.Governed{From: 65, Era: 2, Members: someMembers()}, f.changed.governed)
	f, err = decodeFrame(all[9])
	require.NoError(t, err)
	require.Equal(t, &ChangeError{"why"}, f.changed.err)
	f, err = decodeFrame(all[13])
	require.NoError(t, err)
	for id, address := range eachMate(f.body) {
		require.EqualValues(t, 3, id)
		require.Equal(t, "127.0.0.1:2380", address)
	}
}

func TestAFrameThatIsCutShortIsRefused(t *testing.T) {
	for i, whole := range someFrames() {
		for n := range whole {
			if f, err := decodeFrame(whole[:n]); err == nil {
				open := f.kind < frameForwarded || f.kind == frameCrew ||
					f.kind == frameChanged || f.kind == framePiece
				require.True(t, open, "frame %d cut to %d", i, n)
			}
		}
		_, err := decodeFrame(append([]byte{99}, whole[1:]...))
		require.Error(t, err)
	}
}

func FuzzFramesAreJudgedAndNeverPanic(f *testing.F) {
	for _, b := range someFrames() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decodeFrame(b)
		if err != nil {
			return
		}
		var again []byte
		switch got.kind {
		case frameForward:
			again = appendForward(nil, got.tag, got.ballot, got.id, got.body)
		case frameForwarded:
			again = appendForwarded(nil, got.tag, got.id, got.fate)
		case frameAbout:
			again = appendAbout(nil, got.tag, append([]string{got.address}, got.clients...))
		case frameAsk:
			again = appendAsk(nil, got.tag, got.id)
		case frameConfirmed:
			again = appendConfirmed(nil, got.tag, got.id, got.index, got.taken)
		case frameWant:
			again = appendWant(nil, got.tag, got.slot, got.at)
		case framePiece:
			again = appendPiece(nil, got.tag, got.slot, got.size, got.at, got.body)
		case frameChange:
			again = appendChange(nil, got.tag, got.id, &got.change)
		case frameChanged:
			again = appendChanged(nil, got.tag, got.id, &got.changed)
		default:
			return // the core judges the message
		}
		require.Equal(t, b, again, "only what is written is accepted")
	})
}
