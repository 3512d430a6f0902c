package disk

import (
	"errors"
	"os"
	"syscall"
)

// openDirect opens a file so that a write bypasses the page cache and is durable on return.
func openDirect(path string, flags int) (*os.File, error) {
	return os.OpenFile(path, flags|os.O_RDWR|syscall.O_DIRECT|syscall.O_DSYNC, 0o600)
}

// preallocate reserves the blocks of a file, so that writing changes no metadata that a sync would
// have to write too. File systems without that (some network ones) get a sparse file.
func preallocate(f *os.File, bytes int64) error {
	err := syscall.Fallocate(int(f.Fd()), 0, 0, bytes)
	if errors.Is(err, syscall.EOPNOTSUPP) || errors.Is(err, syscall.ENOSYS) {
		return f.Truncate(bytes)
	}
	return err
}

// syncData is fdatasync: contents and what is needed to read them, without the times.
func syncData(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if err == nil || !errors.Is(err, syscall.EINTR) {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
