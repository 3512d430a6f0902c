package paxos

// A ring holds the entries of the open slots, base+1 to base+α, and what space is left over holds
// of the slots before. A cell is found by its slot's low bits; payloads lie in an arena.
//
// The arena is two halves. Payloads are appended to one; when it is full, what is still needed is
// copied to the other, and that one is appended to. What was handed out from the first half stays
// intact until the next flip: so a ring that is locked flips at most once between two calls of
// unlock, and everything that it lent out in between remains true.
type ring struct {
	cells []cell
	mask  Slot
	arena [2][]byte
	half  int // which arena is appended to
	head  int // bytes of it in use
	live  int // bytes of the slots above base

	base   Slot // slots above it must be kept
	prefix Slot // chosen prefix: every slot up to it is chosen, and known to be
	sealed LSN  // cells of later records are not handed to the disk yet: they must not change
	newest LSN  // no cell is of a later record
	config Slot // no later slot ever held a configuration

	limits  Limits
	restore bool // takes back what was admitted before: its bytes are not judged again
	locked  bool // lends what it holds
	flipped bool // since the last unlock
}

type cell struct {
	slot   Slot
	ballot Ballot // at which the entry was accepted; Certain: it is known to be chosen
	lsn    LSN    // of the record that holds it
	client uint64
	seq    uint64
	off    uint32
	size   uint32
	kind   Kind
}

func newRing(l *Limits) *ring {
	g := &ring{}
	g.renew(l)
	return g
}

// renew empties the ring, for limits l.
func (g *ring) renew(l *Limits) {
	n := arenaBytes(l)
	*g = ring{
		cells:  reuse(g.cells, l.Window),
		mask:   Slot(l.Window - 1),
		arena:  [2][]byte{reuse(g.arena[0], n), reuse(g.arena[1], n)},
		limits: *l,
	}
	clear(g.cells)
}

// arenaBytes returns the size of each half. After a flip it holds what must be kept, a quarter of
// that of history, and has room for more. What is restored may come to twice WindowBytes: what was
// open when its record was written, and what had ceased to be open since the record before.
func arenaBytes(l *Limits) int { return 2*l.WindowBytes + l.EntryBytes }

func ringBytes(l *Limits) int { return l.Window*64 + 2*arenaBytes(l) }

// at returns the cell of slot s, nil if the ring does not hold that slot.
func (g *ring) at(s Slot) *cell {
	if c := &g.cells[s&g.mask]; c.slot == s && s != 0 {
		return c
	}
	return nil
}

// open reports whether s is one of the slots that the ring must keep.
func (g *ring) open(s Slot) bool { return s > g.base && s-g.base <= g.mask+1 }

// top returns the end of the open slots.
func (g *ring) top() Slot { return g.base + g.mask + 2 }

// fits reports whether an entry of size bytes may be put into slot s, whose cell is c. Room for one
// largest entry is left to slot base+1 alone: so the slot that everything waits for always fits,
// whatever came early.
func (g *ring) fits(c *cell, s Slot, size int) bool {
	live := g.live + size
	if live+g.limits.EntryBytes <= g.limits.WindowBytes {
		return true // anywhere
	}
	if c.slot == s && s > g.base {
		live -= int(c.size)
	}
	if g.restore {
		return live+g.limits.EntryBytes <= len(g.arena[0])
	}
	if s <= g.base+1 {
		return live <= g.limits.WindowBytes
	}
	return live <= g.limits.WindowBytes-g.limits.EntryBytes
}

// put copies e into slot s. It reports false, and changes nothing, if there is no room now or the
// cell's record is still on its way to the disk.
func (g *ring) put(s Slot, b Ballot, lsn LSN, e *Entry) bool {
	c := &g.cells[s&g.mask]
	if c.lsn > g.sealed || c.slot > s || s >= g.top() || !g.fits(c, s, len(e.Data)) {
		return false
	}
	if g.head+len(e.Data) > len(g.arena[0]) && !g.flip() {
		return false
	}
	if s > g.base {
		if c.slot == s {
			g.live -= int(c.size)
		}
		g.live += len(e.Data)
	}
	copy(g.arena[g.half][g.head:], e.Data)
	c.slot, c.ballot, c.lsn = s, b, lsn
	c.client, c.seq, c.kind = e.Client, e.Seq, e.Kind
	c.off, c.size = uint32(g.head), uint32(len(e.Data))
	g.newest = max(g.newest, lsn)
	if e.Kind == Configure {
		g.config = max(g.config, s)
	}
	g.head += len(e.Data)
	return true
}

// lend makes entries those of the slots from lo on, which the ring holds, and returns the size of
// their Data, which is lent.
func (g *ring) lend(lo Slot, entries []Entry) (bytes int) {
	arena := g.arena[g.half]
	for i := range entries {
		c, e := &g.cells[(lo+Slot(i))&g.mask], &entries[i]
		e.Kind, e.Client, e.Seq = c.kind, c.client, c.seq
		e.Data = arena[c.off:][:c.size:c.size]
		bytes += int(c.size)
	}
	return bytes
}

// view makes e the entry of c; its Data is lent.
func (g *ring) view(c *cell, e *Entry) {
	e.Kind, e.Client, e.Seq = c.kind, c.client, c.seq
	e.Data = g.arena[g.half][c.off : c.off+c.size : c.off+c.size]
}

// same reports whether c holds exactly e.
func (g *ring) same(c *cell, e *Entry) bool {
	return c.kind == e.Kind && c.client == e.Client && c.seq == e.Seq &&
		string(g.arena[g.half][c.off:c.off+c.size]) == string(e.Data)
}

// release ends the need to keep the slots up to s; they become history.
func (g *ring) release(s Slot) {
	for n := g.base + 1; n <= s && g.live > 0; n++ {
		if c := &g.cells[n&g.mask]; c.slot == n {
			g.live -= int(c.size)
		}
	}
	g.base = max(g.base, s)
}

// released ends the need to keep the slots up to s, all of which are held and have so many bytes.
func (g *ring) released(s Slot, bytes int) { g.base, g.live = s, g.live-bytes }

// drop forgets everything up to slot s, whatever it is, and keeps what is above (B-34).
func (g *ring) drop(s Slot) {
	for i := range g.cells {
		c := &g.cells[i]
		if c.slot == 0 || c.slot > s {
			continue
		}
		if c.slot > g.base {
			g.live -= int(c.size)
		}
		*c = cell{}
	}
	g.base, g.prefix = max(g.base, s), max(g.prefix, s)
}

// unlock tells that nothing is lent any more.
func (g *ring) unlock() { g.flipped = false }

// reset empties the ring above base s.
func (g *ring) reset(s Slot) {
	clear(g.cells)
	g.base, g.head, g.live = s, 0, 0
}

// flip moves what must be kept, and the newest history, to the other half.
func (g *ring) flip() bool {
	if g.locked && g.flipped {
		return false
	}
	g.flipped = true
	g.half = 1 - g.half
	g.head = 0
	for s := g.base + 1; s < g.top(); s++ {
		if c := g.at(s); c != nil {
			g.move(c)
		}
	}
	g.moveHistory()
	return true
}

// moveHistory keeps the newest slots up to base while a quarter of the limit has room for them, and
// forgets the rest.
func (g *ring) moveHistory() {
	room := g.head + g.limits.WindowBytes/4
	full := false
	for i, s := Slot(0), g.base; i <= g.mask && s > 0; i, s = i+1, s-1 {
		c := &g.cells[s&g.mask]
		if c.slot > g.base {
			continue
		}
		full = full || g.head+int(c.size) > room
		if full || c.slot != s {
			*c = cell{}
			continue
		}
		g.move(c)
	}
}

func (g *ring) move(c *cell) {
	from := g.arena[1-g.half][c.off : c.off+c.size]
	c.off = uint32(g.head)
	g.head += copy(g.arena[g.half][g.head:], from)
}
