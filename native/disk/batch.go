package disk

// batch is a run of framed records that one write call makes durable. Its buffer begins at a block
// of the segment and with the bytes of that block which are durable already.
type batch struct {
	buf   []byte // aligned
	start int64  // offset of buf[0] in the segment, a multiple of blockBytes
	kept  int    // bytes at the head of buf that are durable already
	n     int    // bytes of buf in use
	first uint64 // LSN of the first record of the batch, if there is one
	last  uint64 // LSN of its last
}

func newBatch(bytes int) *batch { return &batch{buf: aligned(blockUp(bytes) + blockBytes)} }

func (b *batch) empty() bool { return b.n == b.kept }

// end is where the next frame goes in the segment.
func (b *batch) end() int64 { return b.start + int64(b.n) }

// reset empties the batch; its next byte goes to the offset at. The durable bytes of that block
// are given, as many as the block holds before at.
func (b *batch) reset(at int64, durable []byte) {
	b.start = blockDown(at)
	b.kept = copy(b.buf, durable)
	b.n = b.kept
}

// add appends one record; the caller knows that there is room.
func (b *batch) add(salt uint32, lsn uint64, record []byte) {
	if b.empty() {
		b.first = lsn
	}
	need := frameBytes + len(record)
	putFrame(b.buf[b.n:b.n+need], salt, lsn, uint32(lsn-b.first), record)
	b.n += need
	b.last = lsn
}

// follow empties b and lets it continue where prev ends.
func (b *batch) follow(prev *batch) {
	b.reset(prev.end(), prev.buf[blockDown(prev.n):prev.n])
}

// blocks is the whole batch as it goes to the file, the rest of its last block zero.
func (b *batch) blocks() []byte {
	out := b.buf[:blockUp(b.n)]
	clear(out[b.n:])
	return out
}
