// Package fuzz runs whole clusters of the replica that ships, with clients and every kind of fault,
// one for each seed, and looks for one that does what it must not.
//
// A seed is a number. [Draw] makes a [Plan] of it: how many nodes, how the network and the disks
// are, what the clients ask and when, and what fails when. Each seed draws which kinds of faults it
// has at all (swarm testing): a cluster that suffers everything at once is too busy dying to be
// wrong in an interesting way. A plan is a scenario and nothing else: [Plan.Text] prints it, and
// what runs is that text. So a failure is at once a file for `synod run`, a link, and a test.
//
// # What is judged
//
// First the cluster suffers. Every safety check of the protocol looks on, and the answers of the
// store are compared with those of a store that executes the same commands one after the other:
// with the checks of order this makes the histories of the clients linearizable by a witness, so
// that no search is needed. Then everything heals, and the cluster must recover: in bounded virtual
// time every command is answered, every node that is up has executed the same, and nothing stirs.
//
// # What is not
//
// A run that breaks nothing proves nothing about the runs that were not made. [Matrix] says what
// the faults met: an empty cell is a case that no seed has brought about. Disks that lie, and old
// disks that come back, are not among the faults: no acceptor can be safe on them.
//
// # Determinism
//
// The same seed gives the same trace on every machine, whatever the number of workers; a sum over
// seeds does not depend on the order in which they ran.
package fuzz
