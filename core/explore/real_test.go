package explore_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/explore"
	"github.com/synodlab/synod/core/protocols"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// cast is a scene of a protocol with its options, of proposers P1, … and acceptors A1, ….
func cast(t testing.TB, proposers, acceptors int, use string, goals ...string) *explore.Scene {
	return castOn(t, sim.Settings{ByHand: true}, proposers, acceptors, use, goals...)
}

// castOn is cast in a world of those settings.
func castOn(t testing.TB, settings sim.Settings, proposers, acceptors int, use string,
	goals ...string) *explore.Scene {
	words := strings.Fields(use)
	p := protocols.Find(words[0])
	require.NotNil(t, p)
	given := map[string][]string{}
	for _, w := range words[1:] {
		name, value, _ := strings.Cut(w, "=")
		given[name] = strings.Split(value, ",")
	}
	options := p.Given(func(name string) []string { return given[name] })
	place := &sim.Place{Log: &trace.Log{}, Timeout: sim.Range{Lo: 1000, Hi: 2000},
		Command: func(sim.Value) (sim.Node, int64) { return sim.NoNode, 0 }}
	add := func(name string, role sim.Role, n int) {
		for i := range n {
			place.Nodes = append(place.Nodes, name+strconv.Itoa(i+1))
			place.Roles = append(place.Roles, role)
		}
	}
	add("P", sim.Proposer, proposers)
	add("A", sim.Acceptor, acceptors)
	judged := p.Judged(place, options)
	s := &explore.Scene{Place: place, Goals: goals, Kinds: &explore.Kinds{2, 3, 4, 5, 6},
		Judge: check.Config{Log: place.Log, Checks: goals, Quorum: judged.Quorum,
			Acceptors:  check.SetOf(judged.Acceptors...),
			AcceptKind: judged.Accept, AcceptPromises: judged.AcceptPromises}}
	s.Begin = func(old *sim.World) *sim.World {
		place.Log.Records = place.Log.Records[:0]
		boot, err := p.Open(place, options)
		require.NoError(t, err)
		w := sim.New(place, p.Schema(&place.Machine), settings, boot)
		w.Start()
		return w
	}
	s.Values = []sim.Value{place.Log.Names.Of("red"), place.Log.Names.Of("blue")}
	return s
}

func numbered(s *explore.Scene, numbers int) *explore.Scene {
	for n := range numbers {
		s.Numbers = append(s.Numbers, int64(n))
	}
	return s
}

func searched(t testing.TB, m explore.Real) (*explore.Search, explore.Result) {
	s := explore.New(m, explore.Limits{Bytes: 3 << 30})
	for !s.Run(10_000) && m.Full() == "" {
	}
	require.Empty(t, m.Full())
	return s, s.Result()
}

func TestTheAgentsThatShipGiveLamportsCounts(t *testing.T) {
	for _, use := range []string{"paxos", "textbook"} {
		_, r := searched(t, explore.NewSoup(numbered(cast(t, 1, 3, use, "chosen-once"), 2)))
		require.Equal(t, []int{3921, 23563, 17}, []int{r.Distinct, r.Generated, r.Depth})
		_, r = searched(t, explore.NewSoup(numbered(cast(t, 1, 3, use, "chosen-once"), 3)))
		require.Equal(t, []int{185369, 1361380, 25}, []int{r.Distinct, r.Generated, r.Depth})
		require.True(t, r.Settled)
		t.Logf("%+v", r)
	}
}

func TestEachWrongRuleIsFoundAtItsShortestLength(t *testing.T) {
	for _, x := range []struct {
		use                          string
		proposers, acceptors, number int
		change                       func(*explore.Scene)
		shortest, states             int
	}{
		{"textbook accept=equal", 1, 3, 3, nil, 0, 71465},
		{"textbook accept=literal", 1, 3, 3, nil, 17, 0},
		{"textbook accept=literal keep=highest", 1, 3, 3, nil, 0, 0},
		{"textbook accept=any", 1, 3, 2, nil, 12, 0},
		{"textbook adopt=none", 1, 3, 3, nil, 12, 0},
		{"textbook report=no", 1, 3, 3, nil, 12, 0},
		{"textbook adopt=any", 1, 3, 3, nil, 17, 0},
		{"textbook adopt=lowest", 1, 3, 3, nil, 17, 0},
		{"textbook prepare-quorum=1", 1, 3, 2, nil, 10, 0},
		{"textbook quorum=1 prepare-quorum=2", 1, 3, 2, nil, 10, 0},
		{"textbook quorum=2", 2, 4, 2, nil, 12, 0},
		{"textbook quorum=2 prepare-quorum=3", 2, 4, 2, nil, 0, 0},
		{"textbook accept=above", 1, 3, 3, nil, 0, 10715},
		{"textbook disk=none", 1, 3, 3, func(s *explore.Scene) { s.Restarts = 1 }, 13, 0},
		{"textbook disk=n_a,v_a", 1, 3, 3, func(s *explore.Scene) { s.Restarts = 1 }, 13, 0},
		{"textbook disk=n_h,n_a,v_a,n,value", 1, 3, 2, func(s *explore.Scene) {
			s.Restarts, s.Losing = 1, []uint8{1}
		}, 13, 0},
		{"paxos", 1, 3, 2, func(s *explore.Scene) { s.Crashes, s.Losing = 1, []uint8{0} }, 13, 0},
		{"paxos", 1, 3, 2, func(s *explore.Scene) { s.Crashes, s.Losing = 1, []uint8{1} }, 13, 0},
		{"paxos", 1, 5, 2, func(s *explore.Scene) { s.Crashes, s.Losing = 1, []uint8{1} }, 17, 0},
		{"textbook disk=n_h,n_a,v_a echo=no", 1, 3, 2,
			func(s *explore.Scene) { s.Restarts = 1 }, 9, 0},
	} {
		s := numbered(cast(t, x.proposers, x.acceptors, x.use, "chosen-once"), x.number)
		if x.change != nil {
			x.change(s)
		}
		search, r := searched(t, explore.NewSoup(s))
		length := 0
		if r.Violation != 0 {
			length = len(search.Path(r.At))
		}
		require.Equal(t, x.shortest, length, x.use)
		if x.states > 0 {
			require.Equal(t, x.states, r.Distinct, x.use)
		}
		f := explore.NewFold(explore.NewSoup(s), true, true)
		folded, up := searched(t, f)
		require.Equal(t, r.Violation, up.Violation, x.use)
		if r.Violation != 0 {
			require.Len(t, folded.Path(up.At), x.shortest, x.use)
		} else {
			require.Equal(t, r.Distinct, unfolded(folded, f), x.use)
			require.Equal(t, r.Depth, up.Depth, x.use)
		}
	}
}
