package disk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// openFiles opens every segment that the manifest names, or creates the first one.
func (l *Log) openFiles() error {
	// A process that was killed may have left names that can be seen but lost still.
	if err := l.fs.SyncDir(); err != nil {
		return err
	}
	present, err := l.present()
	if err != nil {
		return err
	}
	var found bool
	if l.disk, found, err = readManifest(l.fs); err != nil {
		return err
	}
	if !found {
		return l.create(present)
	}
	// Power may have failed between the rename of a segment and the manifest that names it.
	unnamed := slices.Contains(present, l.disk.newest+1)
	if unnamed {
		l.disk.newest++
	}
	for seq := l.disk.oldest; seq <= l.disk.newest; seq++ {
		if !slices.Contains(present, seq) {
			return corrupt(segmentName(seq), 0, "missing; segments %d to %d are expected",
				l.disk.oldest, l.disk.newest)
		}
		if err := l.openSegment(seq); err != nil {
			return err
		}
	}
	if unnamed {
		if err := l.disk.write(l.fs); err != nil {
			return err
		}
	}
	return l.sweep(present)
}

// present lists the numbers of the segments in the directory.
func (l *Log) present() ([]uint64, error) {
	names, err := l.fs.List()
	if err != nil {
		return nil, err
	}
	var out []uint64
	for _, name := range names {
		digits, ok := strings.CutPrefix(name, "log-")
		if seq, err := strconv.ParseUint(digits, 10, 64); ok && err == nil &&
			name == segmentName(seq) {
			out = append(out, seq)
		}
	}
	slices.Sort(out)
	return out, nil
}

// create makes the first segment and the manifest. A first segment without a manifest and without
// records is an earlier creation that power cut short; anything more is a directory in which the
// manifest got lost.
func (l *Log) create(present []uint64) error {
	if len(present) > 0 {
		if err := l.abandoned(present); err != nil {
			return err
		}
	}
	if _, err := io.ReadFull(l.opt.Rand, l.disk.id[:]); err != nil {
		return fmt.Errorf("disk: drawing an id for %s: %w", l.dir, err)
	}
	l.disk.oldest, l.disk.newest = 1, 1
	seg, err := l.newSegment(1, 1)
	if err != nil {
		return err
	}
	l.segs = []*segment{seg}
	l.created = true
	return l.disk.write(l.fs)
}

// abandoned tells whether the segments present hold nothing, so that creation may begin again.
func (l *Log) abandoned(present []uint64) error {
	lost := corrupt(manifestName, 0, "missing beside %d segments", len(present))
	if len(present) > 1 || present[0] != 1 {
		return lost
	}
	if err := l.openSegment(1); err != nil {
		return err
	}
	seg := l.segs[0]
	l.segs = nil
	w := window{file: seg.file, size: seg.size}
	_, _, ok, err := w.record(seg, seg.data, seg.first)
	if err == nil && ok {
		err = lost
	}
	return errors.Join(err, seg.file.Close())
}

// openSegment opens the file of a segment and appends it to the list, checking that it belongs
// there.
func (l *Log) openSegment(seq uint64) error {
	s := &segment{name: segmentName(seq)}
	var err error
	if s.file, err = l.fs.Open(s.name); err != nil {
		return err
	}
	id, err := s.readHead()
	if err == nil && l.disk.oldest > 0 && id != l.disk.id {
		err = corrupt(s.name, 8, "belongs to disk %s, this one is %s", id, l.disk.id)
	}
	if n := len(l.segs); err == nil && n > 0 && s.first < l.segs[n-1].first {
		err = corrupt(s.name, 32, "begins with record %d, the segment before with %d", s.first,
			l.segs[n-1].first)
	}
	if err != nil {
		s.file.Close()
		return err
	}
	s.reserve()
	l.segs = append(l.segs, s)
	return nil
}

// sweep removes segments that were released before power failed. Those beyond the newest cannot
// be: they are damage.
func (l *Log) sweep(present []uint64) error {
	for _, seq := range present {
		if seq > l.disk.newest {
			return corrupt(segmentName(seq), 0, "not expected; segments %d to %d are",
				l.disk.oldest, l.disk.newest)
		}
		if seq < l.disk.oldest {
			if err := l.fs.Remove(segmentName(seq)); err != nil {
				return err
			}
		}
	}
	return nil
}

// newSegment makes a segment whose header is durable before it bears its name. The file is the
// spare one if there is one of the right size.
func (l *Log) newSegment(seq, first uint64) (*segment, error) {
	s := &segment{name: segmentName(seq), seq: seq, first: first, size: l.opt.SegmentBytes}
	s.head = l.opt.Header(nil)
	s.data = headBytes(len(s.head))
	if s.data > l.maxHead {
		return nil, fmt.Errorf("disk: a header record of %d bytes does not fit into %d",
			len(s.head), l.maxHead)
	}
	var salt [4]byte
	if _, err := io.ReadFull(l.opt.Rand, salt[:]); err != nil {
		return nil, fmt.Errorf("disk: drawing a salt: %w", err)
	}
	s.salt = binary.LittleEndian.Uint32(salt[:])
	name, err := l.blank(s)
	if err != nil {
		return nil, err
	}
	_, err = s.file.WriteAt(s.appendHead(l.disk.id), 0)
	if err == nil {
		err = s.file.Sync()
	}
	if err == nil {
		err = l.fs.Rename(name, s.name)
	}
	if err == nil {
		err = l.fs.SyncDir()
	}
	if err != nil {
		return nil, errors.Join(err, s.file.Close())
	}
	s.reserve()
	return s, nil
}

// blank opens the spare file or creates one, and tells its name.
func (l *Log) blank(s *segment) (name string, err error) {
	if s.file, err = l.fs.Open(spareName); err == nil {
		if size, err := s.file.Size(); err == nil && size == s.size {
			return spareName, nil
		}
		s.file.Close()
	}
	s.file, err = l.fs.Create(nextName, s.size)
	return nextName, err
}

// roll begins the next segment. The batch is empty, and the caller holds io.
func (l *Log) roll() error {
	last := l.segs[len(l.segs)-1]
	s, err := l.newSegment(last.seq+1, l.next)
	if err != nil {
		return err
	}
	l.disk.newest = s.seq
	if err := l.disk.write(l.fs); err != nil {
		return errors.Join(err, s.file.Close())
	}
	l.files.Lock()
	defer l.files.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.segs = append(l.segs, s)
	l.fill.reset(s.data, nil)
	l.stats.Segments++
	return nil
}

// A Segment is one file of the log: its first record, and the header record at its head.
type Segment struct {
	First uint64
	Head  []byte // not to be changed
}

// Segments lists the files of the log, oldest first.
func (l *Log) Segments() []Segment {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Segment, len(l.segs))
	for i, s := range l.segs {
		out[i] = Segment{s.first, s.head}
	}
	return out
}

// Release lets go of segments that hold only records below lsn; the last segment always stays. Call
// it when a durable snapshot covers every slot that those records name. One file is kept to be
// written again, the others are removed. The goroutine that appends calls it.
func (l *Log) Release(below uint64) error {
	l.io.Lock()
	defer l.io.Unlock()
	l.mu.Lock()
	err := l.ready()
	l.mu.Unlock()
	n := 0
	for err == nil && n+1 < len(l.segs) && l.segs[n+1].first <= below {
		n++
	}
	if err != nil || n == 0 {
		return err
	}
	// The manifest first: a crash may leave files that nobody asks for, but no gap (B-09).
	l.disk.oldest = l.segs[n].seq
	if err := l.kill(l.disk.write(l.fs)); err != nil {
		return err
	}
	return l.kill(l.drop(n))
}

// drop takes the first n segments from the list and from the directory. The caller holds io.
func (l *Log) drop(n int) error {
	l.files.Lock()
	defer l.files.Unlock()
	l.mu.Lock()
	gone := slices.Clone(l.segs[:n])
	l.segs = slices.Delete(l.segs, 0, n)
	l.mu.Unlock()
	for i, s := range gone {
		err := s.file.Close()
		if i == 0 && s.size == l.opt.SegmentBytes {
			err = errors.Join(err, l.fs.Rename(s.name, spareName))
		} else {
			err = errors.Join(err, l.fs.Remove(s.name))
		}
		if err != nil {
			return err
		}
	}
	return l.fs.SyncDir()
}
