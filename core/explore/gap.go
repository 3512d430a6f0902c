package explore

// gap lies between what different workers write. A processor moves memory in lines of 64 bytes,
// often in pairs: two that write into one line wait for each other at every write.
type gap [128]byte

// scratch returns words that lie apart from everything else.
func scratch(words int) []uint64 {
	const between = len(gap{}) / 8
	return make([]uint64, between+words+between)[between:][:words:words]
}
