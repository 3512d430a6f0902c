package explore

import "math/bits"

// pageStates is how many states one page of a shard holds: large enough to cost
// nothing, small enough that a search of a hundred states stays small.
const (
	pageBits   = 12
	pageStates = 1 << pageBits
	pageMask   = pageStates - 1
)

// A table begins with 2^firstBits slots, in buckets of 2^bucketBits: one line of a
// cache.
const (
	firstBits  = 10
	bucketBits = 4
)

// A shard holds the states whose hash ends in its number: the states themselves,
// whole, one after the other, and a table that finds them. A state is looked for
// from the first slot of its bucket, which the upper bits of its hash choose, to
// the first slot that is free. A table of 2^k slots has entries of a state's place
// plus one in the lower k bits, and above them those bits of its hash that come
// next, to tell most others without a look at the state:
//
//	31......k k......0
//	   tag    place+1
//
// Equality is always decided by the states. Where there are twice as many buckets
// the first bit of the tag tells which of two an entry goes to: a table grows in its
// place, read and written from its end to its beginning. Only entries that found no
// room in their bucket, the strays, are entered anew, by their states.
type shard struct {
	words int
	pages [][]uint64
	count int

	table  []uint32
	strays []uint64 // set of slots
	k      uint
	room   int // states until the table must grow

	memory  Memory
	hopeful []uint64 // set of places; at first, of what is decided

	answers []uint32 // to the candidates of the batch inserted last that belong here
	begins  []int    // by block: where its answers begin

	near  [ahead]int // where to look for candidates
	known [ahead]int // places where some of them may be
	sink  uint64     // keeps the early loads of insert alive
	_     gap
}

// Memory is where a search keeps what it found, in large pieces that are all 0. A
// driver may have an opinion on the pages of its machine. It may give more states than
// it is asked for, and a table that has room to grow, if what nobody wrote to yet costs
// nothing.
type Memory interface {
	States(words int) []uint64
	Table(slots int) []uint32
}

// heap is the memory of the program.
type heap struct{}

func (heap) States(words int) []uint64 { return make([]uint64, words) }
func (heap) Table(slots int) []uint32  { return make([]uint32, slots) }

func (s *shard) open(words int, memory Memory) {
	s.words, s.memory = words, memory
	s.resize(firstBits)
}

// at is the state at a place, borrowed.
func (s *shard) at(place int) []uint64 {
	from := (place & pageMask) * s.words
	return s.pages[place>>pageBits][from : from+s.words : from+s.words]
}

// slot is the first slot of the bucket of a state of that hash.
func (s *shard) slot(hash uint64) int {
	return int(hash>>((64-s.k+bucketBits)&63)) << bucketBits
}

// tag is what stands in the upper bits of an entry: the bits of the hash behind
// those that choose the bucket.
func (s *shard) tag(hash uint64) uint32 {
	return uint32(hash<<((s.k-bucketBits)&63)>>32) &^ s.places()
}

// places is the bits of an entry in which its place stands.
func (s *shard) places() uint32 { return 1<<(s.k&63) - 1 }

// find looks for a state of that hash from a slot on, and returns its place, or -1 and the slot
// where it belongs.
func (s *shard) find(hash uint64, state []uint64, slot int) (at, place int) {
	at, place = s.like(hash, slot)
	for place >= 0 && !same(s.at(place), state) {
		at, place = s.like(hash, at+1)
	}
	return at, place
}

// like is the first slot, from one on, that is free, or whose entry may be that of a state of that
// hash; the place that stands there, or -1.
func (s *shard) like(hash uint64, slot int) (at, place int) {
	tag, places, last := s.tag(hash), s.places(), len(s.table)-1
	for ; ; slot++ {
		entry := s.table[slot&last]
		if entry == 0 {
			return slot, -1
		}
		if at := entry ^ tag; at <= places {
			return slot, int(at) - 1
		}
	}
}

// reserve makes room for so many further states, before they are looked for.
func (s *shard) reserve(states int) {
	for s.room < states {
		s.resize(s.k + 1)
	}
}

// add appends a state for which there is room, and which find did not find; at is where it belongs.
func (s *shard) add(hash uint64, state []uint64, at int) (place int) {
	place = s.count
	if place>>pageBits == len(s.pages) {
		s.extend()
	}
	s.count++
	s.room--
	put(s.at(place), state)
	s.enter(hash, place, at)
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
	for ; len(block) >= size; block = block[size:] {
		s.pages = append(s.pages, block[:size:size])
	}
}

// enter enters a state at the slot where it belongs, in its bucket if there was room.
func (s *shard) enter(hash uint64, place, at int) {
	slot := at & (len(s.table) - 1)
	s.table[slot] = s.tag(hash) | uint32(place+1)
	if at>>bucketBits != s.slot(hash)>>bucketBits {
		s.strays[slot>>6] |= 1 << (slot & 63)
	}
}

// enterAnew enters a state that is kept.
func (s *shard) enterAnew(place int) {
	h := hash(s.at(place))
	at := s.slot(h)
	for last := len(s.table) - 1; s.table[at&last] != 0; at++ {
	}
	s.enter(h, place, at)
}

// resize makes a table of 2^k slots, of which three in four may be taken: the first one, or one
// of twice as many as before.
func (s *shard) resize(k uint) {
	old, strays := s.table, s.strays
	if s.k = k; cap(old) >= 1<<k {
		s.table = old[:1<<k]
	} else {
		s.table = s.memory.Table(1 << k)
		copy(s.table, old)
	}
	s.strays = make([]uint64, 1<<k>>6)
	s.room = len(s.table)/4*3 - s.count
	s.spread(len(old), strays)
}

// spread moves what half of the table held to where it belongs in the whole.
func (s *shard) spread(half int, strays []uint64) {
	place, anew := uint32(1)<<(s.k-1)-1, []uint32(nil)
	for bucket := half - 1<<bucketBits; bucket >= 0; bucket -= 1 << bucketBits {
		var entries [1 << bucketBits]uint32
		copy(entries[:], s.table[bucket:])
		two := s.table[2*bucket : 2*bucket+2<<bucketBits]
		clear(two)
		stray := strays[bucket>>6] >> (bucket & 63)
		var used [2]int
		for i, entry := range entries {
			switch {
			case entry == 0:
			case stray>>i&1 != 0:
				anew = append(anew, entry&place-1)
			default:
				upper := entry >> 31
				two[int(upper)<<bucketBits+used[upper]] = entry&^place<<1 | entry&place
				used[upper]++
			}
		}
	}
	for _, place := range anew {
		s.enterAnew(int(place))
	}
}

// rewrite changes all states where they are; state is scratch, as wide as they.
func (s *shard) rewrite(state []uint64, move func(out, state []uint64)) {
	clear(s.table)
	clear(s.strays)
	for place := range s.count {
		clear(state)
		move(state, s.at(place))
		copy(s.at(place), state)
	}
	for place := range s.count {
		s.enterAnew(place)
	}
}

// bytes is the memory that the shard takes: of its pages those that are begun.
func (s *shard) bytes() int {
	begun := (s.count + pageMask) &^ pageMask
	return 8*begun*s.words + 4*len(s.table) +
		8*(len(s.strays)+cap(s.hopeful))
}

// put copies a state: words so few that calling copy would take longer.
func put(state, from []uint64) {
	state = state[:len(from)]
	//lint:ignore S1001 see above
	for i, word := range from {
		state[i] = word
	}
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
