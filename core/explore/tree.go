package explore

import "math/bits"

// A tree remembers from which state each state was first found. States are
// numbered in the order in which they are found, which is the order in which
// they are looked into, so a state's children follow those of the state before:
// for each state in turn a one for each child, then a zero. That is two bits a
// state. The first states are the children of a root that is no state and comes
// first.
type tree struct {
	words []uint64
	bits  int
}

// child adds a child of the state in turn.
func (t *tree) child() {
	t.room()
	t.words[t.bits>>6] |= 1 << (t.bits & 63)
	t.bits++
}

// close ends the children of the state in turn.
func (t *tree) close() {
	t.room()
	t.bits++
}

func (t *tree) room() {
	if t.bits>>6 == len(t.words) {
		t.words = append(t.words, 0)
	}
}

// A climb goes through all states, from the last to the first.
type climb struct {
	tree   *tree
	at     int // the bits before it are still to come
	closed int // states closed there, and the root
}

// climb begins behind the last of so many states, all of which are closed.
func (t *tree) climb(states int) climb { return climb{t, t.bits, t.bits - states} }

// parent is the state from which the next state was found, -1 for a first state.
func (c *climb) parent() int {
	for {
		last := c.at - 1
		word := c.tree.words[last>>6] << (63 - last&63)
		if zeros := bits.LeadingZeros64(word); word != 0 {
			c.at, c.closed = last-zeros, c.closed-zeros
			return c.closed - 1
		}
		c.at, c.closed = last&^63, c.closed-last&63-1
	}
}

// parent is the state from which state i was found, -1 for a first state: the
// closed states before the one that stands for i, less the root.
func (t *tree) parent(i int) int {
	left := i
	for n, word := range t.words {
		if ones := bits.OnesCount64(word); left >= ones {
			left -= ones
			continue
		}
		for ; left > 0; left-- {
			word &= word - 1
		}
		return n<<6 + bits.TrailingZeros64(word) - i - 1
	}
	return -1
}
