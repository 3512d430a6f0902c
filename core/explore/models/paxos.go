package models

import (
	"math/bits"

	"github.com/synodlab/synod/core/explore"
)

// Paxos is Lamport's Paxos.tla: acceptors with maxBal, maxVBal and maxVal, and a
// set of messages that only grows, so that loss, duplication and delay are in it.
// Ballots and values are counted from 1 here, 0 is none; acceptors from 0.
//
// A state is one word for what is nobody's own, and one for each acceptor: what
// it knows, and all that it ever sent.
//
//	word 0    bits  0..     1a, one for each ballot
//	          then          2a, one for each ballot and value
//	          bits 56..57   the decision, if there is one
//	          bits 60..63   restarts left
//	word 1+a  bits  0..11   maxBal, maxVBal, maxVal, four bits each
//	          then          2b, one for each ballot and value
//	          then          1b, for each ballot one for each possible report
type Paxos struct {
	Acceptors, Ballots, Values int

	Prepare, Accept int // sizes of quorums; 0 is a majority
	Defect          Defect
	Restarts        int  // how many there may be; what they lose is the defect
	Decision        bool // a variable remembers what was decided

	SortAcceptors, SortValues bool // the symmetries to use

	next  []uint64
	emit  func(explore.Action, []uint64)
	orbit orbit
}

// Defect is one rule of Paxos broken.
type Defect int

// The defects, and what each breaks. PITFALLS and the seeds name them by the ids
// behind them.
const (
	Sound          Defect = iota
	AcceptEqual           // accepts only what it promised; safe
	AcceptNoRaise         // an accept does not raise the promise (T-12)
	AcceptHighest         // so too, but keeps the highest vote; safe
	AcceptAny             // an accept heeds no promise
	AcceptAbove           // an accept needs more than the promise; safe, and nothing is chosen
	PrepareForgets        // a prepare is answered and not remembered
	PrepareAgain          // a prepare at the promise is answered, with the present state; safe
	ReportsIgnored        // the proposer takes any value
	ReportsNothing        // promises report nothing
	PickAny               // the proposer takes any reported value
	PickLowest            // the proposer takes the value reported with the lowest ballot
	TwoValues             // two values in one ballot
	PromiseLower          // promises of lower ballots count
	CountAcross           // a learner adds up votes of different ballots (B-20)
	LosePromise           // a restart forgets maxBal (K-35)
	LowerPromise          // a restart sets maxBal back to maxVBal
	LoseVote              // a restart forgets maxVBal and maxVal (K-34)
	LoseAll               // a restart forgets everything
)

// Words is one for the system and one for each acceptor.
func (p *Paxos) Words() int { return 1 + p.Acceptors }

// Start is where nobody has said anything.
func (p *Paxos) Start(emit func([]uint64)) {
	p.next = make([]uint64, p.Words())
	p.orbit = orbit{orders: permutations(1), sorted: p.SortAcceptors}
	if p.SortValues {
		p.orbit.orders = permutations(p.Values)
	}
	p.next[0] = uint64(p.Restarts) << 60
	emit(p.next)
}

// Fork is a copy with its own scratch space.
func (p *Paxos) Fork() explore.Reader {
	copied := *p
	copied.Start(func([]uint64) {})
	return explore.Whole(&copied)
}

// Bits of word 0.
func (p *Paxos) bit1a(b int) int    { return b - 1 }
func (p *Paxos) bit2a(b, v int) int { return p.Ballots + (b-1)*p.Values + v - 1 }

// Bits of an acceptor's word.
func (p *Paxos) bit2b(b, v int) int { return 12 + (b-1)*p.Values + v - 1 }
func (p *Paxos) bit1b(b, report int) int {
	return 12 + p.Ballots*p.Values + (b-1)*(1+p.Ballots*p.Values) + report
}

// report numbers what a promise can say: 0 is that nothing was accepted.
func (p *Paxos) report(ballot, value int) int {
	if ballot == 0 {
		return 0
	}
	return 1 + (ballot-1)*p.Values + value - 1
}

func has(word uint64, bit int) bool { return word>>bit&1 != 0 }

// knows is an acceptor's maxBal, maxVBal and maxVal.
func knows(word uint64) (promise, ballot, value int) {
	return int(word & 15), int(word >> 4 & 15), int(word >> 8 & 15)
}

// Next is 1a, 2a, 1b, 2b, and restarts; with Decision, deciding.
func (p *Paxos) Next(state []uint64, emit func(explore.Action, []uint64)) {
	p.emit = emit
	for b := 1; b <= p.Ballots; b++ {
		p.send(state, p.bit1a(b))
		for v := 1; v <= p.Values; v++ {
			p.propose(state, b, v)
		}
	}
	for a := range p.Acceptors {
		for b := 1; b <= p.Ballots; b++ {
			if has(state[0], p.bit1a(b)) {
				p.promise(state, a, b)
			}
			for v := 1; v <= p.Values; v++ {
				if has(state[0], p.bit2a(b, v)) {
					p.vote(state, a, b, v)
				}
			}
		}
		p.restart(state, a)
	}
	if p.Decision {
		p.decide(state)
	}
}

// send adds a message of word 0.
func (p *Paxos) send(state []uint64, bit int) {
	copy(p.next, state)
	p.next[0] |= 1 << bit
	p.emit(explore.Action(bit), p.next)
}

// say has an acceptor change and send: a bit of its own word, or none below 0.
func (p *Paxos) say(state []uint64, a, promise, ballot, value, bit int) {
	copy(p.next, state)
	own := state[1+a]&^0xFFF | uint64(promise|ballot<<4|value<<8)
	if bit >= 0 {
		own |= 1 << bit
	}
	p.next[1+a] = own
	p.emit(explore.Action(64*(1+a)+bit), p.next)
}

// promise is Phase1b.
func (p *Paxos) promise(state []uint64, a, b int) {
	promise, ballot, value := knows(state[1+a])
	if b < promise || b == promise && p.Defect != PrepareAgain {
		return
	}
	report := p.report(ballot, value)
	if p.Defect == ReportsNothing {
		report = 0
	}
	if p.Defect != PrepareForgets {
		promise = b
	}
	p.say(state, a, promise, ballot, value, p.bit1b(b, report))
}

// votes tells whether an acceptor that promised so much accepts at b.
func (p *Paxos) votes(promise, b int) bool {
	switch p.Defect {
	case AcceptEqual:
		return b == promise
	case AcceptAbove:
		return b > promise
	case AcceptAny:
		return true
	}
	return b >= promise
}

// vote is Phase2b.
func (p *Paxos) vote(state []uint64, a, b, v int) {
	promise, ballot, value := knows(state[1+a])
	if !p.votes(promise, b) {
		return
	}
	if p.Defect != AcceptNoRaise && p.Defect != AcceptHighest {
		promise = b
	}
	if p.Defect != AcceptHighest || b >= ballot {
		ballot, value = b, v
	}
	p.say(state, a, promise, ballot, value, p.bit2b(b, v))
}

func (p *Paxos) restart(state []uint64, a int) {
	if state[0]>>60 == 0 {
		return
	}
	promise, ballot, value := knows(state[1+a])
	switch p.Defect {
	case LosePromise:
		promise = 0
	case LowerPromise:
		promise = ballot
	case LoseVote:
		ballot, value = 0, 0
	case LoseAll:
		promise, ballot, value = 0, 0, 0
	}
	lighter := state[0] - 1<<60
	emit := p.emit
	p.emit = func(a explore.Action, next []uint64) {
		next[0] = lighter
		emit(a, next)
	}
	p.say(state, a, promise, ballot, value, -1)
	p.emit = emit
}

func quorum(size, members int) int {
	if size == 0 {
		return members/2 + 1
	}
	return size
}

// propose is Phase2a: one transition for each quorum and each of its reports
// that speaks for v.
func (p *Paxos) propose(state []uint64, b, v int) {
	for w := 1; w <= p.Values; w++ {
		if has(state[0], p.bit2a(b, w)) && (p.Defect != TwoValues || w == v) {
			return
		}
	}
	for q := range 1 << p.Acceptors {
		if bits.OnesCount(uint(q)) != quorum(p.Prepare, p.Acceptors) {
			continue
		}
		witnesses := p.heard(state, q, b).speakFor(v, p.Defect)
		if p.Decision {
			witnesses = min(witnesses, 1)
		}
		for range witnesses {
			p.send(state, p.bit2a(b, v))
		}
	}
}

// reports is what the promises of a quorum say.
type reports struct {
	complete        bool
	lowest, highest int         // ballots of votes reported, 0 if there is none
	of              [16][16]int // by ballot and value, how many say so
}

func (p *Paxos) heard(state []uint64, q, b int) (r reports) {
	from := b
	if p.Defect == PromiseLower {
		from = 1
	}
	for a := range p.Acceptors {
		if q>>a&1 != 0 && !p.hear(state[1+a], from, b, &r) {
			return r
		}
	}
	r.complete = true
	return r
}

// hear adds one acceptor's promises for ballots from..b, if there are any.
func (p *Paxos) hear(word uint64, from, b int, r *reports) (promised bool) {
	for ; from <= b; from++ {
		promised = promised || has(word, p.bit1b(from, 0))
		for ballot := 1; ballot <= p.Ballots; ballot++ {
			for value := 1; value <= p.Values; value++ {
				if !has(word, p.bit1b(from, p.report(ballot, value))) {
					continue
				}
				promised = true
				r.of[ballot][value]++
				r.highest = max(r.highest, ballot)
				if r.lowest == 0 || ballot < r.lowest {
					r.lowest = ballot
				}
			}
		}
	}
	return promised
}

// speakFor is how many of the reports allow v; 1 if there is none at all.
func (r reports) speakFor(v int, defect Defect) (witnesses int) {
	switch {
	case !r.complete:
		return 0
	case r.highest == 0 || defect == ReportsIgnored:
		return 1
	case defect == PickLowest:
		return r.of[r.lowest][v]
	case defect == PickAny:
		for _, values := range r.of {
			witnesses += values[v]
		}
		return witnesses
	}
	return r.of[r.highest][v]
}

// chosen is the set of values that a quorum voted for.
func (p *Paxos) chosen(state []uint64) (values int) {
	for v := 1; v <= p.Values; v++ {
		across := 0
		for b := 1; b <= p.Ballots; b++ {
			votes := p.voters(state, b, v)
			across |= votes
			if p.Defect == CountAcross {
				votes = across
			}
			if bits.OnesCount(uint(votes)) >= quorum(p.Accept, p.Acceptors) {
				values |= 1 << v
			}
		}
	}
	return values
}

func (p *Paxos) voters(state []uint64, b, v int) (set int) {
	for a := range p.Acceptors {
		if has(state[1+a], p.bit2b(b, v)) {
			set |= 1 << a
		}
	}
	return set
}

// decide sets the decision, once for each quorum and each vote in it.
func (p *Paxos) decide(state []uint64) {
	size := quorum(p.Accept, p.Acceptors)
	for b := 1; b <= p.Ballots; b++ {
		for v := 1; v <= p.Values; v++ {
			n := bits.OnesCount(uint(p.voters(state, b, v)))
			for range binomial(n, size) * size {
				copy(p.next, state)
				p.next[0] = state[0]&^(3<<56) | uint64(v)<<56
				p.emit(explore.Action(56+v), p.next)
			}
		}
	}
}

func binomial(n, k int) int {
	if k > n {
		return 0
	}
	b := 1
	for i := 1; i <= k; i++ {
		b = b * (n - k + i) / i
	}
	return b
}

// Judge is 1 where two values are chosen.
func (p *Paxos) Judge(state []uint64) uint32 {
	if bits.OnesCount(uint(p.chosen(state))) > 1 {
		return 1
	}
	return 0
}

// Decided tells whether a value is chosen.
func (p *Paxos) Decided(state []uint64) bool { return p.chosen(state) != 0 }

// Canonical is the least state but for the names that may be changed.
func (p *Paxos) Canonical(state []uint64) {
	if p.SortAcceptors || p.SortValues {
		p.orbit.least(state, 1, p.rename)
	}
}

func (p *Paxos) rename(out, state []uint64, order []int) {
	out[0] = state[0]&^(1<<60-1) | state[0]&(1<<p.Ballots-1)
	out[0] |= uint64(order[state[0]>>56&3]) << 56
	for i := range p.Acceptors {
		promise, ballot, value := knows(state[1+i])
		out[1+i] = uint64(promise | ballot<<4 | order[value]<<8)
	}
	for b := 1; b <= p.Ballots; b++ {
		p.move(out, state, p.bit1b(b, 0), p.bit1b(b, 0))
		for v, w := range order[1:] {
			out[0] |= state[0] >> p.bit2a(b, v+1) & 1 << p.bit2a(b, w)
			p.move(out, state, p.bit2b(b, v+1), p.bit2b(b, w))
			for c := 1; c <= p.Ballots; c++ {
				p.move(out, state, p.bit1b(b, p.report(c, v+1)), p.bit1b(b, p.report(c, w)))
			}
		}
	}
}

// move copies one bit of each acceptor.
func (p *Paxos) move(out, state []uint64, from, to int) {
	for i := 1; i <= p.Acceptors; i++ {
		out[i] |= state[i] >> from & 1 << to
	}
}
