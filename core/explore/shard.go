package explore

import "math/bits"

// pageStates is how many states one page of a shard holds: large enough to cost
// nothing, small enough that a search of a hundred states stays small.
const (
	pageBits   = 12
	pageStates = 1 << pageBits
	pageMask   = pageStates - 1
)

// firstTable is the number of slots that a table begins with.
const firstTable = 1 << 10

// A shard holds the states whose hash ends in its number: the states themselves,
// whole, one after the other, and a table that finds them. An entry of the table
// is the upper half of the hash and the state's place plus one:
//
//	63........32 31.......0
//	   tag        place+1
//
// A slot's number is the tag's upper bits, so a table grows without a look at
// the states; equality is always decided by the states.
type shard struct {
	words int
	pages [][]uint64
	count int

	table []uint64
	shift uint // of a tag, to its slot
	room  int  // states until the table must grow

	bad  []fault
	mine []int32 // scratch: candidates of one block that belong here
	sink uint64  // keeps the early loads of insert alive
}

// fault is a state that Judge found wrong.
type fault struct {
	place     int
	violation uint32
}

func (s *shard) open(words int) {
	s.words = words
	s.resize(firstTable)
}

// at is the state at a place, borrowed.
func (s *shard) at(place int) []uint64 {
	from := (place & pageMask) * s.words
	return s.pages[place>>pageBits][from : from+s.words : from+s.words]
}

// find is the place of a state, or -1.
func (s *shard) find(hash uint64, state []uint64) int {
	tag := hash >> 32
	last := len(s.table) - 1
	for slot := int(tag >> s.shift); ; slot = (slot + 1) & last {
		entry := s.table[slot]
		if entry == 0 {
			return -1
		}
		if entry>>32 == tag {
			if place := int(uint32(entry)) - 1; same(s.at(place), state) {
				return place
			}
		}
	}
}

// add appends a state that find did not find.
func (s *shard) add(hash uint64, state []uint64) (place int) {
	if s.room == 0 {
		s.resize(2 * len(s.table))
	}
	place = s.count
	if place&pageMask == 0 {
		s.pages = append(s.pages, make([]uint64, pageStates*s.words))
	}
	s.count++
	s.room--
	copy(s.at(place), state)
	s.enter(hash>>32<<32 | uint64(s.count))
	return place
}

func (s *shard) enter(entry uint64) {
	last := len(s.table) - 1
	slot := int(entry >> 32 >> s.shift)
	for s.table[slot] != 0 {
		slot = (slot + 1) & last
	}
	s.table[slot] = entry
}

// resize makes a table of so many slots, a power of two, of which three in four
// may be taken.
func (s *shard) resize(slots int) {
	old := s.table
	s.table = make([]uint64, slots)
	s.shift = uint(32 - bits.Len(uint(slots-1)))
	s.room = slots/4*3 - s.count
	for _, entry := range old {
		if entry != 0 {
			s.enter(entry)
		}
	}
}

// bytes is the memory that the shard takes; grown is that of its next growth.
func (s *shard) bytes() int { return 8 * (len(s.pages)*pageStates*s.words + len(s.table)) }

func same(a, b []uint64) bool {
	for i, w := range a {
		if b[i] != w {
			return false
		}
	}
	return true
}

// hash spreads a state over 64 bits. It only finds states: two that share it are
// told apart by their words.
func hash(state []uint64) uint64 {
	h := uint64(0x9E3779B97F4A7C15)
	for _, w := range state {
		hi, lo := bits.Mul64(h^w, 0xD6E8FEB86659FD93)
		h = hi ^ lo
	}
	return h
}
