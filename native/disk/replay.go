package disk

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Replay reads the log from its oldest record and makes it ready for Append. For each segment it
// calls header, unless that is nil, with the header record, then record for each record in the
// order of their LSNs; both borrow their argument and may not call the log. The first header holds
// what the records released before it had told.
//
// A torn tail is cut; damage is a *CorruptError, which names file and offset. An error of a
// callback ends Replay and is returned. Replay is called once.
func (l *Log) Replay(header func([]byte) error, record func(lsn uint64, rec []byte) error) error {
	l.io.Lock()
	defer l.io.Unlock()
	if l.dead != nil {
		return l.dead
	}
	if l.replayed {
		return errors.New("disk: Replay was called twice")
	}
	r := replay{log: l, header: header, record: record, want: l.segs[0].first}
	for i := range l.segs {
		if err := r.segment(i); err != nil {
			return err
		}
	}
	if err := l.kill(r.finish()); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next, l.durable = r.want, r.want-1
	l.replayed = true
	return nil
}

// replay is one reading of the whole log.
type replay struct {
	log    *Log
	header func([]byte) error
	record func(uint64, []byte) error
	w      window
	want   uint64 // LSN of the next record
	off    int64  // where it stands in the segment
	batch  int64  // where the batch of the record before began
}

// segment reads the records of the i-th segment.
func (r *replay) segment(i int) error {
	s := r.log.segs[i]
	if s.first != r.want {
		return corrupt(s.name, 32, "begins with record %d, expected is %d", s.first, r.want)
	}
	if r.header != nil {
		if err := r.header(s.head); err != nil {
			return err
		}
	}
	r.w.open(s.file, s.size)
	r.off, r.batch = s.data, s.data
	for {
		f, b, ok, err := r.w.record(s, r.off, r.want)
		if err != nil {
			return fmt.Errorf("disk: reading %s at %d: %w", s.name, r.off, err)
		}
		if !ok {
			return r.broken(i)
		}
		if f.index == 0 {
			r.batch = r.off
		}
		s.note(f.lsn, r.off)
		if err := r.record(f.lsn, b[frameBytes:]); err != nil {
			return err
		}
		r.off += int64(len(b))
		r.want++
	}
}

// broken judges the end of the chain of records in the i-th segment.
func (r *replay) broken(i int) error {
	s := r.log.segs[i]
	if i+1 < len(r.log.segs) {
		if next := r.log.segs[i+1]; next.first != r.want {
			return corrupt(s.name, r.off, "record %d cannot be read, but %s begins with record %d",
				r.want, next.name, next.first)
		}
		return nil
	}
	b, err := r.w.at(r.off, frameBytes)
	if err != nil {
		return err
	}
	torn := len(b) == frameBytes && getFrame(b).lsn == r.want
	rest, err := r.remains(s)
	if err != nil || rest == 0 && !torn {
		return err
	}
	r.log.cut = Cut{File: s.name, Offset: r.off, Bytes: max(rest-r.off, 0)}
	r.log.opt.Logger.Warn("a torn tail was cut", "dir", r.log.dir, "file", s.name,
		"offset", r.off, "next", r.want)
	return r.log.kill(r.erase(s, rest))
}

// remains looks behind the end of the chain for whole records of the same segment. It returns where
// the last of them ends, 0 if there is none, or a *CorruptError if one of them proves that the
// missing record was durable.
func (r *replay) remains(s *segment) (end int64, err error) {
	for off := r.off; off+frameBytes < s.size; {
		b, err := r.w.at(off, windowBytes)
		if err != nil {
			return 0, fmt.Errorf("disk: reading %s at %d: %w", s.name, off, err)
		}
		at, found := seek(b, r.want, uint64(s.size))
		if !found {
			off += int64(max(len(b)-frameBytes, 1))
			continue
		}
		off += int64(at)
		f := getFrame(b[at:])
		_, whole, ok, err := r.w.record(s, off, f.lsn)
		if err != nil {
			return 0, fmt.Errorf("disk: reading %s at %d: %w", s.name, off, err)
		}
		if !ok {
			off++
			continue
		}
		if f.firstOfBatch() > r.want {
			return 0, corrupt(s.name, r.off, "record %d cannot be read, but record %d at byte %d "+
				"was written after it was acknowledged", r.want, f.lsn, off)
		}
		off += int64(len(whole))
		end = off
	}
	return end, nil
}

// seek finds the first place in b that may be a frame with an LSN in [from, from+n).
func seek(b []byte, from, n uint64) (at int, found bool) {
	for i := 0; i+frameBytes <= len(b); i++ {
		if binary.LittleEndian.Uint64(b[i+8:])-from < n {
			return i, true
		}
	}
	return 0, false
}

// erase overwrites what a torn batch left behind its tear, so that none of it can follow a record
// that is appended later and be taken for its successor.
func (r *replay) erase(s *segment, end int64) error {
	start := blockDown(r.off)
	for start < end {
		n := min(blockUp(end)-start, windowBytes)
		b, err := r.w.at(start, int(n))
		if err != nil {
			return err
		}
		clear(b[max(r.off-start, 0):])
		if err := writeDurable(s.file, b, start); err != nil {
			return err
		}
		start += n
	}
	return nil
}

// finish writes the last batch again: the process that wrote it may have died before it was
// durable, and what was only read from a cache must not count as such. Then the batch buffers
// follow it.
func (r *replay) finish() error {
	s := r.log.segs[len(r.log.segs)-1]
	for start := blockDown(r.batch); start < r.off; {
		n := min(blockUp(r.off)-start, windowBytes)
		b, err := r.w.at(start, int(n))
		if err != nil {
			return err
		}
		if err := writeDurable(s.file, b, start); err != nil {
			return err
		}
		start += n
	}
	durable, err := r.w.at(blockDown(r.off), int(r.off-blockDown(r.off)))
	if err != nil {
		return err
	}
	r.log.fill.reset(r.off, durable)
	return nil
}
