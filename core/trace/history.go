package trace

// History is the number of a sequence of commands in a table of [Histories]. 0 is the empty one.
type History uint32

// Histories numbers sequences of commands. A sequence is its parent and one more command, and
// equal sequences have equal numbers, so that a server that has executed a million commands holds
// one integer, and "is one a prefix of the other" walks the tree. The zero value is ready to use.
type Histories struct {
	nodes []historyNode
	index map[uint64]History
}

type historyNode struct {
	parent History
	last   Value
	depth  uint32
}

// Then returns h followed by command v.
func (t *Histories) Then(h History, v Value) History {
	key := uint64(h)<<32 | uint64(v)
	if next, ok := t.index[key]; ok {
		return next
	}
	if t.index == nil {
		t.index = make(map[uint64]History)
	}
	t.nodes = append(t.nodes, historyNode{parent: h, last: v, depth: t.Len(h) + 1})
	next := History(len(t.nodes))
	t.index[key] = next
	return next
}

// reset forgets all sequences and keeps the memory.
func (t *Histories) reset() {
	t.nodes = t.nodes[:0]
	clear(t.index)
}

// Len returns how many commands h has.
func (t *Histories) Len(h History) uint32 {
	if h == 0 {
		return 0
	}
	return t.nodes[h-1].depth
}

// Last returns the last command of h, 0 if it is empty, and what is before it.
func (t *Histories) Last(h History) (Value, History) {
	if h == 0 {
		return 0, 0
	}
	return t.nodes[h-1].last, t.nodes[h-1].parent
}

// Prefix reports whether a is a prefix of b, or equal to it.
func (t *Histories) Prefix(a, b History) bool {
	for n := t.Len(a); t.Len(b) > n; {
		b = t.nodes[b-1].parent
	}
	return a == b
}

// Comparable reports whether one of a and b is a prefix of the other (ORDER, Definition 1.8).
func (t *Histories) Comparable(a, b History) bool { return t.Prefix(a, b) || t.Prefix(b, a) }

// Has reports whether command v is in h.
func (t *Histories) Has(h History, v Value) bool {
	for ; h != 0; h = t.nodes[h-1].parent {
		if t.nodes[h-1].last == v {
			return true
		}
	}
	return false
}

// Append appends the commands of h, first to last, to dst.
func (t *Histories) Append(dst []Value, h History) []Value {
	n := int(t.Len(h))
	start := len(dst)
	for range n {
		dst = append(dst, 0)
	}
	for i := n - 1; i >= 0; i-- {
		dst[start+i], h = t.Last(h)
	}
	return dst
}
