package explore_test

import (
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/explore"
)

// digraph is a model of arrows between numbered states, some of which are goals.
type digraph struct {
	first  []uint64
	arrows [][]uint64
	goal   []bool
}

// drawn is a graph in which most arrows lead on, some back, and goals are few.
func drawn(r *rand.Rand) *digraph {
	n := 1 + r.Intn(3000)
	g := &digraph{first: []uint64{0, uint64(r.Intn(n))}, arrows: make([][]uint64, n),
		goal: make([]bool, n)}
	back, goals := r.Intn(40)+2, r.Intn(200)+1
	for i := range g.arrows {
		g.goal[i] = r.Intn(goals) == 0
		for range r.Intn(4) {
			to := min(i+r.Intn(30), n-1)
			if r.Intn(back) == 0 {
				to = r.Intn(n)
			}
			g.arrows[i] = append(g.arrows[i], uint64(to))
		}
	}
	return g
}

func (g *digraph) Words() int { return 1 }

func (g *digraph) Start(emit func([]uint64)) {
	for _, s := range g.first {
		emit([]uint64{s})
	}
}

func (g *digraph) Next(state []uint64, emit func(explore.Action, []uint64)) {
	for i, to := range g.arrows[state[0]] {
		emit(explore.Action(i), []uint64{to})
	}
}

func (g *digraph) Judge([]uint64) uint32       { return 0 }
func (g *digraph) Decided(state []uint64) bool { return g.goal[state[0]] }
func (g *digraph) Fork() explore.Reader        { return explore.Whole(g) }

// hopeful finds the states that lead to a goal, with arrows looked at until nothing changes.
func (g *digraph) hopeful() []bool {
	leads := append([]bool(nil), g.goal...)
	for changed := true; changed; {
		changed = false
		for i, all := range g.arrows {
			for _, to := range all {
				if leads[to] && !leads[i] {
					leads[i], changed = true, true
				}
			}
		}
	}
	return leads
}

// What is stuck is what no way leads from to a goal, whatever the graph and however many look.
func TestWhatIsStuckLeadsNowhere(t *testing.T) {
	both := 0
	for seed := range int64(200) {
		g := drawn(rand.New(rand.NewSource(seed)))
		leads := g.hopeful()
		for _, workers := range []int{1, 2, 5} {
			s := explore.New(g, explore.Limits{})
			s.Share(workers)
			for tasks := s.Tasks(); tasks > 0; tasks = s.Tasks() {
				for i := range tasks {
					s.Do(i%workers, i)
				}
			}
			stuck, at := 0, -1
			s.Each(func(i int, state []uint64) {
				if !leads[state[0]] {
					if stuck++; at < 0 {
						at = i
					}
				}
			})
			r := s.Result()
			require.True(t, r.Settled)
			require.Equal(t, []int{stuck, at}, []int{r.Stuck, r.StuckAt}, "seed %d", seed)
			if stuck > 0 && stuck < r.Distinct {
				both++
			}
		}
	}
	require.Greater(t, both, 100, "graphs with both kinds")
}
