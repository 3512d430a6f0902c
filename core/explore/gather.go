package explore

import (
	"slices"

	"github.com/synodlab/synod/core/sim"
)

// maxGathered bounds the distinct answers to one round.
const maxGathered = 32

// list returns the gathers of round i for the promises in set.
func (m *Soup) list(k *peek, i int, set []uint64, anew bool) []int32 {
	r := &m.rounds[i]
	there, again := m.subset(r.promises, set), uint32(0)
	if there == 0 {
		return nil
	}
	if anew {
		again = 1
	}
	return m.foundIn(k, i, there, again)
}

// told returns the announcements of round i for the acceptances in set.
func (m *Soup) told(k *peek, i int, set []uint64) []int32 {
	r := &m.rounds[i]
	there := m.subset(r.votes, set)
	if there == 0 {
		return nil
	}
	for _, g := range r.gathers {
		x := &m.gathers[g]
		if !x.anew && m.has(set, x.sends) {
			return m.foundIn(k, i, there, 2+uint32(g))
		}
	}
	return nil
}

// foundIn returns the gathers of round i for the answers there: how is 0 for its promises, 1 for
// those after a restart, and 2 and the number of a gather for the acceptances after it.
func (m *Soup) foundIn(k *peek, i int, there, how uint32) (list []int32) {
	r := &m.rounds[i]
	at, known := r.found.get(there, how)
	if known {
		return r.lists[at]
	}
	if !k.learns {
		k.missed = true
		return nil
	}
	if how < 2 {
		list = m.enough(i, there, how == 1)
	} else {
		list = m.announced(i, there, m.gathers[how-2].ready)
	}
	r.found.put(there, how, uint32(len(r.lists)))
	r.lists = append(r.lists, list)
	if m.watched {
		m.finds = append(m.finds, find{i, there, how, list})
	}
	return list
}

// enough finds the sets of promises that are enough for round i.
func (m *Soup) enough(i int, there uint32, anew bool) []int32 {
	r := &m.rounds[i]
	t := trial{Soup: m, round: i, anew: anew, wanted: m.scene.Kinds.Accept}
	for j, p := range r.promises {
		if there>>j&1 == 1 {
			t.there = append(t.there, p)
		}
	}
	from := r.begun
	if anew {
		from = m.forget(r)
	}
	for v, l := range from {
		t.value = m.starts[r.starts[v]].value
		t.collect(l)
	}
	return t.list()
}

// forget returns the local states, by value, of a proposer that sent an accept, restarted and
// started the same number again; none if it will not.
func (m *Soup) forget(r *round) (again []int32) {
	if r.again != nil {
		return r.again
	}
	r.again = []int32{}
	e := r.proposer.effect(m.peek, r.begun[0], causeRestart)
	if e == nil {
		return nil
	}
	restarted := e.next
	for _, c := range r.starts {
		e := r.proposer.effect(m.peek, restarted, causeStart|cause(c))
		if e == nil {
			return nil
		}
		next, sends := m.written(r.proposer, e)
		if len(sends) == 0 || m.wire.messages[sends[0]].N != r.n {
			return nil
		}
		again = append(again, next)
	}
	r.again = again
	return again
}

// announced finds the sets of acceptances that are enough for round i to tell what is chosen.
func (m *Soup) announced(i int, there uint32, ready int32) []int32 {
	t := trial{Soup: m, round: i, wanted: m.scene.Kinds.Chosen}
	for j, p := range m.rounds[i].votes {
		if there>>j&1 == 1 {
			t.there = append(t.there, p)
		}
	}
	t.collect(ready)
	return t.list()
}

// trial lets messages arrive at a proposer in every order, until it sends what is wanted.
type trial struct {
	*Soup
	round  int
	anew   bool
	wanted uint8
	value  sim.Value
	there  []int32
	path   []int32
	found  []gather
}

// list numbers what was found.
func (t *trial) list() (list []int32) {
	t.least()
	for _, g := range t.found {
		list = append(list, int32(len(t.gathers)))
		if r := &t.rounds[t.round]; g.tells == 0 && !t.asksAgain(&g) {
			r.gathers = append(r.gathers, int32(len(t.gathers)))
		}
		t.gathers = append(t.gathers, g)
	}
	return list
}

// asksAgain reports whether an earlier gather of the round asks for the same.
func (t *trial) asksAgain(g *gather) bool {
	return slices.ContainsFunc(t.rounds[t.round].gathers, func(h int32) bool {
		x := &t.gathers[h]
		return x.anew == g.anew && slices.Equal(x.sends, g.sends)
	})
}

func (t *trial) collect(l int32) {
	a := t.rounds[t.round].proposer
	for _, p := range t.there {
		e := a.effect(t.peek, l, causeDeliver|cause(p))
		if e == nil || e.next == l {
			continue
		}
		t.path = append(t.path, p)
		if t.asks(e) {
			t.keep(e)
		} else if len(t.path) < 2*len(t.actors) {
			t.collect(e.next)
		}
		t.path = t.path[:len(t.path)-1]
	}
}

// asks reports whether e sends what is wanted.
func (t *trial) asks(e *effect) bool {
	return slices.ContainsFunc(e.sends, func(m int32) bool {
		return t.wire.messages[m].Kind == t.wanted
	})
}

// keep takes in a set that is enough, unless it is known with what comes of it.
func (t *trial) keep(e *effect) {
	g := gather{round: t.round, anew: t.anew, value: t.value, ready: e.next, chain: e.chain,
		sends: slices.Clone(e.sends), messages: slices.Clone(t.path)}
	if t.wanted == t.scene.Kinds.Chosen {
		g.tells = 1
	}
	if g.tells == 1 && t.scene.Attempts > 0 {
		executed := sim.Message{Kind: t.wanted, V: t.wire.messages[g.sends[0]].V}
		executed.From, executed.To = sim.NoNode, sim.NoNode
		g.sends = []int32{t.wire.number(&executed)}
	}
	g.set = slices.Clone(g.messages)
	slices.Sort(g.set)
	for i := range t.found {
		if f := &t.found[i]; slices.Equal(f.set, g.set) && slices.Equal(f.sends, g.sends) {
			return
		}
	}
	highest := sim.NoNumber
	for _, p := range g.set {
		highest = max(highest, t.wire.messages[p].NA)
	}
	for _, p := range g.set {
		if t.scene.Attempts == 0 && highest != sim.NoNumber && t.wire.messages[p].NA == highest {
			g.times++
		}
	}
	g.times = max(g.times, 1)
	t.found = append(t.found, g)
}

// least drops the sets of which a part is enough for the same.
func (t *trial) least() {
	all := slices.Clone(t.found)
	t.found = slices.DeleteFunc(t.found, func(g gather) bool {
		return slices.ContainsFunc(all, func(f gather) bool {
			return len(f.set) < len(g.set) && slices.Equal(f.sends, g.sends) &&
				!slices.ContainsFunc(f.set, func(p int32) bool {
					return !slices.Contains(g.set, p)
				})
		})
	})
}
