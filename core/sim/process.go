package sim

import "github.com/synodlab/synod/core/trace"

// The words that a protocol needs of the trace, so that it imports one package.
type (
	Node    = trace.Node
	Value   = trace.Value
	History = trace.History
	Cell    = trace.Cell
	Record  = trace.Record
	Log     = trace.Log
)

// NumberCell, ValueCell and HistoryCell make cells of tables of state; Empty is that of nothing.
var (
	NumberCell  = trace.NumberCell
	ValueCell   = trace.ValueCell
	HistoryCell = trace.HistoryCell
)

// Empty is the cell in which nothing stands.
const Empty = trace.Empty

// NoNode and NoNumber stand for the absence of a node and of a number.
const (
	NoNode   = trace.NoNode
	NoNumber = trace.NoNumber
)

// Micros is virtual time: microseconds since the run began.
type Micros int64

// A Range of times is drawn from evenly, both ends included.
type Range struct{ Lo, Hi Micros }

// Process is one node of a protocol: one event in, effects out. It is a plain state machine. It
// has no clock, no randomness and no other way to reach the world than the Out of its Step.
type Process interface {
	// Step handles one event and appends what it does to out. It returns "" or, if the event asks
	// for something that this node cannot do, the reason, in words that complete "cannot, because
	// …"; then it must have changed nothing. in and everything that it points to are borrowed.
	Step(in *Input, out *Out) (refusal string)

	// AppendState appends all that can make a later Step differ, in canonical bytes: equal states
	// give equal bytes, in every run. Texts stand for themselves, never as numbers of a table.
	AppendState(dst []byte) []byte

	// Rows fills the table of state that people read, one cell for each row of the Schema. All
	// are trace.Absent when it is called: a row that this node does not have stays so.
	Rows(cells []Cell)
}

// Message is one message of any protocol: a flat value. Which fields a kind has, the Schema says;
// the others hold their absent values (NoNumber, 0, nil). Start from NewMessage.
type Message struct {
	N    int64   // number of the proposal
	NA   int64   // accepted number
	Seq  int64   // sequence number, slot, instance
	Max  int64   // highest number that a refusal tells of
	V    Value   // value or command
	VA   Value   // accepted value
	H    History // state shown by a reply; what the sender has executed
	Body []byte  // encoded rest, if the protocol has more; the world copies it
	ID   uint32  // identity, from 1, given by the world when the message is sent
	Kind uint8   // index into Schema.Kinds
	From Node
	To   Node
}

// NewMessage returns a message of which all fields but the kind are absent.
func NewMessage(kind uint8) Message {
	return Message{Kind: kind, N: NoNumber, NA: NoNumber, Seq: NoNumber, Max: NoNumber}
}

// Salvager is implemented by a Process that starts on a damaged disk, of which it is handed what is
// whole. Others are not started: their node stays down and raises an alarm (B-07).
type Salvager interface{ Salvages() bool }

// Believer is implemented by a Process that takes a message which was damaged on its way for what
// it has become: the lowest bit of its slot is another, or that of its number if it has no slot. To
// others it is lost (B-55).
type Believer interface{ Believes() bool }

// Heir is implemented by a Process that can use the memory of the one that ran at its node before
// and is gone: of old nothing else is left, and nobody looks at it again. It comes before Boot.
type Heir interface{ Inherit(old Process) }

// InputKind is the kind of an event at one node.
type InputKind uint8

// The events that a Process may be given. All but Boot, Deliver, Fired and Durable are a person's
// or a scenario's doing, and a protocol that knows no such thing refuses them.
const (
	Boot    InputKind = iota // the node starts; Input.Disk is what its disk holds, nothing at first
	Deliver                  // Input.Message arrives
	Fired                    // timer Input.Timer fires
	Durable                  // everything written up to Input.LSN is durable
	Request                  // a client is to issue command Input.Value, to Input.Peers if any
	Resend                   // a client sends Input.Value again (0: the oldest unanswered)
	Propose                  // start a round with Input.Value (0: the last), Input.N if forced
	Lead                     // start to lead now, with number Input.N if forced
	Suspect                  // the detector suspects Input.Peers
	Trust                    // the detector trusts Input.Peers again
	Refuse                   // vote no from now on
	Agree                    // vote yes from now on
	Join                     // reconfigure: this node joins
	Leave                    // reconfigure: this node leaves
	Members                  // reconfigure: Input.Peers are the members
)

// Input is one event at one node.
type Input struct {
	Kind    InputKind
	Now     Micros
	Message *Message
	Timer   uint8 // index into Schema.Timers
	LSN     LSN
	Value   Value
	N       int64 // forced number, or NoNumber
	Peers   []Node
	Disk    *Disk
}

// LSN is a position in one node's stream of writes, from 1. It is never used twice.
type LSN uint64

// Schema is what the world must know of a protocol: its words.
type Schema struct {
	Kinds  []string // kinds of messages
	Timers []string // names of timers
	Fields []string // names of durable fields
	Rows   []string // names of the rows of the table of state
	Beats  []uint8  // kinds that are beats, which keep no run from being quiet
	// Record names what a record of the stream says, for people; nil: all are alike.
	Record func(record []byte) string
}

// Role is a set of roles that a node plays.
type Role uint16

// The roles that a scenario's header can give.
const (
	Server Role = 1 << iota
	Proposer
	Acceptor
	Learner
	Client
	Coordinator
	Participant
	Spare
)

// Place is what every node of a run knows of it from the beginning.
type Place struct {
	Nodes   []string // names, in the order of the header
	Roles   []Role   // by node; a server is also proposer, acceptor and learner
	Log     *trace.Log
	Timeout Range // the protocol's waits
	Retry   Range // a client's wait before it sends again; Hi 0: it never does
	RetryTo RetryTo
	Machine Machine
	Seed    uint64
	Reborn  bool // a node may lose its disk and come back: its ballots are of another life
	// Command tells who issued command v and as which of its commands, from 1. Values that are no
	// commands have client NoNode.
	Command func(v Value) (client Node, seq int64)
	// Word returns what command v says: its text without what makes it unique.
	Word func(v Value) string
}

// RetryTo says where a client sends a command again.
type RetryTo uint8

// Where a client may send a command again.
const (
	RetrySame RetryTo = iota
	RetryNext
	RetryAll
)

// Machine describes the state machine of a run, by its name and its header's settings.
type Machine struct {
	Name  string // log, register, lock, bank, kv, dice
	Start []Setting
	Keys  []string // keys or accounts that the run's commands name, each once
}

// Setting is the initial value of one thing in a machine: `x=0`.
type Setting struct {
	Name  string
	Value int64
}

// With returns the nodes that have one of roles, in order.
func (p *Place) With(roles Role) []Node {
	var nodes []Node
	for i, r := range p.Roles {
		if r&roles != 0 {
			nodes = append(nodes, Node(i))
		}
	}
	return nodes
}
