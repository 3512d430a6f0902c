package kv

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCompactionRefusesReadsBelowItAndKeepsThoseAtIt(t *testing.T) {
	s := shelf(t)
	require.Equal(t, OK, do(t, s, Request{Op: OpCompact, Revision: 7}).Code)
	at := func(rev int64) Response {
		return do(t, s, with(get("\x00", "\x00"), func(r *Request) { r.Range.Revision = rev }))
	}
	require.Equal(t, Compacted, at(6).Code)
	require.Equal(t, "abc", keys(at(7)))
	require.Equal(t, "0", string(at(7).KVs[1].Value))
	require.Equal(t, "abcd", keys(at(0)))
	require.EqualValues(t, 9, s.Stats().Revision, "a compaction is no revision")
}

func TestCompactionsGoForwardOnlyAndNotBeyondNow(t *testing.T) {
	s := shelf(t)
	for _, c := range []struct {
		rev  int64
		want Code
	}{
		{10, FutureRevision}, {0, OK}, {0, Compacted},
		{5, OK}, {4, Compacted}, {9, OK}, {9, Compacted},
	} {
		out := do(t, s, Request{Op: OpCompact, Revision: c.rev})
		require.Equal(t, c.want, out.Code, "%d", c.rev)
	}
}

func TestCompactionFreesWhatNobodyCanRead(t *testing.T) {
	s := New(Limits{})
	for range 1000 {
		do(t, s, put("hot", "0123456789"))
	}
	do(t, s, put("dead", "1"))
	do(t, s, del("dead", ""))
	require.EqualValues(t, 1002, s.Stats().Versions)
	do(t, s, put("other", "1"))
	do(t, s, Request{Op: OpCompact, Revision: s.Stats().Revision})
	for range 1003 / sweepChanges {
		do(t, s, get("hot", ""))
	}
	require.Equal(t, Stats{
		Revision: 1004, CompactRevision: 1004, Keys: 2, Versions: 2, Bytes: 19,
	}, s.Stats())
	require.Equal(t, 1, s.changes.Len(), "that of the compacted revision")
	require.Equal(t, 2, s.keys.Len())
	require.Zero(t, s.past.Len())
}

func TestSweepingIsSpreadOverTheCommandsThatFollow(t *testing.T) {
	s := New(Limits{})
	for range 10 * sweepChanges {
		do(t, s, put("hot", "1"))
	}
	do(t, s, put("other", "1"))
	do(t, s, Request{Op: OpCompact, Revision: s.Stats().Revision})
	require.Equal(t, 9*sweepChanges+1, s.changes.Len())
}

func TestSweepingChangesNoAnswer(t *testing.T) {
	s := New(Limits{})
	for round := range 3 {
		for i := range byte(100) {
			if key := string([]byte{'k', i}); round == 1 && i%3 == 0 {
				do(t, s, del(key, ""))
			} else {
				do(t, s, put(key, "x"))
			}
		}
	}
	const rev = 250
	before := do(t, s, Request{Op: OpHash})
	do(t, s, Request{Op: OpCompact, Revision: rev})
	past := with(get("\x00", "\x00"), func(r *Request) { r.Range.Revision = rev })
	compacted, pairs := do(t, s, Request{Op: OpHash}), do(t, s, past)
	require.NotEqual(t, before.Hash, compacted.Hash)
	for s.changes.Len() > 0 {
		if oldest, _ := s.changes.Min(); oldest.Mod >= rev {
			return
		}
		require.Equal(t, compacted, do(t, s, Request{Op: OpHash}))
		require.Equal(t, pairs, do(t, s, past))
	}
	t.Fatal("changes above the compacted revision were swept")
}

func TestWhatACompactedRevisionWroteIsFreedByTheNextCompaction(t *testing.T) {
	s := New(Limits{})
	do(t, s, put("a", "1"))
	do(t, s, put("b", "1"))
	do(t, s, txn(Txn{Success: []Request{put("a", "2"), del("b", "")}})) // 4
	do(t, s, Request{Op: OpCompact, Revision: 4})
	require.EqualValues(t, 4, s.Stats().Versions, "a watch may begin at 4, and read there")
	do(t, s, put("c", "1"))
	do(t, s, Request{Op: OpCompact, Revision: 5})
	require.EqualValues(t, 2, s.Stats().Versions)
	require.EqualValues(t, 4, s.Stats().Bytes)
	require.Equal(t, "ac", keys(do(t, s, get("a", "\x00"))))
}
