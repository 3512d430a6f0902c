package sim

// Disk is what one node has written: for each durable field its last record, and one stream that
// keeps every record. A write is pending until it is durable; a crash takes pending writes.
type Disk struct {
	image
	pending []pendingWrite
	bytes   []byte // of the pending writes
	last    LSN    // last position given out
	durable LSN
	wiped   int    // times; a backup does not bring them back
	truth   *image // of a disk that lies: what the next crash leaves
	backup  *image
}

type pendingWrite struct {
	lsn   LSN
	field uint8
	trim  LSN
	size  int
}

// renewed returns an empty disk with the memory of d.
func (d *Disk) renewed() Disk {
	return Disk{image: image{fields: d.fields[:0], stream: d.stream[:0]}, pending: d.pending[:0],
		bytes: d.bytes[:0]}
}

// Field returns the durable record of field, nil if there is none or it is damaged. It is borrowed.
func (d *Disk) Field(field uint8) []byte {
	if int(field) >= len(d.fields) || d.damagedField(field) {
		return nil
	}
	return d.fields[field]
}

// Records calls yield for each durable record of the stream, in order, until it returns false.
// The records are borrowed; in place of a damaged one stands nil.
func (d *Disk) Records(yield func(lsn LSN, record []byte) bool) {
	d.records(func(lsn LSN, record []byte) bool {
		if len(d.badRecords) > 0 && d.damagedRecord(lsn) {
			record = nil
		}
		return yield(lsn, record)
	})
}

// Wipes tells which disk this is: each time that one was emptied it became another (B-11), and was
// given the next number. The first is 0. A backup bears the number of the disk that it is of.
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
	n := 0
	for n < len(d.pending) && d.pending[n].lsn <= to {
		n++
	}
	d.finish(n)
	d.durable = max(d.durable, to)
}

// finish makes the first n of what is pending durable.
func (d *Disk) finish(n int) {
	size := 0
	for _, w := range d.pending[:n] {
		d.keep(w, d.bytes[size:size+w.size])
		size += w.size
		d.durable = max(d.durable, w.lsn)
	}
	d.pending = append(d.pending[:0], d.pending[n:]...)
	d.bytes = append(d.bytes[:0], d.bytes[size:]...)
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
		d.badFields &^= 1 << w.field // written anew
		d.fields[w.field] = append(d.fields[w.field][:0], record...)
		if d.fields[w.field] == nil {
			d.fields[w.field] = []byte{}
		}
	}
}

// waiting returns how many records are pending.
func (d *Disk) waiting() int {
	n := 0
	for i := range d.pending {
		if d.pending[i].trim == 0 {
			n++
		}
	}
	return n
}

// place returns how many of the pending writes lie at lsn or before it.
func (d *Disk) place(lsn LSN) int64 {
	n := int64(0)
	for i := range d.pending {
		if d.pending[i].lsn <= lsn {
			n++
		}
	}
	return n
}

// empty reports whether nothing is on the disk.
func (d *Disk) empty() bool {
	for _, f := range d.fields {
		if f != nil {
			return false
		}
	}
	return len(d.stream) == 0
}

// crash loses what is pending, and on a disk that lies what it only said was durable. Positions
// go on.
func (d *Disk) crash() {
	d.pending, d.bytes = d.pending[:0], d.bytes[:0]
	d.durable = d.last
	if d.truth != nil {
		d.image = d.truth.copy()
	}
}

// survive makes those of the pending records durable for which kept is set, the first for the
// oldest; a crash is to follow. What lies behind a hole in the stream is not kept: there is no log
// without its order. A trim counts only if all before it was kept. Durable goes as far as there is
// no hole at all.
func (d *Disk) survive(kept []bool) {
	i, size, holes, hole := 0, 0, false, false
	for _, w := range d.pending {
		if w.trim != 0 {
			if !holes {
				d.forget(w.trim)
			}
			continue
		}
		if i < len(kept) && kept[i] && !(hole && w.field == Stream) {
			d.keep(w, d.bytes[size:size+w.size])
			if !holes {
				d.durable = w.lsn
			}
		} else {
			holes, hole = true, hole || w.field == Stream
		}
		i, size = i+1, size+w.size
	}
}

// spoilField damages a field at rest, and what a lying disk truly holds of it.
func (d *Disk) spoilField(field uint8) {
	d.badFields |= 1 << field
	if d.truth != nil && d.truth.fields[field] != nil {
		d.truth.badFields |= 1 << field
	}
}

// spoilRecord damages a record of the stream at rest.
func (d *Disk) spoilRecord(lsn LSN) {
	d.damage(lsn)
	if d.truth == nil {
		return
	}
	d.truth.records(func(at LSN, _ []byte) bool {
		if at == lsn {
			d.truth.damage(lsn)
		}
		return at < lsn
	})
}

// lose forgets a durable field: a disk that lies.
func (d *Disk) lose(field uint8) {
	if int(field) < len(d.fields) {
		d.fields[field] = nil
		d.badFields &^= 1 << field
	}
}

// wipe empties the disk. Positions go on.
func (d *Disk) wipe() {
	d.wiped++
	clear(d.fields)
	d.image = image{fields: d.fields, stream: d.stream[:0], wipes: d.wiped}
	if d.truth != nil {
		empty := d.image.copy()
		d.truth = &empty
	}
	d.crash()
}

// appendState appends the canonical bytes of what is on the disk and on its way there. Positions
// count from the oldest record: two disks that a process cannot tell apart have equal bytes.
func (d *Disk) appendState(dst []byte) []byte {
	dst = d.image.appendState(dst)
	if d.truth != nil {
		dst = d.truth.appendState(append(dst, "lies"...))
	}
	if d.backup != nil {
		dst = d.backup.appendState(append(dst, "backup"...))
	}
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
