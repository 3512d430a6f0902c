package node

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/disk"
	"github.com/synodlab/synod/native/wire"
)

// Node is one member of a cluster, running. Its methods may be called from many goroutines.
type Node struct {
	cfg     Config
	begin   time.Time
	log     *disk.Log
	peers   *wire.Peers
	inbox   *inbox
	roster  *roster
	machine *machine
	board   *board
	meters  *meters

	pending      atomic.Int64 // commands without an answer
	pendingBytes atomic.Int64 // of them
	reading      atomic.Int64 // reads without an answer

	stop    context.CancelFunc
	stopped context.Context // done when the loop is to end
	work    sync.WaitGroup  // syncer and supplier
	done    chan struct{}   // closed when everything has ended
	err     error           // why, if not by Close; read after done
}

// Open starts a node: it reads its log, and begins to dial its peers; [Node.Peers] must be served
// where they dial it. The error is of c itself, of the disk (*disk.LockedError, *disk.CorruptError,
// the system's), or a *MismatchError.
func Open(c Config) (*Node, error) {
	if err := c.fill(); err != nil {
		return nil, err
	}
	n := &Node{cfg: c, begin: time.Now(), inbox: newInbox(), done: make(chan struct{})}
	n.stopped, n.stop = context.WithCancel(context.Background())
	n.machine, n.meters = newMachine(), newMeters()
	d := newDriver(n)
	if err := d.openLog(); err != nil {
		return nil, err
	}
	n.roster = newRoster(&c, n.log.ID())
	n.board = newBoard(&n.cfg, n.log.ID())
	if err := errors.Join(d.restart(), n.openPeers()); err != nil {
		return nil, errors.Join(err, d.script.close(), n.log.Close())
	}
	d.refresh()
	for id := range c.Peers {
		d.crew.dialed = d.crew.dialed.With(id)
	}
	n.work.Go(d.journal.sync)
	n.work.Go(d.supplier.run)
	n.work.Go(d.archive.run)
	n.work.Go(d.porter.run)
	go n.run(d)
	for id, address := range c.Peers {
		if id != c.Node {
			_ = n.peers.Connect(uint8(id), "ws://"+address+wire.PeerPath) // not closed: no error
		}
	}
	return n, nil
}

func (n *Node) openPeers() (err error) {
	n.peers, err = wire.NewPeers(wire.Config{
		Hello:   n.roster.say,
		Judge:   n.roster.judge,
		Prefers: n.roster.prefers,
		OnHello: n.greet,
		Receive: n.inbox.letter,
		Logger:  n.cfg.Logger,
	})
	return err
}

// greet hands a peer's hello to the loop.
func (n *Node) greet(h wire.Hello) {
	n.inbox.put(func(b *batch) { b.hellos = append(b.hellos, h) })
}

// run is the loop and its end.
func (n *Node) run(d *driver) {
	err := d.run()
	if err != nil {
		n.cfg.Logger.Error("the node stops", "err", err)
	}
	n.inbox.close()
	d.dismiss()
	n.stop()
	d.journal.close()
	d.supplier.close()
	d.archive.close()
	d.porter.close()
	n.work.Wait()
	n.peers.Close()
	n.err = errors.Join(err, d.script.close(), n.log.Close())
	close(n.done)
}

// Close stops the node and returns when it has stopped: commands that wait are answered with
// ErrStopped, those under way with ErrUnknownOutcome, and the log is closed. It returns the error
// that had stopped the node before, if one had.
func (n *Node) Close() error {
	n.stop()
	<-n.done
	return n.err
}

// Done is closed when the node has stopped; Err then tells why.
func (n *Node) Done() <-chan struct{} { return n.done }

// Err is why the node has stopped: nil after Close, or if it still runs.
func (n *Node) Err() error {
	select {
	case <-n.done:
		return n.err
	default:
		return nil
	}
}

// applied is the last slot that is executed here.
func (n *Node) applied() paxos.Slot {
	n.board.mu.Lock()
	defer n.board.mu.Unlock()
	return n.board.status.Applied
}

// Peers is the handler of the peer listener, to be served at wire.PeerPath without HTTP/2.
func (n *Node) Peers() http.Handler { return n.peers }

// seed draws the only randomness of a replica, and what tells processes of one node apart.
func seed() uint64 {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(fmt.Sprintf("node: the system has no randomness: %v", err)) // rand.Read never fails
	}
	return le.Uint64(b[:])
}

// mint draws the client id of a process: above those of all processes before it, by the clock and
// by the highest id in the log, since the store refuses those below one that it has forgotten
// (B-36); and another than that of any other node, whose number is in its last bits.
func mint(highest uint64, node paxos.NodeID) uint64 {
	const low = 20
	turn := max(uint64(time.Now().UnixMilli()), highest>>low+1)
	return turn<<low | seed()&(1<<(low-4)-1)<<4 | uint64(node)
}
