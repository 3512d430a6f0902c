package explore

import (
	"math/bits"
	"slices"

	"github.com/synodlab/synod/core/sim"
)

// mirror is one renaming, and the images of all that was learnt.
type mirror struct {
	nodes    []sim.Node
	from, to []int       // by actor
	values   []sim.Value // of those of the scene
	messages []int32
	locals   [][]int32 // by actor: local states of the one that it becomes
	ghosts   []uint32
	deeds    []int // by actor: those that are compared
	heard    []int // by hearer
	finds    int
}

// deed is what was learnt of an actor.
type deed struct {
	local  int32
	cause  cause
	effect uint32
}

// find is what was learnt of a round: what comes of a set of answers, in a way.
type find struct {
	round      int
	there, how uint32
	list       []int32
}

// mirror returns the renaming of actors by p and of values by q.
func (f *Fold) mirror(p, q []int) mirror {
	m := mirror{ghosts: []uint32{0}, deeds: make([]int, len(f.actors)),
		heard: make([]int, len(f.hearers))}
	for n := range f.scene.Place.Nodes {
		m.nodes = append(m.nodes, sim.Node(n))
	}
	for i := range f.actors {
		m.to, m.from = append(m.to, i), append(m.from, i)
		m.locals = append(m.locals, []int32{0})
	}
	for i, j := range p {
		m.to[i], m.from[j] = j, i
		m.nodes[f.actors[i].node] = f.actors[j].node
	}
	m.values = slices.Clone(f.scene.Values)
	for i, j := range q {
		m.values[i] = f.scene.Values[j]
	}
	return m
}

func (m *mirror) node(n sim.Node) sim.Node {
	if int(n) < len(m.nodes) {
		return m.nodes[n]
	}
	return n
}

func (f *Fold) value(m *mirror, v sim.Value) sim.Value {
	if i := slices.Index(f.scene.Values, v); i >= 0 {
		return m.values[i]
	}
	return v
}

// swaps reports whether m renames values.
func (f *Fold) swaps(m *mirror) bool { return !slices.Equal(m.values, f.scene.Values) }

// message returns the image of a message, -1 if it has none yet.
func (m *mirror) message(n int32) int32 {
	if int(n) >= len(m.messages) {
		return -1
	}
	return m.messages[n]
}

// alike reports whether the images of a are b, in any order. A message that has no image yet has
// that in b which shows the same: what its bytes mean, the processes say.
func (f *Fold) alike(m *mirror, a, b []int32) bool {
	for _, n := range a {
		if y := m.message(n); y >= 0 {
			if !slices.Contains(b, y) {
				return false
			}
			continue
		}
		at := slices.IndexFunc(b, func(y int32) bool {
			return f.shows(m, n, y) && !slices.ContainsFunc(a, func(x int32) bool {
				return m.message(x) == y
			})
		})
		if at < 0 {
			return false
		}
		for len(m.messages) <= int(n) {
			m.messages = append(m.messages, -1)
		}
		m.messages[n] = b[at]
	}
	return len(a) == len(b)
}

// shows reports whether message y shows what n does, renamed.
func (f *Fold) shows(m *mirror, n, y int32) bool {
	a, b := &f.wire.messages[n], &f.wire.messages[y]
	return a.Kind == b.Kind && m.node(a.From) == b.From && m.node(a.To) == b.To && a.N == b.N &&
		a.NA == b.NA && a.Seq == b.Seq && a.Max == b.Max && f.value(m, a.V) == b.V &&
		f.value(m, a.VA) == b.VA && a.H == b.H && (a.H == 0 || !f.swaps(m))
}

// chain returns the image of a chain of facts.
func (f *Fold) chain(m *mirror, chain uint32) uint32 {
	if chain == 0 {
		return 0
	}
	c := f.ghosts.chains.list[chain-1]
	x := f.ghosts.facts[c.top]
	f.need(x.State == 0 || !f.swaps(m))
	x.Node, x.From, x.To = m.node(x.Node), m.node(x.From), m.node(x.To)
	x.Value, x.VValue = f.value(m, x.Value), f.value(m, x.VValue)
	return f.ghosts.chains.cons(f.chain(m, c.rest), f.ghosts.fact(&x))
}

// reflect writes the image of state, of which out is a copy.
func (f *Fold) reflect(m *mirror, out, state []uint64) {
	for i, j := range m.to {
		f.locals[j].put(out, uint32(m.locals[i][f.locals[i].of(state)]))
	}
	f.ghost.put(out, m.ghosts[f.ghost.of(state)])
	set := f.messages(out)
	clear(set)
	for w, word := range f.messages(state) {
		for ; word != 0; word &= word - 1 {
			n := m.message(int32(w*64 + bits.TrailingZeros64(word)))
			if n >= 0 && int(n) < 64*len(set) { // else the states grow before they are kept
				set[n/64] |= 1 << (n % 64)
			}
		}
	}
}

// close learns the images of all that was learnt, and compares what comes of them.
func (f *Fold) close() {
	for n := f.learnt(); n != f.closed && f.full == ""; n = f.learnt() {
		known := len(f.wire.messages)
		for i := range f.mirrors {
			f.mirrorAll(&f.mirrors[i])
		}
		f.heed()
		f.sort(min(known, f.sorted))
		f.sorted = len(f.wire.messages)
		f.closed = n
	}
}

// learnt counts what was learnt.
func (f *Fold) learnt() int {
	n := len(f.wire.messages) + len(f.ghosts.list) + len(f.finds)
	for _, a := range f.actors {
		n += len(a.deeds)
	}
	for _, h := range f.hearers {
		n += len(h.deeds)
	}
	return n
}

func (f *Fold) mirrorAll(m *mirror) {
	for i, a := range f.actors {
		for ; m.deeds[i] < len(a.deeds) && f.full == ""; m.deeds[i]++ {
			f.need(f.sameDeed(m, i, a.deeds[m.deeds[i]]))
		}
	}
	for i, h := range f.hearers {
		for ; m.heard[i] < len(h.deeds) && f.sameHeard(m, i, h.deeds[m.heard[i]]); m.heard[i]++ {
		}
	}
	for ; m.finds < len(f.finds) && f.sameFind(m, f.finds[m.finds]); m.finds++ {
	}
	for g := len(m.ghosts); g < len(f.ghosts.list); g++ {
		x := f.ghosts.list[g]
		n := f.ghosts.after(m.ghosts[x.parent], f.chain(m, x.chain))
		y := &f.ghosts.list[n]
		f.need(x.ends == y.ends && x.broken == y.broken && x.decided == y.decided)
		m.ghosts = append(m.ghosts, n)
	}
}

// sameDeed reports whether the image of a deed of actor i is one of its image, and takes in what
// the image of the local state is to which it leads.
func (f *Fold) sameDeed(m *mirror, i int, d deed) bool {
	c := d.cause
	if c.kind() == causeDeliver {
		n := m.message(int32(c.what()))
		if n < 0 {
			return false
		}
		c = causeDeliver | cause(n)
	}
	there := f.actors[m.to[i]].effect(f.peek, m.locals[i][d.local], c)
	if d.effect == 0 || there == nil {
		return d.effect == 0 && there == nil
	}
	e := &f.actors[i].effects[d.effect]
	if int(e.next) == len(m.locals[i]) {
		m.locals[i] = append(m.locals[i], there.next)
	}
	return m.locals[i][e.next] == there.next && f.tells(m, e.chain, there.chain) &&
		f.alike(m, e.sends, there.sends)
}

// subsetOf returns the image of a part of messages; not known if it is not sorted yet.
func (f *Fold) subsetOf(m *mirror, messages []int32, there uint32) (image uint32, known bool) {
	for ; there != 0; there &= there - 1 {
		j := slices.Index(messages, m.message(messages[bits.TrailingZeros32(there)]))
		if j < 0 {
			return 0, false
		}
		image |= 1 << j
	}
	return image, true
}

// sameHeard compares what a hearer learns; it reports whether it could.
func (f *Fold) sameHeard(m *mirror, i int, d deed) (known bool) {
	there, known := f.subsetOf(m, f.hearers[i].messages, uint32(d.cause))
	if known {
		f.need(f.tells(m, d.effect, f.heard(i, there)))
	}
	return known
}

// tells reports whether chain b tells the images of the facts of chain a, in any order.
func (f *Fold) tells(m *mirror, a, b uint32) bool { return f.facts(f.chain(m, a)) == f.facts(b) }

// facts returns the set of the facts of a chain.
func (f *Fold) facts(chain uint32) (set uint32) {
	for c := chain; c != 0; c = f.ghosts.chains.list[c-1].rest {
		set = f.ghosts.sets.add(set, f.ghosts.chains.list[c-1].top, false)
	}
	return set
}

// sameFind compares what comes of answers to a round; it reports whether it could.
func (f *Fold) sameFind(m *mirror, x find) (known bool) {
	r := &f.rounds[x.round]
	answers, how := r.promises, x.how
	if how >= 2 {
		answers, how = r.votes, f.ready(m, r, how-2)
	}
	there, known := f.subsetOf(m, answers, x.there)
	if !known {
		return false
	}
	list := f.foundIn(f.peek, x.round, there, how)
	f.need(len(list) == len(x.list) && !slices.ContainsFunc(x.list, func(g int32) bool {
		return !slices.ContainsFunc(list, func(h int32) bool {
			return f.sameGather(m, f.gathers[g], f.gathers[h])
		})
	}))
	return true
}

// ready returns the way of a round that is the image of having asked in gather g.
func (f *Fold) ready(m *mirror, r *round, g uint32) uint32 {
	for _, h := range r.gathers {
		if x := &f.gathers[h]; !x.anew && f.alike(m, f.gathers[g].sends, x.sends) {
			return 2 + uint32(h)
		}
	}
	f.need(false)
	return 2 + g
}

func (f *Fold) sameGather(m *mirror, a, b gather) bool {
	return a.times == b.times && f.alike(m, a.set, b.set) && f.alike(m, a.sends, b.sends) &&
		f.tells(m, a.chain, b.chain)
}
