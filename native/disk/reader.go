package disk

import (
	"fmt"
	"sort"
)

// Reader reads durable records of an open log by LSN, to supply those who lag. Reading in ascending
// order costs one read of the file every 256 KiB; anything else is found from a mark at most 32 KiB
// before. Each goroutine has its own Reader; it may run beside Append and Sync.
type Reader struct {
	log  *Log
	w    window
	seg  *segment // that the window holds
	next mark     // what follows the record that was read last
}

// NewReader makes a Reader, with a buffer of 256 KiB or of the largest record that it meets.
func (l *Log) NewReader() *Reader { return &Reader{log: l} }

// First is the LSN of the oldest record that is kept, or of the next one if there is none.
func (l *Log) First() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.segs[0].first
}

// Read returns the record with that LSN, borrowed until the next call. The error wraps ErrReleased
// or ErrNotDurable for a record outside what is kept and durable, and is a *CorruptError for one
// that does not read back as it was written.
func (r *Reader) Read(lsn uint64) ([]byte, error) {
	r.log.files.RLock()
	defer r.log.files.RUnlock()
	seg, at, err := r.find(lsn)
	if err != nil {
		return nil, err
	}
	if seg != r.seg {
		r.w.open(seg.file, seg.size)
		r.seg = seg
	}
	for fresh := false; ; {
		f, b, ok, err := r.w.record(seg, at.at, at.lsn)
		if err != nil {
			return nil, fmt.Errorf("disk: reading %s at %d: %w", seg.name, at.at, err)
		}
		if !ok && !fresh {
			// The window may have been loaded before this record was written.
			r.w.n, fresh = 0, true
			continue
		}
		if !ok {
			return nil, corrupt(seg.name, at.at, "record %d cannot be read", at.lsn)
		}
		at = mark{at.lsn + 1, at.at + int64(len(b))}
		if f.lsn == lsn {
			r.next = at
			return b[frameBytes:], nil
		}
	}
}

// find gives the segment of a record and a place in it from which to read on.
func (r *Reader) find(lsn uint64) (*segment, mark, error) {
	l := r.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead == ErrClosed {
		return nil, mark{}, ErrClosed
	}
	if lsn < l.segs[0].first {
		return nil, mark{}, fmt.Errorf("%w: %d, the oldest is %d", ErrReleased, lsn,
			l.segs[0].first)
	}
	if lsn > l.durable {
		return nil, mark{}, fmt.Errorf("%w: %d, the newest is %d", ErrNotDurable, lsn, l.durable)
	}
	i := sort.Search(len(l.segs), func(i int) bool { return l.segs[i].first > lsn }) - 1
	seg := l.segs[i]
	at := seg.near(lsn)
	if seg == r.seg && r.next.lsn <= lsn && r.next.lsn > at.lsn {
		at = r.next
	}
	return seg, at, nil
}
