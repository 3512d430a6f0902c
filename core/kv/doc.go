// Package kv is the state machine that the cluster replicates: etcd's data model, executed
// deterministically, one chosen command at a time.
//
// # What is assumed
//
// Every replica applies the same commands in the same order, from the same [Limits]. Then every
// replica holds the same state and gives the same answers, byte for byte, on any machine: nothing
// here reads a clock, draws a random number, starts a goroutine, or takes the order of a Go map
// (B-32). [Store.Hash] shows after each command, at no cost, whether that held.
//
// # What is kept
//
//	keys      key -> newest version            what is read now
//	past      (key, revision) -> version       what is read at a revision that is over
//	changes   (revision, sub) -> version       what a watch tells, and a compaction looks at
//	leases    id -> lease                      (renewal) -> lease, for the driver's clock
//	attached  (lease, key) -> version          what goes when a lease ends
//	sessions  client -> highest sequence number, last use
//	replies   (client, seq) -> encoded response
//
// The revision of the store is 1 when it is empty and rises by one with each command that changes a
// pair: a transaction is one revision whatever it writes, and so is the end of many leases; a
// transaction that writes nothing is none, nor is a lease granted or a compaction. A version is
// never changed once it is in a tree; a newer one takes its place, and it moves to past.
//
// All are B-trees (github.com/tidwall/btree), not hash tables, for two reasons. Ranges are the data
// model's first operation, so order is needed anyway. And their copy is copy-on-write:
// [Store.Clone] costs a few words whatever the store holds, so a snapshot is written, or a large
// range read, from the clone while the original goes on applying, with no pause.
//
// # Commands and answers
//
// A [Request] is encoded by [AppendRequest], judged by [Request.Check] before it costs a slot of
// the log, chosen, and given as bytes to [Store.Apply] or [Store.ApplyOnce] on every replica. The
// answer is an encoded [Response], whose [Code] says why a command was refused in etcd's terms. A
// refused command changed no pair. Everything that a command may hold is bounded by the constants
// of this package, everything that the store may hold by its [Limits].
//
// # Exactly once
//
// [Store.ApplyOnce] executes the command of a (client, seq) at most once and answers repetitions
// from what it answered first (B-31). The table that it needs is part of the state (B-35), is
// bounded, and forgets by the order of commands, never by time (B-36). A client that it has
// forgotten is refused, never executed again. [Store.ApplyNext] also executes a client's commands
// in the order of their numbers (B-27).
//
// # Leases
//
// Time is the driver's. The state numbers each grant and renewal of a lease; the leader's driver
// learns of them from [Store.LeasesRenewedAfter] and measures by its own clock. When a term is over
// it proposes OpLeaseExpire with the number that it measured from, and the log decides: a lease
// that was renewed, or ended and granted again, before that command was chosen has another number
// and stays (B-36). A clock that runs fast ends leases early, one that runs slow ends them late,
// and no clock makes replicas differ. A new leader gives each lease its whole term again.
//
// # Watches
//
// [Store.Watch] reads the history from any revision that was not compacted, in batches bounded in
// bytes that end where a revision ends. It only reads, so that a driver serves watches that lag
// from a clone. For those that are up to date it reads what is new once and asks each:
// [Watch.Wants].
//
// A watch may begin at the compacted revision itself, as in etcd, and then hears the deletions of
// that revision too.
//
// # Compaction
//
// A compaction takes effect for readers at once. What nobody can see any more is then freed little
// by little, a fixed number of changes with each command that follows, at the same place on every
// replica; no command waits for it. The answers, the events of a watch and OpHash do not depend on
// how far that came.
//
// # Snapshots
//
// [Store.Snapshot] writes the state in chunks, a [Loader] reads it in pieces of any size. Equal
// states have equal bytes. A restored store goes on exactly as the one that was written would have:
// it holds the sessions with their replies, the leases with their renewals, and how far freeing
// came. The last chunk carries the hash, which the Loader computes again from nothing, so that it
// also checks what the replica that wrote it kept up to date by steps. A hash is not a signature:
// what comes from a peer is as good as the peer.
//
// # What is not protected
//
// The store trusts its driver to apply only what was chosen, in order, from one goroutine at a
// time. It bounds commands, not answers: a range of everything answers with everything, and a
// delete of everything takes its time; whoever serves strangers sets a Limit. Three answers differ
// from etcd's: see [Txn], [MaxKeyBytes] and [Limits].
package kv
