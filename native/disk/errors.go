package disk

import (
	"errors"
	"fmt"
)

var (
	// ErrDead is wrapped by every error after a write or sync failed. What reached the disk is
	// then unknown; the node stops, and the next start reads what is there (PITFALLS B-08).
	ErrDead = errors.New("disk: the log is dead after a failed write")
	// ErrClosed is returned by every method after Close.
	ErrClosed = errors.New("disk: the log is closed")
	// ErrNotReplayed is returned by Append before Replay: the end of the log is not known yet.
	ErrNotReplayed = errors.New("disk: Replay must come before Append")
	// ErrRecordSize is returned by Append for an empty record or one above Log.MaxRecordBytes.
	ErrRecordSize = errors.New("disk: record size out of bounds")
	// ErrReleased is returned by Reader.Read for a record that Release let go.
	ErrReleased = errors.New("disk: record was released")
	// ErrNotDurable is returned by Reader.Read for a record that no Sync has returned for.
	ErrNotDurable = errors.New("disk: record is not durable yet")
)

// LockedError says that another process has the directory open.
type LockedError struct {
	Dir string
	PID int // of the holder; 0 if it could not be read
}

func (e *LockedError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("disk: %s is in use by another process", e.Dir)
	}
	return fmt.Sprintf("disk: %s is in use by process %d", e.Dir, e.PID)
}

// CorruptError says that something acknowledged cannot be read any more. The node must not vote
// with such a disk: it may have forgotten a promise or a value (PITFALLS B-07).
type CorruptError struct {
	File   string // name in the directory
	Offset int64  // byte in the file
	What   string // what was found and what was expected
}

func (e *CorruptError) Error() string {
	return "disk: " + e.Finding() + "; this disk must not vote: restore the file as it was (an " +
		"empty directory is no way out: a new disk does not get this one's vote)"
}

// Finding is the damage alone, for a node that can do without the file.
func (e *CorruptError) Finding() string {
	return fmt.Sprintf("%s, byte %d: %s", e.File, e.Offset, e.What)
}

func corrupt(file string, offset int64, format string, args ...any) error {
	return &CorruptError{File: file, Offset: offset, What: fmt.Sprintf(format, args...)}
}
