package explore

import "math/bits"

// pageStates is how many states one page of a shard holds: large enough to cost
// nothing, small enough that a search of a hundred states stays small.
const (
	pageBits   = 12
	pageStates = 1 << pageBits
	pageMask   = pageStates - 1
)

// A table begins with 2^firstBits slots.
const firstBits = 10

// A shard holds the states whose hash ends in its number: the states themselves,
// whole, one after the other, and a table that finds them. A table of 2^k slots
// has entries of a state's place plus one in the lower k bits, and above them some
// bits of its hash, to tell most others without a look at the state:
//
//	31......k k......0
//	   tag    place+1
//
// Equality is always decided by the states.
type shard struct {
	words int
	pages [][]uint64
	count int

	table []uint32
	k     uint
	room  int // states until the table must grow

	memory  Memory
	decided func(state []uint64) bool // nil: nobody asks
	hopeful []uint64                  // set of places; at first, of what is decided

	bad  []fault
	mine []int32 // scratch: candidates of one block that belong here
	sink uint64  // keeps the early loads of insert alive
}

// Memory is where a search keeps what it found, in large pieces that are all 0. A
// driver may have an opinion on the pages of its machine.
type Memory interface {
	States(words int) []uint64
	Table(slots int) []uint32
}

// heap is the memory of the program.
type heap struct{}

func (heap) States(words int) []uint64 { return make([]uint64, words) }
func (heap) Table(slots int) []uint32  { return make([]uint32, slots) }

// fault is a state that Judge found wrong.
type fault struct {
	place     int
	violation uint32
}

func (s *shard) open(words int, memory Memory, decided func(state []uint64) bool) {
	s.words, s.memory, s.decided = words, memory, decided
	s.resize(firstBits)
}

// at is the state at a place, borrowed.
func (s *shard) at(place int) []uint64 {
	from := (place & pageMask) * s.words
	return s.pages[place>>pageBits][from : from+s.words : from+s.words]
}

// slot is where a state of that hash is looked for first: the upper bits.
func (s *shard) slot(hash uint64) int { return int(hash >> (64 - s.k)) }

// tag is what stands in the upper bits of an entry: bits of the hash that neither
// choose the slot nor, being the lowest, the shard.
func (s *shard) tag(hash uint64) uint32 { return uint32(hash>>8) << s.k }

// find is the place of a state, or -1.
func (s *shard) find(hash uint64, state []uint64) int {
	tag, last := s.tag(hash), len(s.table)-1
	for slot := s.slot(hash); ; slot = (slot + 1) & last {
		entry := s.table[slot]
		if entry == 0 {
			return -1
		}
		if at := entry ^ tag; at>>s.k == 0 {
			if place := int(at) - 1; same(s.at(place), state) {
				return place
			}
		}
	}
}

// add appends a state that find did not find.
func (s *shard) add(hash uint64, state []uint64) (place int) {
	if s.room == 0 {
		s.resize(s.k + 1)
	}
	place = s.count
	if place>>pageBits == len(s.pages) {
		s.extend()
	}
	s.count++
	s.room--
	copy(s.at(place), state)
	s.enter(hash, place)
	if s.decided != nil {
		s.hope(place, s.decided(state))
	}
	return place
}

// hope makes room for whether a place is hopeful, the last one, and keeps it.
func (s *shard) hope(place int, hopeful bool) {
	if place>>6 == len(s.hopeful) {
		s.hopeful = append(s.hopeful, 0)
	}
	if hopeful {
		s.hopeful[place>>6] |= 1 << (place & 63)
	}
}

// extend makes room for more states: at first for one page, in the end for a
// sixteenth of what there is.
func (s *shard) extend() {
	pages := max(1, len(s.pages)/16)
	size := pageStates * s.words
	block := s.memory.States(pages * size)
	for ; len(block) > 0; block = block[size:] {
		s.pages = append(s.pages, block[:size:size])
	}
}

func (s *shard) enter(hash uint64, place int) {
	last := len(s.table) - 1
	slot := s.slot(hash)
	for s.table[slot] != 0 {
		slot = (slot + 1) & last
	}
	s.table[slot] = s.tag(hash) | uint32(place+1)
}

// resize makes a table of 2^k slots, of which three in four may be taken.
func (s *shard) resize(k uint) {
	s.table, s.k = nil, k // the old one goes first
	s.table = s.memory.Table(1 << k)
	s.room = len(s.table)/4*3 - s.count
	s.fill()
}

// fill enters all states into a table that is empty.
func (s *shard) fill() {
	var hashes [ahead]uint64
	for from := 0; from < s.count; from += ahead {
		some := hashes[:min(ahead, s.count-from)]
		for j := range some {
			some[j] = hash(s.at(from + j))
		}
		sink := uint32(0)
		for _, h := range some {
			sink += s.table[s.slot(h)]
		}
		s.sink = uint64(sink)
		for j, h := range some {
			s.enter(h, from+j)
		}
	}
}

// rewrite changes all states where they are; state is scratch, as wide as they.
func (s *shard) rewrite(state []uint64, move func(out, state []uint64)) {
	clear(s.table)
	for place := range s.count {
		clear(state)
		move(state, s.at(place))
		copy(s.at(place), state)
	}
	s.fill()
}

// bytes is the memory that the shard takes.
func (s *shard) bytes() int {
	return 8*len(s.pages)*pageStates*s.words + 4*len(s.table) + 8*cap(s.hopeful)
}

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
