package paxos

import "math/bits"

// MaxNodes bounds the nodes of a cluster; a NodeID is below it.
const MaxNodes = 16

// A NodeID is the stable name of a node, below MaxNodes. It is reused only with a higher Life.
type NodeID uint8

// NoNode is no node's name.
const NoNode NodeID = 255

// A Life numbers the disks that stood behind one NodeID, from 1: a node whose disk was wiped comes
// back with another life, and votes of one life never count for another (B-11 of PITFALLS.md).
type Life uint16

// A Member is a node together with the disk that stands behind it: what may vote.
type Member struct {
	Node NodeID
	Life Life
	Disk DiskID // which disk that is; zero where only one ever had this life
}

// A NodeSet is a set of NodeIDs below MaxNodes. The zero value is empty.
type NodeSet uint16

// Has reports whether n is in the set.
func (s NodeSet) Has(n NodeID) bool { return n < MaxNodes && s&(1<<n) != 0 }

// With returns the set and n.
func (s NodeSet) With(n NodeID) NodeSet { return s | 1<<n }

// Without returns the set without n.
func (s NodeSet) Without(n NodeID) NodeSet { return s &^ (1 << n) }

// Len returns the number of nodes in the set.
func (s NodeSet) Len() int { return bits.OnesCount16(uint16(s)) }

// first returns the lowest node of a set that is not empty, and rest the set without it. The loop
// where each step counts is
//
//	for ; s != 0; s = s.rest() { n := s.first() }
func (s NodeSet) first() NodeID { return NodeID(bits.TrailingZeros16(uint16(s))) % MaxNodes }
func (s NodeSet) rest() NodeSet { return s & (s - 1) }

// Next returns the lowest node that is at least n, or NoNode. The loop over a set is
//
//	for n := s.Next(0); n != NoNode; n = s.Next(n + 1)
func (s NodeSet) Next(n NodeID) NodeID {
	if n >= MaxNodes {
		return NoNode
	}
	rest := uint16(s) >> n
	if rest == 0 {
		return NoNode
	}
	return n + NodeID(bits.TrailingZeros16(rest))
}
