package paxos

// A ring holds the entries of the open slots, base+1 to base+α, and what space is left over holds
// of the slots before. A cell is found by its slot's low bits; payloads lie in an arena.
//
// The arena is two halves. Payloads are appended to one; when it is full, what is still needed is
// copied to the other, and that one is appended to. What was handed out from the first half stays
// intact until the next flip: so a ring that is locked flips at most once between two calls of
// unlock, and everything that it lent out in between remains true.
type ring struct {
	cells   []cell
	entries []Entry // of the cells, their Data in the arena
	mask    Slot
	arena   []byte // the half that is appended to, as long as it is in use
	other   []byte // the other half
	live    int    // bytes of the slots above base

	base   Slot // slots above it must be kept
	prefix Slot // chosen prefix: every slot up to it is chosen, and known to be
	sealed LSN  // cells of later records are not handed to the disk yet: they must not change
	newest LSN  // no cell is of a later record
	config Slot // no later slot ever held a configuration
	high   Slot // no later slot ever held anything, or was dropped

	limits  Limits
	restore bool // takes back what was admitted before: its bytes are not judged again
	locked  bool // lends what it holds
	flipped bool // since the last unlock
}

type cell struct {
	slot   Slot
	ballot Ballot // at which the entry was accepted; Certain: it is known to be chosen
	lsn    LSN    // of the record that holds it
}

// renewed returns an empty ring for limits l, which is old if there is one.
func renewed(old *ring, l *Limits) *ring {
	if old == nil {
		old = &ring{}
	}
	old.renew(l)
	return old
}

// renew empties the ring, for limits l.
func (g *ring) renew(l *Limits) {
	n := arenaBytes(l)
	*g = ring{
		cells:   reuse(g.cells, l.Window),
		entries: reuse(g.entries, l.Window),
		mask:    Slot(l.Window - 1),
		arena:   reuse(g.arena, n)[:0],
		other:   reuse(g.other, n)[:0],
		limits:  *l,
	}
	clear(g.cells)
	clear(g.entries)
}

// arenaBytes returns the size of each half. After a flip it holds what must be kept, a quarter of
// that of history, and has room for more. What is restored may come to twice WindowBytes: what was
// open when its record was written, and what had ceased to be open since the record before.
func arenaBytes(l *Limits) int { return 2*l.WindowBytes + l.EntryBytes }

func ringBytes(l *Limits) int { return l.Window*(24+48) + 2*arenaBytes(l) }

// at returns the cell of slot s, nil if the ring does not hold that slot.
func (g *ring) at(s Slot) *cell {
	if c := &g.cells[s&g.mask]; c.slot == s && s != 0 {
		return c
	}
	return nil
}

// of returns the entry of slot s, which the ring holds. Its Data is lent.
func (g *ring) of(s Slot) *Entry { return &g.entries[s&g.mask] }

// size returns the bytes of slot s, which the ring holds.
func (g *ring) size(s Slot) int { return len(g.entries[s&g.mask].Data) }

// open reports whether s is one of the slots that the ring must keep.
func (g *ring) open(s Slot) bool { return s > g.base && s-g.base <= g.mask+1 }

// top returns the end of the open slots.
func (g *ring) top() Slot { return g.base + g.mask + 2 }

// spare is how many bytes may lie in the open slots, whichever these are.
func (g *ring) spare() int { return g.limits.WindowBytes - g.limits.EntryBytes }

// fits reports whether an entry of size bytes may be put into slot s, whose cell is c. Room for one
// largest entry is left to slot base+1 alone: so the slot that everything waits for always fits,
// whatever came early.
func (g *ring) fits(c *cell, s Slot, size int) bool {
	live := g.live + size
	if live <= g.spare() {
		return true // anywhere
	}
	if c.slot == s && s > g.base {
		live -= g.size(s)
	}
	if g.restore {
		return live+g.limits.EntryBytes <= cap(g.arena)
	}
	if s <= g.base+1 {
		return live <= g.limits.WindowBytes
	}
	return live <= g.limits.WindowBytes-g.limits.EntryBytes
}

// squeeze reports whether an entry of size bytes can be put into slot s, whose cell is c, and makes
// the place for it.
func (g *ring) squeeze(c *cell, s Slot, size int) bool {
	return g.fits(c, s, size) && (g.room(size) || g.flip())
}

// put copies e into slot s. It reports false, and changes nothing, if there is no room now or the
// cell's record is still on its way to the disk.
func (g *ring) put(s Slot, b Ballot, lsn LSN, e *Entry) bool {
	at, size := s&g.mask, len(e.Data)
	c, own := &g.cells[at], &g.entries[at]
	if c.lsn > g.sealed || c.slot > s || s >= g.top() {
		return false
	}
	if (g.live+size > g.spare() || !g.room(size)) && !g.squeeze(c, s, size) {
		return false
	}
	if s > g.base {
		if c.slot == s {
			g.live -= len(own.Data)
		}
		g.live += size
	}
	g.newest, g.high = max(g.newest, lsn), max(g.high, s)
	if e.Kind == Configure {
		g.config = max(g.config, s)
	}
	c.slot, c.ballot, c.lsn = s, b, lsn
	own.Kind, own.Client, own.Seq = e.Kind, e.Client, e.Seq
	g.adopt(own, e.Data)
	return true
}

// puts does as put for each of entries, of so many bytes together, in the slots from s on, all
// above base, until one of these holds an entry of ballot b or above, or cannot be put. It returns
// how many were put.
func (g *ring) puts(s Slot, b Ballot, lsn LSN, entries []Entry, bytes int) (n int) {
	if s+Slot(len(entries)) <= g.top() && g.live+bytes <= g.spare() && g.room(bytes) {
		n = g.fill(s, b, lsn, entries)
	}
	for ; n < len(entries); n++ {
		at := s + Slot(n)
		if c := g.at(at); c != nil && c.ballot >= b || !g.put(at, b, lsn, &entries[n]) {
			break
		}
	}
	return n
}

// fill puts entries into the slots from s on, for all of which there is room, until one of these
// holds an entry, or its cell cannot be had. It returns how many it put.
func (g *ring) fill(s Slot, b Ballot, lsn LSN, entries []Entry) (n int) {
	was, arena := len(g.arena), g.arena
	for n < len(entries) {
		c, e := &g.cells[s&g.mask], &entries[n]
		if c.slot >= s || c.lsn > g.sealed {
			break
		}
		c.slot, c.ballot, c.lsn = s, b, lsn
		own := &g.entries[s&g.mask]
		own.Kind, own.Client, own.Seq = e.Kind, e.Client, e.Seq
		at, end := len(arena), len(arena)+len(e.Data)
		arena = arena[:end]
		own.Data = arena[at:end:end]
		copy(own.Data, e.Data)
		if e.Kind == Configure {
			g.config = max(g.config, s)
		}
		s++
		n++
	}
	if n > 0 {
		g.newest, g.high = max(g.newest, lsn), max(g.high, s-1)
	}
	g.arena = arena
	g.live += len(arena) - was
	return n
}

// room reports whether so many bytes can be appended.
func (g *ring) room(bytes int) bool { return len(g.arena)+bytes <= cap(g.arena) }

// adopt makes a copy of data, for which the arena has room, the Data of e.
func (g *ring) adopt(e *Entry, data []byte) {
	at, end := len(g.arena), len(g.arena)+len(data)
	g.arena = g.arena[:end]
	e.Data = g.arena[at:end:end]
	copy(e.Data, data)
}

// lend makes entries those of the slots from lo on, which the ring holds; their Data is lent.
func (g *ring) lend(lo Slot, entries []Entry) {
	if at := lo & g.mask; len(entries) == 1 {
		entries[0] = g.entries[at]
	} else {
		n := copy(entries, g.entries[at:])
		copy(entries[n:], g.entries)
	}
}

// same reports whether slot s, which the ring holds, has exactly e.
func (g *ring) same(s Slot, e *Entry) bool {
	own := g.of(s)
	return own.Kind == e.Kind && own.Client == e.Client && own.Seq == e.Seq &&
		string(own.Data) == string(e.Data)
}

// release ends the need to keep the slots up to s; they become history.
func (g *ring) release(s Slot) {
	for n := g.base + 1; n <= s && g.live > 0; n++ {
		if g.cells[n&g.mask].slot == n {
			g.live -= g.size(n)
		}
	}
	g.base = max(g.base, s)
}

// released ends the need to keep the slots up to s, whose entries these are.
func (g *ring) released(s Slot, entries []Entry) {
	g.base = s
	g.live -= dataBytes(entries)
}

// drop forgets everything up to slot s, whatever it is, and keeps what is above (B-34).
func (g *ring) drop(s Slot) {
	for i := range g.cells {
		c := &g.cells[i]
		if c.slot == 0 || c.slot > s {
			continue
		}
		if c.slot > g.base {
			g.live -= g.size(c.slot)
		}
		*c = cell{}
	}
	g.base, g.prefix, g.high = max(g.base, s), max(g.prefix, s), max(g.high, s)
}

// unlock tells that nothing is lent any more.
func (g *ring) unlock() { g.flipped = false }

// reset empties the ring above base s.
func (g *ring) reset(s Slot) {
	clear(g.cells)
	g.base, g.live = s, 0
	g.arena = g.arena[:0]
}

// flip moves what must be kept, and the newest history, to the other half.
func (g *ring) flip() bool {
	if g.locked && g.flipped {
		return false
	}
	g.flipped = true
	g.arena, g.other = g.other[:0], g.arena
	for s := g.base + 1; s < g.top(); s++ {
		if c := g.at(s); c != nil {
			g.move(s)
		}
	}
	g.moveHistory()
	return true
}

// moveHistory keeps the newest slots up to base while a quarter of the limit has room for them, and
// forgets the rest.
func (g *ring) moveHistory() {
	room := len(g.arena) + g.limits.WindowBytes/4
	full := false
	for i, s := Slot(0), g.base; i <= g.mask && s > 0; i, s = i+1, s-1 {
		c := &g.cells[s&g.mask]
		if c.slot > g.base {
			continue
		}
		full = full || c.slot != 0 && len(g.arena)+g.size(c.slot) > room
		if full || c.slot != s {
			*c = cell{}
			continue
		}
		g.move(s)
	}
}

func (g *ring) move(s Slot) {
	e := g.of(s)
	g.adopt(e, e.Data)
}
