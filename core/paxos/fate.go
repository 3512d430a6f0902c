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
	Malformed                // Client is 0, or Kind is not Value
)

var refusalNames = [...]string{
	"taken", "not leader", "electing", "full", "too large", "duplicate", "malformed",
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
	Decided Outcome = 1 + iota // chosen in the slot that it was given
	Lost                       // its slot holds another entry: this Propose chose nothing
	Unknown                    // cannot be known on this node (B-22)
)

// A Fate is the end of one command that Propose took on this node.
type Fate struct {
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
}

func newFates(window int) fates {
	return fates{
		bySlot: make([]mine, window), mask: Slot(window - 1),
		index: make([]uint32, 2*window), ended: make([]Fate, 0, window), lent: make([]Fate, 0,
			window),
	}
}

func (f *fates) home(client, seq uint64) uint64 {
	h := (client*0x9e3779b97f4a7c15 ^ seq) * 0xbf58476d1ce4e5b9
	return (h ^ h>>32) & uint64(len(f.index)-1)
}

// has reports whether a command of this identity is under way.
func (f *fates) has(client, seq uint64) bool {
	for i := f.home(client, seq); f.index[i] != 0; i = (i + 1) & uint64(len(f.index)-1) {
		if m := &f.bySlot[f.index[i]-1]; m.client == client && m.seq == seq {
			return true
		}
	}
	return false
}

// free reports whether slot s can take a command.
func (f *fates) free(s Slot) bool { return f.bySlot[s&f.mask].slot == 0 }

// begin notes that the command was given slot s, which is free.
func (f *fates) begin(s Slot, client, seq uint64) {
	f.bySlot[s&f.mask] = mine{s, client, seq}
	i := f.home(client, seq)
	for f.index[i] != 0 {
		i = (i + 1) & uint64(len(f.index)-1)
	}
	f.index[i] = 1 + uint32(s&f.mask)
	f.under++
}

// settle ends the command that was given slot s, if there is one, now that the slot holds the
// entry of c for ever. There is room for its fate: the slot was given after the last Drain's end or
// before it, and each slot ends once.
func (f *fates) settle(s Slot, c *cell) {
	m := &f.bySlot[s&f.mask]
	if m.slot != s {
		return
	}
	fate := Fate{Client: m.client, Seq: m.seq, Slot: s, Outcome: Lost}
	if c.kind == Value && c.client == m.client && c.seq == m.seq {
		fate.Outcome = Decided
	}
	f.remove(1+uint32(s&f.mask), m)
	*m = mine{}
	f.under--
	f.ended = append(f.ended, fate)
}

// take lends the fates that were found since it was called last.
func (f *fates) take() []Fate {
	f.ended, f.lent = f.lent[:0], f.ended
	return f.lent
}

// remove takes position p, which holds m, out of the index, and closes the gap in its chain.
func (f *fates) remove(p uint32, m *mine) {
	mask := uint64(len(f.index) - 1)
	gap := f.home(m.client, m.seq)
	for f.index[gap] != p {
		gap = (gap + 1) & mask
	}
	for i := (gap + 1) & mask; f.index[i] != 0; i = (i + 1) & mask {
		o := &f.bySlot[f.index[i]-1]
		if home := f.home(o.client, o.seq); (i-home)&mask >= (i-gap)&mask {
			f.index[gap] = f.index[i]
			gap = i
		}
	}
	f.index[gap] = 0
}
