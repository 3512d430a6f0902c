// Package trace is the one event format of Synod: what happened, at which node, at what time.
//
// A run, wherever it happens (a tab, the command line, a native node, an edge worker), is a [Log]:
// fixed-size [Record]s that a program or JavaScript reads in place, with two tables beside them,
// [Names] for every text and [Histories] for every sequence of executed commands. As a file a log
// is one JSON object a line (see [Log.AppendJSON]), and the hash of a run is the FNV-1a hash of
// exactly those bytes, so that anyone can check it with other tools.
//
// A log never shrinks and a record never changes once the next one is appended.
package trace

import "math"

// Kind says what happened.
type Kind uint8

// The kinds. Promise and Accept happen when the record behind them is durable, that is when the
// answer may leave; before that there is only Write (B-01). Chosen means that a node learnt that a
// value is chosen; that a quorum has accepted a value is what the checks work out from Accept.
const (
	None      Kind = iota
	Send           // a message leaves Node
	Deliver        // a message arrives at Node
	Lose           // a message is lost: on its way, or at a node that is down
	Duplicate      // a second copy of a message is on its way
	Timer          // a timer of Node fired; Note is its name
	Write          // a record goes to Node's disk; it is not durable yet
	Sync           // everything that Node wrote so far is durable
	Crash          // Node stops and forgets what is not on its disk
	Restart        // Node starts from its disk
	Promise        // Node promises Ballot
	Accept         // Node accepts Value at Ballot in Slot
	Chosen         // Node learns that Value is chosen in Slot
	Execute        // Node executes Value; State is what it has executed now
	Reply          // client Node hears an answer; State is what it was shown
	Lead           // Node acts as leader or primary from now on
	StepDown       // Node no longer does
	Configure      // a configuration: Slot, Ballot (its era), Value (its members), Note
	Note           // anything else that a reader should see
	Violation      // a check is violated here; Note is its name
	kinds
)

var kindNames = [kinds]string{"none", "send", "deliver", "lose", "duplicate", "timer", "write",
	"sync", "crash", "restart", "promise", "accept", "chosen", "execute", "reply", "lead",
	"step-down", "configure", "note", "violation"}

// String returns the name of k as it stands in a trace file.
func (k Kind) String() string {
	if k >= kinds {
		return "none"
	}
	return kindNames[k]
}

// Node is the index of a node, in the order in which the scenario's header names them.
type Node uint8

// MaxNodes bounds the nodes of one run.
const MaxNodes = 64

// NoNode stands for the absence of a node: who caused an event that no node caused.
const NoNode Node = 255

// NoNumber stands for the absence of a proposal number, sequence number or other number.
const NoNumber int64 = math.MinInt64

// Record is one event. It is 72 bytes long and holds no pointer: [Log.Records] may be read from
// outside through linear memory. Numbers that are absent are NoNumber, indexes that are absent 0.
type Record struct {
	At      int64   // virtual time in microseconds since the run began
	Ballot  int64   // proposal number as the protocol prints it
	VBallot int64   // accepted number of a promise, or the higher number of a refusal
	Slot    int64   // slot, sequence number, or instance
	Message uint32  // identity of the message, from 1 in order of sending
	Value   Value   // command or value
	VValue  Value   // accepted value of a promise
	State   History // the commands behind a reply or in a machine
	Note    Value   // name of a timer, durable field, check; or a free text
	Line    uint32  // line of the scenario that made it happen, from 1; 0: the protocol itself
	Cause   uint32  // number of the event this one follows from, plus 1 (a delivery: its sending)
	Node    Node    // where it happened
	From    Node    // sender and receiver of the message, for events about one
	To      Node
	Kind    Kind
	Type    uint8 // kind of the message plus 1, an index into Log.Kinds
	_       [3]uint8
	_       uint32
}

// blank is a record of which everything is absent.
var blank = Record{Ballot: NoNumber, VBallot: NoNumber, Slot: NoNumber,
	Node: NoNode, From: NoNode, To: NoNode}

// New returns a record of which everything but kind and node is absent.
func New(kind Kind, node Node) Record {
	r := blank
	r.Kind, r.Node = kind, node
	return r
}
