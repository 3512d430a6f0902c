// Searching real processes
//
// A [Scene] is a world of the simulator, and the bounds of what may happen in it. Its processes are
// run once for each of their local states and what may come to them there; a state of the search is
// a few numbers: of the local states, of what happened, and a set of messages. Local states are
// equal if the simulator's canonical bytes are: process, disk, timers, what is withheld. So disks,
// withholding and timers are the simulator's own code, and what ships is what is searched.
//
// # What a transition is
//
// That a message arrives; that the writes that wait at a node end; and, as far as the bounds name
// them, that a number is started, a timer fires, a node crashes (each prefix of the writes that
// wait may stay) or restarts. A crash with the restart right after it is one transition. Nothing
// happens that no bound names, and every bound is exact: a search that is complete has looked at
// all that they allow.
//
// Messages are kept: a set that only grows, in which loss, delay, copies and reordering are all
// in one. Or each is there once: an arrival takes it away, and losses and copies are bounded.
//
// # Answers that wait for a disk
//
// What waits is the process's own state, or the simulator's. Where messages are kept, what equals
// something that waits already is not withheld a second time ([sim.World.Keep]): a question that is
// asked again before the disk has ended is no transition. Without that, equal answers would pile
// up, and the states of a node with them. Nothing is missed by it. Let two nodes differ in nothing
// but that one withholds a second, later copy of some answers. Whatever comes to both does the same
// to them. When their disks end what waits, both say the same set of things: each second copy waits
// for the record of the first or for a later one, and in a crash that leaves a record its earlier
// ones stay as well. So they differ as before, or no more. A set of messages holds a message once,
// and a fact told twice is one fact. Nor does an outbox get full then, in which an answer may find
// no room: that is an answer that never arrives.
//
// # The graph of Paxos.tla
//
// Where no node is proposer and acceptor at once and messages are kept, a single decree is searched
// as Lamport's specification counts it ([Soup]): a proposer is its messages. Starting a number is
// possible at any time, and counted each time. A proposer that has promises enough of a number on
// the wire asks to accept, in one transition for each least set of promises and, as TLC counts, for
// each promise in it that reports the highest number; it asks once. What it asks is found out by
// letting the real proposer read just these promises. A prepare that is answered again as before is
// no transition, an accept that is answered again is one. With three acceptors, two values and two
// or three numbers that gives the published 3,921 states (23,563 generated, depth 17) and 185,369
// (1,361,380, depth 25), on the agents that ship.
//
// Learners are no actors: what they could learn from a part of the wire is a fact at once. Nobody
// else learns. Of several learners each value has its own; with one learner alone, two values that
// it could learn are two facts, of which a run shows one.
//
// With attempts in place of numbers each proposer has a value of its own and takes its next number
// when it begins again; it can only ask for its present attempt. That a quorum of acceptances lets
// it execute a value is a transition, and what is executed is a set. That is Algorithm 1.13: 194
// states (457 generated) with one ticket each, 24,439 (74,509) with two.
//
// Everything else is searched as it is ([Actors]): each node has its state, each arrival is a
// transition.
//
// # Symmetry
//
// In that graph one state can stand for all that differ in the names of acceptors, and of values
// that any number may propose ([Fold]): 3 acceptors with two or three numbers have 857 and 34,113
// states up to acceptors, 2,001 and 93,049 up to values, 443 and 17,153 up to both; 4 acceptors
// with two numbers 1,622 and 834. Depths, verdicts and shortest lengths stay, and the sizes of the
// orbits add up to the states of the whole graph. Attempts, and several learners, leave the values
// apart.
//
// # What is judged
//
// The safety checks of package check, exactly, on facts: records of the trace without their times.
// Part of a state are the number of the set of facts, which checks are broken, and what the judge
// remembers of the order in which the facts came about, as far as anything that may come is judged
// by it ([check.Judge.AppendMemory]). So a search that judges more may have more states: there are
// such facts as the checks need that are judged. In Lamport's graph the facts follow from the
// messages, and add none; with attempts, stable adds who executed a value (24,979 states in place
// of 24,439). What package check judges only where a run ends is judged in every state, for a run
// may end there.
//
// # Runs that were complete
//
// Three acceptors of the shipping agents, two values, disks that need time, crashes that lose any
// suffix of what waits for them, in Lamport's graph; all safe (chosen-once, promise and
// safe-proposal are judged), and from each state something can still be decided:
//
//	numbers  crashes    distinct    generated  depth
//	0..0           2       6,639       40,609     16
//	0..1           0      30,175      174,375     24
//	0..1           1     253,985    1,677,131     26
//	0..1           2     945,018    6,942,115     27
//	0..2           0   1,798,302   12,741,427     34
//	0..2           1  19,451,643  150,297,274     36
//	0..2           2  92,565,117  772,785,547     38
//
// What is on the wire without crashes is what is there in the 3,921 states. An acceptor that
// answers before its record is written breaks its promise in 5 actions and Paxos in 13 (B-01).
//
// Three acceptors and two proposers of the shipping agents, with two numbers and two values, writes
// that take time, one crash that loses any suffix of them, each message once: 3,057,523 states,
// 11,610,477 generated, depth 32, safe; from 26,944 of them nothing can be decided any more. The
// replica that ships, with a gap before a chosen slot and a new leader: 2,700 states, each end with
// the chosen value where it was chosen. The replica while a member leaves and a command comes:
// 2,904,784 states, safe. The tests of package scenario repeat them.
package explore
