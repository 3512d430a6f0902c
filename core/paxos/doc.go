// Package paxos is Multi-Paxos: it makes a few machines agree on one log, so that what was agreed
// survives the crash of a minority and is never taken back.
//
// # What is agreed
//
// The log is a sequence of slots. For each slot the acceptors choose one entry, for ever. An entry
// is chosen once an accept quorum of acceptors has accepted it at one ballot. Nobody needs to know
// that for it to be true.
//
// Assumed is that a node keeps what its disk called durable, and says nothing but what this package
// lets it say. Messages may be lost, doubled, late, or out of order; clocks may be wrong; any node
// may stop, and start again. Not protected against: nodes that lie, disks that forget, and the loss
// of more disks than the quorums spare.
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
// A run with three nodes, in which A leads, one command is chosen, A stops, and B leads:
//
//	A  Prepare 1.A ──▶ B C      B C promise 1.A: nothing accepted
//	A  Accept 1.A x ─▶ B C      B accepts: with A's own vote x is chosen; C hears nothing
//	   A stops
//	B  Prepare 2.B ──▶ C        C promises 2.B: nothing. B itself: x at 1.A
//	B  Accept 2.B x ─▶ C        x again, not what B would like: x may be chosen, and is
//
// Every prepare quorum shares a member with every accept quorum. So whoever completes phase 1 hears
// of every value that was chosen at a lower ballot, and proposes it again: two ballots cannot
// choose differently. That is all of the safety. It holds whatever is lost, duplicated, reordered,
// late or restarted, as long as what an acceptor said stays true: so it says nothing before its
// record is durable.
//
// Phase 1 is the price of a new leader, not of a command: a sitting leader spends one round trip of
// phase 2 on a batch of commands.
//
// # Who leads
//
// Two nodes that lead in turn can starve each other, and no rule can exclude it; an election makes
// it unlikely, and can never make it unsafe. Every node beats to every node, and says whom it hears
// and whether it follows a leader. A node stands when it, and everyone whom it hears, has followed
// nobody for a random while, and when it hears and is heard by the quorums that a leader needs. So
// ballots rise only where somebody can use them: who was cut off comes back to the ballot that it
// left, and a link that works in one direction alone counts for none. A leader that reaches no
// quorum any more, or whose proposals stand still, gives up; it can also leave the lead to an heir.
//
// # Who decides
//
// A configuration names the voters and the sizes of the two quorums. It is a command like any
// other: chosen in slot i, it governs from slot i + α, where α is the window, the number of slots
// that may be open. Slot s is proposed only when slot s - α is executed, so whoever touches a slot
// knows who decides it, and nothing about a configuration takes effect before it is chosen. Several
// may govern the open slots at once: phase 1, and the quorum of a read, are then needed in each.
//
//	slot     1 ... i ........... i+α-1 | i+α ...
//	         era 1                     | era 2, decided in slot i
//
// Each names the era that it follows: of two that follow one era the second is a no-op, on every
// node alike. Any set of voters may follow any other.
//
// What votes is a disk, not a machine: a [Member] is a node, a disk, and the life that numbers the
// disks of that node. A node whose disk was wiped is another disk, which learns and does not vote
// until a configuration names it in a new life. Each vote counts in those configurations alone that
// name exactly this node in this life.
//
// # Reading, and forgetting
//
// A read needs no slot. The leader notes its chosen prefix and asks an accept quorum whether they
// have promised anything higher; if none had when they answered, nothing was chosen behind its back
// when the read arrived, and any state that has executed the prefix may answer. A new leader does
// so only when everything that phase 1 reported is chosen again.
//
// A snapshot ends the log somewhere. With the state of the state machine go the configurations that
// govern what follows; with the first record of what is left of the log goes the promise. A peer
// that lacks older slots gets the snapshot. What it had accepted above it stays, since it may have
// said so; what lies below may differ from what was chosen, and is dropped.
//
// # The parts
//
// [Acceptor], [Proposer] and [Learner] are the three roles, safe by themselves, for one slot or
// many; [Outbox] withholds answers until the disk has what they state. [Replica] is the whole: the
// roles over one ring of slots, with an elector, a reader, configurations, and catching up; its
// documentation has the contract of the driver that embeds it. All are plain state machines: they
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
