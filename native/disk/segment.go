package disk

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
)

const (
	segmentMagic = "synodlg1"
	headFixed    = 56 // bytes before the header record
	headTail     = 4  // its CRC

	// markBytes is the distance between two entries of a segment's index.
	markBytes = 32 << 10

	nextName  = "next"
	spareName = "spare"
)

// segment is one file of the log.
type segment struct {
	file  File
	name  string
	seq   uint64
	first uint64 // LSN of its first record
	size  int64
	salt  uint32
	data  int64  // offset of the first record
	head  []byte // the caller's header record
	marks []mark // ascending, some markBytes apart, to find a record
}

// mark says where a record stands.
type mark struct {
	lsn uint64
	at  int64
}

func segmentName(seq uint64) string { return fmt.Sprintf("log-%08d", seq) }

// note remembers where a record stands if the last mark is far enough behind.
func (s *segment) note(lsn uint64, at int64) {
	if n := len(s.marks); n == 0 || at-s.marks[n-1].at >= markBytes {
		s.marks = append(s.marks, mark{lsn, at})
	}
}

// near is the last mark at or before a record.
func (s *segment) near(lsn uint64) mark {
	i, found := slices.BinarySearchFunc(s.marks, lsn, func(m mark, lsn uint64) int {
		switch {
		case m.lsn < lsn:
			return -1
		case m.lsn > lsn:
			return 1
		}
		return 0
	})
	if found {
		return s.marks[i]
	}
	if i == 0 {
		return mark{s.first, s.data}
	}
	return s.marks[i-1]
}

// reserve makes room for all marks of the segment, so that note never allocates later.
func (s *segment) reserve() { s.marks = make([]mark, 0, s.size/markBytes+1) }

// headBytes is the room that a header takes, in whole blocks.
func headBytes(record int) int64 { return blockUp(int64(headFixed + record + headTail)) }

// appendHead writes the header of s, in whole blocks, into an aligned buffer.
func (s *segment) appendHead(id ID) []byte {
	b := aligned(int(s.data))
	le := binary.LittleEndian
	copy(b, segmentMagic)
	copy(b[8:], id[:])
	le.PutUint64(b[24:], s.seq)
	le.PutUint64(b[32:], s.first)
	le.PutUint64(b[40:], uint64(s.size))
	le.PutUint32(b[48:], s.salt)
	le.PutUint32(b[52:], uint32(len(s.head)))
	n := headFixed + copy(b[headFixed:], s.head)
	le.PutUint32(b[n:], crc32.Checksum(b[:n], castagnoli))
	return b
}

// readHead fills s from the header of its file and gives the disk id that stands there. A header
// was durable before its file got this name, so a bad one is damage, never a torn write.
func (s *segment) readHead() (ID, error) {
	size, err := s.file.Size()
	if err != nil {
		return ID{}, err
	}
	if size == 0 || size%blockBytes != 0 {
		return ID{}, corrupt(s.name, size, "the file ends; a multiple of %d expected", blockBytes)
	}
	w := window{file: s.file, size: size}
	b, err := w.at(0, headFixed)
	if err != nil {
		return ID{}, err
	}
	if len(b) < headFixed || string(b[:8]) != segmentMagic {
		return ID{}, corrupt(s.name, 0, "no segment header of this format (%d bytes long)", size)
	}
	le := binary.LittleEndian
	id := ID(b[8:24])
	s.seq, s.first = le.Uint64(b[24:]), le.Uint64(b[32:])
	s.size, s.salt = int64(le.Uint64(b[40:])), le.Uint32(b[48:])
	n := int64(le.Uint32(b[52:]))
	if n > maxHeaderBytes {
		return ID{}, corrupt(s.name, 52, "header record of %d bytes, at most %d expected", n,
			maxHeaderBytes)
	}
	end := headFixed + int(n)
	if b, err = w.at(0, end+headTail); err != nil {
		return ID{}, err
	}
	if len(b) < end+headTail || le.Uint32(b[end:]) != crc32.Checksum(b[:end], castagnoli) {
		return ID{}, corrupt(s.name, 0, "the header's CRC-32C does not fit it")
	}
	s.head = slices.Clone(b[headFixed:end])
	s.data = headBytes(int(n))
	return id, s.checkHead(size)
}

// checkHead compares what the header says with the file that it stands in.
func (s *segment) checkHead(size int64) error {
	if segmentName(s.seq) != s.name {
		return corrupt(s.name, 24, "the header is that of segment %d", s.seq)
	}
	if s.size != size || s.data > size {
		return corrupt(s.name, 40, "the file has %d bytes, its header says %d", size, s.size)
	}
	if s.first == 0 {
		return corrupt(s.name, 32, "the first record has number 0")
	}
	return nil
}
