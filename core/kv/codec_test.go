package kv

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func sampleRequests() []Request {
	return []Request{
		put("key", "value"), put("k", ""), get("a", ""), get("\x00", "\x00"), del("a", "z"),
		{Op: OpPut, Put: Put{
			Key: []byte("k"), Lease: -1, PrevKV: true, IgnoreValue: true, IgnoreLease: true,
		}},
		{Op: OpRange, Range: Range{
			Key: []byte("k"), Limit: -1, Revision: math.MaxInt64,
			MinMod: 1, MaxMod: 2, MinCreate: 3, MaxCreate: math.MinInt64,
			Order: SortDescend, Target: SortByValue, KeysOnly: true, CountOnly: true,
		}},
		{Op: OpCompact, Revision: 300}, {Op: OpHash},
		grant(0, 60), grant(math.MinInt64, -1), revoke(7), keepAlive(), keepAlive(1, -2),
		expire(), expire(Lease{ID: 1, Renewal: math.MaxUint64}, Lease{ID: -2}),
		timeToLive(9), {Op: OpLeaseTimeToLive}, {Op: OpLeases},
		txn(Txn{}),
		txn(Txn{
			Compare: []Compare{
				{Key: []byte("k"), Target: CompareValue, Result: Less, Value: []byte("v")},
				{
					Key: []byte("k"), End: []byte("\x00"),
					Target: CompareLease, Result: NotEqual, Number: -9,
				},
			},
			Success: []Request{
				put("a", "1"), get("b", ""), txn(Txn{Failure: []Request{del("c", "")}}),
			},
			Failure: []Request{txn(Txn{Success: []Request{txn(Txn{})}})},
		}),
	}
}

func TestARequestDecodesToItself(t *testing.T) {
	for _, r := range sampleRequests() {
		var back Request
		require.NoError(t, DecodeRequest(AppendRequest(nil, &r), &back))
		require.Equal(t, r, back)
	}
	rapid.Check(t, func(t *rapid.T) {
		r := drawRequest(t, 5, 0)
		var back Request
		require.NoError(t, DecodeRequest(AppendRequest(nil, &r), &back))
		require.Equal(t, r, back)
	})
}

func TestEveryTruncationAndEveryExtraByteIsRefused(t *testing.T) {
	for _, r := range sampleRequests() {
		command := AppendRequest(nil, &r)
		var back Request
		for n := range command {
			require.Error(t, DecodeRequest(command[:n], &back), "%d bytes of %+v", n, r)
		}
		require.Error(t, DecodeRequest(append(command, 0), &back))
	}
}

func TestAnErrorTellsWhereAndWhatWasWanted(t *testing.T) {
	deep := strings.Repeat("\x04\x00\x01", MaxTxnDepth+1)
	for command, want := range map[string]string{
		"":                            "kv: request: byte 0: want format version 1",
		"\x02":                        "kv: request: byte 0: want format version 1",
		"\x00\x05\x00":                "kv: request: byte 0: want format version 1",
		"\x01\x00":                    "kv: request: byte 2: want an operation from 1 to 12",
		"\x01\x0d":                    "kv: request: byte 1: want an operation from 1 to 12",
		"\x01\x05\x80\x00":            "kv: request: byte 2: want a revision",
		"\x01\x05\x01\x00":            "kv: request: byte 3: want the end",
		"\x01\x02\x08":                "kv: request: byte 2: want put flags",
		"\x01\x02\x00\x00\x09abc":     "kv: request: byte 4: want a key",
		"\x01\x04\x00\x80\x7f\x05":    "kv: request: byte 3: want at most 128 operations",
		"\x01" + deep:                 "kv: request: byte 50: want a transaction at most 16 deep",
		string(make([]byte, 3<<19)):   "kv: request: byte 0: want format version 1",
		string(make([]byte, 3<<19+1)): "kv: request: byte 0: want at most 1572864 bytes",
	} {
		var r Request
		require.EqualError(t, DecodeRequest([]byte(command), &r), want)
	}
}

func FuzzDecodeRequest(f *testing.F) {
	for _, r := range sampleRequests() {
		f.Add(AppendRequest(nil, &r))
	}
	f.Add([]byte("\x01\x04\x80\x01\x80\x01"))
	f.Fuzz(func(t *testing.T, command []byte) {
		var r Request
		if DecodeRequest(command, &r) != nil {
			return
		}
		require.Equal(t, command, AppendRequest(nil, &r), "one command has one encoding")
		s := New(Limits{})
		var out Response
		require.NoError(t, DecodeResponse(s.Apply(command, nil), &out))
		if code := r.Check(); code != OK {
			require.Equal(t, code, out.Code)
		}
		if r.ReadOnly() {
			require.EqualValues(t, 1, s.Stats().Revision)
		}
	})
}

func sampleResponses() []Response {
	kvs := []KeyValue{pair("a", "1", 2, 3, 4), {Key: []byte("b"), Lease: -1, Mod: math.MinInt64}}
	return []Response{
		{Code: Compacted, Revision: 9},
		{Op: OpRange, Revision: 9, KVs: kvs, Count: 12, More: true},
		{Op: OpRange},
		{Op: OpPut, Revision: 3, KVs: kvs[:1]},
		{Op: OpDelete, Count: 2, KVs: kvs},
		{Op: OpTxn, Revision: 4, Succeeded: true, Responses: []Response{
			{Op: OpPut, Revision: 4}, {Op: OpTxn, Responses: []Response{{Op: OpRange, KVs: kvs}}},
		}},
		{Op: OpCompact, Revision: 7},
		{Op: OpHash, Hash: math.MaxUint64, CompactRevision: -1},
		{Op: OpLeaseGrant, Revision: 2, Leases: []Lease{{ID: -1, TTL: 60, Renewal: 3}}},
		{Op: OpLeaseRevoke, Revision: 3, Count: 300},
		{Op: OpLeaseKeepAlive, Leases: []Lease{{ID: 1}, {2, 3, math.MaxUint64}}},
		{Op: OpLeaseExpire, Count: 2, Leases: []Lease{{ID: 1}}}, {Op: OpLeaseExpire},
		{Op: OpLeaseTimeToLive, Leases: []Lease{{ID: 1, TTL: -1}}},
		{Op: OpLeaseTimeToLive, Leases: []Lease{{ID: 1}}, Keys: [][]byte{raw("a"), raw("b")}},
		{Op: OpLeases, Leases: []Lease{{1, 2, 3}, {4, 5, 6}}},
	}
}

func TestAResponseDecodesToItself(t *testing.T) {
	for _, r := range sampleResponses() {
		var back Response
		encoded := AppendResponse([]byte("front"), &r)
		require.NoError(t, DecodeResponse(encoded[5:], &back))
		require.Equal(t, r, back)
		for n := range encoded[5:] {
			require.Error(t, DecodeResponse(encoded[5:5+n], &back))
		}
	}
}

func FuzzDecodeResponse(f *testing.F) {
	for _, r := range sampleResponses() {
		f.Add(AppendResponse(nil, &r))
	}
	f.Fuzz(func(t *testing.T, response []byte) {
		var r Response
		if DecodeResponse(response, &r) == nil {
			require.Equal(t, response, AppendResponse(nil, &r))
		}
	})
}

func TestEveryCodeHasAText(t *testing.T) {
	for c := OK; c < codes; c++ {
		require.NotEmpty(t, c.String())
	}
	require.Equal(t, "unknown code", codes.String())
}
