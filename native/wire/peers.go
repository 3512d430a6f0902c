package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// PeerPath is where the Peers of a node are to be served.
	PeerPath = "/peer"

	// DefaultMaxMessageBytes bounds a message if Config leaves it open.
	DefaultMaxMessageBytes = 4 << 20
	// DefaultFrameBytes is where a frame of several messages ends if Config leaves it open.
	DefaultFrameBytes = 256 << 10
	// DefaultBulkBytes is the size of the large lane if Config leaves it open.
	DefaultBulkBytes = 16 << 20
	// DefaultUrgentBytes is the size of the small lane if Config leaves it open.
	DefaultUrgentBytes = 64 << 10
	// DefaultPingEvery is the time between two pings if Config leaves it open.
	DefaultPingEvery = time.Second
	// DefaultTimeout is how long handshakes and pings may take if Config leaves it open.
	DefaultTimeout = 5 * time.Second

	backoffLeast = 50 * time.Millisecond
	backoffMost  = 2 * time.Second

	// maxInbound bounds the connections that others have to this node at a time.
	maxInbound = 64
)

var (
	// ErrNoPeer is returned by Send to a node that was never named to Connect.
	ErrNoPeer = errors.New("wire: no such peer")
	// ErrMessageSize is returned by Send for an empty message or one that the lane cannot hold.
	ErrMessageSize = errors.New("wire: message size out of bounds")
	// ErrClosed is returned by methods of Peers after Close.
	ErrClosed = errors.New("wire: closed")
)

// Config says who this node is and what to do with what comes. Hello and Receive are required. All
// functions are called from the goroutines of the connections, several at a time.
type Config struct {
	// Hello is what this node says first, asked for at each handshake.
	Hello func() Hello
	// Judge may refuse a peer that Hello.Check admits; the reason is told to the peer. Nil admits.
	Judge func(peer Hello) error
	// Prefers decides between two disks under one number: whether this one goes before the one
	// that is connected. It must not call the Peers. Nil leaves the number to who came first.
	Prefers func(peer Hello) bool
	// OnHello is told of each peer that was admitted, dialing or dialed; nil is told nothing.
	OnHello func(peer Hello)
	// Receive gets each message, and borrows it until it returns. Those of one connection come in
	// order, and wait while it blocks; if it blocks for Timeout the connection may be given up.
	Receive func(from uint8, life uint16, msg []byte)
	// TLS is for dialing wss addresses.
	TLS *tls.Config
	// Logger is told of connections and refusals; nil is silence.
	Logger *slog.Logger

	MaxMessageBytes int // of one message; equal on all nodes
	FrameBytes      int // at which a frame of several messages ends
	BulkBytes       int // of the large lane, for each peer
	UrgentBytes     int // of the small lane, for each peer
	PingEvery       time.Duration
	Timeout         time.Duration // of a handshake, and of the answer to a ping
}

// Peers is a node's end of all connections to its peers. It is an http.Handler, to be served at
// PeerPath for those who dial, and it dials those named to Connect.
type Peers struct {
	cfg      Config
	maxFrame int
	ctx      context.Context
	cancel   context.CancelFunc
	work     sync.WaitGroup
	count    counters
	peers    [256]atomic.Pointer[peer] // by node; Send takes no lock to find one

	mu      sync.Mutex
	closing bool
	conns   map[*Conn]struct{}
	inbound map[uint8]*Conn
	claims  map[uint8]claim
	waiting int // connections of others, admitted or not yet

	refusals map[uint8]string // why a node was refused last, until it is admitted
}

// claim says which disk goes by a number, and over which connections, whoever dialed.
type claim struct {
	disk  [16]byte
	conns map[*Conn]struct{}
}

// claim notes a connection of a node's disk. Another disk that goes by that number, which would be
// a second node under the same name, is in the way, unless Prefers decides for the newcomer.
func (t *Peers) claim(c *Conn, h *Hello) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	has := t.claims[h.Node]
	if len(has.conns) > 0 && has.disk != h.Disk {
		if t.cfg.Prefers == nil || !t.cfg.Prefers(*h) {
			return fmt.Errorf("duplicate node: node %d is connected from another disk", h.Node)
		}
		for other := range has.conns {
			go other.Close(CodeAway, "another disk has this number by right")
		}
		has.conns = nil
	}
	if has.conns == nil {
		has = claim{h.Disk, map[*Conn]struct{}{}}
	}
	has.conns[c] = struct{}{}
	has.disk = h.Disk
	t.claims[h.Node] = has
	return nil
}

func (t *Peers) unclaim(node uint8, c *Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.claims[node].conns, c)
}

// NewPeers makes the node's end. Nothing is dialed before Connect.
func NewPeers(cfg Config) (*Peers, error) {
	if cfg.Hello == nil || cfg.Receive == nil {
		return nil, errors.New("wire: Config.Hello and Config.Receive are required")
	}
	cfg.fill()
	if cfg.BulkBytes < cfg.MaxMessageBytes+lengthBytes {
		return nil, fmt.Errorf("wire: a bulk lane of %d bytes holds no message of %d",
			cfg.BulkBytes, cfg.MaxMessageBytes)
	}
	t := &Peers{cfg: cfg, conns: map[*Conn]struct{}{}, inbound: map[uint8]*Conn{},
		claims:   map[uint8]claim{},
		refusals: map[uint8]string{}}
	t.maxFrame = max(cfg.FrameBytes, frameFixed+lengthBytes+cfg.MaxMessageBytes)
	t.ctx, t.cancel = context.WithCancel(context.Background())
	return t, nil
}

func (c *Config) fill() {
	setInt := func(v *int, otherwise int) {
		if *v <= 0 {
			*v = otherwise
		}
	}
	setInt(&c.MaxMessageBytes, DefaultMaxMessageBytes)
	setInt(&c.FrameBytes, DefaultFrameBytes)
	setInt(&c.BulkBytes, DefaultBulkBytes)
	setInt(&c.UrgentBytes, DefaultUrgentBytes)
	if c.PingEvery <= 0 {
		c.PingEvery = DefaultPingEvery
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
}

// Connect dials a node at a ws:// or wss:// address, path included, and goes on doing so until
// Disconnect or Close. For a node that is dialed already the address is replaced.
func (t *Peers) Connect(node uint8, url string) error {
	t.mu.Lock()
	if t.closing {
		t.mu.Unlock()
		return ErrClosed
	}
	p := newPeer(t, node, url)
	old := t.peers[node].Swap(p)
	t.work.Go(p.run)
	t.mu.Unlock()
	if old != nil {
		old.stop()
	}
	return nil
}

// Offer is Connect for a node that is not dialed yet. Of one that is, it adds an address, which is
// tried in turn with the others whenever there is no connection.
func (t *Peers) Offer(node uint8, url string) error {
	if p := t.peers[node].Load(); p != nil {
		p.offer(url)
		return nil
	}
	return t.Connect(node, url)
}

// Disconnect stops dialing a node; what waits for it is lost.
func (t *Peers) Disconnect(node uint8) {
	if p := t.peers[node].Swap(nil); p != nil {
		p.stop()
	}
}

// Send queues a copy of a message for a node. It never blocks. That it returns nil says nothing of
// the delivery: the errors are ErrNoPeer and ErrMessageSize only.
func (t *Peers) Send(to uint8, lane Lane, msg []byte) error {
	p := t.peers[to].Load()
	if p == nil {
		return fmt.Errorf("%w: node %d", ErrNoPeer, to)
	}
	room := min(len(p.queue.lanes[lane].buf)-lengthBytes, t.cfg.MaxMessageBytes)
	if len(msg) == 0 || len(msg) > room {
		return fmt.Errorf("%w: %d, from 1 to %d expected", ErrMessageSize, len(msg), room)
	}
	p.queue.put(lane, msg)
	return nil
}

// Refresh closes all connections, so that they begin again with the Hello of now: after genesis,
// when the cluster's id is known.
func (t *Peers) Refresh() {
	var done sync.WaitGroup
	for _, c := range t.open() {
		done.Go(func() { c.Close(CodeAway, "the handshake begins again") })
	}
	done.Wait()
}

// Close ends all connections and returns when no function of Config is being called any more.
func (t *Peers) Close() {
	t.mu.Lock()
	t.closing = true
	t.mu.Unlock()
	t.cancel()
	var done sync.WaitGroup
	for _, c := range t.open() {
		done.Go(func() { c.Close(CodeAway, "the node stops") })
	}
	done.Wait()
	t.work.Wait()
}

// Status tells of each peer that is dialed, in the order of their numbers.
func (t *Peers) Status() []PeerStatus {
	var out []PeerStatus
	for i := range t.peers {
		if p := t.peers[i].Load(); p != nil {
			out = append(out, p.status())
		}
	}
	return out
}

// Stats counts for all connections together.
func (t *Peers) Stats() Stats { return t.count.stats() }

// open lists the connections that there are.
func (t *Peers) open() []*Conn {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]*Conn, 0, len(t.conns))
	for c := range t.conns {
		out = append(out, c)
	}
	return out
}

// enter notes a connection, so that Close finds it, and tells whether it came in time.
func (t *Peers) enter(c *Conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closing {
		return false
	}
	t.conns[c] = struct{}{}
	return true
}

func (t *Peers) leave(c *Conn) {
	c.Cut()
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.conns, c)
}
