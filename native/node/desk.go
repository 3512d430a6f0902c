package node

import (
	"bytes"
	"fmt"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/wire"
)

// desk looks after commands: those of this node's clients until they are answered, and those that
// peers forwarded until their fate is known. It gives each to the leader, whoever that is; what the
// leader does with it is the protocol's affair.
type desk struct {
	d      *driver
	queue  []*command // to be given out, in order
	own    map[identity]*command
	guests map[identity]*guest
	seated int // guests in queue
}

// guest is a command that a peer forwarded.
type guest struct {
	from paxos.NodeID
	c    *command
}

func newDesk(d *driver) *desk {
	return &desk{d: d, own: map[identity]*command{}, guests: map[identity]*guest{}}
}

func (k *desk) busy() bool  { return len(k.own) > 0 || len(k.queue) > 0 }
func (k *desk) waits() bool { return len(k.queue) > 0 }

// take queues new commands.
func (k *desk) take(commands []*command) {
	k.queue = append(k.queue, commands...)
}

// name gives a command its identity, when it is given out for the first time. It keeps it.
func (k *desk) name(c *command) {
	if c.id.client == 0 {
		k.d.seq++
		c.id = identity{k.d.client, k.d.seq}
		k.own[c.id] = c
	}
}

// give gives out what can be given out now, and keeps the rest in order.
func (k *desk) give(now paxos.Time) {
	kept := k.queue[:0]
	full := k.d.replica == nil
	for _, c := range k.queue {
		switch {
		case c.where != waiting: // answered meanwhile
		case k.overdue(now, c):
		case full || now < c.notBefore:
			kept = append(kept, c)
		case !k.place(now, c, &full):
			kept = append(kept, c)
		}
	}
	clear(k.queue[len(kept):])
	k.queue = kept
}

// overdue ends a command that waited for a leader for too long, or that nobody waits for. It is
// nowhere but here: if it was given out before, it is known to be lost.
func (k *desk) overdue(now paxos.Time, c *command) bool {
	if g := k.guests[c.id]; g != nil && g.c == c {
		r := k.d.replica
		if r.Role() == paxos.Leader && r.Ballot() == c.ballot {
			return false
		}
		k.dismissGuest(c.id, fateRefused)
		return true
	}
	if now < c.deadline && !c.abandoned.Load() {
		return false
	}
	k.end(c, nil, fmt.Errorf("%w within %v", ErrNoLeader, leaderWait))
	return true
}

// place proposes or forwards a command, and reports whether it is out of the queue. full is set
// when no other needs to be tried.
func (k *desk) place(now paxos.Time, c *command, full *bool) bool {
	r := k.d.replica
	leader := k.d.leader()
	switch {
	case r.Role() != paxos.Leader && leader != paxos.NoNode && leader != r.Node():
		k.name(c)
		c.where, c.ballot, c.doubtful, c.copies = forwarded, r.Ballot(), 0, 0
		c.deadline = now + 2*paxos.Time(leaderWait)
		k.forward(now, c)
		return true
	case r.Role() != paxos.Leader:
		*full = true
		return false
	}
	k.name(c)
	return k.propose(now, c, full)
}

func (k *desk) propose(now paxos.Time, c *command, full *bool) bool {
	e := paxos.Entry{Kind: paxos.Value, Client: c.id.client, Seq: c.id.seq, Data: c.data}
	k.d.script.propose(&e)
	slot, refusal := k.d.replica.Propose(&e)
	switch refusal {
	case paxos.Taken:
		c.where, c.slot, c.ballot, c.at = proposed, slot, k.d.replica.Ballot(), now
		c.doubtful = 0
		c.deadline = now + 2*paxos.Time(leaderWait)
		if g := k.guests[c.id]; g != nil && g.c == c {
			k.seated--
		}
		return true
	case paxos.TooLarge, paxos.Malformed:
		k.end(c, nil, fmt.Errorf("%w: the leader says %q", ErrTooLarge, refusal))
		return true
	case paxos.Duplicate: // an earlier copy of it has no fate yet
		c.notBefore = now + chorePeriod
		return false
	}
	*full = true
	return false
}

// forward sends a command to the leader at whose ballot it was placed.
func (k *desk) forward(now paxos.Time, c *command) {
	c.at = now
	c.copies++
	d := k.d
	d.frame = appendForward(d.frame[:0], d.tag, c.ballot, c.id, c.data)
	d.post(c.ballot.Node(), wire.Bulk, d.frame)
}

// executed answers the command of an identity, if it is one of this node's and has no answer yet.
// The store says if it forgot this process: then the next command has another client id.
func (k *desk) executed(id identity, response []byte) {
	c := k.own[id]
	if c == nil {
		return
	}
	if id.client == k.d.client && expired(response) {
		k.d.client = mint(k.d.highest, k.d.n.cfg.Node)
	}
	k.end(c, bytes.Clone(response), nil)
}

// end answers a command and forgets it.
func (k *desk) end(c *command, response []byte, err error) {
	if g := k.guests[c.id]; g != nil && g.c == c {
		k.dismissGuest(c.id, fateRefused)
		return
	}
	delete(k.own, c.id)
	c.where = answered
	k.d.n.answer(c, response, err)
}

// settle hears how the commands ended that the replica took. A command that was chosen is answered
// by its execution, which comes before its fate.
func (k *desk) settle(fates []paxos.Fate) {
	for i := range fates {
		f := &fates[i]
		if f.Kind != paxos.Value {
			continue
		}
		id := identity{f.Client, f.Seq}
		if g := k.guests[id]; g != nil {
			k.settleGuest(id, f.Outcome)
			continue
		}
		c := k.own[id]
		if c == nil || c.where != proposed || c.slot != f.Slot {
			continue
		}
		switch f.Outcome {
		case paxos.Lost:
			k.again(c, 0)
		case paxos.Unknown:
			k.end(c, nil, fmt.Errorf("%w: its fate cannot be known here", ErrUnknownOutcome))
		}
	}
}

// again queues a command that is known to be lost, or was not proposed.
func (k *desk) again(c *command, notBefore paxos.Time) {
	c.where, c.notBefore = waiting, notBefore
	c.deadline = k.d.n.now() + paxos.Time(leaderWait)
	k.queue = append(k.queue, c)
}

// chores looks after commands that may never hear of their end: another leader leads than the one
// that they were given to, frames were lost, time is up.
func (k *desk) chores(now paxos.Time) {
	r := k.d.replica
	for _, c := range k.own {
		if c.where == waiting {
			continue
		}
		same := r.Ballot() == c.ballot
		switch {
		case now >= c.deadline || c.id.seq+pendingCommands < k.d.seq:
			k.end(c, nil, fmt.Errorf("%w: no answer in time", ErrUnknownOutcome))
		case c.doubtful != 0 && now-c.doubtful >= paxos.Time(k.d.n.cfg.Election):
			k.end(c, nil, fmt.Errorf("%w: the leader it was given to leads no more",
				ErrUnknownOutcome))
		case same && c.where == forwarded && now-c.at >= paxos.Time(resendAfter):
			k.forward(now, c)
		case !same && r.Leader() != paxos.NoNode && c.doubtful == 0:
			c.doubtful = now
		}
	}
}

// dismiss answers all commands when the node stops.
func (d *driver) dismiss() {
	k := d.desk
	last := d.n.inbox.take(d.spare)
	k.take(last.commands)
	d.changes.take(last.changes)
	d.changes.dismiss()
	d.reads.take(last.reads)
	d.reads.dismiss()
	for _, c := range k.queue {
		if c.where == waiting && k.guests[c.id] == nil {
			k.end(c, nil, ErrStopped)
		}
	}
	for _, c := range k.own {
		k.end(c, nil, fmt.Errorf("%w: the node stops", ErrUnknownOutcome))
	}
}
