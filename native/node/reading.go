package node

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/wire"
)

// pendingReads bounds the reads of one node that have no answer yet.
const pendingReads = 4096

// maxGuestReads bounds the questions of peers that wait for a round.
const maxGuestReads = 4096

// reading is one call of Read on its way. The loop owns it, but for done and abandoned.
type reading struct {
	number    uint64     // of the round here, or of the question to the leader
	index     paxos.Slot // to be executed here before it may be answered
	at        paxos.Time // when the leader was asked
	deadline  paxos.Time
	done      chan error // of one
	abandoned atomic.Bool
}

// Read answers a read-only command from a state that holds everything that was answered anywhere
// before Read was called. It costs no slot of the log: the leader confirms that it still leads, and
// says which slot this node must have executed. The caller owns the response, command is borrowed.
// Read returns when ctx is done at the latest, with ctx.Err(). Its errors are those of Do but for
// ErrUnknownOutcome, and ErrBehind: nothing was changed in any case.
func (n *Node) Read(ctx context.Context, command []byte) ([]byte, error) {
	defer n.reading.Add(-1)
	if n.reading.Add(1) > pendingReads {
		return nil, ErrBusy
	}
	q := &reading{done: make(chan error, 1), deadline: n.now() + paxos.Time(leaderWait)}
	if !n.inbox.put(func(b *batch) { b.reads = append(b.reads, q) }) {
		return nil, ErrStopped
	}
	select {
	case err := <-q.done:
		if err != nil {
			return nil, err
		}
		return n.ReadLocal(command)
	case <-ctx.Done():
		q.abandoned.Store(true)
		return nil, ctx.Err()
	}
}

// reads looks after the reads of this node's clients until they may be answered, and after what
// peers ask this node as their leader. A read moves from list to list, and back to the first when
// the one that it was given to fails it: it changes nothing, so it may always be asked again.
type reads struct {
	d       *driver
	process uint64     // drawn at the start: an answer to an earlier process is not taken for one
	number  uint64     // of the last question to a leader
	pause   paxos.Time // before which no leader is asked

	idle  []*reading // given to nobody
	here  []*reading // wait for a round of the own replica
	away  []*reading // wait for the leader's answer, in the order of their numbers
	ready []*reading // are confirmed, and wait for their index to be executed

	guests []guestRead
}

// guestRead is a peer's question that waits for a round.
type guestRead struct {
	from  paxos.NodeID
	id    identity
	round uint64
}

func newReads(d *driver) *reads { return &reads{d: d, process: seed()} }

func (k *reads) busy() bool { return len(k.idle)+len(k.here)+len(k.away)+len(k.ready) > 0 }

func (k *reads) take(reads []*reading) { k.idle = append(k.idle, reads...) }

// give asks for all that wait together: the own replica, or the leader.
func (k *reads) give(now paxos.Time) {
	r := k.d.replica
	switch {
	case len(k.idle) == 0 || r == nil:
	case r.Role() == paxos.Leader:
		k.d.script.read(now)
		if round, refusal := r.Read(now); refusal == paxos.Taken {
			k.here = k.move(k.here, now, round)
		}
	case r.Leader() != paxos.NoNode && r.Leader() != r.Node() && now >= k.pause:
		k.number++
		k.d.frame = appendAsk(k.d.frame[:0], k.d.tag, identity{k.process, k.number})
		k.d.post(r.Leader(), wire.Bulk, k.d.frame)
		k.away = k.move(k.away, now, k.number)
	}
}

// move appends the idle reads to list, under a number.
func (k *reads) move(list []*reading, now paxos.Time, number uint64) []*reading {
	for _, q := range k.idle {
		q.number, q.at = number, now
	}
	list = append(list, k.idle...)
	clear(k.idle)
	k.idle = k.idle[:0]
	return list
}

// confirmed hears of rounds that ended: the reads of each and of all before it.
func (k *reads) confirmed(ended []paxos.Confirmed) {
	for i := range ended {
		c := &ended[i]
		taken := c.Refusal == paxos.Taken
		k.here = k.end(k.here, c.Round, c.Index, taken)
		kept := k.guests[:0]
		for _, g := range k.guests {
			if g.round > c.Round {
				kept = append(kept, g)
			} else {
				k.tell(g.from, g.id, c.Index, taken)
			}
		}
		k.guests = kept
	}
}

// end takes the reads up to a number out of list: a later round, or a later question, serves an
// earlier read as well. They wait for index to be executed, or are idle again.
func (k *reads) end(list []*reading, to uint64, index paxos.Slot, taken bool) []*reading {
	kept := list[:0]
	for _, q := range list {
		switch {
		case q.number > to:
			kept = append(kept, q)
		case taken:
			q.index = index
			k.ready = append(k.ready, q)
		default:
			k.idle = append(k.idle, q)
		}
	}
	clear(list[len(kept):])
	return kept
}

// executed answers the reads whose index is executed here.
func (k *reads) executed(to paxos.Slot) {
	kept := k.ready[:0]
	for _, q := range k.ready {
		if q.index > to {
			kept = append(kept, q)
		} else {
			q.done <- nil
		}
	}
	clear(k.ready[len(kept):])
	k.ready = kept
}

// askedHere takes in a peer's question.
func (k *reads) askedHere(now paxos.Time, from paxos.NodeID, f *frame) {
	r := k.d.replica
	if r.Role() == paxos.Leader && len(k.guests) < maxGuestReads {
		k.d.script.read(now)
		if round, refusal := r.Read(now); refusal == paxos.Taken {
			k.guests = append(k.guests, guestRead{from, f.id, round})
			return
		}
	}
	k.tell(from, f.id, 0, false)
}

func (k *reads) tell(to paxos.NodeID, id identity, index paxos.Slot, taken bool) {
	k.d.frame = appendConfirmed(k.d.frame[:0], k.d.tag, id, index, taken)
	k.d.post(to, wire.Bulk, k.d.frame)
}

// told takes in a leader's answer. It may have ceased to lead since: what it confirmed stays true.
func (k *reads) told(now paxos.Time, f *frame) {
	if f.id.client != k.process || f.id.seq > k.number {
		k.d.n.meters.dropped(dropSender)
		return
	}
	if !f.taken {
		k.pause = now + chorePeriod
	}
	k.away = k.end(k.away, f.id.seq, f.index, f.taken)
}

// chores asks again for what was lost on the way, and ends what is overdue.
func (k *reads) chores(now paxos.Time) {
	lost := uint64(0)
	for _, q := range k.away {
		if now-q.at >= paxos.Time(resendAfter) {
			lost = q.number
		}
	}
	k.away = k.end(k.away, lost, 0, false)
	k.idle, k.here = k.expire(k.idle, now, nil), k.expire(k.here, now, nil)
	k.away = k.expire(k.away, now, nil)
	k.ready = k.expire(k.ready, now, func(q *reading) error {
		return fmt.Errorf("%w: it executed slot %d, the read needs %d", ErrBehind,
			k.d.replica.AppliedTo(), q.index)
	})
}

// expire ends the reads of list whose time is up, or for which nobody waits.
func (k *reads) expire(list []*reading, now paxos.Time, why func(*reading) error) []*reading {
	kept := list[:0]
	for _, q := range list {
		switch {
		case now < q.deadline && !q.abandoned.Load():
			kept = append(kept, q)
		case why != nil:
			q.done <- why(q)
		default:
			q.done <- fmt.Errorf("%w within %v", ErrNoLeader, leaderWait)
		}
	}
	clear(list[len(kept):])
	return kept
}

// dismiss ends all reads when the node stops.
func (k *reads) dismiss() {
	for _, list := range [...][]*reading{k.idle, k.here, k.away, k.ready} {
		for _, q := range list {
			q.done <- ErrStopped
		}
	}
}
