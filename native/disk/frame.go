package disk

import (
	"encoding/binary"
	"hash/crc32"
)

// frameBytes is what stands before each record; the package doc has the table.
const frameBytes = 20

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frame is what stands before one record.
type frame struct {
	length int
	lsn    uint64
	index  uint32 // in its batch
}

// firstOfBatch is the LSN of the first record of its batch: all below it were durable before this
// one was written.
func (f frame) firstOfBatch() uint64 { return f.lsn - uint64(f.index) }

// putFrame writes frame and record into dst, which has room for exactly both.
func putFrame(dst []byte, salt uint32, lsn uint64, index uint32, record []byte) {
	le := binary.LittleEndian
	le.PutUint32(dst[4:], uint32(len(record)))
	le.PutUint64(dst[8:], lsn)
	le.PutUint32(dst[16:], index)
	copy(dst[frameBytes:], record)
	le.PutUint32(dst, crc32.Update(salt, castagnoli, dst[4:]))
}

// getFrame reads the fields at the head of b, which holds frameBytes or more, without judging them.
func getFrame(b []byte) frame {
	le := binary.LittleEndian
	return frame{
		length: int(le.Uint32(b[4:])),
		lsn:    le.Uint64(b[8:]),
		index:  le.Uint32(b[16:]),
	}
}

// intact tells whether b, exactly one frame and its record, carries the right CRC.
func intact(b []byte, salt uint32) bool {
	return binary.LittleEndian.Uint32(b) == crc32.Update(salt, castagnoli, b[4:])
}
