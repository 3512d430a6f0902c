// Package kv is the state machine that the cluster replicates: etcd's data model, executed
// deterministically, one chosen command at a time.
//
// # What is assumed
//
// Every replica applies the same commands in the same order, from the same [Limits]. Then every
// replica holds the same state and gives the same answers, byte for byte, on any machine: nothing
// here reads a clock, draws a random number, starts a goroutine, or takes the order of a Go map
// (B-32).
//
// # What is kept
//
//	keys      key -> newest version -> older version -> ...     read at any revision not compacted
//	changes   (revision, sub) -> key                            what a compaction must look at
//	sessions  client -> highest sequence number, last use       what makes a retry harmless
//	replies   (client, seq) -> encoded response                 what a retry is answered with
//
// The revision of the store is 1 when it is empty and rises by one with each command that changes
// something: a transaction is one revision whatever it writes, a transaction that writes nothing is
// none. A version is never changed once it is in a tree; a newer one points to it.
//
// All four are B-trees (github.com/tidwall/btree), not hash tables, for two reasons. Ranges are the
// data model's first operation, so order is needed anyway. And their copy is copy-on-write:
// [Store.Clone] costs a few words whatever the store holds, so a snapshot is written from the clone
// while the original goes on applying, with no pause.
//
// # Exactly once
//
// [Store.ApplyOnce] executes the command of a (client, seq) at most once and answers repetitions
// from what it answered first (B-31). The table that it needs is part of the state (B-35), is
// bounded, and forgets by the order of commands, never by time (B-36). A client that it has
// forgotten is refused, never executed again.
//
// # What is not protected
//
// There are no leases yet: a put that names one is refused with [LeaseNotFound]. The store trusts
// its driver to apply only what was chosen, in order, from one goroutine at a time.
package kv
