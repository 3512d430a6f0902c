package disk

import "unsafe"

// blockBytes is the unit of writing, and the alignment that O_DIRECT wants of offsets, lengths and
// memory. It suits devices with sectors of 512 and of 4096 bytes.
const blockBytes = 4096

// aligned returns n zero bytes that begin at a multiple of blockBytes. The heap does not move.
func aligned(n int) []byte {
	b := make([]byte, n+blockBytes)
	skip := -int(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) & (blockBytes - 1)
	return b[skip : skip+n : skip+n]
}

// blockDown is the begin of the block that holds n.
func blockDown[T int | int64](n T) T { return n &^ (blockBytes - 1) }

// blockUp is the least multiple of blockBytes that is not below n.
func blockUp[T int | int64](n T) T { return (n + blockBytes - 1) &^ (blockBytes - 1) }
