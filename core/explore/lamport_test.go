package explore_test

import (
	"math/bits"

	"github.com/synodlab/synod/core/explore"
)

// A lamport is Paxos.tla of the TLA+ examples: acceptors with maxBal, maxVBal
// and maxVal, and a set of messages that only grows, so that loss, duplication
// and delay are in it. Each defect is one rule broken.
//
// Word 0 holds the acceptors, twelve bits each (maxBal+1, maxVBal+1, maxVal; four
// bits each), and from bit 60 the restarts left; the other words are the set of
// messages, in the order 1a, 1b, 2a, 2b.
type lamport struct {
	acceptors, ballots, values int
	prepare, accept            int // sizes of quorums; 0 is a majority
	defect                     defect
	restarts                   int
	sortAcceptors, sortValues  bool

	next []uint64
	emit func(explore.Action, []uint64)
}

type defect int

const (
	sound          defect = iota
	acceptEqual           // accepts only what it promised
	acceptNoRaise         // an accept does not raise the promise
	acceptHighest         // the same, but an older accept does not replace a newer one
	acceptAny             // an accept heeds no promise
	acceptAbove           // an accept needs more than the promise
	prepareForgets        // a prepare is answered but not remembered
	prepareAgain          // a prepare at the promise is answered with the present state
	reportsIgnored        // the proposer takes any value
	reportsNothing        // promises report nothing
	pickAny               // the proposer takes any reported value
	pickLowest            // the proposer takes the value reported with the lowest ballot
	twoValues             // two values in one ballot
	promiseLower          // promises of lower ballots count
	countAcross           // a learner counts votes of different ballots together
	losePromise           // restarts forget maxBal
	lowerPromise          // restarts set maxBal back to maxVBal
	loseVote              // restarts forget maxVBal and maxVal
	loseAll
)

const lamportMembers = 5

// Bits of the messages, counted from word 1.
func (l *lamport) report(ballot, value int) int { // of a promise: 0 is none
	if ballot == 0 {
		return 0
	}
	return 1 + (ballot-1)*l.values + value - 1
}
func (l *lamport) reports() int  { return 1 + l.ballots*l.values }
func (l *lamport) first1b() int  { return l.ballots }
func (l *lamport) first2a() int  { return l.first1b() + l.acceptors*l.ballots*l.reports() }
func (l *lamport) first2b() int  { return l.first2a() + l.ballots*l.values }
func (l *lamport) messages() int { return l.first2b() + l.acceptors*l.ballots*l.values }

// Ballots and values are counted from 1 here, acceptors from 0.
func (l *lamport) m1a(b int) int { return b - 1 }
func (l *lamport) m1b(a, b, report int) int {
	return l.first1b() + (a*l.ballots+b-1)*l.reports() + report
}
func (l *lamport) m2a(b, v int) int    { return l.first2a() + (b-1)*l.values + v - 1 }
func (l *lamport) m2b(a, b, v int) int { return l.first2b() + (a*l.ballots+b-1)*l.values + v - 1 }

func has(state []uint64, m int) bool { return state[1+m>>6]>>(m&63)&1 != 0 }
func put(state []uint64, m int)      { state[1+m>>6] |= 1 << (m & 63) }

func (l *lamport) Words() int { return 1 + (l.messages()+63)/64 }

func (l *lamport) Start(emit func([]uint64)) {
	state := make([]uint64, l.Words())
	state[0] = uint64(l.restarts) << 60
	emit(state)
}

// acceptor is maxBal, maxVBal (counted from 1, 0 for none) and maxVal.
func acceptor(state []uint64, a int) (promise, ballot, value int) {
	field := int(state[0] >> (12 * a))
	return field & 15, field >> 4 & 15, field >> 8 & 15
}

// become is the next state, in which a is as told.
func (l *lamport) become(state []uint64, a, promise, ballot, value int) {
	copy(l.next, state)
	l.next[0] = l.next[0]&^(0xFFF<<(12*a)) | uint64(promise|ballot<<4|value<<8)<<(12*a)
}

func (l *lamport) Next(state []uint64, emit func(explore.Action, []uint64)) {
	if l.next == nil {
		l.next = make([]uint64, l.Words())
	}
	l.emit = emit
	for b := 1; b <= l.ballots; b++ {
		l.send(state, l.m1a(b))
		for v := 1; v <= l.values; v++ {
			l.propose(state, b, v)
		}
	}
	for a := range l.acceptors {
		for b := 1; b <= l.ballots; b++ {
			if has(state, l.m1a(b)) {
				l.promise(state, a, b)
			}
			for v := 1; v <= l.values; v++ {
				if has(state, l.m2a(b, v)) {
					l.vote(state, a, b, v)
				}
			}
		}
		l.restart(state, a)
	}
}

func (l *lamport) send(state []uint64, m int) {
	copy(l.next, state)
	put(l.next, m)
	l.emit(explore.Action(m+1), l.next)
}

func (l *lamport) promise(state []uint64, a, b int) {
	promise, ballot, value := acceptor(state, a)
	if b < promise || b == promise && l.defect != prepareAgain {
		return
	}
	if l.defect == prepareForgets {
		l.become(state, a, promise, ballot, value)
	} else {
		l.become(state, a, b, ballot, value)
	}
	report := l.report(ballot, value)
	if l.defect == reportsNothing {
		report = 0
	}
	put(l.next, l.m1b(a, b, report))
	l.emit(explore.Action(l.m1b(a, b, report)+1), l.next)
}

func (l *lamport) vote(state []uint64, a, b, v int) {
	promise, ballot, value := acceptor(state, a)
	switch l.defect {
	case acceptEqual:
		if b != promise {
			return
		}
	case acceptAbove:
		if b <= promise {
			return
		}
	case acceptAny:
	default:
		if b < promise {
			return
		}
	}
	raised := b
	if l.defect == acceptNoRaise || l.defect == acceptHighest {
		raised = promise
	}
	if l.defect == acceptHighest && b < ballot {
		l.become(state, a, raised, ballot, value)
	} else {
		l.become(state, a, raised, b, v)
	}
	put(l.next, l.m2b(a, b, v))
	l.emit(explore.Action(l.m2b(a, b, v)+1), l.next)
}

func (l *lamport) restart(state []uint64, a int) {
	if state[0]>>60 == 0 {
		return
	}
	promise, ballot, value := acceptor(state, a)
	switch l.defect {
	case losePromise:
		promise = 0
	case lowerPromise:
		promise = ballot
	case loseVote:
		ballot, value = 0, 0
	case loseAll:
		promise, ballot, value = 0, 0, 0
	}
	l.become(state, a, promise, ballot, value)
	l.next[0] -= 1 << 60
	l.emit(explore.Action(1000+a), l.next)
}

func quorum(size, members int) int {
	if size == 0 {
		return members/2 + 1
	}
	return size
}

// propose is Phase2a(b, v): one transition for each quorum and each witness.
func (l *lamport) propose(state []uint64, b, v int) {
	for w := 1; w <= l.values; w++ {
		if has(state, l.m2a(b, w)) && (l.defect != twoValues || w == v) {
			return
		}
	}
	for q := range 1 << l.acceptors {
		if bits.OnesCount(uint(q)) == quorum(l.prepare, l.acceptors) {
			for range l.witnesses(state, q, b, v) {
				l.send(state, l.m2a(b, v))
			}
		}
	}
}

// witnesses is how many ways this quorum allows v at b.
func (l *lamport) witnesses(state []uint64, q, b, v int) int {
	lowest, highest, all, mine := 0, 0, 0, [16]int{}
	for a := range l.acceptors {
		if q>>a&1 == 0 {
			continue
		}
		from := b
		if l.defect == promiseLower {
			from = 1
		}
		promised := false
		for ; from <= b; from++ {
			promised = promised || has(state, l.m1b(a, from, 0))
			for ballot := 1; ballot <= l.ballots; ballot++ {
				for value := 1; value <= l.values; value++ {
					if !has(state, l.m1b(a, from, l.report(ballot, value))) {
						continue
					}
					promised = true
					highest = max(highest, ballot)
					if lowest == 0 || ballot < lowest {
						lowest = ballot
					}
					if value == v {
						all++
						mine[ballot]++
					}
				}
			}
		}
		if !promised {
			return 0
		}
	}
	switch {
	case highest == 0 || l.defect == reportsIgnored:
		return 1
	case l.defect == pickAny:
		return all
	case l.defect == pickLowest:
		return mine[lowest]
	}
	return mine[highest]
}

// chosen is the set of values that a quorum voted for.
func (l *lamport) chosen(state []uint64) (set int) {
	for v := 1; v <= l.values; v++ {
		across := 0
		for b := 1; b <= l.ballots; b++ {
			votes := 0
			for a := range l.acceptors {
				if has(state, l.m2b(a, b, v)) {
					votes |= 1 << a
				}
			}
			across |= votes
			if l.defect == countAcross {
				votes = across
			}
			if bits.OnesCount(uint(votes)) >= quorum(l.accept, l.acceptors) {
				set |= 1 << v
			}
		}
	}
	return set
}

func (l *lamport) Judge(state []uint64) uint32 {
	if bits.OnesCount(uint(l.chosen(state))) > 1 {
		return 1
	}
	return 0
}

func (l *lamport) Decided(state []uint64) bool { return l.chosen(state) != 0 }
