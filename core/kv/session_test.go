package kv

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func once(t require.TestingT, s *Store, client, seq uint64, r Request) Response {
	var out Response
	require.NoError(t, DecodeResponse(s.ApplyOnce(client, seq, AppendRequest(nil, &r), nil), &out))
	return out
}

func next(t require.TestingT, s *Store, client, seq uint64, r Request) Response {
	var out Response
	require.NoError(t, DecodeResponse(s.ApplyNext(client, seq, AppendRequest(nil, &r), nil), &out))
	return out
}

func TestARepeatedCommandIsAnsweredNotExecuted(t *testing.T) { // B-31
	s := New(Limits{})
	ask := with(put("a", "1"), func(r *Request) { r.Put.PrevKV = true })
	first := once(t, s, 7, 1, ask)
	require.EqualValues(t, 2, first.Revision)
	once(t, s, 8, 1, put("a", "2"))
	require.Equal(t, first, once(t, s, 7, 1, ask))
	require.EqualValues(t, 3, s.Stats().Revision)
	require.Equal(t, "2", string(do(t, s, get("a", "")).KVs[0].Value))
}

func TestARefusalIsRepeatedToo(t *testing.T) {
	s := New(Limits{})
	keep := with(put("a", ""), func(r *Request) { r.Put.IgnoreValue = true })
	require.Equal(t, KeyNotFound, once(t, s, 7, 1, keep).Code)
	do(t, s, put("a", "1"))
	require.Equal(t, KeyNotFound, once(t, s, 7, 1, keep).Code, "the first answer was definite")
	require.Equal(t, OK, once(t, s, 7, 2, keep).Code)
}

func TestOutstandingCommandsExecuteInAnyOrderEachOnce(t *testing.T) { // B-27
	s := New(Limits{})
	for _, seq := range []uint64{2, 1, 4, 2, 3, 1, 4} {
		once(t, s, 7, seq, put("k", string(rune('0'+seq))))
	}
	require.EqualValues(t, 5, s.Stats().Revision)
	require.Equal(t, "3", string(do(t, s, get("k", "")).KVs[0].Value))
}

func TestASequenceNumberThatLeftTheWindowIsNeverExecuted(t *testing.T) {
	s := New(Limits{Window: 4})
	once(t, s, 7, 1, put("a", "1"))
	once(t, s, 7, 5, put("a", "5"))
	require.Equal(t, SessionExpired, once(t, s, 7, 1, put("a", "1")).Code)
	require.Equal(t, OK, once(t, s, 7, 2, put("a", "2")).Code)
	once(t, s, 7, 100, put("a", "100"))
	for seq := uint64(1); seq <= 96; seq++ {
		require.Equal(t, SessionExpired, once(t, s, 7, seq, put("a", "again")).Code)
	}
	require.Equal(t, 1, s.replies.Len())
	require.EqualValues(t, 5, s.Stats().Revision)
}

func TestTheTableIsBounded(t *testing.T) {
	s := New(Limits{Sessions: 3, Window: 5})
	for seq := uint64(1); seq < 50; seq++ {
		for client := uint64(1); client < 20; client++ {
			once(t, s, client, seq, put("a", "1"))
		}
	}
	require.Equal(t, 3, s.sessions.Len())
	require.LessOrEqual(t, s.replies.Len(), 3*5)
}

func TestAnEvictedClientIsRefusedForEver(t *testing.T) { // B-36
	s := New(Limits{Sessions: 2})
	once(t, s, 10, 1, put("a", "1"))
	once(t, s, 20, 1, put("a", "2"))
	once(t, s, 10, 2, put("a", "3")) // 20 is now the oldest
	once(t, s, 30, 1, put("a", "4")) // evicts 20
	rev := s.Stats().Revision
	require.Equal(t, SessionExpired, once(t, s, 20, 1, put("a", "late")).Code)
	require.Equal(t, SessionExpired, once(t, s, 20, 2, put("a", "late")).Code)
	require.Equal(t, SessionExpired, once(t, s, 15, 1, put("a", "new, but below the floor")).Code)
	require.EqualValues(t, 2, once(t, s, 10, 1, put("a", "1")).Revision, "10 is still known")
	require.Equal(t, rev, s.Stats().Revision)
	require.Equal(t, OK, once(t, s, 21, 1, put("a", "5")).Code)
}

func TestARepetitionCountsAsUse(t *testing.T) {
	s := New(Limits{Sessions: 2})
	once(t, s, 10, 1, put("a", "1"))
	once(t, s, 20, 1, put("a", "2"))
	once(t, s, 10, 1, put("a", "1"))
	once(t, s, 30, 1, put("a", "3"))
	require.EqualValues(t, 2, once(t, s, 10, 1, put("a", "1")).Revision)
	require.Equal(t, SessionExpired, once(t, s, 20, 1, put("a", "2")).Code)
}

func TestALongAnswerIsForgottenTheExecutionIsNot(t *testing.T) {
	s := New(Limits{ReplyBytes: 64})
	long := put("a", string(make([]byte, 100)))
	long.Put.PrevKV = true
	once(t, s, 7, 1, long)
	require.Len(t, once(t, s, 7, 2, long).KVs, 1)
	require.Equal(t, ReplyGone, once(t, s, 7, 2, long).Code)
	require.EqualValues(t, 3, s.Stats().Revision)

	once(t, s, 7, 3, get("a", ""))
	before := s.Stats().Revision
	require.Len(t, once(t, s, 7, 3, get("a", "")).KVs, 1, "a read is run again")
	require.Equal(t, before, s.Stats().Revision)
}

func TestNoClientIsNoSession(t *testing.T) {
	s := New(Limits{})
	require.Equal(t, Malformed, once(t, s, 0, 1, put("a", "1")).Code)
	require.Equal(t, Malformed, once(t, s, 1, 0, put("a", "1")).Code)
	require.EqualValues(t, 1, s.Stats().Revision)
}

func TestARestoredStoreRemembersWhatItAnswered(t *testing.T) { // B-35
	s := New(Limits{})
	first := once(t, s, 7, 5, put("a", "1"))
	restored, err := Restore(s.AppendState(nil))
	require.NoError(t, err)
	require.Equal(t, first, once(t, restored, 7, 5, put("a", "1")))
	require.EqualValues(t, 2, restored.Stats().Revision)
}

func TestCommandsInOrderAreExecutedInOrder(t *testing.T) { // B-27
	s := New(Limits{})
	hash := s.Hash()
	require.Equal(t, OutOfOrder, next(t, s, 7, 2, put("a", "2")).Code)
	require.Equal(t, hash, s.Hash(), "what is out of order is as if it had not come")
	require.Equal(t, OK, next(t, s, 7, 1, put("a", "1")).Code)
	require.Equal(t, OutOfOrder, next(t, s, 7, 3, put("a", "3")).Code)
	second := next(t, s, 7, 2, put("a", "2"))
	require.EqualValues(t, 3, second.Revision)
	require.Equal(t, second, next(t, s, 7, 2, put("a", "2")), "a repetition is answered")
	require.Equal(t, OK, next(t, s, 7, 3, put("a", "3")).Code)
	require.Equal(t, "3", string(do(t, s, get("a", "")).KVs[0].Value))
}

func TestTheLastSequenceNumberOfAllIsANumberLikeOthers(t *testing.T) {
	s := New(Limits{Window: 2})
	const last = math.MaxUint64
	first := once(t, s, last, last, put("a", "1"))
	require.Equal(t, OK, first.Code)
	require.Equal(t, first, next(t, s, last, last, put("a", "1")))
	require.Equal(t, SessionExpired, once(t, s, last, last-2, put("a", "1")).Code)
	require.Equal(t, OK, once(t, s, last, last-1, put("a", "1")).Code)
	restored, err := Restore(s.AppendState(nil))
	require.NoError(t, err)
	require.Equal(t, first, once(t, restored, last, last, put("a", "1")))
}

func TestNoCommandIsEverExecutedTwice(t *testing.T) { // B-31, B-36
	limits := Limits{Sessions: 3, Window: 4, ReplyBytes: 40}
	rapid.Check(t, func(t *rapid.T) {
		s := New(limits)
		first := map[[2]uint64]Response{}
		for range rapid.IntRange(1, 80).Draw(t, "commands") {
			id := [2]uint64{
				rapid.Uint64Range(1, 7).Draw(t, "client"), rapid.Uint64Range(1, 12).Draw(t, "seq"),
			}
			key := strconv.Itoa(int(100*id[0] + id[1]))
			apply, before := once, s.Stats().Revision
			if rapid.Bool().Draw(t, "in order") {
				apply = next
			}
			out := apply(t, s, id[0], id[1], put(key, "1"))
			given, executed := first[id]
			switch out.Code {
			case OK:
				if executed {
					require.Equal(t, given, out)
				} else {
					require.Equal(t, before+1, out.Revision)
				}
				first[id] = out
			case SessionExpired:
			case OutOfOrder:
				require.False(t, executed)
			default:
				require.Fail(t, "another code", "%v", out.Code)
			}
			if executed || out.Code != OK {
				require.Equal(t, before, s.Stats().Revision)
			}
			s = relive(t, s)
		}
		for _, p := range do(t, s, get("\x00", "\x00")).KVs {
			require.EqualValues(t, 1, p.Version)
		}
		require.EqualValues(t, len(first), s.Stats().Keys)
	})
}
