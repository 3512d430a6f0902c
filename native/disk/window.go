package disk

import (
	"errors"
	"io"
)

// windowBytes is what one read of a segment fetches at least.
const windowBytes = 256 << 10

// window reads a file through one reused buffer, in whole blocks.
type window struct {
	file File
	size int64
	buf  []byte // aligned
	off  int64  // of buf[0] in the file
	n    int    // valid bytes of buf
}

// open points the window at a file and forgets what it held of another.
func (w *window) open(f File, size int64) { w.file, w.size, w.n = f, size, 0 }

// at returns the n bytes of the file that begin at off, fewer where the file ends. They are
// borrowed until the next call.
func (w *window) at(off int64, n int) ([]byte, error) {
	if off >= w.size {
		return nil, nil
	}
	end := min(off+int64(n), w.size)
	if off < w.off || end > w.off+int64(w.n) {
		if err := w.load(off, end); err != nil {
			return nil, err
		}
		end = min(end, w.off+int64(w.n))
	}
	if end <= off {
		return nil, nil
	}
	return w.buf[off-w.off : end-w.off], nil
}

// load fetches the blocks that hold [off, end) and what fits behind them.
func (w *window) load(off, end int64) error {
	start := blockDown(off)
	need := int(blockUp(end) - start)
	if need > len(w.buf) {
		w.buf = aligned(max(need, int(min(windowBytes, blockUp(w.size)))))
	}
	w.off, w.n = start, 0
	n, err := w.file.ReadAt(w.buf[:min(int64(len(w.buf)), blockUp(w.size)-start)], start)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	w.n = n
	return nil
}

// record reads the frame at off of a segment and tells whether it is whole and is the record that
// the log expects there. The bytes, frame included, are borrowed until the next call.
func (w *window) record(s *segment, off int64, lsn uint64) (frame, []byte, bool, error) {
	b, err := w.at(off, frameBytes)
	if err != nil || len(b) < frameBytes {
		return frame{}, nil, false, err
	}
	f := getFrame(b)
	if f.lsn != lsn || !f.plausible(s, off) {
		return f, nil, false, nil
	}
	b, err = w.at(off, frameBytes+f.length)
	if err != nil || len(b) < frameBytes+f.length || !intact(b, s.salt) {
		return f, nil, false, err
	}
	return f, b, true, nil
}

// plausible tells whether a frame at off of s may be one: it ends in the file, and its batch began
// in this segment.
func (f frame) plausible(s *segment, off int64) bool {
	return f.length > 0 && int64(f.length) <= s.size-off-frameBytes &&
		uint64(f.index) <= f.lsn-s.first && f.lsn >= s.first
}
