package check

// table gives numbers to pairs of numbers. It is a hash table with open addressing that is emptied
// and copied without allocating, and nothing ever iterates over it, so that no order leaks out.
type table struct {
	cells []cell
	used  int
}

type cell struct {
	a, b int64
	at   int32 // the number plus 1; 0: the cell is free
}

// get returns the number of (a, b), -1 if it has none.
func (t *table) get(a, b int64) int {
	if t.used == 0 {
		return -1
	}
	return int(t.cell(a, b).at) - 1
}

// set makes at the number of (a, b).
func (t *table) set(a, b int64, at int) {
	if 2*(t.used+1) > len(t.cells) {
		t.grow()
	}
	c := t.cell(a, b)
	if c.at == 0 {
		t.used++
	}
	*c = cell{a: a, b: b, at: int32(at) + 1}
}

// cell returns the cell of (a, b), or the free one where it belongs. Half of the cells are free.
func (t *table) cell(a, b int64) *cell {
	mask := uint64(len(t.cells) - 1)
	for i := scramble(a, b) & mask; ; i = (i + 1) & mask {
		c := &t.cells[i]
		if c.at == 0 || c.a == a && c.b == b {
			return c
		}
	}
}

func (t *table) grow() {
	old := t.cells
	t.cells = make([]cell, max(16, 2*len(old)))
	for i := range old {
		if old[i].at != 0 {
			*t.cell(old[i].a, old[i].b) = old[i]
		}
	}
}

func (t *table) reset() {
	if t.used > 0 {
		clear(t.cells)
	}
	t.used = 0
}

func (t *table) copyFrom(o *table) {
	t.cells, t.used = refill(t.cells, o.cells), o.used
}

// scramble is the finalizer of SplitMix64 over both numbers: slots and ballots are often dense.
func scramble(a, b int64) uint64 {
	h := uint64(a) + 0x9e3779b97f4a7c15*uint64(b+1)
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// refill returns a copy of src in the memory of dst.
func refill[T any](dst, src []T) []T { return append(dst[:0], src...) }

// entry returns the place of index i in s, which grows to hold it. It is valid until s grows again.
func entry[T any](s *[]T, i int) *T {
	for len(*s) <= i {
		var zero T
		*s = append(*s, zero)
	}
	return &(*s)[i]
}
