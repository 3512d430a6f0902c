package disk

import "io"

// FS is the directory of one log, seen through the few operations that the log needs. The log calls
// it from one goroutine at a time, but for File.ReadAt; snapshots are written and read by others
// beside it. A test puts a file layer here that crashes.
type FS interface {
	// List returns the names of all files, in any order.
	List() ([]string, error)
	// ReadFile returns what a small file holds; a missing one is an error that wraps
	// fs.ErrNotExist.
	ReadFile(name string) ([]byte, error)
	// Open opens an existing segment for reading and writing.
	Open(name string) (File, error)
	// OpenBuffered opens an existing file of any size for reading at any offset.
	OpenBuffered(name string) (File, error)
	// Create makes an empty file in place of any of that name, with room for bytes bytes that
	// read as zeros. With bytes 0 it is a small file that grows.
	Create(name string, bytes int64) (File, error)
	// Rename gives a file another name, in place of any that has it. Durable after SyncDir.
	Rename(old, new string) error
	// Remove deletes a file. Durable after SyncDir.
	Remove(name string) error
	// SyncDir makes all earlier Create, Rename and Remove durable.
	SyncDir() error
	// Lock claims the directory until the closer is closed or the process ends. If another has
	// it, the error is a *LockedError.
	Lock() (io.Closer, error)
}

// File is one open file. Offsets, lengths and buffers of segments are multiples of 4096 and aligned
// to as much, as O_DIRECT demands.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	// Size is the length in bytes.
	Size() (int64, error)
	// Sync makes durable all that was written. After it failed once nothing is known about the
	// file, and the log never calls it again (PITFALLS B-08).
	Sync() error
	// Durable tells that WriteAt is durable when it returns, without Sync.
	Durable() bool
}
