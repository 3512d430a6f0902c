// Package explore searches, breadth first, everything that a model may do.
//
// A Model is states of a fixed number of words, and what may happen in each. The
// models of use here are those of real processes (Soup and Actors: whatever a
// sim.World could do next); published specifications are others, in the package
// models, which check the search.
//
// # What is exact
//
// Every state that was found is kept whole, and two states are the same only if
// all their words are: there are no fingerprints, so no state is ever mistaken
// for another. A search that ends with Bounded empty has looked into every
// reachable state. States are numbered in the order in which they are found, so
// the path to the first violation is as short as one can be. The order, and with
// it every number in a Result, does not depend on the size of the slices of Run,
// on the number of workers, or on the machine.
//
// Generated counts what the model gives, as TLC does: one for each way in which
// an action is enabled, steps that change nothing included, and one for each first
// state. Depth counts levels, the first states being level 1. Terminal states are
// those that nothing changes.
//
// With a Symmetric model one state stands for all those that differ in names
// alone. The counts are then of such orbits; a path is still one that the model
// itself can go.
//
// Published counts that this search gives, each a test of the package models (TLC
// and Stateright report them; the last two columns are ours):
//
//	model                                 distinct  generated  depth  orbits
//	Paxos.tla, 1 acceptor                       25         82      9
//	Paxos.tla, 3 acceptors, ballots 0..1     3,921     23,563     17     443
//	Paxos.tla, 3 acceptors, ballots 0..2   185,369  1,361,380     25  17,153
//	Voting.tla, ballots 0..2                 6,752                16     686
//	VoteProof.tla                            6,962
//	SimplifiedFastPaxos/Paxos.tla                      13,290     22   1,207
//	TwoPhase.tla, 3 managers                   288      1,146     11      80
//	TwoPhase.tla, 5 managers                 8,832     58,146     17     314
//	TwoPhase.tla, 6 managers                50,816    402,306     20     553
//	TCommit.tla, 3 managers                     34         94      7
//	Stateright's paxos, 2 clients           16,668     32,971     21
//
// (Stateright gives 665 for TwoPhase with 5 managers and its symmetry: it sorts by
// a part of the state, so that several states of one orbit remain.)
//
// # What a bound means
//
// A limit that cuts a search is named in Result.Bounded, and then nothing is known
// of what lies beyond. A limit of depth is looked at on its last level: only if
// something new lies beyond is it a bound. What a model does not do is no limit
// of the search, and the search cannot know of it: who says that Paxos is safe
// with three ballots has said nothing of four. (A learner that adds up the votes
// of different ballots is safe with three, and breaks in 20 steps with four.)
//
// # What it costs
//
// A state takes its words, 5 to 11 bytes of table, two bits that tell where it was
// found from, and one for whether something is decided there or behind it; until it is
// looked into, also a set of steps, if the model is a Sleeper. Actions are not kept, a
// path is found by asking the model again.
// Run works in slices, in one goroutine, so that a program that has only one can
// show how far it is, and stop. For several, see Tasks.
package explore

// Action is a model's own name of one transition.
type Action uint64

// Model is what is searched: states as a fixed number of words, and what may
// happen in each. Slices given to a callback are borrowed by it.
type Model interface {
	// Words is the number of words of a state, the same for all, at least 1.
	Words() int
	// Start gives the first states.
	Start(emit func(state []uint64))
	// Next gives every transition out of state, in an order that depends on
	// nothing but the state and the transitions taken before. A transition that
	// leaves the state as it is may be given and is counted as generated.
	Next(state []uint64, emit func(a Action, next []uint64))
	// Judge tells what is wrong with a state, in the model's own numbers; 0 is
	// nothing. It is asked whenever the state is found. Where a search looks for
	// several violations, they are a bit each (see Search.Seek).
	Judge(state []uint64) (violation uint32)
}

// Symmetric is a model some of whose states differ in names alone.
type Symmetric interface {
	// Canonical replaces state, in place, by the least state of its orbit: two
	// states become equal if and only if renaming turns one into the other.
	Canonical(state []uint64)
}

// Decided is a model in which some states are a goal: with it a search counts
// the states from which no such state can be reached any more. Several workers may
// ask at the same time.
type Decided interface {
	Decided(state []uint64) bool
}

// Forker is a model that several workers may read at the same time.
type Forker interface {
	Fork() Reader
}

// Reader is one worker's view of a model: it reads what all share and writes
// only what is its own. A reader of a Symmetric model is Symmetric.
type Reader interface {
	// Peek is Next, if everything that Next needs is known already. If not, it
	// returns false, whatever it emitted is dropped, and the state is given to the
	// model's own Next while no reader is at work.
	Peek(state []uint64, emit func(a Action, next []uint64)) (known bool)
	// Judge is the model's, for a state that Next or Peek has emitted.
	Judge(state []uint64) (violation uint32)
}

// Sleeper is a Reader that can pass over steps of which it is known that they lead
// to nothing new. Which steps those are, the search finds out: two that commute
// need not be taken in both orders (the sleep sets of Godefroid, 1991). Each step
// that may be passed over has a number. A reader of a Symmetric model is not asked.
type Sleeper interface {
	// Steps is how many words a set of steps takes, 0 if none is to be passed over.
	// It changes only in Grow, and with Words.
	Steps() int
	// PeekAwake is Peek without the steps in asleep, nor those that leave state as it
	// is; it adds these to asleep. It may emit some of asleep all the same. It tells
	// how many transitions it has passed over, and whether one of them leads elsewhere.
	PeekAwake(state, asleep []uint64, emit func(a Action, next []uint64)) (p Passed, known bool)
	// Step is the number of the step that an action is, -1 if it is none.
	Step(a Action) int
	// Wake takes out of asleep what may not commute with an action in state. A step
	// commutes with another if both orders lead to the same state, at least wherever
	// PeekAwake does not emit it all the same.
	Wake(a Action, state, asleep []uint64)
}

// Passed is what PeekAwake did not emit.
type Passed struct {
	Count   int
	Changes bool
}

// Keeper is a model of which the tables grow while it is searched. Kept is about how many bytes
// they take: what a search may take is for both. It is asked while no reader is at work.
type Keeper interface{ Kept() int }

// Grower is a model that finds out how wide its states must be while it is
// searched.
type Grower interface {
	// Narrow tells whether something that was emitted had no room. It is asked now and
	// then, while no reader is at work; what was emitted since it was asked last is
	// dropped if so.
	Narrow() bool
	// Grow returns nil if the states are not narrow. Otherwise Words may have changed,
	// and move writes a state of before anew, into words that are 0: the search
	// rewrites all that it found, forks its readers again, and repeats what was
	// dropped. If the model is Symmetric, what move wrote is made canonical again.
	Grow() (move func(out, state []uint64))
}

// Limits cut a search short; 0 is no limit.
type Limits struct {
	States int // distinct states
	Depth  int // levels, the first states being level 1
	Bytes  int // of memory: what Search.Bytes counts, and what a Keeper says
}

// Finding is one violation that a search found.
type Finding struct {
	Violation uint32 // of those that were sought, what was found here first
	At        int    // number of the state
	Then      Result // what was known by then
}

// What cut a search, in Result.Bounded.
const (
	BoundedStates = "states"
	BoundedDepth  = "depth"
	BoundedMemory = "memory"
)

// Result is what is known of a search, finished or not.
type Result struct {
	Distinct  int // states found, after symmetry
	Generated int // transitions given by the model, the first states among them
	Depth     int // levels, the first states being level 1
	Terminal  int // states that no transition changes
	Frontier  int // states found and not yet looked into

	// Bounded names the limit that cut the search, if one did: then nothing is
	// known of what lies beyond. With BoundedDepth every state of the levels
	// within the limit was found and looked into.
	Bounded string

	// Violation is what Judge said of the first state, in order of depth, that it
	// found wrong, and At is that state's number; the search ends there, unless it
	// looks for more (see Search.Seek).
	Violation uint32
	At        int

	// Stuck is the number of states from which no decided state can be reached,
	// and StuckAt the first of them; both are known only if Settled, that is for
	// a Decided model whose search was neither cut nor ended by a violation.
	Stuck, StuckAt int
	Settled        bool
}
