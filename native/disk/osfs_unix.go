//go:build unix

package disk

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// osFS is a directory of the operating system.
type osFS struct {
	dir    string
	direct bool // segments are opened past the page cache, durable on write
}

// openDir makes the directory if it is missing, durably, and finds out whether its file system
// takes direct writes. The second result says why not.
func openDir(dir string, buffered bool) (*osFS, string, error) {
	if err := makeDir(filepath.Clean(dir)); err != nil {
		return nil, "", err
	}
	f := &osFS{dir: dir}
	if buffered {
		return f, "asked for by the caller", nil
	}
	err := f.probe()
	for _, hopeless := range [...]error{syscall.ENOTDIR, syscall.EROFS, syscall.EACCES} {
		if errors.Is(err, hopeless) {
			return nil, "", err // other writes would fare no better
		}
	}
	if err != nil {
		return f, "direct writes refused: " + err.Error(), nil
	}
	f.direct = true
	return f, "", nil
}

// makeDir makes a directory and those above it, each durable before the next.
func makeDir(dir string) error {
	_, err := os.Stat(dir)
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(dir)
	if err := makeDir(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	return syncPath(parent)
}

// probe writes one block past the page cache to a file that is then removed.
func (f *osFS) probe() error {
	path := filepath.Join(f.dir, "probe")
	file, err := openDirect(path, os.O_CREATE)
	if err != nil {
		os.Remove(path)
		return err
	}
	_, err = file.WriteAt(aligned(blockBytes), 0)
	file.Close()
	return errors.Join(err, os.Remove(path))
}

func (f *osFS) List() ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

func (f *osFS) ReadFile(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(f.dir, name))
}

func (f *osFS) Open(name string) (File, error) {
	path := filepath.Join(f.dir, name)
	if !f.direct {
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		return wrapFile(file, false, err)
	}
	file, err := openDirect(path, 0)
	return wrapFile(file, true, err)
}

func (f *osFS) OpenBuffered(name string) (File, error) {
	file, err := os.Open(filepath.Join(f.dir, name))
	return wrapFile(file, false, err)
}

func (f *osFS) Create(name string, bytes int64) (File, error) {
	path := filepath.Join(f.dir, name)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil || bytes == 0 {
		return wrapFile(file, false, err)
	}
	if err := errors.Join(preallocate(file, bytes), file.Sync()); err != nil {
		// What was reserved is of no use here, and others may need it.
		err = errors.Join(err, file.Close(), os.Remove(path))
		return nil, fmt.Errorf("reserving %d bytes for %s: %w", bytes, path, err)
	}
	if !f.direct {
		return wrapFile(file, false, nil)
	}
	file.Close()
	return f.Open(name)
}

func (f *osFS) Rename(old, new string) error {
	return os.Rename(filepath.Join(f.dir, old), filepath.Join(f.dir, new))
}

func (f *osFS) Remove(name string) error { return os.Remove(filepath.Join(f.dir, name)) }

func (f *osFS) SyncDir() error { return syncPath(f.dir) }

func (f *osFS) Lock() (io.Closer, error) {
	path := filepath.Join(f.dir, "LOCK")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, _ := io.ReadAll(io.LimitReader(file, 32))
		file.Close()
		pid, _ := strconv.Atoi(strings.TrimSpace(string(holder)))
		return nil, &LockedError{Dir: f.dir, PID: pid}
	}
	if err == nil {
		err = file.Truncate(0)
	}
	if err == nil {
		_, err = file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	return file, nil
}

func syncPath(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// osFile is a file of the operating system.
type osFile struct {
	*os.File
	durable bool
}

func wrapFile(f *os.File, durable bool, err error) (File, error) {
	if err != nil {
		return nil, err
	}
	return &osFile{File: f, durable: durable}, nil
}

func (f *osFile) Durable() bool { return f.durable }

func (f *osFile) Sync() error { return syncData(f.File) }

func (f *osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
