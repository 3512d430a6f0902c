package node

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/wire"
)

// An Op is what a Change does.
type Op uint8

// The operations.
const (
	Add     Op = 1 + iota // makes a connected node a voter, when it has caught up
	Promote               // makes it a voter, if it has caught up
	Replace               // makes the connected disk of a voter vote in place of its other one
	Remove                // makes a voter a learner
	Lead                  // makes a voter the leader
	ops
)

func (o Op) String() string {
	if o == 0 || o >= ops {
		return "?"
	}
	return [...]string{"", "add", "promote", "replace", "remove", "lead"}[o]
}

// Change is a change of the members, or of their leader.
type Change struct {
	Op   Op
	Node paxos.NodeID
	// Base, unless it is 0, is the era that must be the newest: else the change is refused.
	Base paxos.Era
	// Prepare and Accept are the sizes of the new quorums; 0 for both are majorities.
	Prepare, Accept int
	// Wait bounds how long the node may take to catch up, or to lead; 0 is 10 s, an hour the most.
	Wait time.Duration
}

const (
	defaultChangeWait = 10 * time.Second
	maxChangeWait     = time.Hour
	// changeGrace is how much longer than Wait the answer of the leader may take.
	changeGrace = 3 * time.Second
	// maxChanges bounds those that have no answer yet.
	maxChanges = 64
)

// A ChangeError says why a change was not made: the configuration, or the leader, is as it was.
type ChangeError struct{ Why string }

func (e *ChangeError) Error() string { return e.Why }

// change is one on its way. The loop owns it, but for done and abandoned.
type change struct {
	Change
	from      paxos.NodeID // who wants it
	id        identity
	where     changePlace
	leader    paxos.NodeID // that it was sent to
	at        paxos.Time   // when
	slot      paxos.Slot   // that the command was given
	ballot    paxos.Ballot
	waits     string         // what for
	governed  paxos.Governed // once it is decided
	deadline  paxos.Time
	done      chan changed // of one; nil if a peer asked
	abandoned atomic.Bool
}

type changePlace uint8

const (
	changeWaits   changePlace = iota // nothing was done yet
	changeSent                       // to the leader
	changeOffered                    // is a command of the own replica
	changeLeads                      // this node gave up to lead for another
	changeDecided                    // it is chosen, and does not govern everywhere yet
)

type changed struct {
	governed paxos.Governed
	err      error
}

// Change changes the members, wherever the leader is, and returns the newest configuration when it
// governs and its voters know all that was chosen before: a node that it does not name may then be
// switched off. If that takes longer than c.Wait, it returns once the change is decided. Besides a
// *ChangeError the errors are those of Do: after ErrUnknownOutcome, Status tells what came of it.
func (n *Node) Change(ctx context.Context, c Change) (paxos.Governed, error) {
	if c.Op == 0 || c.Op >= ops || c.Node == 0 || c.Node >= paxos.MaxNodes {
		return paxos.Governed{}, &ChangeError{fmt.Sprintf("%v of node %d: no such thing", c.Op,
			c.Node)}
	}
	if c.Wait == 0 {
		c.Wait = defaultChangeWait
	}
	c.Wait = min(max(c.Wait, 0), maxChangeWait)
	k := &change{Change: c, from: n.cfg.Node, done: make(chan changed, 1)}
	k.deadline = n.now() + paxos.Time(c.Wait)
	if !n.inbox.put(func(b *batch) { b.changes = append(b.changes, k) }) {
		return paxos.Governed{}, ErrStopped
	}
	select {
	case a := <-k.done:
		return a.governed, a.err
	case <-ctx.Done():
		k.abandoned.Store(true)
		return paxos.Governed{}, ctx.Err()
	}
}

// changes looks after those of this node's clients, and after those that peers sent to it as the
// leader.
type changes struct {
	d       *driver
	process uint64
	number  uint64
	open    []*change
	past    [16]pastChange // of peers, that were answered last
	answers int
}

// pastChange is an answer that may have to be repeated: a disk that is given its first life shakes
// hands again just then.
type pastChange struct {
	id     identity
	answer changed
}

func newChanges(d *driver) *changes { return &changes{d: d, process: seed()} }

func (k *changes) busy() bool { return len(k.open) > 0 }

func (k *changes) take(more []*change) {
	for _, c := range more {
		k.number++
		c.id = identity{k.process, k.number}
		k.admit(c)
	}
}

func (k *changes) admit(c *change) {
	k.open = append(k.open, c)
	if len(k.open) > maxChanges {
		k.refuse(c, "too many changes wait")
	}
}

// sentHere takes in a peer's change.
func (k *changes) sentHere(now paxos.Time, from paxos.NodeID, f *frame) {
	for _, c := range k.open {
		if c.id == f.id {
			return // it was sent again; its answer will come
		}
	}
	for i := range k.past {
		if p := &k.past[i]; p.id == f.id {
			k.tell(from, p.id, &p.answer)
			return
		}
	}
	wait := min(f.change.Wait, maxChangeWait)
	k.admit(&change{Change: f.change, from: from, id: f.id, deadline: now + paxos.Time(wait)})
}

// work moves each change on as far as it goes now.
func (k *changes) work(now paxos.Time) {
	for _, c := range append([]*change(nil), k.open...) {
		switch {
		case c.abandoned.Load() && c.where != changeOffered:
			k.end(c, changed{err: context.Canceled})
		case c.where == changeWaits:
			k.attempt(now, c)
		case c.where == changeSent && now-c.at >= paxos.Time(resendAfter):
			k.send(now, c)
		case c.where == changeLeads:
			k.watch(c)
		case c.where == changeDecided && k.d.governs(&c.governed):
			k.end(c, changed{governed: c.governed})
		}
		if now >= c.deadline {
			k.expire(now, c)
		}
	}
}

// expire ends a change whose time is up.
func (k *changes) expire(now paxos.Time, c *change) {
	switch c.where {
	case changeWaits:
		k.refuse(c, fmt.Sprintf("not done within %v: %s", c.Wait, c.waits))
	case changeLeads:
		k.refuse(c, fmt.Sprintf("node %d does not lead after %v", c.Node, c.Wait))
	case changeDecided: // it comes to govern whoever waits for it
		k.end(c, changed{governed: c.governed})
	default:
		if now >= c.deadline+paxos.Time(changeGrace) {
			k.end(c, changed{err: fmt.Errorf("%w: no answer in time", ErrUnknownOutcome)})
		}
	}
}

// attempt begins a change, or says what it waits for.
func (k *changes) attempt(now paxos.Time, c *change) {
	d, r := k.d, k.d.replica
	switch {
	case r == nil:
		c.waits = "the cluster is not founded yet"
	case r.Role() == paxos.Leader && c.Op == Lead:
		k.transfer(c)
	case r.Role() == paxos.Leader:
		k.offer(now, c)
	case c.from != d.n.cfg.Node:
		k.refuse(c, fmt.Sprintf("node %d does not lead any more", d.n.cfg.Node))
	case d.leader() == paxos.NoNode:
		c.waits = "no leader is known"
	default:
		c.where, c.leader = changeSent, d.leader()
		k.send(now, c)
	}
}

// send sends a change to the one who led when it was sent first, and to nobody else.
func (k *changes) send(now paxos.Time, c *change) {
	c.at = now
	k.d.frame = appendChange(k.d.frame[:0], k.d.tag, c.id, &c.Change)
	k.d.post(c.leader, wire.Bulk, k.d.frame)
}

// transfer gives up to lead for the node that is to.
func (k *changes) transfer(c *change) {
	d := k.d
	now := d.replica.Members()
	if !now.Voters().Has(c.Node) {
		k.refuse(c, fmt.Sprintf("node %d does not vote", c.Node))
		return
	}
	d.script.transfer(c.Node)
	if d.replica.Transfer(c.Node) != paxos.Taken {
		c.waits = fmt.Sprintf("node %d was not heard of late", c.Node)
		return
	}
	c.where = changeLeads
	k.watch(c)
}

// watch waits until the one leads that is to.
func (k *changes) watch(c *change) {
	if r := k.d.replica; r.Leader() == c.Node {
		k.end(c, changed{governed: r.Era()})
	}
}

// offer proposes the configuration that the change leads to.
func (k *changes) offer(now paxos.Time, c *change) {
	d, r := k.d, k.d.replica
	base := r.Era()
	if c.Base != 0 && c.Base != base.Era {
		k.refuse(c, fmt.Sprintf("the newest configuration is that of era %d, not of era %d",
			base.Era, c.Base))
		return
	}
	m, waits, err := d.compose(now, &c.Change)
	if err != nil {
		k.refuse(c, err.Error())
		return
	}
	if c.waits = waits; waits != "" {
		if c.Op == Promote {
			k.refuse(c, waits)
		}
		return
	}
	d.script.reconfigure(base.Era, &m)
	slot, refusal := r.Reconfigure(base.Era, &m)
	switch refusal {
	case paxos.Taken:
		c.where, c.slot, c.ballot = changeOffered, slot, r.Ballot()
	case paxos.Full, paxos.Electing, paxos.NotLeader:
		c.waits = "the leader says: " + refusal.String()
	default:
		k.refuse(c, "the leader says: "+refusal.String())
	}
}

// settle hears how the commands ended that the replica took.
func (k *changes) settle(fates []paxos.Fate) {
	if len(k.open) == 0 {
		return
	}
	for i := range fates {
		f := &fates[i]
		for _, c := range append([]*change(nil), k.open...) {
			if f.Kind == paxos.Configure && c.where == changeOffered && c.slot == f.Slot &&
				uint64(c.ballot) == f.Client {
				k.decided(c, f.Outcome)
			}
		}
	}
}

func (k *changes) decided(c *change, o paxos.Outcome) {
	era := k.d.replica.Era()
	switch o {
	case paxos.Decided:
		c.where, c.governed = changeDecided, era
	case paxos.Superseded:
		k.refuse(c, fmt.Sprintf("another change came first: era %d", era.Era))
	case paxos.Lost:
		c.where = changeWaits
	default:
		k.end(c, changed{err: fmt.Errorf("%w: its fate cannot be known here", ErrUnknownOutcome)})
	}
}

// answered takes in the leader's answer.
func (k *changes) answered(f *frame) {
	for _, c := range k.open {
		if c.id == f.id && c.where == changeSent {
			k.end(c, f.changed)
			return
		}
	}
}

func (k *changes) refuse(c *change, why string) { k.end(c, changed{err: &ChangeError{why}}) }

// end answers a change and forgets it.
func (k *changes) end(c *change, a changed) {
	kept := k.open[:0]
	was := len(k.open)
	for _, other := range k.open {
		if other != c {
			kept = append(kept, other)
		}
	}
	clear(k.open[len(kept):])
	if k.open = kept; len(kept) == was {
		return // it has ended before
	}
	if c.done != nil {
		c.done <- a
		return
	}
	k.past[k.answers%len(k.past)] = pastChange{c.id, a}
	k.answers++
	k.tell(c.from, c.id, &a)
}

func (k *changes) tell(to paxos.NodeID, id identity, a *changed) {
	k.d.frame = appendChanged(k.d.frame[:0], k.d.tag, id, a)
	k.d.post(to, wire.Bulk, k.d.frame)
}

// dismiss ends all when the node stops.
func (k *changes) dismiss() {
	for _, c := range append([]*change(nil), k.open...) {
		err := ErrStopped
		if c.where != changeWaits {
			err = fmt.Errorf("%w: the node stops", ErrUnknownOutcome)
		}
		k.end(c, changed{err: err})
	}
}
