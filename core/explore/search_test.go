package explore_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/explore"
	"github.com/synodlab/synod/core/explore/models"
)

func run(m explore.Model, limits explore.Limits, slice int) *explore.Search {
	s := explore.New(m, limits)
	for !s.Run(slice) {
	}
	return s
}

func two() *models.Paxos { return &models.Paxos{Acceptors: 3, Ballots: 2, Values: 2} }

func TestASearchInSlicesIsTheSearch(t *testing.T) {
	whole := run(two(), explore.Limits{}, 1<<30).Result()
	require.Equal(t, whole, run(two(), explore.Limits{}, 1).Result())
	require.Equal(t, 3921, whole.Distinct)
	require.Zero(t, whole.Frontier)
	require.True(t, explore.New(two(), explore.Limits{}).Result().Distinct == 0)
}

func TestALimitIsReportedAsTheBound(t *testing.T) {
	r := run(two(), explore.Limits{States: 1000}, 100).Result()
	require.Equal(t, 1000, r.Distinct)
	require.Equal(t, explore.BoundedStates, r.Bounded)
	require.False(t, r.Settled)
	require.Positive(t, r.Frontier)

	r = run(two(), explore.Limits{Bytes: 1 << 10}, 100).Result()
	require.Equal(t, explore.BoundedMemory, r.Bounded)
}

func TestALimitOfDepthLooksIntoItsLastLevel(t *testing.T) {
	r := run(two(), explore.Limits{Depth: 16}, 100).Result()
	require.Equal(t, explore.BoundedDepth, r.Bounded)
	require.Equal(t, 16, r.Depth)
	require.Zero(t, r.Frontier)
	require.Less(t, r.Distinct, 3921)

	r = run(two(), explore.Limits{Depth: 17}, 100).Result()
	require.Empty(t, r.Bounded, "nothing lies beyond the seventeenth level")
	require.Equal(t, 3921, r.Distinct)
	require.Equal(t, 23563, r.Generated)
}

func TestALimitThatIsJustEnoughIsNoBound(t *testing.T) {
	r := run(two(), explore.Limits{States: 3921}, 100).Result()
	require.Empty(t, r.Bounded)
	require.True(t, r.Settled)
}

func TestEveryStateIsReachedByItsPath(t *testing.T) {
	for _, sorted := range []bool{false, true} {
		m := two()
		m.SortAcceptors, m.SortValues = sorted, sorted
		s := run(m, explore.Limits{}, 1000)
		last := 0
		s.Each(func(i int, state []uint64) {
			if i%97 != 0 {
				return
			}
			var end []uint64
			steps := -1
			s.Walk(i, func(_ explore.Action, state []uint64) {
				requireStep(t, m, end, state)
				end = append(end[:0], state...)
				steps++
			})
			m.Canonical(end)
			require.Equal(t, state, end)
			require.GreaterOrEqual(t, steps, last, "states are in order of depth")
			require.Len(t, s.Path(i), steps)
			last = steps
		})
	}
}

// requireStep holds if one transition leads from a state to the next, names and all.
func requireStep(t *testing.T, m explore.Model, from, to []uint64) {
	t.Helper()
	if from == nil {
		return
	}
	found := false
	m.Next(from, func(_ explore.Action, next []uint64) {
		equal := true
		for i, w := range next {
			equal = equal && to[i] == w
		}
		found = found || equal
	})
	require.True(t, found)
}

// A trap is a line of numbers, with an exit that leads nowhere at every third.
type trap struct{ length uint64 }

func (trap) Words() int                    { return 1 }
func (trap) Start(emit func([]uint64))     { emit([]uint64{0}) }
func (trap) Judge([]uint64) uint32         { return 0 }
func (m trap) Decided(state []uint64) bool { return state[0] == m.length }
func (m trap) Next(state []uint64, emit func(explore.Action, []uint64)) {
	if state[0] < m.length {
		emit(1, []uint64{state[0] + 1})
	}
	if state[0]%3 == 2 && state[0] <= m.length {
		emit(2, []uint64{state[0] | 1<<32})
	}
	emit(3, state)
}

func TestStatesThatNothingCanDecideAnyMoreAreStuck(t *testing.T) {
	r := run(trap{10}, explore.Limits{}, 3).Result()
	require.True(t, r.Settled)
	require.Equal(t, 3, r.Stuck)
	require.Equal(t, 4, r.StuckAt, "2 leads to 3 and to the first exit")
	require.Equal(t, 4, r.Terminal, "the exits and the end only stay as they are")
	require.Equal(t, 14, r.Distinct)
	require.Equal(t, 1+10+3+14, r.Generated)
}

// A widening model counts two numbers up. A state begins as one word of both, four
// bits each, then eight, and ends as a word for each: it never knows before.
type widening struct {
	top    uint64
	width  uint
	needed uint64 // the highest number met
}

func (m *widening) Words() int {
	if m.width > 8 {
		return 2
	}
	return 1
}

func (m *widening) read(state []uint64) (a, b uint64) {
	if len(state) == 2 {
		return state[0], state[1]
	}
	return state[0] & (1<<m.width - 1), state[0] >> m.width
}

func (m *widening) write(out []uint64, a, b uint64) {
	m.needed = max(m.needed, a, b)
	if out[0] = a; len(out) == 2 {
		out[1] = b
	} else {
		out[0] = a&(1<<m.width-1) | b<<m.width
	}
}

func (m *widening) Start(emit func([]uint64)) { emit(make([]uint64, m.Words())) }
func (m *widening) Judge([]uint64) uint32     { return 0 }
func (m *widening) Next(state []uint64, emit func(explore.Action, []uint64)) {
	a, b := m.read(state)
	next := make([]uint64, m.Words())
	if a < m.top {
		m.write(next, a+1, b)
		emit(1, next)
	}
	if b < m.top {
		m.write(next, a, b+1)
		emit(2, next)
	}
}

func (m *widening) Narrow() bool { return m.needed >= 1<<m.width }

func (m *widening) Grow() func(out, state []uint64) {
	if !m.Narrow() {
		return nil
	}
	old := *m
	m.width *= 2
	return func(out, state []uint64) {
		a, b := old.read(state)
		m.write(out, a, b)
	}
}

func (m *widening) Canonical(state []uint64) {
	if a, b := m.read(state); a > b {
		m.write(state, b, a)
	}
}

// plain hides the symmetry.
type plain struct {
	explore.Model
	explore.Grower
}

func TestStatesGrowWhereTheyAre(t *testing.T) {
	m := &widening{top: 300, width: 4}
	s := run(plain{m, m}, explore.Limits{}, 100)
	require.Equal(t, 301*301, s.Result().Distinct)
	require.Equal(t, 1+2*300*301, s.Result().Generated)
	require.Equal(t, 601, s.Result().Depth)
	require.Len(t, s.Path(s.Result().Distinct-1), 600)
	require.Equal(t, 2, m.Words())

	m = &widening{top: 300, width: 4}
	require.Equal(t, 301*302/2, run(m, explore.Limits{}, 100).Result().Distinct)
}

// roomy gives more than it is asked for.
type roomy struct{}

func (roomy) States(words int) []uint64 { return make([]uint64, 2*words+words/2+1) }
func (roomy) Table(slots int) []uint32  { return make([]uint32, slots, 8*slots) }

// A table that grows in its place, again and again, finds what one finds that is copied.
func TestMemoryThatGivesMoreIsUsed(t *testing.T) {
	fresh := func() explore.Model { return &models.Paxos{Acceptors: 3, Ballots: 3, Values: 2} }
	plain := run(fresh(), explore.Limits{}, 1<<20)
	s := explore.New(fresh(), explore.Limits{})
	s.Keep(roomy{})
	for !s.Run(1 << 20) {
	}
	require.Equal(t, 185_369, s.Result().Distinct)
	require.Equal(t, plain.Result(), s.Result())
	require.Equal(t, plain.Bytes(), s.Bytes())
	s.Each(func(i int, state []uint64) {
		if !slices.Equal(plain.State(i), state) {
			t.Fatal(i)
		}
	})
}

// heavy is a model whose own tables are large.
type heavy struct{ *models.Paxos }

func (heavy) Kept() int { return 1 << 30 }

func TestWhatAModelKeepsCountsAgainstTheLimitOfMemory(t *testing.T) {
	require.Empty(t, run(two(), explore.Limits{Bytes: 1 << 29}, 100).Result().Bounded)
	require.Equal(t, explore.BoundedMemory,
		run(heavy{two()}, explore.Limits{Bytes: 1 << 29}, 100).Result().Bounded)
}

// empty has no state at all.
type empty struct{ *models.Paxos }

func (empty) Start(func([]uint64)) {}

func TestAModelWithoutStatesIsSearchedToo(t *testing.T) {
	r := run(empty{two()}, explore.Limits{}, 10).Result()
	require.True(t, r.Settled)
	require.Zero(t, r.Distinct+r.Generated+r.Stuck)
}
