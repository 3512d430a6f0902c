package explore

import (
	"math/bits"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// stage is what the two searches of real processes share: actors, messages and facts. Where they
// stand in a state is the layout's to say.
type stage struct {
	layout
	scene   *Scene
	log     *trace.Log
	wire    wire
	ghosts  *ghosts
	actors  []*actor
	starts  []start
	hearers []*hearer
	heeded  int // messages that their receivers know of
	sets    sets
	quiet   uint8  // kind of messages, plus 1, of which an arrival that changes nothing is none
	silent  uint64 // set of kinds of messages that never arrive
	full    string
	stirs   bool    // something may happen at an actor by itself
	effort  int     // events that were done again, about
	unowned []int64 // numbers that no proposer may start
}

// Kept implements Keeper: what is known of facts is by far the most.
func (s *stage) Kept() int {
	const ghostBytes, cellBytes, consedBytes = 32, 16, 8
	g := s.ghosts
	bytes := ghostBytes*cap(g.list) + cap(g.memory)
	for _, p := range [...]*pairs{&g.byPart, &g.bySet, &g.parts, &g.memo, &g.chains.index,
		&g.sets.index, &s.sets.index} {
		bytes += cellBytes * cap(p.cells)
	}
	lists := cap(g.chains.list) + cap(g.sets.list) + cap(s.sets.list)
	return bytes + consedBytes*lists
}

// start is a number that a proposer may start, and what it then proposes.
type start struct {
	n     int64 // NoNumber: its own next one
	value sim.Value
}

func (s *start) input() sim.Input {
	return sim.Input{Kind: sim.Propose, N: s.n, Value: s.value}
}

// peek is who looks into the stage: the model itself, which learns what it does not know, or one
// of several readers, which only notes that it missed something.
type peek struct {
	*stage
	learns bool
	missed bool
	next   []uint64
	asleep []uint64 // set of messages whose arrivals are passed over; nil: none is
	passed Passed
	_      gap
}

func newStage(s *Scene) *stage {
	w := s.Begin(nil)
	st := &stage{scene: s, log: w.Log}
	st.ghosts = newGhosts(s, w.Log)
	return st
}

// act makes actors of nodes.
func (s *stage) act(nodes []sim.Node) {
	for _, n := range nodes {
		s.actors = append(s.actors, newActor(s, n))
	}
}

// lay decides where in a state everything stands, for begun bits of what was started.
func (s *stage) lay(begun []uint) {
	s.layout.open(s.scene, len(s.actors), begun)
	s.widen()
}

// ends reports whether the search is to come to its end: nothing more is emitted.
func (s *stage) ends() bool { return s.full != "" }

// Narrow implements Grower: it tells whether the states have too little room for what was learnt.
func (s *stage) Narrow() bool {
	for i, a := range s.actors {
		if s.locals[i].lacks(len(a.locals)) {
			return true
		}
	}
	return s.ghost.lacks(len(s.ghosts.list)) || s.spare.lacks(len(s.sets.list)+1) ||
		len(s.wire.messages) > 64*s.words
}

// grow makes room in the states for what was learnt, if there is too little.
func (s *stage) grow() (move func(out, state []uint64)) {
	if !s.Narrow() {
		return nil
	}
	old := s.layout.clone()
	s.ghost.need(len(s.ghosts.list))
	s.spare.need(len(s.sets.list) + 1)
	for i, a := range s.actors {
		s.locals[i].need(len(a.locals))
	}
	s.words = (len(s.wire.messages) + 63) / 64
	s.arrange()
	if s.words != old.words {
		s.widen()
	}
	return s.rewriter(&old)
}

func (s *stage) widen() {
	for _, a := range s.actors {
		a.widen(s.words)
	}
	s.heeded = 0
	s.heed()
}

// heed lets receivers know of the messages that are new.
func (s *stage) heed() {
	for ; s.heeded < min(len(s.wire.messages), 64*s.words); s.heeded++ {
		for _, a := range s.actors {
			m := &s.wire.messages[s.heeded]
			if a.node == m.To && len(a.inbox) > 0 && s.silent>>m.Kind&1 == 0 {
				a.heed(s.heeded)
			}
		}
	}
}

// Full says what there is too much of.
func (s *stage) Full() string { return s.full }

// Goals returns the violations that are looked for.
func (s *stage) Goals() uint32 { return s.ghosts.goals }

// Moot returns the goals for which there was nothing to judge in any state.
func (s *stage) Moot() uint32 { return s.ghosts.moot }

// Unowned returns the numbers that no proposer may start.
func (s *stage) Unowned() []int64 { return s.unowned }

// Broken returns the names of the checks behind violations.
//
//go:noinline
func (s *stage) Broken(violation uint32) (names []string) {
	for i, name := range s.ghosts.names {
		if violation>>i&1 == 1 {
			names = append(names, name)
		}
	}
	return names
}

// Message returns a message.
func (s *stage) Message(n int32) *sim.Message { return &s.wire.messages[n] }

// Sent returns the messages that are there in a state and were not in the one before it.
func (s *stage) Sent(before, after []uint64) (fresh []int32) {
	old := s.messages(before)
	for w, word := range s.messages(after) {
		for word &^= old[w]; word != 0; word &= word - 1 {
			fresh = append(fresh, int32(w*64+bits.TrailingZeros64(word)))
		}
	}
	return fresh
}

// Judge implements Model.
func (s *stage) Judge(state []uint64) uint32 { return s.ghosts.violation(s.ghost.of(state)) }

// Decided implements the interface of that name: something is chosen, or executed.
func (s *stage) Decided(state []uint64) bool { return s.ghosts.list[s.ghost.of(state)].decided }

// Chosen returns what is chosen in a state.
func (s *stage) Chosen(state []uint64) []check.Choice {
	s.ghosts.replay(s.ghost.of(state))
	return s.ghosts.judge.Chosen()
}

// begin gives the first state: what is in flight when the search begins is there.
func (s *stage) begin(emit func([]uint64)) {
	k := peek{stage: s, learns: true}
	w := s.scene.Begin(nil)
	var there []int32
	w.Flights(func(i int, f *sim.Flight) bool {
		if !f.Held() {
			there = append(there, s.wire.number(w.Message(i)))
		}
		return true
	})
	s.heed()
	k.next = make([]uint64, s.Words())
	k.send(there)
	emit(k.next)
}

// send puts messages into the next state.
func (k *peek) send(messages []int32) {
	set := k.messages(k.next)
	for _, m := range messages {
		if int(m) >= 64*k.words {
			return // the states grow before they are kept
		}
		if k.scene.Once && set[m/64]>>(m%64)&1 == 1 {
			k.spares(uint32(m), 1)
		}
		set[m/64] |= 1 << (m % 64)
	}
}

// take takes one message out of the next state.
func (k *peek) take(m int) {
	if k.sets.has(k.spare.of(k.next), uint32(m)) {
		k.spares(uint32(m), -1)
		return
	}
	k.messages(k.next)[m/64] &^= 1 << (m % 64)
}

// spares adds a further copy of m, or takes one away.
func (k *peek) spares(m uint32, by int) {
	if !k.learns {
		k.missed = true
		return
	}
	set := k.spare.of(k.next)
	if by > 0 {
		set = k.sets.add(set, m, true)
	} else {
		set = k.sets.remove(set, m)
	}
	k.spare.put(k.next, set)
}

// tell adds facts to the next state.
func (k *peek) tell(chain uint32) {
	if chain != 0 {
		k.ghost.put(k.next, k.after(k.ghost.of(k.next), chain))
	}
}

// after returns the ghost in which chain was told after at; a peek does not find out.
func (k *peek) after(at, chain uint32) uint32 {
	next, known := k.ghosts.memo.get(at, chain)
	if known {
		return next
	}
	if !k.learns {
		k.missed = true
		return at
	}
	return k.ghosts.after(at, chain)
}

// turn makes the next state that of an effect of actor i.
func (k *peek) turn(i int, e *effect) {
	k.passed.Changes = true
	k.locals[i].put(k.next, uint32(e.next))
	if k.scene.Once {
		k.send(e.sends)
	} else {
		set := k.messages(k.next)
		for w, word := range k.actors[i].masks[e.mask:][:len(set)] {
			set[w] |= word
		}
	}
	k.tell(e.chain)
	k.hear()
}

// still reports whether an effect of actor i leaves a state as it is, where messages stay.
func (k *peek) still(i int, e *effect, l int32, state []uint64) bool {
	if e.next != l || k.scene.Once {
		return false
	}
	set := k.messages(state)
	for w, word := range k.actors[i].masks[e.mask:][:len(set)] {
		if word&^set[w] != 0 {
			return false
		}
	}
	if e.chain == 0 {
		return true
	}
	at := k.ghost.of(state)
	return k.after(at, e.chain) == at
}

// Budgets, by their places.
const (
	ofCrashes = iota
	ofRestarts
	ofLosses
	ofDuplicates
	ofTimeouts
)

// left reports whether there is something left of a budget.
func (k *peek) left(state []uint64, which int) bool {
	b := &k.budgets[which]
	return b.width != 0 && int(b.of(state)) < k.allowed[which]
}

// spend uses one of a budget in the next state, if it is named at all.
func (k *peek) spend(which int) {
	if b := &k.budgets[which]; b.width != 0 {
		b.put(k.next, b.of(k.next)+1)
	}
}

// maxEffort bounds what it may cost to be in a local state again, in events.
const maxEffort = 50_000_000

// tire counts events that are done again.
func (s *stage) tire(events int) {
	if s.effort += events; s.effort > maxEffort {
		s.full = "events to do again for each state of a node"
	}
}

// bit returns whether message m is in set, 1 or 0. One for which there is no room is in none.
func bit(set []uint64, m int32) uint64 {
	if int(m)/64 >= len(set) {
		return 0
	}
	return set[m/64] >> (m % 64) & 1
}

// subset returns which of messages are in set.
func (s *stage) subset(messages []int32, set []uint64) (there uint32) {
	for j, p := range messages {
		if j == maxGathered {
			s.full = "different answers to one number: more than 32"
			break
		}
		there |= uint32(bit(set, p)) << j
	}
	return there
}
