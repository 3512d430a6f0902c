package paxos

// A Refusal says why Propose did not take a command. Zero is that it did.
type Refusal uint8

// The refusals. After any of them nothing of the command is anywhere.
const (
	Taken     Refusal = iota // not refused: exactly one Fate will follow
	NotLeader                // ask Leader()
	Electing                 // nobody leads yet; ask again
	Full                     // the window is; ask again after what is under way
	TooLarge                 // Data exceeds Limits.EntryBytes
	Duplicate                // a command of this identity is under way here
	Malformed                // Client is 0, Kind is not Value, or these members cannot follow
	Stale                    // a newer configuration is decided than the base
)

var refusalNames = [...]string{
	"taken", "not leader", "electing", "full", "too large", "duplicate", "malformed", "stale",
}

// String returns the refusal in words.
func (f Refusal) String() string {
	if int(f) < len(refusalNames) {
		return refusalNames[f]
	}
	return "?"
}

// An Outcome is how a command that was taken ended.
type Outcome uint8

// The outcomes.
const (
	Decided    Outcome = 1 + iota // chosen in the slot that it was given
	Lost                          // its slot holds another entry: this Propose chose nothing
	Unknown                       // cannot be known on this node (B-22): it lies below a snapshot
	Superseded                    // a configuration that was chosen, after another on its base
)

// A Fate is the end of one command that Propose or Reconfigure took on this node. A configuration's
// Client is the ballot, its Seq the slot.
type Fate struct {
	Kind    Kind // Value, or Configure
	Client  uint64
	Seq     uint64
	Slot    Slot // that it was given
	Outcome Outcome
}

// fates remembers the commands under way: by slot, and by identity.
type fates struct {
	bySlot []mine
	mask   Slot
	index  []uint32 // open addressing, twice as many as slots: 1 + position in bySlot
	under  int      // commands under way
	ended  []Fate   // since the last Drain
	lent   []Fate   // given by the last Drain
}

type mine struct {
	slot        Slot // 0: none
	client, seq uint64
	home        uint32 // where the index begins to look for it
	kind        Kind
}

// renew forgets everything, with room for the commands of a window.
func (f *fates) renew(window int) {
	*f = fates{
		bySlot: reuse(f.bySlot, window), mask: Slot(window - 1),
		index: reuse(f.index, 2*window),
		ended: reuse(f.ended, window)[:0], lent: reuse(f.lent, window)[:0],
	}
	clear(f.bySlot)
	clear(f.index)
}

func (f *fates) home(client, seq uint64) uint32 {
	h := (client*0x9e3779b97f4a7c15 ^ seq) * 0xbf58476d1ce4e5b9
	return uint32(h^h>>32) & f.wrap()
}

// wrap is the mask of a position in the index.
func (f *fates) wrap() uint32 { return uint32(len(f.index) - 1) }

// has reports whether a command of this identity is under way.
func (f *fates) has(e *Entry) bool {
	for i := f.home(e.Client, e.Seq); f.index[i] != 0; i = (i + 1) & f.wrap() {
		m := &f.bySlot[f.index[i]-1]
		if m.client == e.Client && m.seq == e.Seq && m.kind == e.Kind {
			return true
		}
	}
	return false
}

// free reports whether slot s can take a command.
func (f *fates) free(s Slot) bool { return f.bySlot[s&f.mask].slot == 0 }

// begin notes that the command was given slot s, which is free.
func (f *fates) begin(s Slot, e *Entry) {
	m := &f.bySlot[s&f.mask]
	i := f.home(e.Client, e.Seq)
	m.slot, m.client, m.seq, m.home, m.kind = s, e.Client, e.Seq, i, e.Kind
	for f.index[i] != 0 {
		i = (i + 1) & f.wrap()
	}
	f.index[i] = 1 + uint32(s&f.mask)
	f.under++
}

// settle ends the command that was given slot s, if there is one, now that the slot holds the
// entry e for ever; took says whether that is a configuration that took effect.
func (f *fates) settle(s Slot, e *Entry, took bool) {
	m := &f.bySlot[s&f.mask]
	if m.slot != s {
		return
	}
	switch {
	case e.Kind != m.kind || e.Client != m.client || e.Seq != m.seq:
		f.end(m, Lost)
	case m.kind == Configure && !took:
		f.end(m, Superseded)
	default:
		f.end(m, Decided)
	}
}

// forget ends what was given a slot up to s, of which nothing will be known here but a snapshot.
func (f *fates) forget(s Slot) {
	for i := range f.bySlot {
		if m := &f.bySlot[i]; m.slot != 0 && m.slot <= s {
			f.end(m, Unknown)
		}
	}
}

// end ends m. There is room for its fate: the slot was given after the last Drain's end or before
// it, and each slot ends once.
func (f *fates) end(m *mine, o Outcome) {
	n := len(f.ended)
	f.ended = f.ended[:n+1]
	fate := &f.ended[n]
	fate.Kind, fate.Client, fate.Seq = m.kind, m.client, m.seq
	fate.Slot, fate.Outcome = m.slot, o
	f.drop(m)
}

// forgo takes back that the command was given slot s: nothing of it is anywhere.
func (f *fates) forgo(s Slot) { f.drop(&f.bySlot[s&f.mask]) }

// drop forgets m.
func (f *fates) drop(m *mine) {
	s := m.slot
	m.slot = 0
	f.under--
	f.remove(s, m.home)
}

// take lends the fates that were found since it was called last.
func (f *fates) take() []Fate {
	if len(f.ended) == 0 {
		return nil // nobody looks at what was lent before any more
	}
	f.ended, f.lent = f.lent[:0], f.ended
	return f.lent
}

// remove takes slot s, whose home this is, out of the index, and closes the gap in its chain.
func (f *fates) remove(s Slot, home uint32) {
	index, mask := f.index, f.wrap()
	p, gap := 1+uint32(s&f.mask), home
	for index[gap] != p {
		gap = (gap + 1) & mask
	}
	for i := (gap + 1) & mask; index[i] != 0; i = (i + 1) & mask {
		o := &f.bySlot[index[i]-1]
		if (i-o.home)&mask >= (i-gap)&mask {
			index[gap] = index[i]
			gap = i
		}
	}
	index[gap] = 0
}
