package node

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/synodlab/synod/core/paxos"
)

// command is one call of Do on its way. The loop owns it, but for done and abandoned.
type command struct {
	id   identity
	data []byte

	where     place
	ballot    paxos.Ballot // at which it was proposed or forwarded
	slot      paxos.Slot   // if it was proposed here
	copies    int          // sent to that leader
	at        paxos.Time   // when it was given out last
	deadline  paxos.Time   // when it stops to wait for a leader
	notBefore paxos.Time   // when it may be given out again
	doubtful  paxos.Time   // since when another leader than the one it was sent to leads; 0: not

	done      chan answer // of one
	abandoned atomic.Bool // nobody waits for done
}

// place is where a command is.
type place uint8

const (
	waiting   place = iota // nowhere but here
	proposed               // taken by the own replica
	forwarded              // sent to a leader
	answered               // nowhere
)

type answer struct {
	response []byte
	err      error
}

// Do has command chosen and applied, and returns the response that this node's store gave: the
// encoded kv.Response, which the caller then owns. command is borrowed until Do returns. Do
// returns when ctx is done at the latest, with ctx.Err(): whether the command takes effect is
// then open. All other errors wrap those of this package.
func (n *Node) Do(ctx context.Context, data []byte) ([]byte, error) {
	if limit := n.cfg.Limits.EntryBytes; len(data) > limit {
		return nil, fmt.Errorf("%w: %d bytes, at most %d expected", ErrTooLarge, len(data), limit)
	}
	if !n.admit(len(data)) {
		return nil, ErrBusy
	}
	c := &command{data: bytes.Clone(data), done: make(chan answer, 1)}
	c.deadline = n.now() + paxos.Time(leaderWait)
	if !n.inbox.put(func(b *batch) { b.commands = append(b.commands, c) }) {
		n.dismiss(len(data))
		return nil, ErrStopped
	}
	select {
	case a := <-c.done:
		return a.response, a.err
	case <-ctx.Done():
		c.abandoned.Store(true)
	}
	select {
	case a := <-c.done:
		return a.response, a.err
	default:
		return nil, ctx.Err()
	}
}

// admit counts a command in, unless too many or too large ones have no answer yet.
func (n *Node) admit(bytes int) bool {
	count, total := n.pending.Add(1), n.pendingBytes.Add(int64(bytes))
	if count <= pendingCommands && (total <= pendingBytes || count == 1) {
		return true
	}
	n.dismiss(bytes)
	return false
}

// dismiss counts a command out.
func (n *Node) dismiss(bytes int) {
	n.pending.Add(-1)
	n.pendingBytes.Add(-int64(bytes))
}

// answer ends a command.
func (n *Node) answer(c *command, response []byte, err error) {
	c.done <- answer{response, err}
	n.dismiss(len(c.data))
}

// now is the time of this node: monotonic, from 0 at its start.
func (n *Node) now() paxos.Time { return paxos.Time(time.Since(n.begin)) }
