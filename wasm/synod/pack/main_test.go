package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// juggling is a reactor that moves pointers from place to place all the time, most of them to where
// a collector that runs beside it has been already. It counts what is lost.
const juggling = `package main

func main() {}

type ball struct {
	n    int
	next *ball
	_    [6]int
}

//go:wasmexport work
func work(n uint32) (lost uint64) {
	places := make([]*ball, 1<<14)
	for i := range places {
		places[i] = &ball{n: i, next: &ball{n: ^i}}
	}
	random := uint64(1)
	for range n {
		random = random*6364136223846793005 + 1442695040888963407
		i, j := random>>50, random>>36&(1<<14-1)
		places[i], places[j] = places[j], &ball{n: places[i].n, next: places[i].next}
		places[i].next, places[j].next = &ball{n: ^places[i].n}, places[j].next
	}
	for _, b := range places {
		if b.next.n != ^b.n {
			lost++
		}
	}
	return lost
}
`

// TestACollectorThatStopsTheProgramNeedsNoBarriers shows, too, that one that does not stop it does.
func TestACollectorThatStopsTheProgramNeedsNoBarriers(t *testing.T) {
	const setting = "-ldflags=-X=runtime.godebugDefault=" + stopped
	module := built(t, juggling, "-gcflags=-wb=0", setting+"=1")
	require.True(t, stops(module))
	packed, cleared, err := pack(module)
	require.NoError(t, err)
	require.True(t, cleared)
	lost, said, err := call(t, packed, "work", 1_000_000)
	require.NoError(t, err, said)
	require.Zero(t, lost[0])

	module = built(t, juggling, "-gcflags=-wb=0", setting+"=0")
	require.False(t, stops(module))
	lost, _, err = call(t, module, "work", 1_000_000)
	require.True(t, err != nil || lost[0] > 0)
}
