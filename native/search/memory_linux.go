package search

import (
	"runtime/debug"
	"syscall"
	"unsafe"
)

// large is the size from which a piece of memory is worth pages of two megabytes.
const large = 4 << 20

// memory is the heap, of which the large pieces ask the kernel for large pages: a
// search looks at places all over them, and the misses of the processor's
// translation of addresses are a good part of what it costs. What nobody wrote to
// yet is not there: pieces have room for more than was asked for.
type memory struct{ states int } // words given out

func (m *memory) States(words int) []uint64 {
	if 8*m.states >= large {
		words = max(words, m.states/4)
	}
	m.states += words
	piece := make([]uint64, words)
	advise(unsafe.Pointer(unsafe.SliceData(piece)), 8*words)
	return piece
}

// Table also gives back what the table before took: otherwise a search would hold
// half as much again that nobody uses.
func (m *memory) Table(slots int) []uint32 {
	room := slots
	if 4*slots >= large {
		room = 16 * slots
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
