package check

import (
	"math/bits"

	"github.com/synodlab/synod/core/trace"
)

// Set is a set of nodes. The zero value is empty.
type Set uint64

// SetOf returns the set of nodes.
func SetOf(nodes ...trace.Node) Set {
	var s Set
	for _, n := range nodes {
		s = s.With(n)
	}
	return s
}

// Has reports whether n is in s. NoNode never is.
func (s Set) Has(n trace.Node) bool { return n < trace.MaxNodes && s>>n&1 == 1 }

// With returns s and n. NoNode adds nothing.
func (s Set) With(n trace.Node) Set {
	if n >= trace.MaxNodes {
		return s
	}
	return s | 1<<n
}

// Without returns s less n.
func (s Set) Without(n trace.Node) Set { return s &^ SetOf(n) }

// Len returns how many nodes are in s.
func (s Set) Len() int { return bits.OnesCount64(uint64(s)) }

// first returns the lowest node of s, NoNode if s is empty.
func (s Set) first() trace.Node {
	if s == 0 {
		return trace.NoNode
	}
	return trace.Node(bits.TrailingZeros64(uint64(s)))
}
