//go:build unix && !linux

package disk

import (
	"errors"
	"os"
)

// openDirect refuses: outside Linux the flags differ or, as on Darwin, do not hold what they
// promise (PITFALLS B-08), while os.File.Sync does.
func openDirect(string, int) (*os.File, error) {
	return nil, errors.New("not on this operating system")
}

// preallocate sets the length; the blocks come when they are written.
func preallocate(f *os.File, bytes int64) error { return f.Truncate(bytes) }

func syncData(f *os.File) error { return f.Sync() }
