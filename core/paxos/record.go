package paxos

import "errors"

var (
	errRecordOrder = errors.New("paxos: record: its ballot is 0 or below one written before it")
	errRecordKind  = errors.New("paxos: record: of a kind that has no place here")
	errRecordSpan  = errors.New("paxos: record: its span does not hold exactly its entries")
	errRecordSlot  = errors.New("paxos: record: an entry exceeds the limits or its slot the window")
)

// A Record is one entry in a node's append-only stream of writes. Everything that a node must
// remember is in these, and nothing is ever changed in place.
//
//	Kind      Ballot       Span            Entries
//	Format    promised                     one Configure entry: identity and genesis
//	Promised  promised
//	Accepted  accepted at  slots accepted  all of Span
//	Chosen                 slots chosen    all of Span, or none
//	Snapshot               slots held      one Configure entry: what governs after them
//
// The Ballot of a Format record is 0 but where it begins a later segment (see Replica.Header).
// An Accepted record carries its ballot and implies the promise: there is no instant at which one
// is durable and the other is not (B-06 of PITFALLS.md). Chosen is the chosen prefix that the node
// knew when it wrote the record; every slot up to it is in this record or before it.
//
// For a slot that is chosen, the last record that names it holds the chosen entry: ballots only
// rise in the stream, and every ballot above the choosing one carries the same value.
type Record struct {
	Kind    Kind
	LSN     LSN
	Ballot  Ballot
	Span    Span
	Chosen  Slot
	Entries []Entry
}
