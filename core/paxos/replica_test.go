package paxos

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReplicasAgreeThroughEveryFault is the claim of the package: under loss, duplication,
// reordering, partitions, slow disks and crashes at any point that lose what was not synced, all
// nodes execute the same log in order, what was reported chosen stays, each command has one fate,
// and after the faults there is progress (B-01, B-06, B-12 to B-17, B-21, B-24 to B-30 of
// PITFALLS.md).
func TestReplicasAgreeThroughEveryFault(t *testing.T) {
	first, seeds := campaign(600)
	commands := 0
	for seed := first; seed < first+seeds; seed++ {
		commands += chaos(t, int64(seed))
	}
	require.Greater(t, commands, 20*seeds, "the runs must not be idle")
}

func chaos(t testing.TB, seed int64) int {
	sizes := []int{1, 2, 3, 3, 3, 4, 5, 5}
	return chaosIn(newNetwork(t, sizes[seed%8], smallLimits(), seed))
}

func chaosIn(w *network) int {
	w.loss, w.dup = w.rng.Intn(25), w.rng.Intn(15)
	w.spread = millisecond * Time(1+w.rng.Intn(20))
	w.sync = millisecond * Time(1+w.rng.Intn(20))
	for range 60 {
		switch w.rng.Intn(12) {
		case 0:
			nd := w.nodes[w.rng.Intn(w.n)]
			if nd.up {
				w.crash(nd)
			}
		case 1, 2:
			nd := w.nodes[w.rng.Intn(w.n)]
			if !nd.up {
				w.start(nd)
			}
		case 3:
			side := NodeSet(w.rng.Intn(1 << w.n))
			w.cut = func(a, b NodeID) bool { return side.Has(a) != side.Has(b) }
		case 4, 5:
			w.cut = nil
		default:
			for range w.rng.Intn(20) {
				nd := w.nodes[w.rng.Intn(w.n)]
				if lead := w.leader(); lead != nil && w.rng.Intn(4) > 0 {
					nd = lead
				}
				if nd.up {
					w.propose(nd)
				}
				if w.rng.Intn(2) == 0 {
					w.step(w.now + millisecond)
				}
			}
		}
		w.run(w.after(60 * millisecond))
	}
	w.heal()
	w.check()
	return len(w.acked)
}
