package paxos

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A recording of a run with every fault, played back, gives the same bytes, in one piece or in
// many. What was recorded ran in memory that had been used, what plays it is new.
func TestATranscriptPlaysBackToTheSameBytes(t *testing.T) {
	for seed := int64(0); seed < 24; seed++ {
		w := newNetwork(t, 3, roomyLimits(), seed)
		w.record = true
		for len(w.nodes) < 5 {
			w.add(DiskID{byte(len(w.nodes) + 1)})
		}
		for _, nd := range w.nodes { // from here on
			nd.log = nd.log[:nd.durable]
			w.start(nd)
		}
		if seed%2 == 0 {
			chaosIn(w)
		} else {
			churn(w)
		}
		for _, nd := range w.nodes {
			p := NewPlayer(1 << 20)
			n, err := p.Play(nd.script)
			require.NoError(t, err)
			require.Len(t, nd.script, n)
			require.Equal(t, nd.hash.hash, p.Hash(), "seed %d node %d", seed, nd.id)
			require.Equal(t, nd.r.AppendState(nil), p.Replica().AppendState(nil))
			require.Positive(t, p.Drains())
			pieces := NewPlayer(1 << 20)
			for at := 0; at < len(nd.script); {
				n, err := pieces.Play(nd.script[at:min(at+4096, len(nd.script))])
				require.NoError(t, err)
				require.Positive(t, n)
				at += n
			}
			require.Equal(t, p.Hash(), pieces.Hash())
		}
	}
}

func TestABadTranscriptIsRefused(t *testing.T) {
	c := configOf(3, 0, smallLimits(), 1)
	var good Transcript
	good.Open(&c)
	play := func(t Transcript) error {
		_, err := NewPlayer(1 << 20).Play(t)
		return err
	}
	require.NoError(t, play(good))
	require.ErrorIs(t, play(append(good[:len(good):len(good)], good...)), errNotOpen)
	var tick Transcript
	tick.Tick(1)
	require.ErrorIs(t, play(tick), errNotOpen)
	require.ErrorIs(t, play(append(good[:len(good):len(good)], 99, 0, 0, 0, 0)), errEventKind)
	require.ErrorIs(t, play(append(good[:len(good):len(good)], eventTick, 1, 0, 0, 0, 7)),
		errEventBody)
	_, err := NewPlayer(1000).Play(good)
	require.ErrorIs(t, err, errTooMuch)
}

func FuzzPlay(f *testing.F) {
	c := configOf(1, 0, smallLimits(), 1)
	var t Transcript
	t.Open(&c)
	t.Start(0)
	t.Tick(1)
	t.Drain()
	t.Persisted(2)
	e := value(1, 1, "x")
	t.Propose(&e)
	t.Drain()
	t.Persisted(3)
	t.Drain()
	t.Applied(1)
	t.Campaign()
	f.Add([]byte(t))
	f.Fuzz(func(t *testing.T, b []byte) {
		p := NewPlayer(1 << 20)
		if n, err := p.Play(b); err == nil {
			require.LessOrEqual(t, n, len(b))
		}
	})
}

// The same run gives the same bytes on amd64, arm64 and wasm, today and later: whoever changes what
// the core says changes this number, and knows it.
func TestARunHasThisHashOnEveryMachine(t *testing.T) {
	w := newNetwork(t, 3, smallLimits(), 1)
	w.record = true
	for _, nd := range w.nodes {
		nd.log = nd.log[:nd.durable]
		w.start(nd)
	}
	chaosIn(w)
	all := NewPlayer(0)
	for _, nd := range w.nodes {
		all.buf = appendWords(all.buf, nd.hash.Hash())
	}
	all.sum()
	require.Equal(t, uint64(0x89250316063ee5b9), all.Hash())
}
