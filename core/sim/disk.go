package sim

// Disk is what one node has written: for each durable field its last record, and one stream that
// keeps every record. A write is pending until it is durable; a crash takes pending writes.
type Disk struct {
	fields  [][]byte // durable contents by field; nil if never written
	stream  []byte   // durable records of the stream, each behind its length and position
	pending []pendingWrite
	bytes   []byte // of the pending writes
	last    LSN    // last position given out
	durable LSN
	wipes   int
}

type pendingWrite struct {
	lsn   LSN
	field uint8
	trim  LSN
	size  int
}

// Field returns the durable record of field, nil if there is none. It is borrowed.
func (d *Disk) Field(field uint8) []byte {
	if int(field) >= len(d.fields) {
		return nil
	}
	return d.fields[field]
}

// Records calls yield for each durable record of the stream, in order, until it returns false.
// The records are borrowed.
func (d *Disk) Records(yield func(lsn LSN, record []byte) bool) {
	for rest := d.stream; len(rest) > 0; {
		lsn, size := LSN(getUint64(rest)), int(getUint64(rest[8:]))
		if !yield(lsn, rest[16:16+size]) {
			return
		}
		rest = rest[16+size:]
	}
}

// Wipes returns how often the disk was emptied: each time it became another disk (B-11).
func (d *Disk) Wipes() int { return d.wipes }

// Last returns the last position that this disk ever gave out.
func (d *Disk) Last() LSN { return d.last }

// Durable returns the position up to which everything is durable.
func (d *Disk) Durable() LSN { return d.durable }

// write takes in a record that is pending from now on.
func (d *Disk) write(lsn LSN, field uint8, record []byte) {
	d.pending = append(d.pending, pendingWrite{lsn: lsn, field: field, size: len(record)})
	d.bytes = append(d.bytes, record...)
	d.last = lsn
}

// trim asks to forget the stream below lsn, behind what is pending.
func (d *Disk) trim(below LSN) {
	if len(d.pending) == 0 {
		d.forget(below)
		return
	}
	d.pending = append(d.pending, pendingWrite{lsn: d.last, trim: below})
}

// sync makes everything pending up to lsn durable.
func (d *Disk) sync(to LSN) {
	n, size := 0, 0
	for _, w := range d.pending {
		if w.lsn > to {
			break
		}
		d.keep(w, d.bytes[size:size+w.size])
		n, size = n+1, size+w.size
	}
	d.pending = append(d.pending[:0], d.pending[n:]...)
	d.bytes = append(d.bytes[:0], d.bytes[size:]...)
	d.durable = max(d.durable, to)
}

func (d *Disk) keep(w pendingWrite, record []byte) {
	switch {
	case w.trim != 0:
		d.forget(w.trim)
	case w.field == Stream:
		d.stream = appendUint64(appendUint64(d.stream, uint64(w.lsn)), uint64(w.size))
		d.stream = append(d.stream, record...)
	default:
		for int(w.field) >= len(d.fields) {
			d.fields = append(d.fields, nil)
		}
		d.fields[w.field] = append(d.fields[w.field][:0], record...)
		if d.fields[w.field] == nil {
			d.fields[w.field] = []byte{}
		}
	}
}

// forget drops the records of the stream below lsn.
func (d *Disk) forget(below LSN) {
	cut := 0
	d.Records(func(lsn LSN, record []byte) bool {
		if lsn >= below {
			return false
		}
		cut += 16 + len(record)
		return true
	})
	d.stream = append(d.stream[:0], d.stream[cut:]...)
}

// crash loses what is pending. Positions go on.
func (d *Disk) crash() {
	d.pending, d.bytes = d.pending[:0], d.bytes[:0]
	d.durable = d.last
}

// lose forgets a durable field: a disk that lies.
func (d *Disk) lose(field uint8) {
	if int(field) < len(d.fields) {
		d.fields[field] = nil
	}
}

// wipe empties the disk. Positions go on.
func (d *Disk) wipe() {
	clear(d.fields)
	d.stream = d.stream[:0]
	d.wipes++
	d.crash()
}

// appendState appends the canonical bytes of what is on the disk and on its way there. Positions
// count from the oldest record: two disks that a process cannot tell apart have equal bytes.
func (d *Disk) appendState(dst []byte) []byte {
	dst = appendUint64(dst, uint64(d.wipes))
	for _, f := range d.fields {
		dst = appendBytes(dst, f)
	}
	dst = appendUint64(dst, uint64(len(d.stream)))
	d.Records(func(_ LSN, record []byte) bool {
		dst = appendBytes(dst, record)
		return true
	})
	rest := d.bytes
	for _, w := range d.pending {
		dst = append(dst, w.field)
		dst = appendUint64(dst, uint64(w.trim))
		dst = appendBytes(dst, rest[:w.size])
		rest = rest[w.size:]
	}
	return dst
}

func appendUint64(dst []byte, x uint64) []byte {
	return append(dst, byte(x), byte(x>>8), byte(x>>16), byte(x>>24),
		byte(x>>32), byte(x>>40), byte(x>>48), byte(x>>56))
}

func getUint64(b []byte) uint64 {
	_ = b[7]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// appendBytes appends b behind its length plus one; nil, which is not the empty record, is 0.
func appendBytes(dst, b []byte) []byte {
	if b == nil {
		return append(dst, 0)
	}
	return append(appendUint64(append(dst, 1), uint64(len(b))), b...)
}
