package explore

import (
	"math/bits"

	"github.com/synodlab/synod/core/sim"
)

// Actors is the search of processes as they are: every node has its own state, and each arrival of
// a message at it is a transition. As in a Soup nobody learns what is chosen if the scene names no
// learner and no node has two parts.
type Actors struct {
	*peek
	owners []int // of numbers: the actor
	seats  []int // of proposers: the actor
}

// NewActors returns the search of all nodes of s.
func NewActors(s *Scene) *Actors {
	m := &Actors{peek: &peek{stage: newStage(s), learns: true}}
	var all []sim.Node
	for i := range s.Place.Nodes {
		all = append(all, sim.Node(i))
		if s.Place.Roles[i]&sim.Proposer != 0 {
			m.seats = append(m.seats, i)
		}
	}
	if apart(s) && len(s.Place.With(sim.Learner)) == 0 {
		m.silent = 1<<s.Kinds.Accepted | 1<<s.Kinds.Chosen
	}
	m.act(all)
	m.lay(m.assign())
	m.next = make([]uint64, m.Words())
	return m
}

// assign finds the owner of each number, and returns how many bits tell what was started: one for
// each number, or the attempts of each proposer.
func (m *Actors) assign() (begun []uint) {
	s := m.scene
	if s.Attempts > 0 {
		for _, v := range s.Values {
			m.starts = append(m.starts, start{sim.NoNumber, v})
		}
		for range m.seats {
			begun = append(begun, uint(bits.Len(uint(s.Attempts))))
		}
		return begun
	}
	for i, n := range s.Numbers {
		for _, v := range s.Values {
			m.starts = append(m.starts, start{n, v})
		}
		owner := m.owner(i, m.seats)
		if owner < 0 {
			m.unowned = append(m.unowned, n)
		}
		m.owners = append(m.owners, owner)
		begun = append(begun, 1)
	}
	return begun
}

// owner returns the actor that may start the i-th number, -1 if nobody may. Numbers that anyone may
// take are dealt out in turns.
func (k *peek) owner(i int, seats []int) int {
	for j := range seats {
		seat := seats[(i+j)%len(seats)]
		c := causeStart | cause(i*len(k.scene.Values))
		if len(k.scene.Values) > 0 && k.actors[seat].effect(k, 0, c) != nil {
			return seat
		}
	}
	return -1
}

// Start implements Model.
func (m *Actors) Start(emit func([]uint64)) { m.begin(emit) }

// Grow implements Grower.
func (m *Actors) Grow() (move func(out, state []uint64)) {
	if move = m.stage.grow(); move != nil {
		m.next = make([]uint64, m.Words())
	}
	return move
}

// Next implements Model.
func (m *Actors) Next(state []uint64, emit func(Action, []uint64)) {
	m.peek.actorsNext(m, state, emit)
}

// Fork implements Forker.
func (m *Actors) Fork() Reader {
	reader := *m
	reader.peek = &peek{stage: m.stage, next: scratch(m.Words())}
	return &reader
}

// Move returns what an action is.
func (m *Actors) Move(a Action, state []uint64) Move { return m.move(a, state) }

// Learnt returns nothing: all that happens is a move.
func (m *Actors) Learnt([]uint64) []Move { return nil }

// Peek implements Reader. The model itself knows all.
func (m *Actors) Peek(state []uint64, emit func(Action, []uint64)) bool {
	m.missed = false
	m.actorsNext(m, state, emit)
	return !m.missed
}

// PeekAwake implements Sleeper.
func (m *Actors) PeekAwake(
	state, asleep []uint64, emit func(Action, []uint64),
) (p Passed, known bool) {
	m.asleep, m.passed = asleep, Passed{}
	known = m.Peek(state, emit)
	m.asleep = nil
	m.resolve(state, asleep)
	return m.passed, known
}

func (k *peek) actorsNext(m *Actors, state []uint64, emit func(Action, []uint64)) {
	if k.ends() {
		return
	}
	for i := range k.actors {
		k.deliveries(i, state, emit)
		k.own(i, state, emit)
	}
	k.startNumbers(m, state, emit)
	k.startAttempts(m, state, emit)
	if k.scene.Once {
		k.faults(state, emit)
	}
}

// startNumbers gives the starts of numbers that were not started yet.
func (k *peek) startNumbers(m *Actors, state []uint64, emit func(Action, []uint64)) {
	for i, seat := range m.owners {
		begun := &k.begun[i]
		if seat < 0 || begun.of(state) != 0 {
			continue
		}
		for v := range k.scene.Values {
			k.begins(seat, i*len(k.scene.Values)+v, state, func() {
				begun.put(k.next, 1)
			}, emit)
		}
	}
}

// startAttempts gives the further attempts of each proposer.
func (k *peek) startAttempts(m *Actors, state []uint64, emit func(Action, []uint64)) {
	if k.scene.Attempts == 0 {
		return
	}
	for i, seat := range m.seats {
		begun := &k.begun[i]
		if int(begun.of(state)) >= k.scene.Attempts {
			continue
		}
		for v := range k.scene.Values {
			k.begins(seat, v, state, func() {
				begun.put(k.next, begun.of(k.next)+1)
			}, emit)
		}
	}
}

// begins gives one start.
func (k *peek) begins(seat, what int, state []uint64, note func(),
	emit func(Action, []uint64)) {
	e := k.actors[seat].effect(k, int32(k.locals[seat].of(state)), causeStart|cause(what))
	if e != nil {
		put(k.next, state)
		note()
		k.turn(seat, e)
		emit(action(MoveStart, seat, what), k.next)
	}
}

// faults gives the losses and the copies of messages.
func (k *peek) faults(state []uint64, emit func(Action, []uint64)) {
	lose, double := k.left(state, ofLosses), k.left(state, ofDuplicates)
	if !lose && !double {
		return
	}
	for w, word := range k.messages(state) {
		for ; word != 0; word &= word - 1 {
			m := w*64 + bits.TrailingZeros64(word)
			if lose {
				put(k.next, state)
				k.take(m)
				k.spend(ofLosses)
				emit(action(MoveLose, 0, m), k.next)
			}
			if double {
				put(k.next, state)
				k.spares(uint32(m), 1)
				k.spend(ofDuplicates)
				emit(action(MoveCopy, 0, m), k.next)
			}
		}
	}
}
