package models

import "github.com/synodlab/synod/core/explore"

// What a resource manager is, and a transaction manager.
const (
	working = iota
	prepared
	committed
	aborted
)

// TwoPhase is two-phase commit as in TwoPhase.tla. A state is one word for the
// transaction manager (bits 0..1 its state, 2 and 3 the messages Commit and
// Abort) and one for each resource manager (bits 0..1 its state, 2 whether it
// sent Prepared, 3 whether that was received).
type TwoPhase struct {
	Managers int
	Sorted   bool // use the symmetry of the resource managers

	next  []uint64
	orbit orbit
}

// Bits beside the state of a manager.
const (
	sentCommit, sentAbort = 1 << 2, 1 << 3
	sent, received        = 1 << 2, 1 << 3
)

// Words is one, and one for each resource manager.
func (p *TwoPhase) Words() int { return 1 + p.Managers }

// Start is where all work.
func (p *TwoPhase) Start(emit func([]uint64)) {
	p.next = make([]uint64, p.Words())
	p.orbit = orbit{orders: permutations(1), sorted: p.Sorted}
	emit(p.next)
}

// Next is the actions of the specification; receiving what was received counts.
func (p *TwoPhase) Next(state []uint64, emit func(explore.Action, []uint64)) {
	change := func(a, at int, word uint64) {
		copy(p.next, state)
		p.next[at] = word
		emit(explore.Action(a<<8|at), p.next)
	}
	undecided, ready := state[0]&3 == working, 0
	for i, manager := range state[1:] {
		if manager&received != 0 {
			ready++
		}
		if undecided && manager&sent != 0 {
			change(1, 1+i, manager|received)
		}
		if manager&3 == working {
			change(2, 1+i, manager&^3|prepared|sent)
			change(3, 1+i, manager&^3|aborted)
		}
		if state[0]&sentCommit != 0 {
			change(4, 1+i, manager&^3|committed)
		}
		if state[0]&sentAbort != 0 {
			change(5, 1+i, manager&^3|aborted)
		}
	}
	if undecided && ready == p.Managers {
		change(6, 0, committed|sentCommit)
	}
	if undecided {
		change(7, 0, aborted|sentAbort)
	}
}

// Judge is 1 where one committed and another aborted.
func (p *TwoPhase) Judge(state []uint64) uint32 { return torn(state[1:]) }

func torn(managers []uint64) uint32 {
	seen := 0
	for _, manager := range managers {
		seen |= 1 << (manager & 3)
	}
	if seen&(1<<committed) != 0 && seen&(1<<aborted) != 0 {
		return 1
	}
	return 0
}

// Canonical sorts the resource managers.
func (p *TwoPhase) Canonical(state []uint64) {
	if p.Sorted {
		p.orbit.least(state, 1, nil)
	}
}

// TCommit is what two-phase commit implements: a word for each resource manager.
type TCommit struct{ Managers int }

// Words is one for each.
func (p TCommit) Words() int { return p.Managers }

// Start is where all work.
func (p TCommit) Start(emit func([]uint64)) { emit(make([]uint64, p.Managers)) }

// Next is preparing, committing and aborting.
func (p TCommit) Next(state []uint64, emit func(explore.Action, []uint64)) {
	seen := 0
	for _, manager := range state {
		seen |= 1 << manager
	}
	for i, manager := range state {
		become := func(s uint64) {
			next := append([]uint64(nil), state...)
			next[i] = s
			emit(explore.Action(i<<2)|explore.Action(s), next)
		}
		if manager == working {
			become(prepared)
		}
		if manager == prepared && seen&(1<<working|1<<aborted) == 0 {
			become(committed)
		}
		if manager <= prepared && seen&(1<<committed) == 0 {
			become(aborted)
		}
	}
}

// Judge is 1 where one committed and another aborted.
func (p TCommit) Judge(state []uint64) uint32 { return torn(state) }
