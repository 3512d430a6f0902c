package protocols

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/sim"
)

func placeOf(machine string, keys []string, start ...sim.Setting) *sim.Place {
	return &sim.Place{Nodes: []string{"S1", "S2", "C1", "C2"}, Log: &sim.Log{}, Seed: 1,
		Roles:   []sim.Role{sim.Server, sim.Server, sim.Client, sim.Client},
		Machine: sim.Machine{Name: machine, Start: start, Keys: keys}}
}

func answers(p *sim.Place, m machine, client string, commands ...string) []string {
	var got []string
	for _, c := range commands {
		if CheckCommand(&p.Machine, c) != "" {
			got = append(got, "refused")
			continue
		}
		got = append(got, m.execute(c, client))
	}
	return got
}

func TestTheMachinesAnswer(t *testing.T) {
	for _, c := range []struct {
		machine  string
		start    []sim.Setting
		commands []string
		want     []string
		state    string
	}{
		{"register", []sim.Setting{{Name: "x", Value: 3}},
			[]string{"add(1)", "mul(2)", "set(-5)", "sub(1)", "add()", "add(x)", "add(1,2)"},
			[]string{"4", "8", "-5", "refused", "refused", "refused", "refused"}, "-5"},
		{"lock", nil, []string{"release", "acquire", "acquire", "acquire(C2)", "release(C2)",
			"release"},
			[]string{"not-holder", "granted", "granted", "busy", "not-holder", "released"}, ""},
		{"bank", []sim.Setting{{Name: "A", Value: 10}},
			[]string{"transfer(A,B,4)", "transfer(A,B,7)", "transfer(A,B,-1)", "deposit(C,2)",
				"deposit(A)"},
			[]string{"moved", "refused", "refused", "2", "refused"}, "A=6;B=4;C=2;"},
		{"log", nil, []string{"anything", "at(all)"}, []string{"", ""}, ""},
	} {
		p := placeOf(c.machine, nil, c.start...)
		m := newMachine(p, 0)
		require.Equal(t, c.want, answers(p, m, "C1", c.commands...), c.machine)
		require.Equal(t, c.state, string(m.appendState(nil)), c.machine)
	}
}

func TestTheStoreThatShipsAnswersInWords(t *testing.T) {
	p := placeOf("kv", []string{"k", "j"})
	m := newMachine(p, 0)
	require.Equal(t, []string{"nothing", "ok", "v", "ok", "nothing", "refused"},
		answers(p, m, "C1", "get(k)", "put(k,v)", "get(k)", "delete(k)", "get(k)", "put(k)"))
	answers(p, m, "C1", "put(j,w)")
	before := string(m.appendState(nil))
	var cells [2]sim.Cell
	m.rows(cells[:])
	require.Equal(t, sim.Empty, cells[0])
	require.Equal(t, "w", p.Log.CellText(cells[1]))
	require.Equal(t, before, string(m.appendState(nil)), "looking changes nothing")
}

func TestBanksWithEqualBalancesAreEqual(t *testing.T) {
	p := placeOf("bank", nil)
	a, b := newMachine(p, 0), newMachine(p, 1)
	answers(p, a, "", "deposit(A,1)", "deposit(B,2)")
	answers(p, b, "", "transfer(C,D,5)", "deposit(B,2)", "deposit(A,1)")
	require.Equal(t, a.appendState(nil), b.appendState(nil))
	answers(p, b, "", "deposit(A,1)")
	require.NotEqual(t, a.appendState(nil), b.appendState(nil))
}

func TestDiceDifferByNodeAndRepeatBySeed(t *testing.T) {
	roll := func(n sim.Node) string {
		p := placeOf("dice", nil)
		m := newMachine(p, n)
		answers(p, m, "", "roll", "roll", "roll", "roll", "roll")
		return string(m.appendState(nil))
	}
	require.Equal(t, roll(0), roll(0))
	require.NotEqual(t, roll(0), roll(1))
}

func TestWhatACommandNamesIsItsKey(t *testing.T) {
	require.Equal(t, []string{"k"}, Keys("kv", "put(k,v)"))
	require.Equal(t, []string{"A", "B"}, Keys("bank", "transfer(A,B,5)"))
	require.Equal(t, []string{"A"}, Keys("bank", "deposit(A,5)"))
	require.Empty(t, Keys("log", "put(k,v)"))
	require.Empty(t, Keys("kv", "nonsense"))
}

func TestEachMachineHasItsRows(t *testing.T) {
	for name, want := range map[string]int{"log": 0, "register": 1, "lock": 1, "dice": 1,
		"kv": 2, "bank": 3} {
		p := placeOf(name, []string{"k", "j"}, sim.Setting{Name: "x"})
		rows := machineRows(&p.Machine)
		require.Len(t, rows, want, name)
		newMachine(p, 0).rows(make([]sim.Cell, want))
	}
}
