package protocols

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/synodlab/synod/core/sim"
)

func scheme(t require.TestingT, name string, nodes int) *numbers {
	p := &sim.Place{Log: &sim.Log{}}
	for i := range nodes {
		p.Nodes = append(p.Nodes, string(rune('A'+i)))
		p.Roles = append(p.Roles, sim.Server|sim.Proposer)
	}
	s, err := newNumbers(p, name)
	require.NoError(t, err)
	return s
}

func TestTheNumbersOfTheDocuments(t *testing.T) {
	karp := scheme(t, "karp", 5)
	require.Equal(t, int64(11), karp.above(0, 1), "K-15: node 1 begins with 11")
	require.Equal(t, int64(23), karp.above(karp.ballot(14, 4), 3), "K-33")
	require.Contains(t, karp.refuse(12, 1), "does not end in the digit")
	modular := scheme(t, "modular", 3)
	var mine []int64
	b := modular.ballot(1, 0)
	for range 3 {
		n := modular.next(b, 1)
		mine = append(mine, n)
		b = modular.ballot(n, 1)
	}
	require.Equal(t, []int64{2, 5, 8}, mine, "M-40")
	require.Contains(t, modular.refuse(4, 1), "not one of the numbers of B")
	require.Empty(t, modular.refuse(4, 0))
	plain := scheme(t, "plain", 2)
	require.Empty(t, plain.refuse(10, 0))
	require.Empty(t, plain.refuse(10, 0))
	require.Contains(t, plain.refuse(10, 1), "numbers are unique")
}

func TestAPlainNumberThatAnotherWasGivenIsLeftOut(t *testing.T) {
	s := scheme(t, "plain", 2)
	require.Empty(t, s.refuse(2, 0), "A is told to use 2, which would be B's first")
	require.Equal(t, int64(4), s.next(0, 1))
	require.Contains(t, s.refuse(4, 0), "already that of B", "what it took by itself is taken too")
	require.Equal(t, sim.Node(0), s.owner(2, 1))
}

func TestNumbersKeepTheOrderOfBallots(t *testing.T) {
	for _, name := range []string{"plain", "karp", "modular"} {
		rapid.Check(t, func(t *rapid.T) {
			s := scheme(t, name, rapid.IntRange(1, 10).Draw(t, "nodes"))
			node := sim.Node(rapid.IntRange(0, len(s.proposers)-1).Draw(t, "node"))
			other := sim.Node(rapid.IntRange(0, len(s.proposers)-1).Draw(t, "other"))
			n := s.next(0, other)
			for range rapid.IntRange(0, 20).Draw(t, "rounds") {
				n = s.next(s.ballot(n, other), other)
			}
			seen := s.ballot(n, other)
			require.Equal(t, n, s.number(seen), "a number is printed as it was given")
			next := s.next(seen, node)
			require.Greater(t, s.ballot(next, node), seen)
			require.Greater(t, next, n)
			require.Empty(t, s.refuse(next, node), "what it takes by itself it may be told to take")
		})
	}
}

func TestNumbersOutOfBoundsAreRefused(t *testing.T) {
	for _, name := range []string{"plain", "karp", "modular"} {
		s := scheme(t, name, 3)
		require.NotEmpty(t, s.refuse(-1, 0), name)
		require.NotEmpty(t, s.refuse(1<<60, 0), name)
	}
	_, err := newNumbers(&sim.Place{Nodes: make([]string, 11), Roles: make([]sim.Role, 11)}, "karp")
	require.Error(t, err)
}

func TestTimesOfOptionsAreRead(t *testing.T) {
	require.Equal(t, wait{}, parseWait("never"))
	require.Equal(t, sim.Range{Lo: 5000, Hi: 5000}, parseWait("5ms").of(3))
	require.Equal(t, sim.Range{Lo: 0, Hi: 100_000}, parseWait("0ms..100ms").of(3))
	require.Equal(t, sim.Range{Lo: 60, Hi: 60}, parseWait("id*20us").of(3))
	require.Equal(t, sim.Range{Lo: 2_000_000, Hi: 2_000_000}, parseWait("2s").of(0))
}

func TestAViewIsAText(t *testing.T) {
	p := &sim.Place{Nodes: []string{"0", "1", "2"}}
	text := viewText(p, 3, []sim.Node{1, 2})
	require.Equal(t, "{3,{1,2}}", text)
	view, primary, ok := parseView(text)
	require.True(t, ok)
	require.Equal(t, int64(3), view)
	require.Equal(t, "1", primary)
	for _, other := range []string{"", "red", "{x,{1}}", "{1,{}}", "{1}", "1,{2}}"} {
		_, _, ok := parseView(other)
		require.False(t, ok, other)
	}
}
