package explore

import (
	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// Scene is a world and what may happen in it: what a search of real processes is given.
type Scene struct {
	// Begin returns the world in which the search begins, made anew, in the memory of an old one
	// if there is one. It rests: nothing moves by itself. All that it ever returns share one log,
	// of which it empties the records alone.
	Begin func(old *sim.World) *sim.World
	Place *sim.Place
	Judge check.Config // its Checks are judged
	Goals []string     // of these, what a search looks for
	Wide  bool         // a service's facts are all that it tells, not what Checks need of it alone
	Kinds *Kinds       // of messages of a single decree; nil: a proposer is searched as it is
	Bounds
}

// Bounds are what of all that may happen is searched. What is not named does not happen, but that a
// message arrives, and that a disk ends its writes.
type Bounds struct {
	Numbers    []int64     // each is started once, by its owner
	Values     []sim.Value // what a free proposer may propose
	Attempts   int         // of each proposer, with numbers of its own choice
	Crashes    int
	Losing     []uint8 // durable fields that a restart finds lost
	Restarts   int     // 0: each crash may be followed by one
	Stay       bool    // who crashes stays down
	Losses     int
	Duplicates int
	Timeouts   int
	Once       bool // a delivery takes the message away
}

// Kinds are the kinds of messages of a single decree.
type Kinds struct{ Prepare, Promise, Accept, Accepted, Chosen uint8 }

// Real is a search of real processes: a Model of which the states are numbers of local states, of
// messages and of facts, and each process was run once for each of its local states and what may
// happen to it there.
type Real interface {
	Model
	Forker
	Grower
	Decided
	// Full says what there is too much of, "" if nothing: the search cannot go on.
	Full() string
	// Goals returns what Judge says of a state in which all goals are broken: a bit each.
	Goals() uint32
	// Moot returns those of them for which there was nothing to judge in any state so far.
	Moot() uint32
	// Unowned returns those of the scene's Numbers that no proposer may start.
	Unowned() []int64
	// Broken returns the names of the checks behind what Judge returned.
	Broken(violation uint32) []string
	// Move returns what an action is that happens in a state.
	Move(a Action, state []uint64) Move
	// Sent returns the messages that are there in a state and were not in the one before it.
	Sent(before, after []uint64) []int32
	// Chosen returns what is chosen in a state; borrowed.
	Chosen(state []uint64) []check.Choice
	// Learnt returns what is known to happen in a state beside the moves that led there.
	Learnt(state []uint64) []Move
	// Message returns the message of that number.
	Message(n int32) *sim.Message
}

// MoveKind is what happens in a transition.
type MoveKind uint8

// The kinds of moves.
const (
	MoveStart   MoveKind = iota // Node starts number N, to propose Value
	MoveDeliver                 // Messages[0] arrives
	MoveGather                  // Messages arrive at Node, in this order, and make number N go on
	MoveLose                    // Messages[0] is lost
	MoveCopy                    // a second copy of it is on its way
	MoveFire                    // timer Timer of Node fires
	MoveSync                    // the waiting writes of Node end
	MoveCrash                   // Node crashes; the first Keep of its waiting writes stay
	MoveRestart                 // Node restarts; one that is up crashes first, as in MoveCrash
)

// Move is one transition in words.
type Move struct {
	Kind     MoveKind
	Node     sim.Node
	N        int64 // NoNumber: the node chooses
	Value    sim.Value
	Timer    uint8
	Keep     int
	Up       bool // MoveRestart: it was up
	Anew     bool // MoveGather: after a restart, and a second start of the number
	Messages []int32
	Round    int // of a proposer in a Soup: in which it does this; those of one go in order
}

// proposed are facts that stand at the beginning of each judgement: that the values were proposed.
func (s *Scene) proposed(log *trace.Log) []trace.Record {
	var all []trace.Record
	for _, v := range s.Values {
		r := trace.New(trace.Note, s.Place.With(sim.Proposer)[0])
		r.Note, r.Value = log.Names.Of(trace.Proposes), v
		all = append(all, r)
	}
	return all
}
