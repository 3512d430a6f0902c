//go:build !linux

package search

// memory is the heap.
type memory struct{}

func (memory) States(words int) []uint64 { return make([]uint64, words) }
func (memory) Table(slots int) []uint32  { return make([]uint32, slots) }
