package kv

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// do applies r the way a replica does, through its bytes.
func do(t require.TestingT, s *Store, r Request) Response {
	var out Response
	require.NoError(t, DecodeResponse(s.Apply(AppendRequest(nil, &r), nil), &out))
	return out
}

// raw is the bytes of s, nil if there are none, as decoded.
func raw(s string) []byte {
	if s == "" {
		return nil
	}
	return []byte(s)
}

func put(key, value string) Request {
	return Request{Op: OpPut, Put: Put{Key: raw(key), Value: raw(value)}}
}

func get(key, end string) Request {
	return Request{Op: OpRange, Range: Range{Key: raw(key), End: raw(end)}}
}

func del(key, end string) Request {
	return Request{Op: OpDelete, Delete: Delete{Key: raw(key), End: raw(end), PrevKV: true}}
}

func txn(t Txn) Request { return Request{Op: OpTxn, Txn: &t} }

func with(r Request, change func(*Request)) Request {
	change(&r)
	return r
}

func pair(key, value string, create, mod, version int64) KeyValue {
	return KeyValue{Key: raw(key), Value: raw(value), Create: create, Mod: mod, Version: version}
}

func TestAnEmptyStoreIsAtRevision1(t *testing.T) {
	s := New(Limits{})
	require.EqualValues(t, 1, s.Stats().Revision)
	require.EqualValues(t, -1, s.Stats().CompactRevision)
	require.EqualValues(t, 1, do(t, s, get("a", "")).Revision)
}

func TestAPutRaisesTheRevisionAndVersionAndKeepsCreate(t *testing.T) {
	s := New(Limits{})
	require.EqualValues(t, 2, do(t, s, put("a", "1")).Revision)
	require.EqualValues(t, 3, do(t, s, put("b", "x")).Revision)
	require.EqualValues(t, 4, do(t, s, put("a", "2")).Revision)
	out := do(t, s, get("a", ""))
	require.Equal(t, []KeyValue{pair("a", "2", 2, 4, 2)}, out.KVs)
	require.EqualValues(t, 1, out.Count)
	require.EqualValues(t, 4, out.Revision)
}

func TestAPutAnswersThePreviousPairOnlyIfAsked(t *testing.T) {
	s := New(Limits{})
	ask := with(put("a", "2"), func(r *Request) { r.Put.PrevKV = true })
	require.Empty(t, do(t, s, ask).KVs)
	require.Equal(t, []KeyValue{pair("a", "2", 2, 2, 1)}, do(t, s, ask).KVs)
	require.Empty(t, do(t, s, put("a", "3")).KVs)
}

func TestAPutThatIgnoresTheValueKeepsIt(t *testing.T) {
	s := New(Limits{})
	keep := with(put("a", ""), func(r *Request) { r.Put.IgnoreValue = true })
	require.Equal(t, KeyNotFound, do(t, s, keep).Code)
	do(t, s, put("a", "1"))
	require.Equal(t, OK, do(t, s, keep).Code)
	require.Equal(t, []KeyValue{pair("a", "1", 2, 3, 2)}, do(t, s, get("a", "")).KVs)
	keep.Put.Value = []byte("2")
	require.Equal(t, ValueProvided, do(t, s, keep).Code)
}

func TestAPutThatIgnoresTheLeaseNeedsThePair(t *testing.T) {
	s := New(Limits{})
	keep := with(put("a", "1"), func(r *Request) { r.Put.IgnoreLease = true })
	require.Equal(t, KeyNotFound, do(t, s, keep).Code)
	do(t, s, put("a", "0"))
	require.Equal(t, OK, do(t, s, keep).Code)
	keep.Put.Lease = 7
	require.Equal(t, LeaseProvided, do(t, s, keep).Code)
}

func TestARefusedCommandChangesNothing(t *testing.T) {
	leased, late := put("a", "1"), get("a", "")
	leased.Put.Lease, late.Range.Revision = 9, 3
	cases := map[string]struct {
		code Code
		r    Request
	}{
		"put without key":      {EmptyKey, put("", "1")},
		"range without key":    {EmptyKey, get("", "z")},
		"delete without key":   {EmptyKey, del("", "z")},
		"put under a lease":    {LeaseNotFound, leased},
		"read of the future":   {FutureRevision, late},
		"compaction to come":   {FutureRevision, Request{Op: OpCompact, Revision: 3}},
		"hash of the future":   {FutureRevision, Request{Op: OpHash, Revision: 3}},
		"compare without key":  {EmptyKey, txn(Txn{Compare: []Compare{{}}})},
		"compact within a txn": {Malformed, txn(Txn{Success: []Request{{Op: OpCompact}}})},
		"failing op after put": {KeyNotFound, txn(Txn{Success: []Request{put("b", "1"),
			with(put("c", ""), func(r *Request) { r.Put.IgnoreValue = true })}})},
		"late read after put": {FutureRevision, txn(Txn{Success: []Request{put("b", "1"), late}})},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := New(Limits{})
			do(t, s, put("k", "v"))
			before := s.Hash()
			out := do(t, s, c.r)
			require.Equal(t, c.code, out.Code, "%v", out.Code)
			require.EqualValues(t, 2, out.Revision)
			require.Equal(t, before, s.Hash())
		})
	}
}

func TestBytesThatAreNoCommandAreRefusedAlike(t *testing.T) {
	s := New(Limits{})
	before := s.Hash()
	for _, command := range []string{"", "\x00", "\x01", "\x01\x0d", "\x01\x02\x00\x00\x05a"} {
		var out Response
		require.NoError(t, DecodeResponse(s.Apply([]byte(command), nil), &out))
		require.Equal(t, Malformed, out.Code, "%q", command)
	}
	require.Equal(t, before, s.Hash())
}

func TestWhatIsLongerThanItsBoundIsRefused(t *testing.T) {
	long := string(make([]byte, MaxKeyBytes+1))
	for name, r := range map[string]Request{
		"put":         put(long, ""),
		"value":       put("a", string(make([]byte, MaxValueBytes+1))),
		"range":       get(long, ""),
		"range end":   get("a", long),
		"delete":      del(long, ""),
		"delete end":  del("a", long),
		"compare":     txn(Txn{Compare: []Compare{{Key: raw(long)}}}),
		"compare end": txn(Txn{Compare: []Compare{{Key: raw("a"), End: raw(long)}}}),
		"in a txn":    txn(Txn{Failure: []Request{get(long, "")}}),
	} {
		require.Equal(t, TooLarge, r.Check(), name)
		require.Equal(t, TooLarge, do(t, New(Limits{}), r).Code, name)
	}
	s := New(Limits{})
	fits := put(long[1:], string(make([]byte, MaxValueBytes-2*MaxKeyBytes)))
	require.Equal(t, OK, do(t, s, fits).Code, "a put at both bounds is a command")
	var out Response
	command := make([]byte, MaxCommandBytes+1)
	require.NoError(t, DecodeResponse(s.Apply(command, nil), &out))
	require.Equal(t, TooLarge, out.Code)
}

func TestAFullStoreTakesNothingInUntilSomethingLeft(t *testing.T) {
	s := New(Limits{Bytes: 40})
	ten := "0123456789"
	do(t, s, put("a", ten))
	do(t, s, put("b", ten))
	do(t, s, put("c", ten)) // 33 bytes
	two := txn(Txn{Success: []Request{put("d", "123"), put("e", "123")}})
	require.Equal(t, NoSpace, do(t, s, put("d", ten)).Code)
	require.Equal(t, NoSpace, do(t, s, two).Code, "its puts count together")
	keep := with(put("a", ""), func(r *Request) { r.Put.IgnoreValue = true })
	require.Equal(t, NoSpace, do(t, s, keep).Code, "a version for itself")
	require.Equal(t, OK, do(t, s, put("d", "12345")).Code, "up to the bound")
	do(t, s, del("a", "c"))
	require.Equal(t, NoSpace, do(t, s, put("e", "1")).Code, "the past is still there")
	do(t, s, del("d", ""))
	do(t, s, Request{Op: OpCompact, Revision: s.Stats().Revision})
	require.Equal(t, OK, do(t, s, put("e", ten)).Code)
}

func TestLimitsAreFilledInAndBounded(t *testing.T) {
	require.Equal(t, Limits{64, 1024, 1024, 65536, 2 << 30}, New(Limits{}).Limits())
	huge := Limits{1 << 40, 1 << 40, 1 << 40, 1 << 40, 1 << 40}
	require.Equal(t, Limits{1 << 16, 1 << 20, 1 << 20, 1 << 24, 1 << 40}, New(huge).Limits())
}

func TestADeleteAnswersWhatItRemoved(t *testing.T) {
	s := New(Limits{})
	do(t, s, put("a", "1"))
	do(t, s, put("b", "2"))
	do(t, s, put("c", "3"))
	out := do(t, s, del("a", "c"))
	require.EqualValues(t, 2, out.Count)
	require.EqualValues(t, 5, out.Revision)
	require.Equal(t, []KeyValue{pair("a", "1", 2, 2, 1), pair("b", "2", 3, 3, 1)}, out.KVs)
	require.EqualValues(t, 1, s.Stats().Keys)
	require.Equal(t, []KeyValue{pair("c", "3", 4, 4, 1)}, do(t, s, get("\x00", "\x00")).KVs)
}

func TestADeleteOfNothingIsNoRevision(t *testing.T) {
	s := New(Limits{})
	do(t, s, put("a", "1"))
	out := do(t, s, del("b", "\x00"))
	require.Zero(t, out.Count)
	require.EqualValues(t, 2, out.Revision)
}

func TestAKeyPutAfterItsDeletionIsNew(t *testing.T) {
	s := New(Limits{})
	do(t, s, put("a", "1"))
	do(t, s, put("a", "2"))
	do(t, s, del("a", ""))
	do(t, s, put("a", "3"))
	require.Equal(t, []KeyValue{pair("a", "3", 5, 5, 1)}, do(t, s, get("a", "")).KVs)
}

func TestReadAnswersWithoutChangingTheState(t *testing.T) {
	s := New(Limits{})
	do(t, s, put("a", "1"))
	before := s.Hash()
	var out Response
	read := get("a", "")
	require.NoError(t, DecodeResponse(s.Read(AppendRequest(nil, &read), nil), &out))
	require.Equal(t, []KeyValue{pair("a", "1", 2, 2, 1)}, out.KVs)
	write := put("a", "2")
	require.NoError(t, DecodeResponse(s.Read(AppendRequest(nil, &write), nil), &out))
	require.Equal(t, NotReadOnly, out.Code)
	require.Equal(t, before, s.Hash())
}

func TestApplyAppendsAndKeepsNothingOfTheCommand(t *testing.T) {
	s := New(Limits{})
	r := put("key", "value")
	command := AppendRequest(nil, &r)
	answer := s.Apply(command, []byte("front"))
	require.Equal(t, "front", string(answer[:5]))
	clear(command)
	require.Equal(t, []KeyValue{pair("key", "value", 2, 2, 1)}, do(t, s, get("key", "")).KVs)
}

func TestACloneStaysAsItWas(t *testing.T) {
	s := New(Limits{})
	for _, k := range []string{"a", "b", "c"} {
		do(t, s, put(k, "1"))
	}
	c := s.Clone()
	hash, state := s.Hash(), s.AppendState(nil)
	do(t, s, put("a", "2"))
	do(t, s, del("b", "\x00"))
	do(t, s, Request{Op: OpCompact, Revision: 6})
	require.NotEqual(t, hash, s.Hash())
	require.Equal(t, hash, c.Hash())
	require.Equal(t, state, c.AppendState(nil))
	require.Equal(t, []KeyValue{pair("b", "1", 3, 3, 1)}, do(t, c, get("b", "")).KVs)
}

func TestACloneIsEncodedWhileTheOriginalGoesOn(t *testing.T) {
	s := New(Limits{})
	for i := range 500 {
		once(t, s, 7, uint64(i+1), put(string(rune('a'+i)), "1"))
	}
	want, c := s.AppendState(nil), s.Clone()
	got := make(chan []byte)
	go func() { got <- c.AppendState(nil) }()
	for i := range 500 {
		once(t, s, 7, uint64(i+501), put(string(rune('a'+i)), "2"))
	}
	do(t, s, Request{Op: OpCompact, Revision: s.Stats().Revision})
	require.Equal(t, want, <-got)
}
