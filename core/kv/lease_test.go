package kv

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func grant(id, ttl int64) Request {
	return Request{Op: OpLeaseGrant, Lease: Lease{ID: id, TTL: ttl}}
}

func revoke(id int64) Request { return Request{Op: OpLeaseRevoke, Lease: Lease{ID: id}} }

func keepAlive(ids ...int64) Request {
	r := Request{Op: OpLeaseKeepAlive}
	for _, id := range ids {
		r.Leases = append(r.Leases, Lease{ID: id})
	}
	return r
}

func expire(due ...Lease) Request {
	r := Request{Op: OpLeaseExpire}
	for _, l := range due { // what a command says of a lease
		r.Leases = append(r.Leases, Lease{ID: l.ID, Renewal: l.Renewal})
	}
	return r
}

func timeToLive(id int64) Request {
	return Request{Op: OpLeaseTimeToLive, Lease: Lease{ID: id}, Keys: true}
}

func under(lease int64, r Request) Request {
	r.Put.Lease = lease
	return r
}

func text(keys [][]byte) (out []string) {
	for _, k := range keys {
		out = append(out, string(k))
	}
	return out
}

func TestALeaseIsGrantedOnce(t *testing.T) {
	s := New(Limits{})
	out := do(t, s, grant(7, 60))
	require.Equal(t, []Lease{{ID: 7, TTL: 60, Renewal: 1}}, out.Leases)
	require.EqualValues(t, 1, out.Revision, "a lease is no revision")
	require.Equal(t, LeaseExists, do(t, s, grant(7, 60)).Code)
	do(t, s, revoke(7))
	require.Equal(t, []Lease{{ID: 7, TTL: 9, Renewal: 2}}, do(t, s, grant(7, 9)).Leases)
}

func TestTheStoreChoosesIDsThatNobodyHas(t *testing.T) {
	s, twin := New(Limits{}), New(Limits{})
	first := do(t, s, grant(0, 60)).Leases[0]
	require.Equal(t, first, do(t, twin, grant(0, 60)).Leases[0], "replicas choose the same")
	do(t, s, revoke(first.ID))
	next := int64(mix(2) >> 1)
	do(t, s, grant(next, 60))
	third := do(t, s, grant(0, 60)).Leases[0]
	require.Positive(t, third.ID)
	require.NotContains(t, []int64{first.ID, next}, third.ID)
}

func TestATimeToLiveIsRaisedOrRefusedOutsideItsBounds(t *testing.T) {
	s := New(Limits{})
	for id, ttl := range []int64{1: -5, 2: 0, 3: 1, 4: 2} {
		if id > 0 {
			require.EqualValues(t, MinLeaseTTL, do(t, s, grant(int64(id), ttl)).Leases[0].TTL)
		}
	}
	require.Equal(t, OK, do(t, s, grant(5, MaxLeaseTTL)).Code)
	require.Equal(t, LeaseTTLTooLarge, do(t, s, grant(6, MaxLeaseTTL+1)).Code)
}

func TestLeasesAreBounded(t *testing.T) {
	s := New(Limits{Leases: 2})
	do(t, s, grant(1, 60))
	do(t, s, grant(2, 60))
	require.Equal(t, TooManyLeases, do(t, s, grant(3, 60)).Code)
	require.Equal(t, TooManyLeases, do(t, s, grant(0, 60)).Code)
	require.Equal(t, LeaseExists, do(t, s, grant(1, 60)).Code)
	do(t, s, revoke(1))
	require.Equal(t, OK, do(t, s, grant(3, 60)).Code)
	require.Equal(t, 2, s.Stats().Leases)

	many := Request{Op: OpLeaseExpire, Leases: make([]Lease, MaxLeaseBatch)}
	require.Equal(t, OK, many.Check())
	many.Leases = append(many.Leases, Lease{})
	require.Equal(t, TooManyLeases, many.Check())
}

func TestAPairUnderALeaseNeedsTheLease(t *testing.T) {
	s := New(Limits{})
	require.Equal(t, LeaseNotFound, do(t, s, under(7, put("a", "1"))).Code)
	inTxn := txn(Txn{Success: []Request{put("b", "1"), under(7, put("a", "1"))}})
	require.Equal(t, LeaseNotFound, do(t, s, inTxn).Code)
	do(t, s, grant(7, 60))
	require.Equal(t, OK, do(t, s, inTxn).Code)
	require.EqualValues(t, 7, do(t, s, get("a", "")).KVs[0].Lease)
}

func TestARevocationDeletesThePairsInOneRevision(t *testing.T) {
	s := New(Limits{})
	do(t, s, grant(7, 60))
	do(t, s, grant(8, 60))
	for _, k := range []string{"c", "a", "b"} {
		do(t, s, under(7, put(k, "1"))) // 2, 3, 4
	}
	do(t, s, put("free", "1"))          // 5
	do(t, s, under(8, put("keep", ""))) // 6
	require.Equal(t, []string{"a", "b", "c"}, text(do(t, s, timeToLive(7)).Keys))
	out := do(t, s, revoke(7))
	require.EqualValues(t, 3, out.Count)
	require.EqualValues(t, 7, out.Revision)
	require.Equal(t, []KeyValue{
		pair("free", "1", 5, 5, 1), {Key: raw("keep"), Create: 6, Mod: 6, Version: 1, Lease: 8},
	}, do(t, s, get("\x00", "\x00")).KVs)
	require.EqualValues(t, 2, s.Stats().Keys)
	require.Equal(t, LeaseNotFound, do(t, s, revoke(7)).Code)

	events, _, _ := s.Watch(&everything, Position{Revision: 7}, 1<<20, nil)
	require.Equal(t, "-a -b -c", told(events))
}

func TestTheEndOfALeaseWithoutPairsIsNoRevision(t *testing.T) {
	s := New(Limits{})
	do(t, s, grant(7, 60))
	do(t, s, under(7, put("a", "1")))
	do(t, s, del("a", ""))
	require.EqualValues(t, 3, do(t, s, revoke(7)).Revision)
	require.Zero(t, s.Stats().Leases)
}

func TestALaterPutDecidesWhichLeaseAPairLivesBy(t *testing.T) {
	s := New(Limits{})
	do(t, s, grant(7, 60))
	do(t, s, grant(8, 60))
	do(t, s, under(7, put("a", "1")))
	do(t, s, under(7, put("b", "1")))
	do(t, s, under(7, put("c", "1")))
	do(t, s, under(8, put("a", "2")))
	do(t, s, put("b", "2"))
	do(t, s, with(put("c", "2"), func(r *Request) { r.Put.IgnoreLease = true }))
	require.Equal(t, []string{"c"}, text(do(t, s, timeToLive(7)).Keys))
	require.Equal(t, []string{"a"}, text(do(t, s, timeToLive(8)).Keys))
	do(t, s, revoke(7))
	require.Equal(t, "ab", keys(do(t, s, get("a", "\x00"))))
}

func TestAnExpiryEndsWhatWasNotRenewedSinceAllInOneRevision(t *testing.T) { // B-36
	s := New(Limits{})
	var due []Lease
	for id := int64(1); id <= 4; id++ {
		due = append(due, do(t, s, grant(id, 60)).Leases...)
		do(t, s, under(id, put(string(rune('a'+id-1)), "1")))
	}
	renewed := do(t, s, keepAlive(2)).Leases
	do(t, s, revoke(3)) // and granted again, so that the id alone would tell nothing
	do(t, s, grant(3, 60))
	do(t, s, under(3, put("c", "2")))

	before := s.Stats().Revision
	out := do(t, s, expire(due...))
	require.Equal(t, []Lease{due[0], due[3]}, out.Leases)
	require.EqualValues(t, 2, out.Count)
	require.EqualValues(t, before+1, out.Revision)
	require.Equal(t, "bc", keys(do(t, s, get("a", "\x00"))))

	hash := s.Hash()
	out = do(t, s, expire(due...))
	require.Empty(t, out.Leases)
	require.EqualValues(t, before+1, out.Revision)
	require.Equal(t, hash, s.Hash(), "what is too late changes nothing")
	require.Equal(t, renewed, do(t, s, expire(renewed...)).Leases)
}

func TestAnExpiryThatNamesALeaseTwiceEndsItOnce(t *testing.T) {
	s := New(Limits{})
	l := do(t, s, grant(1, 60)).Leases[0]
	do(t, s, under(1, put("a", "1")))
	out := do(t, s, expire(l, l))
	require.Equal(t, []Lease{l}, out.Leases)
	require.EqualValues(t, 1, out.Count)
}

func TestARenewalOfNoLeaseSaysSo(t *testing.T) {
	s := New(Limits{})
	do(t, s, grant(5, 60))
	hash := s.Hash()
	require.Equal(t, []Lease{{ID: 9}}, do(t, s, keepAlive(9)).Leases)
	require.Equal(t, hash, s.Hash())
	require.Equal(t, []Lease{{ID: 9}, {ID: 5, TTL: 60, Renewal: 2}},
		do(t, s, keepAlive(9, 5)).Leases)
}

func TestTimeToLiveAndTheListTellWhatIsThere(t *testing.T) {
	s := New(Limits{})
	require.Equal(t, []Lease{{ID: 9, TTL: -1}}, do(t, s, timeToLive(9)).Leases)
	require.Empty(t, do(t, s, Request{Op: OpLeases}).Leases)
	for _, id := range []int64{5, -3, 4} {
		do(t, s, grant(id, 10*id))
	}
	do(t, s, under(5, put("a", "1")))
	list := []Lease{{ID: -3, TTL: 2, Renewal: 2}, {4, 40, 3}, {5, 50, 1}}
	ask := timeToLive(5)
	var out Response
	for _, r := range []Request{{Op: OpLeases}, ask} {
		require.True(t, r.ReadOnly())
		require.NoError(t, DecodeResponse(s.Read(AppendRequest(nil, &r), nil), &out))
		require.Equal(t, do(t, s, r), out)
	}
	require.Equal(t, list, do(t, s, Request{Op: OpLeases}).Leases)
	require.Equal(t, []string{"a"}, text(out.Keys))
	ask.Keys = false
	require.Empty(t, do(t, s, ask).Keys)
	got, found := s.Lease(4)
	require.True(t, found)
	require.Equal(t, list[1], got)
	_, found = s.Lease(6)
	require.False(t, found)
}

func TestADriverLearnsOfEachRenewalSinceTheLastItSaw(t *testing.T) {
	s := New(Limits{})
	since := func(renewal uint64) (ids []int64) {
		for l := range s.LeasesRenewedAfter(renewal) {
			ids = append(ids, l.ID)
		}
		return ids
	}
	require.Empty(t, since(0))
	for id := int64(1); id <= 3; id++ {
		do(t, s, grant(id, 60))
	}
	do(t, s, keepAlive(1))
	do(t, s, revoke(2))
	require.Equal(t, []int64{3, 1}, since(0), "each lease once, at its latest")
	require.Equal(t, []int64{1}, since(3))
	require.Empty(t, since(4))
	require.Empty(t, since(^uint64(0)))
	for range s.LeasesRenewedAfter(0) {
		break // an iteration may end early
	}
}

func TestLeaseOperationsMayNotStandInATransaction(t *testing.T) {
	for op := OpLeaseGrant; op < ops; op++ {
		r := txn(Txn{Success: []Request{{Op: op}}})
		require.Equal(t, Malformed, r.Check())
		require.Equal(t, Malformed, do(t, New(Limits{}), r).Code)
	}
}
