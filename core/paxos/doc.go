// Package paxos is Multi-Paxos: it makes a few machines agree on one log, so that what was agreed
// survives the crash of a minority and is never taken back.
//
// # What is agreed
//
// The log is a sequence of slots. For each slot the acceptors choose one entry, for ever. An entry
// is chosen once an accept quorum of acceptors has accepted it at one ballot. Nobody needs to know
// that for it to be true.
//
// # How
//
// A ballot numbers an attempt to lead and belongs to one node. To use ballot b, a node runs
//
//   - Phase 1, once for all slots that are open: Prepare(b) asks for a promise to accept nothing
//     below b, and for what was accepted so far. With complete promises from a prepare quorum, the
//     node knows for each slot the only value that can have been chosen below b: the one that was
//     reported with the highest ballot. It must propose that one. Where nothing was reported,
//     nothing can have been chosen, and it is free.
//   - Phase 2, for each slot: Accept(b, entry) asks to accept, unless something above b was
//     promised. With Accepted(b) from an accept quorum the entry is chosen, and Chosen tells.
//
// Every prepare quorum shares a member with every accept quorum. So whoever completes phase 1 hears
// of every value that was chosen at a lower ballot, and proposes it again: two ballots cannot
// choose differently. That is all of the safety. It holds whatever is lost, duplicated, reordered,
// late or restarted, as long as what an acceptor said stays true: so it says nothing before its
// record is durable.
//
// Phase 1 is the price of a new leader, not of a command: a sitting leader spends one round trip of
// phase 2 on a batch of commands. Two nodes that lead in turn can starve each other; choosing one
// by silence and random timeouts only makes that unlikely, and can never make it unsafe.
//
// # The parts
//
// [Acceptor], [Proposer] and [Learner] are the three roles, safe by themselves, for one slot or
// many; [Outbox] withholds answers until the disk has what they state. [Replica] is the whole: the
// roles over one ring of slots, an elector, and catching up. All are plain state machines: they
// read no clock, file or socket, start nothing, use no randomness but a given seed, and allocate
// nothing after their constructors. Arguments are borrowed until a call returns; results, until the
// next call, unless the function says otherwise.
//
// # Formats
//
// Numbers are little-endian. Neither format has a checksum: the transport and the disk frame these
// bytes and guard them. Equal values have equal bytes, and no other bytes are accepted.
//
//	message                 record                  entry
//	 0  kind      1          0  kind      1          0  kind      1
//	 1  from      1          1  LSN       8          1  client    8
//	 2  to        1          9  ballot    8          9  seq       8
//	 3  life      2         17  span.lo   8         17  bytes     4
//	 5  echo      2         25  span.hi   8         21  data  bytes
//	 7  era       4         33  chosen    8
//	11  ballot    8         41  entries   4
//	19  vballot   8         45  entry ...
//	27  span.lo   8
//	35  span.hi   8
//	43  chosen    8
//	51  round     8
//	59  entries   4
//	63  entry ...
package paxos
