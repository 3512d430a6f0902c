package explore_test

import (
	"fmt"
	"slices"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/explore"
	"github.com/synodlab/synod/core/sim"
)

// The textbook with its defaults does step by step what the agents that ship do: whatever may
// happen to one may happen to the other, both then send messages of which people see the same, and
// the same is chosen. It is shown of every state of a complete graph.
func TestTheTextbookDoesStepByStepWhatTheAgentsThatShipDo(t *testing.T) {
	for _, x := range []struct {
		options   string
		acceptors int
		learns    bool
	}{
		{"", 3, false}, {" refuse=nack", 1, false}, {" accept-to=responders", 3, false},
		{" learn=acceptors", 3, true},
	} {
		var all [2]*explore.Actors
		for i, name := range []string{"paxos", "textbook"} {
			goals := []string{"chosen-once", "safe-proposal"}
			s := numbered(cast(t, 2, x.acceptors, name+x.options, goals...), 2)
			s.Values = s.Values[:1]
			if x.learns {
				s.Place.Nodes = append(s.Place.Nodes, "L1")
				s.Place.Roles = append(s.Place.Roles, sim.Learner)
				s.Numbers, s.Values = s.Numbers[:1], s.Values[:1]
			}
			all[i] = explore.NewActors(s)
		}
		walk := lockstep{t: t, sides: all}
		walk.run()
		t.Logf("paxos%s: %d states, %d transitions", x.options, walk.states, walk.transitions)
		require.Greater(t, walk.states, 70)
	}
}

// lockstep goes two graphs at once, one pair of states at a time.
type lockstep struct {
	t           *testing.T
	sides       [2]*explore.Actors
	states      int
	transitions int
}

// way is a transition as people see it.
type way struct {
	label string
	next  []uint64
}

func (l *lockstep) run() {
	for _, side := range l.sides {
		_, r := searched(l.t, side) // so that the states are as wide as they will be
		require.Zero(l.t, r.Violation)
	}
	type pair struct{ a, b string }
	first := pair{l.start(0), l.start(1)}
	seen, queue := map[pair]bool{first: true}, []pair{first}
	for ; len(queue) > 0; queue = queue[1:] {
		a, b := l.ways(0, queue[0].a), l.ways(1, queue[0].b)
		l.states++
		for len(a)+len(b) > 0 {
			l.transitions++
			x, y := l.both(&a, queue[0].a, &b, queue[0].b)
			if p := (pair{x, y}); !seen[p] {
				seen[p] = true
				queue = append(queue, p)
			}
		}
	}
}

// both takes the first way of each side. One that only one side notices must send nothing there.
func (l *lockstep) both(a *[]way, atA string, b *[]way, atB string) (nextA, nextB string) {
	if len(*b) == 0 || len(*a) > 0 && (*a)[0].label < (*b)[0].label {
		nextB, nextA = l.both(b, atB, a, atA)
		return nextA, nextB
	}
	nextA, nextB = atA, pack((*b)[0].next)
	label := (*b)[0].label
	if len(*a) > 0 && (*a)[0].label == label {
		nextA = pack((*a)[0].next)
		*a = (*a)[1:]
	} else {
		require.Contains(l.t, label, "sends []", "only one side does it")
	}
	*b = (*b)[1:]
	return nextA, nextB
}

func (l *lockstep) start(side int) (state string) {
	l.sides[side].Start(func(s []uint64) { state = pack(s) })
	return state
}

// ways returns what may happen in a state, in an order that both sides have.
func (l *lockstep) ways(side int, state string) (all []way) {
	m, from := l.sides[side], unpack(state)
	m.Next(from, func(a explore.Action, next []uint64) {
		move := m.Move(a, from)
		label := fmt.Sprint(move.Kind, move.Node, move.N, move.Value)
		for _, n := range move.Messages {
			label += seen(m.Message(n))
		}
		var sent []string
		for _, n := range m.Sent(from, next) {
			sent = append(sent, seen(m.Message(n)))
		}
		sort.Strings(sent)
		label += fmt.Sprint(" sends ", sent, m.Decided(next))
		all = append(all, way{label, slices.Clone(next)})
	})
	sort.Slice(all, func(i, j int) bool { return all[i].label < all[j].label })
	return all
}

// seen is what people see of a message.
func seen(m *sim.Message) string {
	return fmt.Sprint(" ", m.Kind, m.From, m.To, m.N, m.NA, m.Seq, m.Max, m.V, m.VA)
}

func pack(state []uint64) string {
	var b []byte
	for _, w := range state {
		for i := range 8 {
			b = append(b, byte(w>>(8*i)))
		}
	}
	return string(b)
}

func unpack(text string) []uint64 {
	state := make([]uint64, len(text)/8)
	for i := range len(text) {
		state[i/8] |= uint64(text[i]) << (8 * (i % 8))
	}
	return state
}
