package node

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/kv"
	"github.com/synodlab/synod/core/paxos"
)

// someImage is the snapshot of a small store.
func someImage(t testing.TB) []byte {
	r, err := paxos.Open(rehearsed())
	require.NoError(t, err)
	var rec paxos.Record
	r.Header(&rec)
	rec.Kind, rec.Chosen, rec.Span = paxos.Snapshot, 7, paxos.Span{Lo: 1, Hi: 8}
	rec.LSN, rec.Ballot = 0, 0
	s := kv.New(storeLimits)
	s.ApplyOnce(5, 1, put("a", "1"), nil)
	var b bytes.Buffer
	im := &image{rec: rec, highest: 5, store: s}
	require.NoError(t, im.writeTo(&b, nil))
	return b.Bytes()
}

// rehearsed is a configuration of one node.
func rehearsed() *paxos.Config {
	c := Config{Cluster: "test", Node: 1, Limits: testLimits(),
		Peers: map[paxos.NodeID]string{1: "127.0.0.1:1"}}
	return c.rehearsal()
}

func TestAnImageIsReadBackAsItWasWritten(t *testing.T) {
	im, err := readImage(bytes.NewReader(someImage(t)))
	require.NoError(t, err)
	require.EqualValues(t, 7, im.rec.Chosen)
	require.EqualValues(t, 5, im.highest)
	require.EqualValues(t, 1, im.store.Stats().Keys)
}

func FuzzAnImageIsJudgedAndNeverPanics(f *testing.F) {
	whole := someImage(f)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte{255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		im, err := readImage(bytes.NewReader(b))
		if err == nil && (im.store == nil || im.rec.Kind != paxos.Snapshot) {
			t.Fatal("it is none")
		}
	})
}
