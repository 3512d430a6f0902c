// Package node drives one replica: it gives the protocol of package paxos a disk, peers, a clock
// and the key-value store, and gives clients one call, [Node.Do].
//
// # What is assumed, and what is not protected
//
// Assumed: the log keeps what it said is durable (package disk), a connection belongs to the node
// that its handshake named (package wire), each data directory belongs to one process at a time.
// Then a command that Do answered is executed exactly once, by every node, in the same order, and
// stays so while any accept quorum of disks is left.
//
// Not protected: nothing here keeps an enemy out who can reach the peer listener; that is for TLS
// and the network. A command that was forwarded to a leader which then died may have been executed
// or not: it is answered with [ErrUnknownOutcome], never with a guess (B-22 of PITFALLS.md).
//
// # The loop
//
// One goroutine owns the replica. All that arrives waits in one bounded inbox; the loop takes all
// of it, and drains once, so that whatever came while it was busy becomes one message to each
// peer, one record, one sync:
//
//	connections ─┐                         ┌─ Send ───> lanes of package wire
//	clients ─────┼─> inbox ─> loop: Step,  ├─ Write ──> log ─> syncer ─> inbox: Persisted
//	syncer ──────┤   Propose, Persisted,   ├─ Chosen ─> store ─> answers to clients
//	supplier ────┘   Tick, then Drain ─────┼─ Fates ──> answers, or the node that forwarded
//	                                       └─ Supply ─> supplier ─> inbox: Supplied
//
// The sync runs in a goroutine of its own: a leader's own write lasts beside its followers'. The
// loop holds no rule of the protocol; it never decides what may be said, promised or accepted.
//
// # Commands
//
// A command is known by (client, seq): client is drawn anew at each start of a process, seq counts.
// It keeps this identity through every retry, and the store executes an identity once (B-31). Where
// a node does not lead, it sends the command to the leader, which answers only if it could not have
// it chosen: that it was, the node sees when it applies it itself. So the answer is computed here,
// and who wrote through one endpoint reads its writes there.
//
// # Reads
//
// A read that must be as new as its arrival costs no slot. The leader has a round of questions
// answered that began after the read arrived: then it still leads, and what it knows to be chosen
// is all that can have been answered to anybody. A node that does not lead asks the leader which
// slot that is. Either executes up to there and answers from its own store. Reads that arrive
// together share a round. Whoever fails a read, or loses it, is asked again, since it changes
// nothing; after four seconds its client hears that there is no leader.
//
// # Genesis
//
// Each data directory has a random id. A founder says its own in every handshake, and founds the
// cluster when it knows the ids of all founders, each learnt from that founder: it writes them all
// in its log's first record, and nothing that it says before that record is durable has any weight.
// The hash of that record's genesis is the cluster's id. Whoever is without a genesis when it meets
// a node that has one takes that one over. If founders learnt different ids, because a disk was
// wiped in between, and have founded, their cluster ids differ and they refuse each other: no vote
// of one counts for the other.
//
// # Members
//
// Who votes is decided by the log: a configuration names nodes and disks. A disk that none names,
// be it new, or a founder's that was wiped (whenever that happened: B-11), learns what is chosen
// and says so; it can neither promise nor accept. [Node.Change] has it vote when it has caught up;
// it is a command like any other, judged against the era that was the newest (B-44), and it is
// answered when the new configuration governs and can do without the members of the old one. Of one
// node number only one disk is connected at a time; the one that votes goes first.
//
// A node is dialed where the configuration file of the dialer says and where the node itself says,
// in its handshake. Nodes tell each other where those are that they reach.
//
// # Snapshots
//
// When the log has grown by Config.SnapshotBytes, the store is cloned, which costs nothing, and
// written beside the log by a goroutine of its own. Two snapshots are kept, and the log from the
// older one on: whole segments go whose records name no later slot, which the header of the
// segment behind them says. A node starts from the newest sound snapshot that the log reaches back
// to, and refuses to start if there is none. A peer that lacks what was released is offered the
// newest snapshot, and asks for its file piece by piece; it takes it over when all of it is durable
// and was read back.
//
// # Frames between nodes
//
// Integers are little-endian.
//
//	offset  bytes
//	0       1      kind: 1 message, 2 forward, 3 forwarded, 4 about, 5 ask, 6 confirmed,
//	               7 inquiry, 8 genesis, 9 crew, 10 change, 11 changed, 12 want, 13 piece
//	1       8      first bytes of the cluster id; zero in "about" before genesis
//	9       …      message    number (4), then the message in the core's encoding
//	               forward    ballot (8), client (8), seq (8), then the command
//	               forwarded  client (8), seq (8), fate (1): 1 refused, 2 lost, 3 unknown
//	               ask        process (8), number (8)
//	               confirmed  process (8), number (8), slot (8), 1 or 0: ask again
//	               inquiry    nothing: what is the genesis?
//	               genesis    the genesis in the core's encoding
//	               crew       nodes that are reached, each: node (1), length (2), address
//	               change     process (8), number (8), op (1), node (1), era (4), prepare (1),
//	                          accept (1), milliseconds to wait (4)
//	               changed    process (8), number (8), then 0: first slot (8), era (4), members;
//	                          1: a text, why not; 2: nothing, it is not known
//	               want       slot (8), offset (8) in the file of that snapshot
//	               piece      slot (8), size of the file (8), offset (8), bytes; without: an offer
//	               about      n (1), then n texts, each behind its length (2): the address of
//	                          the HTTP listener, then client URLs
package node
