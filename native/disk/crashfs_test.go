package disk

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
)

var errPower = errors.New("power failed")

const sectorBytes = 512

// crashFS is a directory in memory that forgets. Each operation that changes something is a step;
// at the step named by failAt power fails: that operation happens only in part, all later ones
// fail. crash then makes the directory as the next start finds it.
type crashFS struct {
	direct  bool // writes are durable when they return
	names   map[string]*inode
	stable  map[string]*inode // what SyncDir made durable
	inodes  []*inode
	renames []func(map[string]*inode) // since SyncDir, in order

	steps, failAt int
	failed        bool
	writes, syncs int
	syncErr       error // what Sync returns from now on
}

// inode is the content of a file.
type inode struct {
	view    []byte // what reads see
	stable  []byte // what is durable for certain
	pending []pendingWrite
}

type pendingWrite struct {
	off  int64
	data []byte
}

// supersede drops what was to be written to [lo, hi): something durable stands there now.
func (n *inode) supersede(lo, hi int64) {
	var left []pendingWrite
	for _, w := range n.pending {
		end := w.off + int64(len(w.data))
		if w.off < lo {
			left = append(left, pendingWrite{w.off, w.data[:min(end, lo)-w.off]})
		}
		if end > hi {
			from := max(w.off, hi)
			left = append(left, pendingWrite{from, w.data[from-w.off:]})
		}
	}
	n.pending = left
}

func newCrashFS(direct bool) *crashFS {
	return &crashFS{direct: direct, names: map[string]*inode{}, stable: map[string]*inode{},
		failAt: -1}
}

// step counts an operation and tells whether power fails in it.
func (c *crashFS) step() (now bool, err error) {
	if c.failed {
		return false, errPower
	}
	c.steps++
	if c.steps-1 == c.failAt {
		c.failed = true
		return true, nil
	}
	return false, nil
}

func (c *crashFS) List() ([]string, error) {
	return slices.Sorted(maps.Keys(c.names)), nil
}

func (c *crashFS) ReadFile(name string) ([]byte, error) {
	node, ok := c.names[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return slices.Clone(node.view), nil
}

func (c *crashFS) Open(name string) (File, error) {
	node, ok := c.names[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return &crashFile{fs: c, node: node, durable: c.direct}, nil
}

func (c *crashFS) OpenBuffered(name string) (File, error) {
	node, ok := c.names[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return &crashFile{fs: c, node: node}, nil
}

func (c *crashFS) Create(name string, bytes int64) (File, error) {
	now, err := c.step()
	if err != nil {
		return nil, err
	}
	node := &inode{view: make([]byte, bytes), stable: make([]byte, bytes)}
	c.inodes = append(c.inodes, node)
	c.rename(func(names map[string]*inode) { names[name] = node })
	if now {
		return nil, errPower
	}
	return &crashFile{fs: c, node: node, durable: c.direct && bytes > 0}, nil
}

func (c *crashFS) rename(do func(map[string]*inode)) {
	do(c.names)
	c.renames = append(c.renames, do)
}

func (c *crashFS) Rename(old, new string) error {
	now, err := c.step()
	if err != nil {
		return err
	}
	if _, ok := c.names[old]; !ok {
		return fs.ErrNotExist
	}
	c.rename(func(names map[string]*inode) {
		names[new] = names[old]
		delete(names, old)
	})
	return powerIf(now)
}

func (c *crashFS) Remove(name string) error {
	now, err := c.step()
	if err != nil {
		return err
	}
	c.rename(func(names map[string]*inode) { delete(names, name) })
	return powerIf(now)
}

func (c *crashFS) SyncDir() error {
	now, err := c.step()
	if err != nil || now {
		return powerIf(now || err != nil)
	}
	c.stable = maps.Clone(c.names)
	c.renames = nil
	return nil
}

func (c *crashFS) Lock() (io.Closer, error) { return io.NopCloser(nil), nil }

func powerIf(now bool) error {
	if now {
		return errPower
	}
	return nil
}

// crash is what the next start finds: of the names a prefix of what was not synced, of each write
// that was not durable the bytes that keep picks.
func (c *crashFS) crash(rng *rand.Rand, keep func(rng *rand.Rand, old, new []byte)) *crashFS {
	next := newCrashFS(c.direct)
	names := maps.Clone(c.stable)
	for _, do := range c.renames[:rng.IntN(len(c.renames)+1)] {
		do(names)
	}
	for name, node := range names {
		if node == nil {
			continue
		}
		for _, w := range node.pending {
			node.stable = grown(node.stable, w.off+int64(len(w.data)))
			keep(rng, node.stable[w.off:w.off+int64(len(w.data))], w.data)
		}
		next.names[name] = &inode{view: slices.Clone(node.stable),
			stable: slices.Clone(node.stable)}
	}
	next.stable = maps.Clone(next.names)
	return next
}

// kill is what a process finds that is started after the last one was killed: power did not fail,
// so all writes can be read, but what was not synced may still be lost.
func (c *crashFS) kill() *crashFS {
	c.failed, c.failAt, c.steps = false, -1, 0
	return c
}

// clone is an identical directory without unsynced writes.
func (c *crashFS) clone() *crashFS {
	next := newCrashFS(c.direct)
	for name, node := range c.names {
		next.names[name] = &inode{view: slices.Clone(node.view), stable: slices.Clone(node.view)}
	}
	next.stable = maps.Clone(next.names)
	return next
}

func grown(b []byte, n int64) []byte {
	if int64(len(b)) >= n {
		return b
	}
	return append(b, make([]byte, n-int64(len(b)))...)
}

// crashFile is an open file of a crashFS.
type crashFile struct {
	fs      *crashFS
	node    *inode
	durable bool
}

func (f *crashFile) ReadAt(b []byte, off int64) (int, error) {
	if off >= int64(len(f.node.view)) {
		return 0, io.EOF
	}
	n := copy(b, f.node.view[off:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (f *crashFile) WriteAt(b []byte, off int64) (int, error) {
	now, err := f.fs.step()
	if err != nil {
		return 0, err
	}
	f.fs.writes++
	f.node.view = grown(f.node.view, off+int64(len(b)))
	copy(f.node.view[off:], b)
	if f.durable && !now {
		f.node.stable = grown(f.node.stable, off+int64(len(b)))
		copy(f.node.stable[off:], b)
		f.node.supersede(off, off+int64(len(b)))
		return len(b), nil
	}
	f.node.pending = append(f.node.pending, pendingWrite{off, slices.Clone(b)})
	return len(b), powerIf(now)
}

func (f *crashFile) Sync() error {
	now, err := f.fs.step()
	if err != nil || now {
		return errPower
	}
	f.fs.syncs++
	if f.fs.syncErr != nil {
		return f.fs.syncErr
	}
	f.node.stable = slices.Clone(f.node.view)
	f.node.pending = nil
	return nil
}

func (f *crashFile) Size() (int64, error) { return int64(len(f.node.view)), nil }
func (f *crashFile) Durable() bool        { return f.durable }
func (f *crashFile) Close() error         { return nil }

// The ways in which a write may reach the disk when power fails in it.
var tears = map[string]func(rng *rand.Rand, old, new []byte){
	"none":   func(_ *rand.Rand, _, _ []byte) {},
	"all":    func(_ *rand.Rand, old, new []byte) { copy(old, new) },
	"prefix": func(rng *rand.Rand, old, new []byte) { n := rng.IntN(len(new)); copy(old[:n], new) },
	"suffix": func(rng *rand.Rand, old, new []byte) {
		n := rng.IntN(len(new))
		copy(old[n:], new[n:])
	},
	"sectors": func(rng *rand.Rand, old, new []byte) {
		for at := 0; at < len(new); at += sectorBytes {
			end := min(at+sectorBytes, len(new))
			if rng.IntN(2) == 0 {
				copy(old[at:end], new[at:end])
			}
		}
	},
}
