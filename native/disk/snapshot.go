package disk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// A snapshot is a file beside the log, written once and never changed. Integers are little-endian.
//
//	offset  bytes  snapshot
//	0       8      "synodsn1"
//	8       8      number of the snapshot, the caller's
//	16      4      CRC-32C of all before it
//	        …      chunks, each: length from 1 (4), CRC-32C (4), as many bytes
//	        4      0
//	        4      CRC-32C of what follows
//	        8      bytes in all chunks
//
// Each CRC starts at the one before it, so that no chunk can be missing, doubled or of another
// snapshot. A file bears its name only when it is whole and durable: one that does not read back is
// damaged, never torn.
const (
	snapshotMagic  = "synodsn1"
	snapshotHead   = 20
	chunkHead      = 8
	chunkBytes     = 64 << 10
	maxChunkBytes  = 1 << 20
	snapshotPrefix = "snap-"
	snapshotNew    = "snapshot.new"
	snapshotPart   = "snapshot.part"
)

// Snapshots are the snapshots in the directory of a log. They may be written and read beside the
// log, one being written and one being received at a time.
type Snapshots struct{ fs FS }

// Snapshots gives access to the snapshots in the directory of the log.
func (l *Log) Snapshots() *Snapshots { return &Snapshots{l.fs} }

// SnapshotName is the name of a snapshot's file.
func SnapshotName(number uint64) string { return fmt.Sprintf("%s%020d", snapshotPrefix, number) }

// List returns the numbers of all snapshots, newest first.
func (s *Snapshots) List() ([]uint64, error) {
	names, err := s.fs.List()
	if err != nil {
		return nil, err
	}
	var out []uint64
	for _, name := range names {
		digits, ok := strings.CutPrefix(name, snapshotPrefix)
		n, err := strconv.ParseUint(digits, 10, 64)
		if ok && err == nil && name == SnapshotName(n) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out, nil
}

// Keep removes all snapshots but those named.
func (s *Snapshots) Keep(numbers ...uint64) error {
	all, err := s.List()
	if err != nil {
		return err
	}
	for _, n := range all {
		if slices.Contains(numbers, n) {
			continue
		}
		if err := s.fs.Remove(SnapshotName(n)); err != nil {
			return err
		}
	}
	return s.fs.SyncDir()
}

// SnapshotWriter writes a snapshot. It holds one chunk in memory.
type SnapshotWriter struct {
	fs     FS
	file   File
	number uint64
	buf    []byte // of the chunk, its head first
	at     int64
	crc    uint32
	total  uint64
	err    error
}

// Create begins a snapshot, in place of any that was begun and not committed.
func (s *Snapshots) Create(number uint64) (*SnapshotWriter, error) {
	file, err := s.fs.Create(snapshotNew, 0)
	if err != nil {
		return nil, err
	}
	w := &SnapshotWriter{fs: s.fs, file: file, number: number, buf: make([]byte, chunkHead,
		chunkHead+chunkBytes)}
	b := binary.LittleEndian.AppendUint64([]byte(snapshotMagic), number)
	w.crc = crc32.Checksum(b, castagnoli)
	w.put(binary.LittleEndian.AppendUint32(b, w.crc))
	return w, nil
}

func (w *SnapshotWriter) put(b []byte) {
	if w.err == nil {
		_, w.err = w.file.WriteAt(b, w.at)
		w.at += int64(len(b))
	}
}

// Write adds bytes. After an error nothing more is written, and Commit returns it.
func (w *SnapshotWriter) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		n := copy(w.buf[len(w.buf):cap(w.buf)], rest)
		w.buf, rest = w.buf[:len(w.buf)+n], rest[n:]
		if len(w.buf) == cap(w.buf) {
			w.chunk()
		}
	}
	return len(b), w.err
}

// chunk writes what is in the buffer.
func (w *SnapshotWriter) chunk() {
	n := len(w.buf) - chunkHead
	w.crc = crc32.Update(w.crc, castagnoli, w.buf[chunkHead:])
	binary.LittleEndian.PutUint32(w.buf, uint32(n))
	binary.LittleEndian.PutUint32(w.buf[4:], w.crc)
	w.put(w.buf)
	w.total += uint64(n)
	w.buf = w.buf[:chunkHead]
}

// Commit makes the snapshot durable under its name.
func (w *SnapshotWriter) Commit() error {
	if len(w.buf) > chunkHead {
		w.chunk()
	}
	total := binary.LittleEndian.AppendUint64(nil, w.total)
	b := binary.LittleEndian.AppendUint32(make([]byte, 4), crc32.Update(w.crc, castagnoli, total))
	w.put(append(b, total...))
	return commit(w.fs, w.file, snapshotNew, w.number, w.err)
}

// commit syncs a whole file and gives it the name of a snapshot.
func commit(dir FS, file File, name string, number uint64, err error) error {
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := dir.Rename(name, SnapshotName(number)); err != nil {
		return err
	}
	return dir.SyncDir()
}

// Abort gives up what was written.
func (w *SnapshotWriter) Abort() error {
	return errors.Join(w.file.Close(), w.fs.Remove(snapshotNew))
}

// SnapshotReader reads a snapshot and checks it as it goes. It holds one chunk in memory.
type SnapshotReader struct {
	file  File
	name  string
	at    int64
	crc   uint32
	total uint64
	chunk []byte // what is left of the one read last
	buf   []byte
	ended bool
}

// Open opens a snapshot. All errors but those of the system are *CorruptError.
func (s *Snapshots) Open(number uint64) (*SnapshotReader, error) {
	return s.open(SnapshotName(number), number)
}

func (s *Snapshots) open(name string, number uint64) (*SnapshotReader, error) {
	file, err := s.fs.OpenBuffered(name)
	if err != nil {
		return nil, err
	}
	r := &SnapshotReader{file: file, name: name, at: snapshotHead}
	b, err := r.fetch(0, snapshotHead)
	if err == nil {
		r.crc = crc32.Checksum(b[:snapshotHead-4], castagnoli)
		if string(b[:8]) != snapshotMagic || binary.LittleEndian.Uint32(b[16:]) != r.crc {
			err = corrupt(name, 0, "no header of a snapshot")
		} else if n := binary.LittleEndian.Uint64(b[8:]); n != number {
			err = corrupt(name, 8, "it is snapshot %d, expected %d", n, number)
		}
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return r, nil
}

// fetch reads n bytes at an offset into the buffer.
func (r *SnapshotReader) fetch(at int64, n int) ([]byte, error) {
	if n > len(r.buf) {
		r.buf = make([]byte, max(n, chunkHead+chunkBytes))
	}
	got, err := r.file.ReadAt(r.buf[:n], at)
	if got == n {
		return r.buf[:n], nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = corrupt(r.name, at+int64(got), "the file ends, %d more bytes expected", n-got)
	}
	return nil, err
}

// Read reads on. It returns io.EOF only when the whole snapshot was found to be sound.
func (r *SnapshotReader) Read(b []byte) (int, error) {
	for len(r.chunk) == 0 {
		if r.ended {
			return 0, io.EOF
		}
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, r.chunk)
	r.chunk = r.chunk[n:]
	return n, nil
}

// next reads a chunk, or the end.
func (r *SnapshotReader) next() error {
	head, err := r.fetch(r.at, chunkHead)
	if err != nil {
		return err
	}
	n, want := int(binary.LittleEndian.Uint32(head)), binary.LittleEndian.Uint32(head[4:])
	size := n
	if n == 0 {
		size = 8
	}
	if n > maxChunkBytes {
		return corrupt(r.name, r.at, "a chunk of %d bytes, at most %d expected", n, maxChunkBytes)
	}
	b, err := r.fetch(r.at+chunkHead, size)
	if err != nil {
		return err
	}
	if r.crc = crc32.Update(r.crc, castagnoli, b); r.crc != want {
		return corrupt(r.name, r.at, "the CRC-32C of a chunk does not fit it")
	}
	r.at += int64(chunkHead + size)
	if n > 0 {
		r.chunk, r.total = b, r.total+uint64(n)
		return nil
	}
	r.ended = true
	if total := binary.LittleEndian.Uint64(b); total != r.total {
		return corrupt(r.name, r.at, "it held %d bytes, %d expected", r.total, total)
	}
	return nil
}

// Close ends reading.
func (r *SnapshotReader) Close() error { return r.file.Close() }

// Piece reads the bytes of a snapshot's file at an offset into b, as they are, and tells the size
// of the file. The error wraps fs.ErrNotExist if there is no such snapshot.
func (s *Snapshots) Piece(number uint64, at int64, b []byte) (n int, size int64, err error) {
	file, err := s.fs.OpenBuffered(SnapshotName(number))
	if err != nil {
		return 0, 0, err
	}
	defer file.Close()
	if size, err = file.Size(); err != nil || at < 0 || at >= size {
		return 0, size, err
	}
	n, err = file.ReadAt(b, at)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, size, err
}

// SnapshotPart is a snapshot that comes from another directory, piece by piece.
type SnapshotPart struct {
	s      *Snapshots
	file   File
	number uint64
}

// Receive begins to receive a snapshot, in place of any that was begun and not committed.
func (s *Snapshots) Receive(number uint64) (*SnapshotPart, error) {
	file, err := s.fs.Create(snapshotPart, 0)
	if err != nil {
		return nil, err
	}
	return &SnapshotPart{s, file, number}, nil
}

// WriteAt takes a piece.
func (p *SnapshotPart) WriteAt(b []byte, at int64) (int, error) { return p.file.WriteAt(b, at) }

// Open reads what has come, as Snapshots.Open does.
func (p *SnapshotPart) Open() (*SnapshotReader, error) { return p.s.open(snapshotPart, p.number) }

// Commit makes the snapshot durable under its name. Who has not read it to its end does not know
// that it is whole.
func (p *SnapshotPart) Commit() error {
	return commit(p.s.fs, p.file, snapshotPart, p.number, nil)
}

// Abort gives up what has come.
func (p *SnapshotPart) Abort() error {
	return errors.Join(p.file.Close(), p.s.fs.Remove(snapshotPart))
}

// Missing reports whether an error says that there is no such snapshot.
func Missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
