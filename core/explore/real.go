package explore

import (
	"math/bits"

	"github.com/synodlab/synod/core/sim"
)

// Actions of real processes: what happens, at which actor, and what of it.
const (
	actWhat  = 1 << 32
	actActor = 1 << 40
)

func action(kind MoveKind, actor, what int) Action {
	return Action(uint64(kind)*actActor | uint64(actor)*actWhat | uint64(what))
}

func (a Action) parts() (kind MoveKind, actor, what int) {
	return MoveKind(a / actActor), int(a / actWhat & 0xff), int(a & (actWhat - 1))
}

// deliveries gives the arrivals at actor i. A prepare of a decree that is answered again as it was
// before is no transition (Phase1b of Paxos.tla is not enabled then).
func (k *peek) deliveries(i int, state []uint64, emit func(Action, []uint64)) {
	a, l := k.actors[i], int32(k.locals[i].of(state))
	for w, word := range k.messages(state) {
		if word &= a.inbox[w]; word == 0 {
			continue
		}
		r := a.reactions(k, l, w, word)
		live := word & r.live
		if k.asleep != nil && live&k.asleep[w] != 0 {
			live &^= k.pass(a, w, live, r, state)
		}
		for ; live != 0; live &= live - 1 {
			m := w*64 + bits.TrailingZeros64(live)
			k.delivery(i, m, &a.effects[a.reacts[r.rank(live)]], l, state, emit)
		}
	}
}

func (k *peek) delivery(
	i, m int, e *effect, l int32, state []uint64, emit func(Action, []uint64),
) {
	if k.still(i, e, l, state) {
		switch {
		case k.asleep != nil:
			k.asleep[m/64] |= 1 << (m % 64)
			k.passed.Count++
		case !k.idle(m):
			emit(action(MoveDeliver, i, m), state)
		}
		return
	}
	put(k.next, state)
	if k.scene.Once {
		k.take(m)
	}
	k.turn(i, e)
	if k.scene.Once && k.idle(m) && equal(k.next, state) {
		return
	}
	emit(action(MoveDeliver, i, m), k.next)
}

// idle reports whether an arrival of m that changes nothing is no transition.
func (k *peek) idle(m int) bool {
	return k.quiet != 0 && (k.scene.Attempts > 0 || k.wire.messages[m].Kind+1 == k.quiet)
}

func equal(a, b []uint64) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// own gives what may happen at actor i by itself: its disk, its timers, its crashes and restarts.
func (k *peek) own(i int, state []uint64, emit func(Action, []uint64)) {
	if k.unharmed && !k.stirs {
		return
	}
	a := k.actors[i]
	n := int32(k.locals[i].of(state))
	l := &a.locals[n]
	if k.unharmed && l.writes == 0 {
		return
	}
	try := func(kind MoveKind, c cause, what int, budgets ...int) {
		if e := a.effect(k, n, c|cause(what)); e != nil {
			put(k.next, state)
			k.turn(i, e)
			for _, b := range budgets {
				k.spend(b)
			}
			emit(action(kind, i, what), k.next)
		}
	}
	if l.up && l.writes > 0 {
		try(MoveSync, causeSync, 0)
	}
	if k.unharmed {
		return
	}
	if l.timers != 0 && k.left(state, ofTimeouts) {
		for rest := l.timers; rest != 0; rest &= rest - 1 {
			try(MoveFire, causeFire, bits.TrailingZeros32(rest), ofTimeouts)
		}
	}
	crash, again := k.left(state, ofCrashes), k.left(state, ofRestarts)
	named := k.scene.Restarts > 0 || k.scene.Stay
	for keep := 0; l.up && crash && keep <= l.writes; keep++ {
		try(MoveCrash, causeCrash, keep, ofCrashes)
	}
	switch {
	case !l.up && (again || !named && k.scene.Crashes > 0):
		try(MoveRestart, causeRestart, 0, ofRestarts)
	case l.up && k.restarts(state):
		for keep := 0; keep <= l.writes; keep++ {
			try(MoveRestart, causeRestart, keep, ofCrashes, ofRestarts)
		}
	}
}

// move returns what an action of an actor is, in the state in which it happens.
func (s *stage) move(a Action, state []uint64) Move {
	kind, i, what := a.parts()
	m := Move{Kind: kind, Node: s.actors[i].node, N: sim.NoNumber}
	switch kind {
	case MoveDeliver, MoveLose, MoveCopy:
		m.Messages = []int32{int32(what)}
		m.Node = s.wire.messages[what].To
	case MoveFire:
		m.Timer = uint8(what)
	case MoveCrash:
		m.Keep = what
	case MoveRestart:
		m.Keep = what
		m.Up = s.actors[i].locals[s.locals[i].of(state)].up
	case MoveStart:
		m.N, m.Value = s.starts[what].n, s.starts[what].value
	}
	return m
}
