package trace

// Value is the number of a text in a table of [Names]: a command, a value, a note. 0 is none.
type Value uint32

// Names numbers texts in the order in which they first appear, so that events hold numbers and
// comparing two values is comparing two integers. The zero value is ready to use. Looking up a
// text that is known allocates nothing.
type Names struct {
	bytes []byte
	ends  []uint32
	index map[string]Value
}

// Of returns the number of text, giving it one if it is new. The empty text is 0.
func (n *Names) Of(text string) Value {
	if text == "" {
		return 0
	}
	if v, ok := n.index[text]; ok {
		return v
	}
	return n.add(text)
}

// OfBytes is Of for a byte slice, which it does not keep.
func (n *Names) OfBytes(text []byte) Value {
	if len(text) == 0 {
		return 0
	}
	if v, ok := n.index[string(text)]; ok {
		return v
	}
	return n.add(string(text))
}

func (n *Names) add(text string) Value {
	if n.index == nil {
		n.index = make(map[string]Value)
	}
	n.bytes = append(n.bytes, text...)
	n.ends = append(n.ends, uint32(len(n.bytes)))
	v := Value(len(n.ends))
	n.index[text] = v
	return v
}

// reset forgets all texts and keeps the memory.
func (n *Names) reset() {
	n.bytes, n.ends = n.bytes[:0], n.ends[:0]
	clear(n.index)
}

// Find returns the number of text and whether it has one.
func (n *Names) Find(text string) (Value, bool) {
	v, ok := n.index[text]
	return v, ok || text == ""
}

// Text returns the text of v; that of 0, or of a number never given out, is empty.
func (n *Names) Text(v Value) string { return string(n.Bytes(v)) }

// Bytes returns the text of v. The caller must not change it.
func (n *Names) Bytes(v Value) []byte {
	if v == 0 || int(v) > len(n.ends) {
		return nil
	}
	start := uint32(0)
	if v > 1 {
		start = n.ends[v-2]
	}
	return n.bytes[start:n.ends[v-1]:n.ends[v-1]]
}

// Len returns how many texts have a number.
func (n *Names) Len() int { return len(n.ends) }

// Table returns all texts, one after the other, and where each ends: what a reader outside needs.
// Both slices are borrowed until the next text is added.
func (n *Names) Table() (text []byte, ends []uint32) { return n.bytes, n.ends }
