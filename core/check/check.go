// Package check judges a run by its events, as they happen: whether two nodes ever learnt different
// values, whether a state that a client saw was lost, whether anything is still moving.
//
// A [Judge] is given the records of a trace in order. It knows no protocol. What was chosen it
// works out itself, from who accepted what under which number ("ghost state"), and never from what
// a node believes. Each safety property is one file; its doc says what is judged, and where
// it comes from.
//
// Assumed: records come in the order in which things happened, an accept and a promise stand in the
// trace when they are durable (B-01), and equal sequences of commands have equal numbers in the
// log's table of histories. A judge judges what a run did. It proves nothing about other runs.
//
// Judging one record takes constant time on average and allocates nothing once the judge has seen a
// run of that size. In a run whose executions have already diverged it may walk their histories.
package check

// Status says how a run stands to a property.
type Status uint8

// The three states. NotApplicable means that there was nothing to judge: nobody heard an answer,
// nothing was chosen, the protocol has no such events.
const (
	NotApplicable Status = iota
	Holds
	Breaks
)

// String returns the status as the command line prints it.
func (s Status) String() string {
	switch s {
	case Holds:
		return "holds"
	case Breaks:
		return "breaks"
	}
	return "not-applicable"
}

// Result is the verdict on one property.
type Result struct {
	Name   string
	Status Status
	Event  int    // number of the record that shows it, -1 if none does alone
	Other  int    // number of the other record of the pair, -1 if there is none
	Detail string // one sentence for people; empty if there is nothing to say
}

// Violation is a safety property that breaks, at the record that breaks it.
type Violation struct {
	Name         string
	Event, Other int // as in Result
	Detail       string
}

// property is the number of a check, in the order of names.
type property uint8

const (
	agree property = iota
	chosenOnce
	valid
	learn
	stable
	promise
	unique
	safeProposal
	order
	prefix
	once
	replyDurable
	lock
	onePrimary
	atomic
	linearizable
	decides
	noProgress
	livelock
	blocked
	allExecute
	properties

	lastSafety = linearizable
)

var names = [properties]string{"agree", "chosen-once", "valid", "learn", "stable", "promise",
	"unique", "safe-proposal", "order", "prefix", "once", "reply-durable", "lock", "one-primary",
	"atomic", "linearizable", "decides", "no-progress", "livelock", "blocked", "all-execute"}

// Names returns the names of all properties, in a fixed order, the safety properties first. The
// caller may keep it.
func Names() []string { return append([]string(nil), names[:]...) }

// Known reports whether name is the name of a property.
func Known(name string) bool { return find(name) < properties }

// Safety reports whether name is a safety property: one that a run breaks at one record and never
// mends. The others speak of a run up to some moment and most have a parameter.
func Safety(name string) bool { return find(name) <= lastSafety }

func find(name string) property {
	for i, n := range names {
		if n == name {
			return property(i)
		}
	}
	return properties
}
