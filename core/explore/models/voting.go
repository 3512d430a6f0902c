package models

import (
	"math/bits"

	"github.com/synodlab/synod/core/explore"
)

// Voting is the algorithm that Paxos implements: acceptors raise their ballots
// and vote, looking at each other. Ballots and values are counted from 1.
//
// A state is one word for each acceptor, four bits each: maxBal, then for each
// ballot the value it voted for.
type Voting struct {
	Acceptors, Ballots, Values int

	// Recursive is VoteProof.tla: what is safe is found along a chain of ballots,
	// whose quorums may differ and may be larger than a majority.
	Recursive bool
	Sorted    bool // use the symmetry of acceptors and values

	next  []uint64
	orbit orbit
}

// Words is one for each acceptor.
func (p *Voting) Words() int { return p.Acceptors }

// Start is where nobody voted.
func (p *Voting) Start(emit func([]uint64)) {
	p.next = make([]uint64, p.Words())
	p.orbit = orbit{orders: permutations(1), sorted: p.Sorted}
	if p.Sorted {
		p.orbit.orders = permutations(p.Values)
	}
	emit(p.next)
}

func vote(state []uint64, a, b int) int { return int(state[a] >> (4 * b) & 15) }

// Next is IncreaseMaxBal and VoteFor.
func (p *Voting) Next(state []uint64, emit func(explore.Action, []uint64)) {
	for a := range p.Acceptors {
		for b := 1; b <= p.Ballots; b++ {
			if b > int(state[a]&15) {
				p.change(state, a, b, 0, emit)
			}
			for v := 1; v <= p.Values; v++ {
				if p.mayVote(state, a, b, v) {
					p.change(state, a, b, v, emit)
				}
			}
		}
	}
}

func (p *Voting) change(
	state []uint64, a, b, v int, emit func(explore.Action, []uint64),
) {
	copy(p.next, state)
	p.next[a] = state[a]&^15 | uint64(b) | uint64(v)<<(4*b)
	emit(explore.Action(a<<8|b<<4|v), p.next)
}

func (p *Voting) mayVote(state []uint64, a, b, v int) bool {
	if int(state[a]&15) > b || vote(state, a, b) != 0 {
		return false
	}
	for other := range p.Acceptors {
		if w := vote(state, other, b); w != 0 && w != v {
			return false
		}
	}
	return p.safe(state, b, v)
}

// safe tells whether some quorum shows that nothing but v can be chosen below b.
func (p *Voting) safe(state []uint64, b, v int) bool {
	if b == 1 && p.Recursive {
		return true
	}
	for q := range 1 << p.Acceptors {
		size := bits.OnesCount(uint(q))
		if size == p.Acceptors/2+1 || p.Recursive && size > p.Acceptors/2 {
			if p.shows(state, q, b, v) {
				return true
			}
		}
	}
	return false
}

// shows: all of q are at b or above; going down, none of them voted until some
// ballot in which one voted v, or until there is no ballot left.
func (p *Voting) shows(state []uint64, q, b, v int) bool {
	for a := range p.Acceptors {
		if q>>a&1 != 0 && int(state[a]&15) < b {
			return false
		}
	}
	for c := b - 1; c >= 1; c-- {
		mine, others := 0, 0
		for a := range p.Acceptors {
			switch w := vote(state, a, c); {
			case q>>a&1 == 0 || w == 0:
			case w == v:
				mine++
			default:
				others++
			}
		}
		switch {
		case p.Recursive && others == 0 && p.safe(state, c, v):
			return true
		case !p.Recursive && mine > 0:
			return true
		case mine+others > 0:
			return false
		}
	}
	return true
}

// Judge is 1 where two values are chosen.
func (p *Voting) Judge(state []uint64) uint32 {
	chosen := 0
	for b := 1; b <= p.Ballots; b++ {
		for v := 1; v <= p.Values; v++ {
			votes := 0
			for a := range p.Acceptors {
				if vote(state, a, b) == v {
					votes++
				}
			}
			if votes > p.Acceptors/2 {
				chosen |= 1 << v
			}
		}
	}
	return uint32(bits.OnesCount(uint(chosen)) / 2)
}

// Canonical is the least state but for names, if Sorted.
func (p *Voting) Canonical(state []uint64) {
	if p.Sorted {
		p.orbit.least(state, 0, p.rename)
	}
}

func (p *Voting) rename(out, state []uint64, order []int) {
	for a := range state {
		out[a] = state[a] & 15
		for b := 1; b <= p.Ballots; b++ {
			out[a] |= uint64(order[vote(state, a, b)]) << (4 * b)
		}
	}
}

// Consensus is what Voting and Paxos implement: one of the values, once.
type Consensus struct{ Values int }

// Words is one: the value chosen.
func (c Consensus) Words() int { return 1 }

// Start is where none is.
func (c Consensus) Start(emit func([]uint64)) { emit([]uint64{0}) }

// Next chooses.
func (c Consensus) Next(state []uint64, emit func(explore.Action, []uint64)) {
	for v := 1; v <= c.Values && state[0] == 0; v++ {
		emit(explore.Action(v), []uint64{uint64(v)})
	}
}

// Judge finds nothing wrong.
func (c Consensus) Judge([]uint64) uint32 { return 0 }
