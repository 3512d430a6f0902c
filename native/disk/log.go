package disk

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
)

const (
	// DefaultSegmentBytes is the size of a segment if Options leave it open.
	DefaultSegmentBytes = 64 << 20
	// DefaultBatchBytes is the size of a batch if Options leave it open.
	DefaultBatchBytes = 4 << 20

	minSegmentBytes = 4 * blockBytes
	maxHeaderBytes  = 1 << 20
)

// Options say how a log is kept. Only Header is required.
type Options struct {
	// Header appends to dst what each segment repeats at its head: all that a restart must know
	// although the records that told it are released (PITFALLS B-05), and that is safe to know
	// before the record that is about to be appended. The log calls it in Open of a new directory
	// and in Append, from the caller's goroutine; it must not call the log. At most a quarter of
	// a segment, and 1 MiB.
	Header func(dst []byte) []byte
	// SegmentBytes is the size of new segments, a multiple of 4096, at least 16 KiB.
	SegmentBytes int64
	// BatchBytes bounds what one Sync writes and so the largest record. Two buffers of this size
	// are held.
	BatchBytes int
	// Buffered keeps to pwrite and fdatasync where direct writes would be possible.
	Buffered bool
	// Logger is told of fallbacks, cut tails and the death of the log; nil is silence.
	Logger *slog.Logger
	// FS replaces the directory of the operating system, for tests.
	FS FS
	// Rand is the source of disk ids and salts; nil is crypto/rand.
	Rand io.Reader
}

// Log is the log of one directory. One goroutine may append and release, another may sync; readers
// have their own Reader. The order of calls is Open, Replay, then the others.
type Log struct {
	dir     string
	fs      FS
	lock    io.Closer
	opt     Options
	mode    string // how writes become durable, for people
	created bool
	maxHead int64

	// io is held while a file is written and while the set of segments changes. It is taken
	// before files, files before mu.
	io   sync.Mutex
	disk manifest
	dead error // set with io and mu held; read with either

	// files is held for reading while a Reader reads, for writing while segments come and go.
	files sync.RWMutex
	segs  []*segment // ascending; changed with io, files and mu held

	mu       sync.Mutex
	replayed bool
	fill     *batch // takes what Append brings
	idle     *batch // is being written, or waits for its turn
	next     uint64 // LSN of the next record
	durable  uint64
	stats    Stats
	cut      Cut
}

// Open opens the log in dir, or creates the directory and an empty log. It fails if another process
// has it (*LockedError), if a file is missing or its header damaged (*CorruptError).
func Open(dir string, opt Options) (*Log, error) {
	if err := opt.fill(); err != nil {
		return nil, err
	}
	l := &Log{dir: dir, fs: opt.FS, opt: opt, mode: "the caller's file layer", next: 1}
	l.maxHead = min(blockDown(opt.SegmentBytes/4), maxHeaderBytes)
	if l.fs == nil {
		if err := l.openOS(); err != nil {
			return nil, fmt.Errorf("disk: opening %s: %w", dir, err)
		}
	}
	lock, err := l.fs.Lock()
	if err != nil {
		return nil, err
	}
	l.lock = lock
	if err := l.openFiles(); err != nil {
		l.Close()
		return nil, err
	}
	l.fill, l.idle = newBatch(opt.BatchBytes), newBatch(opt.BatchBytes)
	return l, nil
}

// fill sets what was left open and checks the rest.
func (o *Options) fill() error {
	if o.SegmentBytes == 0 {
		o.SegmentBytes = DefaultSegmentBytes
	}
	if o.BatchBytes == 0 {
		o.BatchBytes = DefaultBatchBytes
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Header == nil {
		return errors.New("disk: Options.Header is missing")
	}
	if o.SegmentBytes < minSegmentBytes || o.SegmentBytes%blockBytes != 0 {
		return fmt.Errorf("disk: segments of %d bytes: a multiple of %d, at least %d, expected",
			o.SegmentBytes, blockBytes, minSegmentBytes)
	}
	if o.BatchBytes <= frameBytes {
		return fmt.Errorf("disk: batches of %d bytes hold no record", o.BatchBytes)
	}
	return nil
}

func (l *Log) openOS() error {
	dir, refused, err := openDir(l.dir, l.opt.Buffered)
	if err != nil {
		return err
	}
	l.fs, l.mode = dir, "O_DIRECT|O_DSYNC"
	if refused != "" {
		l.mode = "pwrite and fdatasync (" + refused + ")"
		l.opt.Logger.Warn("log writes go through the page cache", "dir", l.dir, "why", refused)
	}
	return nil
}

// MaxRecordBytes is the size of the largest record that Append takes.
func (l *Log) MaxRecordBytes() int {
	room := min(int64(l.opt.BatchBytes), l.opt.SegmentBytes-l.maxHead)
	return int(room) - frameBytes
}

// Append adds a record to the batch that the next Sync writes, and returns its LSN. The record is
// copied. When the batch is full it is written first, and when the segment is full the next one is
// begun: then Append takes as long as the disk does. One goroutine appends.
func (l *Log) Append(record []byte) (lsn uint64, err error) {
	if len(record) == 0 || len(record) > l.MaxRecordBytes() {
		return 0, fmt.Errorf("%w: %d, from 1 to %d expected", ErrRecordSize, len(record),
			l.MaxRecordBytes())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.ready(); err != nil {
		return 0, err
	}
	need := frameBytes + len(record)
	if seg := l.segs[len(l.segs)-1]; !l.fill.fits(need, seg.size) {
		l.mu.Unlock()
		err := l.makeRoom(need)
		l.mu.Lock()
		if err != nil {
			return 0, err
		}
	}
	seg := l.segs[len(l.segs)-1]
	lsn = l.next
	l.next++
	seg.note(lsn, l.fill.end())
	l.fill.add(seg.salt, lsn, record)
	l.stats.Records++
	return lsn, nil
}

// fits tells whether need more bytes fit into the batch and into a segment of size bytes.
func (b *batch) fits(need int, size int64) bool {
	return b.n+need <= len(b.buf) && b.end()+int64(need) <= size
}

// makeRoom writes the batch, and begins a segment if need bytes do not fit into this one.
func (l *Log) makeRoom(need int) error {
	l.io.Lock()
	defer l.io.Unlock()
	if err := l.flush(); err != nil {
		return err
	}
	if l.fill.fits(need, l.segs[len(l.segs)-1].size) {
		return nil
	}
	return l.kill(l.roll())
}

// Sync makes durable all that was appended before the call, by one write, and returns the highest
// durable LSN. After an error the log is dead. One goroutine syncs; it may be another than the one
// that appends, and then Append goes on while Sync waits for the disk.
func (l *Log) Sync() (to uint64, err error) {
	l.io.Lock()
	defer l.io.Unlock()
	err = l.flush()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.durable, err
}

// flush writes the batch, if it holds anything. The caller holds io.
func (l *Log) flush() error {
	l.mu.Lock()
	if err := l.ready(); err != nil || l.fill.empty() {
		l.mu.Unlock()
		return err
	}
	b := l.fill
	l.idle.follow(b)
	l.fill, l.idle = l.idle, b
	seg := l.segs[len(l.segs)-1]
	l.mu.Unlock()

	blocks := b.blocks()
	err := l.kill(writeDurable(seg.file, blocks, b.start))
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.durable = b.last
	l.stats.Writes++
	l.stats.Bytes += uint64(len(blocks))
	return nil
}

// writeDurable writes b and returns when it is durable. It never tries again (PITFALLS B-08).
func writeDurable(f File, b []byte, off int64) error {
	if _, err := f.WriteAt(b, off); err != nil {
		return err
	}
	if f.Durable() {
		return nil
	}
	return f.Sync()
}

// kill makes an error the end of the log; nil is left alone. The caller holds io.
func (l *Log) kill(err error) error {
	if err == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead == nil {
		l.dead = fmt.Errorf("%w: %s: %w", ErrDead, l.dir, err)
		l.opt.Logger.Error("the log is dead", "dir", l.dir, "err", err)
	}
	return l.dead
}

// ready tells why the log cannot be appended to. The caller holds mu.
func (l *Log) ready() error {
	if l.dead != nil {
		return l.dead
	}
	if !l.replayed {
		return ErrNotReplayed
	}
	return nil
}

// Close gives up the directory. What was not synced is lost. Readers must have stopped.
func (l *Log) Close() error {
	l.io.Lock()
	defer l.io.Unlock()
	l.files.Lock()
	defer l.files.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if errors.Is(l.dead, ErrClosed) {
		return nil
	}
	l.dead = ErrClosed
	var err error
	for _, s := range l.segs {
		err = errors.Join(err, s.file.Close())
	}
	return errors.Join(err, l.lock.Close())
}
