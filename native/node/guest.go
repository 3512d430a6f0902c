package node

import (
	"bytes"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/wire"
)

// maxSeated bounds the commands of peers that wait for room in the window.
const maxSeated = 2 * pendingCommands

// forwardedHere takes in a command that a peer believes this node to lead for. It is proposed at
// that ballot or not at all, so that no command is with two leaders.
func (k *desk) forwardedHere(now paxos.Time, from paxos.NodeID, f *frame) {
	r := k.d.replica
	switch {
	case f.id.client == 0 || f.id.client == k.d.client || len(f.body) > k.d.n.cfg.Limits.EntryBytes:
		k.d.n.meters.dropped(dropGarbage)
		return
	case k.guests[f.id] != nil:
		return // it was sent again; its fate will be told
	case r.Role() != paxos.Leader || r.Ballot() != f.ballot || k.seated == maxSeated:
		k.tell(from, f.id, fateRefused)
		return
	}
	c := &command{id: f.id, data: bytes.Clone(f.body), ballot: f.ballot}
	k.guests[f.id] = &guest{from, c}
	k.seated++
	k.queue = append(k.queue, c)
}

// settleGuest tells the peer of a command's end, unless the peer sees it when it executes it.
func (k *desk) settleGuest(id identity, o paxos.Outcome) {
	switch o {
	case paxos.Lost:
		k.tell(k.guests[id].from, id, fateLost)
	case paxos.Unknown:
		k.tell(k.guests[id].from, id, fateUnknown)
	}
	delete(k.guests, id)
}

// dismissGuest tells the peer that a command was not proposed.
func (k *desk) dismissGuest(id identity, f fate) {
	k.tell(k.guests[id].from, id, f)
	k.guests[id].c.where = answered
	k.seated--
	delete(k.guests, id)
}

func (k *desk) tell(to paxos.NodeID, id identity, f fate) {
	d := k.d
	d.frame = appendForwarded(d.frame[:0], d.tag, id, f)
	d.post(to, wire.Bulk, d.frame)
}

// returned hears from the leader that a command did not end well there. If it was sent once, that
// is the whole truth, and it may be given to another leader. If it was sent again, an earlier
// copy may have been chosen: then this is a reason to doubt, and no more (B-22).
func (k *desk) returned(now paxos.Time, from paxos.NodeID, f *frame) {
	c := k.own[f.id]
	if c == nil || c.where != forwarded || c.ballot.Node() != from {
		return
	}
	switch {
	case f.fate == fateUnknown:
		k.end(c, nil, ErrUnknownOutcome)
	case c.copies == 1:
		k.again(c, now+chorePeriod)
	case c.doubtful == 0:
		c.doubtful = now
	}
}
