package explore

// pairs gives numbers to pairs of numbers: a hash table with open addressing that only grows.
// Nothing iterates over it.
type pairs struct {
	cells []cell
	used  int
}

// cell is one number of a pair.
type cell struct {
	key uint64
	val uint64 // plus 1; 0: the cell is free
}

// get returns the number of (a, b), and whether it has one.
func (p *pairs) get(a, b uint32) (uint32, bool) {
	if p.used == 0 {
		return 0, false
	}
	key := uint64(a)<<32 | uint64(b)
	mask := uint64(len(p.cells) - 1)
	for i := blend(key) & mask; ; i = (i + 1) & mask {
		switch c := &p.cells[i]; {
		case c.val == 0:
			return 0, false
		case c.key == key:
			return uint32(c.val - 1), true
		}
	}
}

// put makes v the number of (a, b), which has none yet.
func (p *pairs) put(a, b, v uint32) {
	if 2*(p.used+1) > len(p.cells) {
		p.grow()
	}
	p.used++
	p.insert(cell{uint64(a)<<32 | uint64(b), uint64(v) + 1})
}

func (p *pairs) insert(c cell) {
	mask := uint64(len(p.cells) - 1)
	i := blend(c.key) & mask
	for p.cells[i].val != 0 {
		i = (i + 1) & mask
	}
	p.cells[i] = c
}

func (p *pairs) grow() {
	old := p.cells
	p.cells = make([]cell, max(16, 2*len(old)))
	for _, c := range old {
		if c.val != 0 {
			p.insert(c)
		}
	}
}

// blend is the finalizer of SplitMix64.
func blend(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// sets numbers sets, and sets with repetitions, of numbers: each is its highest element and the set
// of the rest, so that equal sets have equal numbers. 0 is the empty one.
type sets struct {
	list  []consed
	index pairs
}

type consed struct{ rest, top uint32 }

func (s *sets) cons(rest, top uint32) uint32 {
	if at, ok := s.index.get(rest, top); ok {
		return at
	}
	s.list = append(s.list, consed{rest, top})
	s.index.put(rest, top, uint32(len(s.list)))
	return uint32(len(s.list))
}

// add returns set with x once more if many, else set with x.
func (s *sets) add(set, x uint32, many bool) uint32 {
	if set == 0 {
		return s.cons(0, x)
	}
	c := s.list[set-1]
	switch {
	case x > c.top || x == c.top && many:
		return s.cons(set, x)
	case x == c.top:
		return set
	}
	return s.cons(s.add(c.rest, x, many), c.top)
}

// remove returns set without one x, which is in it.
func (s *sets) remove(set, x uint32) uint32 {
	c := s.list[set-1]
	if c.top == x {
		return c.rest
	}
	return s.cons(s.remove(c.rest, x), c.top)
}

// has reports whether x is in set.
func (s *sets) has(set, x uint32) bool {
	for set != 0 {
		c := s.list[set-1]
		if c.top <= x {
			return c.top == x
		}
		set = c.rest
	}
	return false
}
