package paxos

// A Ballot numbers one attempt to lead. It is ordered as an integer and unique by construction:
//
//	bits 63..24  round   chosen above every round seen
//	bits 23..8   life    of the disk that stands behind the attempt
//	bits  7..0   node
//
// Zero is no ballot. Two nodes, or one node before and after its disk was replaced, can never
// hold the same ballot (B-15 of PITFALLS.md).
type Ballot uint64

const (
	// MaxRound is the largest round of a ballot.
	MaxRound = 1<<40 - 1

	// Certain stands in place of a ballot where a value is known to be chosen: it outranks every
	// ballot that a node can hold, because no NodeID is 255.
	Certain Ballot = 1<<64 - 1
)

// NewBallot returns the ballot of a round, life and node. Rounds above MaxRound lose their high
// bits: callers refuse to pass MaxRound.
func NewBallot(round uint64, life Life, node NodeID) Ballot {
	return Ballot(round<<24 | uint64(life)<<8 | uint64(node))
}

// Round returns the round, the part that grows.
func (b Ballot) Round() uint64 { return uint64(b >> 24) }

// Life returns the life of the node that owns the ballot.
func (b Ballot) Life() Life { return Life(b >> 8) }

// Node returns the node that owns the ballot, the only one that may lead at it.
func (b Ballot) Node() NodeID { return NodeID(b) }
