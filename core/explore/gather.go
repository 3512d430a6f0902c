package explore

import (
	"slices"

	"github.com/synodlab/synod/core/sim"
)

// maxPromises bounds the distinct promises to one round.
const maxPromises = 32

// list returns the gathers of round i for the promises in set.
func (m *Soup) list(k *peek, i int, set []uint64, anew bool) []int32 {
	r := &m.rounds[i]
	there := uint32(0)
	for j, p := range r.promises {
		if j == maxPromises {
			m.full = "different promises to one number: more than 32"
			break
		}
		there |= uint32(set[p/64]>>(p%64)&1) << j
	}
	if there == 0 {
		return nil
	}
	again := uint32(0)
	if anew {
		again = 1
	}
	at, known := r.found.get(there, again)
	if known {
		return r.lists[at]
	}
	if !k.learns {
		k.missed = true
		return nil
	}
	at = uint32(len(r.lists))
	r.found.put(there, again, at)
	r.lists = append(r.lists, m.enough(i, there, anew))
	return r.lists[at]
}

// enough finds the sets of promises that are enough for round i.
func (m *Soup) enough(i int, there uint32, anew bool) []int32 {
	r := &m.rounds[i]
	t := trial{Soup: m, round: i, anew: anew}
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
		t.value = m.scene.Values[v]
		t.collect(l)
	}
	t.least()
	var list []int32
	for _, g := range t.found {
		list = append(list, int32(len(m.gathers)))
		m.gathers = append(m.gathers, g)
	}
	return list
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
		if e == nil || len(e.sends) == 0 || m.wire.messages[e.sends[0]].N != r.n {
			return nil
		}
		again = append(again, e.next)
	}
	r.again = again
	return again
}

// trial lets promises arrive at a proposer in every order, until it asks to accept.
type trial struct {
	*Soup
	round int
	anew  bool
	value sim.Value
	there []int32
	path  []int32
	found []gather
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

// asks reports whether e sends an accept.
func (t *trial) asks(e *effect) bool {
	return slices.ContainsFunc(e.sends, func(m int32) bool {
		return t.wire.messages[m].Kind == t.scene.Kinds.Accept
	})
}

// keep takes in a set that is enough, unless it is known with what comes of it.
func (t *trial) keep(e *effect) {
	g := gather{round: t.round, anew: t.anew, value: t.value, chain: e.chain,
		sends: slices.Clone(e.sends), messages: slices.Clone(t.path)}
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
		if highest != sim.NoNumber && t.wire.messages[p].NA == highest {
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
