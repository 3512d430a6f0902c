package trace

import (
	"encoding/json"
	"hash/fnv"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

func TestRecordsHaveTheSizesThatReadersOutsideRelyOn(t *testing.T) {
	require.EqualValues(t, 72, unsafe.Sizeof(Record{}))
	require.EqualValues(t, 16, unsafe.Sizeof(Change{}))
}

func sample() *Log {
	l := &Log{Nodes: []string{"S1", "S2"}, Kinds: []string{"accept"}}
	r := New(Send, 0)
	r.At, r.Message, r.From, r.To, r.Type = 1000, 1, 0, 1, 1
	r.Ballot, r.Value = 0, l.Names.Of("a \"quoted\" <value>\n\x01 ü")
	l.Append(r)
	x := New(Execute, 1)
	x.State = l.Histories.Then(l.Histories.Then(0, l.Names.Of("m1")), l.Names.Of("m2"))
	x.Cause = 1
	l.Append(x)
	return l
}

func TestALineIsJSONAndKeepsZeroNumbersApartFromAbsentOnes(t *testing.T) {
	l := sample()
	var got map[string]any
	require.NoError(t, json.Unmarshal(l.AppendJSON(nil, 0), &got))
	require.Equal(t, map[string]any{"event": 0.0, "at": 1000.0, "node": "S1", "kind": "send",
		"id": 1.0, "from": "S1", "to": "S2", "message": "accept", "ballot": 0.0,
		"value": "a \"quoted\" <value>\n\x01 ü"}, got)
	got = nil
	require.NoError(t, json.Unmarshal(l.AppendJSON(nil, 1), &got))
	require.Equal(t, "m1 m2", got["state"])
	require.EqualValues(t, 0, got["cause"])
}

func TestTheHashIsFNV1aOfTheFile(t *testing.T) {
	l := sample()
	h := fnv.New64a()
	for i := range l.Records {
		h.Write(l.AppendJSON(nil, i))
	}
	require.Equal(t, h.Sum64(), l.Hash())
}

func TestEqualSequencesAreOneHistoryAndPrefixesAreFound(t *testing.T) {
	var h Histories
	a := h.Then(0, 1)
	ab := h.Then(a, 2)
	ba := h.Then(h.Then(0, 2), 1)
	require.Equal(t, ab, h.Then(h.Then(0, 1), 2))
	require.True(t, h.Comparable(ab, a))
	require.True(t, h.Prefix(0, ba))
	require.False(t, h.Comparable(ab, ba))
	require.True(t, h.Has(ba, 1))
	require.Equal(t, []Value{2, 1}, h.Append(nil, ba))
}

func TestACellHoldsANumberATextOrNothing(t *testing.T) {
	n, ok := NumberCell(-1).Number()
	require.True(t, ok)
	require.EqualValues(t, -1, n)
	v, ok := ValueCell(7).Value()
	require.True(t, ok)
	require.EqualValues(t, 7, v)
	_, ok = Empty.Number()
	require.False(t, ok)
	require.Equal(t, Empty, NumberCell(NoNumber))
}

func TestAppendingToAWarmLogAllocatesNothing(t *testing.T) {
	l := sample()
	text := []byte("m1")
	require.Zero(t, testing.AllocsPerRun(100, func() {
		l.Records = l.Records[:2]
		r := New(Execute, 0)
		r.Value = l.Names.OfBytes(text)
		r.State = l.Histories.Then(0, r.Value)
		l.Append(r)
	}))
}
