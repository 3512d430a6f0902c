package node

import (
	"sync"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/wire"
)

const (
	// inboxBytes is how much may wait of what peers sent, before those who bring more wait too. One
	// message goes in whatever its size.
	inboxBytes = 16 << 20
	// inboxMessages bounds them by number.
	inboxMessages = 1 << 16
)

// inbox is what waits for the loop. Everything in it is bounded: what peers send, by making them
// wait; commands and answers of the supplier, by those who bring them; the rest by its nature.
type inbox struct {
	mu     sync.Mutex
	room   sync.Cond
	wake   chan struct{} // holds one token while something waits
	fill   *batch
	closed bool
}

// batch is all that arrived since the loop looked last.
type batch struct {
	letters  []letter
	data     []byte // of the letters
	commands []*command
	reads    []*reading
	changes  []*change
	hellos   []wire.Hello
	supplied []supplied
	durable  paxos.LSN // highest told
	archived bool      // a snapshot was written, or could not be
	image    *image    // came from a peer, and is durable here
	err      error     // the log is dead
}

// letter is what one peer sent: data[lo:hi] of its batch.
type letter struct {
	from   paxos.NodeID
	life   paxos.Life
	lo, hi int
}

func newInbox() *inbox {
	in := &inbox{wake: make(chan struct{}, 1), fill: new(batch)}
	in.room.L = &in.mu
	return in
}

// take gives all that waits, for an emptied batch in its place.
func (in *inbox) take(empty *batch) *batch {
	empty.reset()
	in.mu.Lock()
	defer in.mu.Unlock()
	full := in.fill
	in.fill = empty
	in.room.Broadcast()
	return full
}

func (b *batch) reset() {
	clear(b.commands)
	clear(b.reads)
	clear(b.changes)
	clear(b.supplied)
	*b = batch{letters: b.letters[:0], data: b.data[:0], commands: b.commands[:0],
		reads: b.reads[:0], changes: b.changes[:0],
		hellos: b.hellos[:0], supplied: b.supplied[:0]}
}

// put changes the batch and wakes the loop; it reports false if the node stops.
func (in *inbox) put(change func(*batch)) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return false
	}
	change(in.fill)
	in.signal()
	return true
}

// ended reports whether the node stops.
func (in *inbox) ended() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.closed
}

func (in *inbox) signal() {
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

// letter copies in what a peer sent, and waits for room first.
func (in *inbox) letter(from uint8, life uint16, msg []byte) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for !in.closed && in.fill.full() {
		in.room.Wait()
	}
	if in.closed {
		return
	}
	b := in.fill
	lo := len(b.data)
	b.data = append(b.data, msg...)
	b.letters = append(b.letters, letter{
		paxos.NodeID(from), paxos.Life(life), lo, len(b.data),
	})
	in.signal()
}

func (b *batch) full() bool { return len(b.data) >= inboxBytes || len(b.letters) >= inboxMessages }

// close turns away all that comes, and lets those go who wait.
func (in *inbox) close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.closed = true
	in.room.Broadcast()
}
