package search

import (
	"runtime/debug"
	"syscall"
	"unsafe"
)

// large is the size from which a piece of memory is worth pages of two megabytes.
const large = 4 << 20

// ahead is how much room a table may have beyond what was asked for, or else as much again: a
// kernel may refuse to promise what its machine does not have.
const ahead = 256 << 20

// memory is the heap, of which the large pieces ask the kernel for large pages: a
// search looks at places all over them, and the misses of the processor's
// translation of addresses are a good part of what it costs. What nobody wrote to
// yet is not there: pieces have room for more than was asked for. How much follows
// from nothing but what was asked for: shards ask at the same time, and what one is
// given must not make the piece of the next one larger.
type memory struct{}

// States gives sixteen times what is asked for once that makes a large piece: a shard that
// asks for a sixteenth of what it has has room for as much again.
func (memory) States(words int) []uint64 {
	if 8*16*words >= large {
		words *= 16
	}
	piece := make([]uint64, words)
	advise(unsafe.Pointer(unsafe.SliceData(piece)), 8*words)
	return piece
}

// Table also gives back what the table before took: otherwise a search would hold
// half as much again that nobody uses.
func (memory) Table(slots int) []uint32 {
	room := slots
	if 4*slots >= large {
		room = min(16*slots, max(2*slots, ahead/4))
		debug.FreeOSMemory()
	}
	piece := make([]uint32, slots, room)
	advise(unsafe.Pointer(unsafe.SliceData(piece)), 4*room)
	return piece
}

// advise is only advice: what the kernel says to it does not matter.
func advise(piece unsafe.Pointer, bytes int) {
	page := uintptr(syscall.Getpagesize())
	skip := -uintptr(piece) & (page - 1)
	if bytes >= large {
		whole := unsafe.Slice((*byte)(piece), bytes)[skip:]
		_ = syscall.Madvise(whole[:len(whole)&^int(page-1)], syscall.MADV_HUGEPAGE)
	}
}
