package sim

import "slices"

// image is what lies on a disk: what a restart finds, what a backup holds.
type image struct {
	fields     [][]byte // by field; nil if never written
	stream     []byte   // records of the stream, each behind its position and length
	wipes      int      // the number of the disk: see Disk.Wipes
	badFields  uint64   // set of damaged fields
	badRecords []LSN    // damaged records of the stream, in order
}

// copy returns an image that shares no memory with m.
func (m *image) copy() image {
	c := image{fields: make([][]byte, len(m.fields)), stream: slices.Clone(m.stream),
		wipes: m.wipes, badFields: m.badFields, badRecords: slices.Clone(m.badRecords)}
	for i, f := range m.fields {
		c.fields[i] = slices.Clone(f)
	}
	return c
}

// records calls yield for each record of the stream, damaged or not, until it returns false.
func (m *image) records(yield func(lsn LSN, record []byte) bool) {
	for rest := m.stream; len(rest) > 0; {
		lsn, size := LSN(getUint64(rest)), int(getUint64(rest[8:]))
		if !yield(lsn, rest[16:16+size]) {
			return
		}
		rest = rest[16+size:]
	}
}

// forget drops the records of the stream below lsn.
func (m *image) forget(below LSN) {
	cut := 0
	m.records(func(lsn LSN, record []byte) bool {
		if lsn >= below {
			return false
		}
		cut += 16 + len(record)
		return true
	})
	m.stream = append(m.stream[:0], m.stream[cut:]...)
	for len(m.badRecords) > 0 && m.badRecords[0] < below {
		m.badRecords = m.badRecords[1:]
	}
}

// truncate drops the last n records of the stream.
func (m *image) truncate(n int) {
	var ends []int
	at := 0
	m.records(func(_ LSN, record []byte) bool {
		ends = append(ends, at)
		at += 16 + len(record)
		return true
	})
	if n > 0 && len(ends) > 0 {
		from := max(len(ends)-n, 0)
		lost := LSN(getUint64(m.stream[ends[from]:]))
		m.stream = m.stream[:ends[from]]
		m.badRecords = slices.DeleteFunc(m.badRecords, func(l LSN) bool { return l >= lost })
	}
}

// damage damages the record at lsn of the stream.
func (m *image) damage(lsn LSN) {
	if at, found := slices.BinarySearch(m.badRecords, lsn); !found {
		m.badRecords = slices.Insert(m.badRecords, at, lsn)
	}
}

func (m *image) damagedField(field uint8) bool { return field < 64 && m.badFields>>field&1 == 1 }

func (m *image) damagedRecord(lsn LSN) bool {
	_, found := slices.BinarySearch(m.badRecords, lsn)
	return found
}

// Damaged reports whether a record at rest fails its checksum: the last one too, for it was durable
// when it was acknowledged (B-07). What a crash tore was not, and is not there at all.
func (m *image) Damaged() bool { return m.badFields != 0 || len(m.badRecords) > 0 }

// appendState appends the canonical bytes of what lies on the disk, damage included.
func (m *image) appendState(dst []byte) []byte {
	dst = appendUint64(dst, uint64(m.wipes))
	for _, f := range m.fields {
		dst = appendBytes(dst, f)
	}
	dst = appendUint64(dst, uint64(len(m.stream)))
	m.records(func(lsn LSN, record []byte) bool {
		dst = appendBytes(dst, record)
		if len(m.badRecords) > 0 && m.damagedRecord(lsn) {
			dst = append(dst, '!')
		}
		return true
	})
	if m.badFields != 0 {
		dst = appendUint64(append(dst, '!'), m.badFields)
	}
	return dst
}
