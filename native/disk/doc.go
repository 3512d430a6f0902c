// Package disk is the write-ahead log of one node: one append-only stream of opaque records, each
// with a log sequence number (LSN), made durable in batches by one write call.
//
// # What is assumed, and what is not protected
//
// Assumed: one process at a time (a lock on the directory enforces it); a write that the device
// reported durable stays; a torn write leaves each byte either old or new. Then, after a crash at
// any point, [Log.Replay] hands out every record that [Log.Sync] returned for, in order, perhaps
// followed by some that were appended later, and nothing else.
//
// Not protected: the records of the last batch, if they rot after they were acknowledged and before
// another batch follows, look exactly like a torn write and are cut. A disk that lies about syncs
// loses what it lied about. Records are checked by CRC-32C, which finds accidents, not attacks by
// those who may write to the directory.
//
// # The directory
//
//	LOCK          locked while a Log is open; holds the process id
//	DISK          id of this disk, first and last segment that must exist (text, replaced whole)
//	log-00000001  segments, numbered without gaps
//	next          a segment being prepared; worth nothing until it is renamed
//	spare         a released segment whose blocks will be used again
//	snap-…        snapshots, whole and durable; snapshot.new and snapshot.part are being made
//
// The id is 128 random bits, drawn when the directory is created and durable before any record. A
// wiped disk therefore comes back as another disk (PITFALLS B-11), and a directory that lost a file
// is refused instead of being taken for a young one.
//
// # A segment
//
// Integers are little-endian. The file is preallocated and never grows: a new one by reserving
// blocks, a released one by using its blocks again. Filling new segments with zeros would make
// each sync some 1.2 times faster and every byte be written twice; they are not filled.
//
//	offset      bytes  header
//	0           8      "synodlg1"
//	8           16     disk id
//	24          8      number of the segment
//	32          8      LSN of its first record
//	40          8      size of the file
//	48          4      salt: where the CRC of each of its records starts
//	52          4      length of the header record
//	56          …      header record, the caller's (Options.Header)
//	56+…        4      CRC-32C of all before it
//	            …      zeros up to a multiple of 4096
//
//	offset      bytes  record
//	0           4      CRC-32C, started at the salt, of all that follows
//	4           4      length n of the record, from 1
//	8           8      LSN: one more than the record before
//	16          4      index in its batch, from 0
//	20          n      the record
//
// The header repeats what must outlive released segments: identity, life, promise, configurations
// (PITFALLS B-05). It is durable, under its final name, before the first record is appended.
//
// The salt is random for each use of a file, so neither a stale block of a recycled segment nor a
// client's value that imitates a record can be taken for one.
//
// # The tail
//
// A batch is written only when all earlier ones are durable. So a valid record with LSN y and index
// i proves that everything below y-i was acknowledged. Where the chain of records breaks in the
// last segment, a later record that proves the missing one acknowledged means damage: the log is
// refused with file and offset. Without such a proof it is the torn tail of the last batch: it is
// cut, and what remains of that batch behind the tear is overwritten with zeros, durably, before
// anything is appended (PITFALLS B-07). In a segment that has a successor every break is damage.
//
// A batch begins in the block in which the last one ended, and rewrites it: the bytes that were
// durable before are written again unchanged, so tearing that write cannot harm them.
//
// # Cost
//
// One write call a sync, with O_DIRECT|O_DSYNC from aligned buffers; where that is refused, one
// pwrite and one fdatasync. No allocation in Append and Sync but for a new segment, once in 64 MiB.
package disk
