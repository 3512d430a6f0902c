// Package models holds published specifications as front ends of the search.
// They check the search, not Synod: the numbers of states that TLC and
// Stateright report for them are known, and each is a test of this package.
//
//	model        what it is                                              from
//	Paxos        Lamport's Paxos.tla, its defects one by one             tlaplus/Examples
//	             with Decision: SimplifiedFastPaxos/Paxos.tla
//	Voting       the algorithm above it; with Recursive: VoteProof.tla   tlaplus/Examples
//	Consensus    what they implement                                     tlaplus/Examples
//	TwoPhase     two-phase commit                                        tlaplus/Examples
//	TCommit      what it implements                                      tlaplus/Examples
//	Register     a register over single-decree Paxos, with its clients   Stateright
//	Tickets      two-phase locking with tickets, algorithm 1.13          E-28
//
// Generated states are counted as TLC does: one for each way in which an action
// is enabled (each quorum, each witness), and a step that changes nothing counts.
package models

import "slices"

// permutations are all orders of 1..n, the first being 1..n itself; index 0 of
// each stays 0, which stands for no value.
func permutations(n int) [][]int {
	all := [][]int{{0}}
	for v := 1; v <= n; v++ {
		var longer [][]int
		for at := v; at > 0; at-- {
			for _, p := range all {
				longer = append(longer, slices.Insert(slices.Clone(p), at, v))
			}
		}
		all = longer
	}
	return all
}

// An orbit finds the least state among those that differ in the names of values,
// and of members too if sorted: a member's word holds all that concerns it, so
// sorting those words undoes any renaming of members.
type orbit struct {
	orders [][]int
	sorted bool
	trial  []uint64
	best   []uint64
}

// least replaces state by the least of its orbit. Word 0 to from-1 concern no
// member; rename writes the state with its values renamed.
func (o *orbit) least(state []uint64, from int, rename func(out, state []uint64, order []int)) {
	o.best = append(o.best[:0], state...)
	o.arrange(o.best[from:])
	if len(o.orders) > 1 {
		o.trial = append(o.trial[:0], state...)
		for _, order := range o.orders[1:] {
			rename(o.trial, state, order)
			o.arrange(o.trial[from:])
			if slices.Compare(o.trial, o.best) < 0 {
				o.trial, o.best = o.best, o.trial
			}
		}
	}
	copy(state, o.best)
}

func (o *orbit) arrange(members []uint64) {
	if o.sorted {
		slices.Sort(members)
	}
}
