package wire

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// peer is a node that this one dials, and sends to.
type peer struct {
	peers  *Peers
	node   uint8
	ctx    context.Context
	stop   context.CancelFunc
	queue  *queue
	outage outage // of run alone

	mu    sync.Mutex
	urls  []string // the one that is dialed now or next comes first
	up    bool
	hello Hello
	rtt   time.Duration
	why   string
	stats PeerStats // guarded by queue.mu
}

func newPeer(t *Peers, node uint8, url string) *peer {
	p := &peer{peers: t, node: node, urls: []string{url}, why: "not dialed yet"}
	p.ctx, p.stop = context.WithCancel(t.ctx)
	p.queue = newQueue(t.cfg.UrgentBytes, t.cfg.BulkBytes, &p.stats)
	return p
}

func (p *peer) status() PeerStatus {
	p.queue.mu.Lock()
	stats := p.stats
	p.queue.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	return PeerStatus{Node: p.node, URL: p.urls[0], Up: p.up, Hello: p.hello, RTT: p.rtt,
		Why: p.why, Stats: stats}
}

// maxURLs bounds the addresses at which a node is looked for.
const maxURLs = 4

// offer adds an address, in place of the one that failed longest ago if there are too many.
func (p *peer) offer(url string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(p.urls, url) {
		return
	}
	if len(p.urls) == maxURLs {
		p.urls = p.urls[:maxURLs-1]
	}
	p.urls = slices.Insert(p.urls, min(1, len(p.urls)), url)
}

// address is where to dial.
func (p *peer) address() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.urls[0]
}

// failed puts the address that was dialed behind the others.
func (p *peer) failed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.urls = append(p.urls[1:len(p.urls):len(p.urls)], p.urls[0])
}

// run dials until stopped, waiting longer after each failure. Connections that do not last wait
// longer too: two processes with one disk would displace each other's at once, for ever.
func (p *peer) run() {
	wait, brief := backoffLeast, backoffLeast
	for p.ctx.Err() == nil {
		began := time.Now()
		connected, err := p.session()
		var lasted time.Duration
		if connected {
			lasted = time.Since(began)
			wait, brief = brief, min(2*brief, backoffMost)
		}
		if lasted >= steady {
			wait, brief = backoffLeast, backoffLeast
		}
		p.down(err, lasted)
		if !connected {
			p.failed()
		}
		select {
		case <-p.ctx.Done():
		case <-time.After(wait/2 + rand.N(wait/2)):
		}
		wait = min(2*wait, backoffMost)
	}
}

// down notes why there is no connection, after one that lasted so long.
func (p *peer) down(err error, lasted time.Duration) {
	p.queue.set(false)
	url := p.address()
	p.mu.Lock()
	same := !p.up && p.why == err.Error()
	p.up, p.hello, p.why = false, Hello{}, err.Error()
	p.mu.Unlock()
	if p.ctx.Err() != nil {
		return
	}
	level := slog.LevelInfo
	if p.outage.news(time.Now(), lasted, err) {
		level = slog.LevelWarn
	} else if same {
		level = slog.LevelDebug
	}
	p.peers.cfg.Logger.Log(p.ctx, level, "peer is down", "node", p.node, "url", url, "why", err)
}

// session is one connection, from dialing to its end. It tells whether the handshake succeeded, and
// why the connection ended.
func (p *peer) session() (connected bool, err error) {
	t := p.peers
	ctx, cancel := context.WithTimeout(p.ctx, t.cfg.Timeout)
	url := p.address()
	c, err := Dial(ctx, url, DialOptions{TLS: t.cfg.TLS, ReadLimit: maxHelloBytes})
	cancel()
	if err != nil {
		return false, err
	}
	if !t.enter(c) {
		c.Cut()
		return false, ErrClosed
	}
	defer t.leave(c)
	unhook := context.AfterFunc(p.ctx, func() { c.Close(CodeAway, "no longer dialed") })
	defer unhook()
	hello, err := p.greet(c, url)
	if err != nil {
		return false, err
	}
	defer t.unclaim(hello.Node, c)
	p.connected(hello, url)
	return true, p.serve(c, hello)
}

// greet is the handshake of the end that dials.
func (p *peer) greet(c *Conn, url string) (Hello, error) {
	t := p.peers
	mine := t.cfg.Hello()
	late := time.AfterFunc(t.cfg.Timeout, c.Cut)
	defer late.Stop()
	if err := c.Write(mine.AppendTo(nil), false); err != nil {
		return Hello{}, fmt.Errorf("wire: sending hello: %w", err)
	}
	b, _, err := c.Read(nil)
	if said := (*ClosedError)(nil); errors.As(err, &said) && said.Code == CodeRefused {
		t.count.rejected.Add(1)
		return Hello{}, &refusedError{by: fmt.Sprintf("node %d", p.node), why: said.Reason}
	}
	if err != nil {
		return Hello{}, fmt.Errorf("wire: waiting for hello: %w", err)
	}
	hello, err := DecodeHello(b)
	if err == nil && hello.Node != p.node {
		err = fmt.Errorf("node %d answers in place of node %d", hello.Node, p.node)
	}
	if err == nil {
		err = t.judge(&mine, &hello)
	}
	if err == nil {
		err = t.claim(c, &hello)
	}
	if err != nil {
		t.refuse(c, url, hello, err)
		return Hello{}, &refusedError{why: err.Error(), told: true}
	}
	c.setReadLimit(t.maxFrame)
	return hello, nil
}

func (p *peer) connected(hello Hello, url string) {
	p.queue.set(true)
	p.queue.mu.Lock()
	p.stats.Connects++
	p.queue.mu.Unlock()
	p.mu.Lock()
	p.up, p.hello = true, hello
	p.mu.Unlock()
	p.peers.cfg.Logger.Info("peer is up", "node", p.node, "url", url, "life", hello.Life)
	if p.peers.cfg.OnHello != nil {
		p.peers.cfg.OnHello(hello)
	}
}

// serve sends what waits until the connection ends; beside it the connection is read and pinged.
func (p *peer) serve(c *Conn, hello Hello) error {
	var beside sync.WaitGroup
	var readErr, pingErr error
	beside.Go(func() { readErr = p.peers.read(c, hello) })
	beside.Go(func() { pingErr = p.peers.ping(c, p.measured) })
	writeErr := p.write(c)
	c.cancel()
	beside.Wait()
	// The reader knows best: it heard the other end's reason.
	if said := (*ClosedError)(nil); errors.As(readErr, &said) || errors.Is(readErr, errFrame) {
		return readErr
	}
	// The first to fail ended the others.
	for _, err := range [...]error{pingErr, readErr, writeErr} {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return readErr
}

func (p *peer) measured(rtt time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rtt = rtt
}

// write sends frames of all that waits, each by one call.
func (p *peer) write(c *Conn) error {
	var frame []byte
	for {
		select {
		case <-c.ctx.Done():
			return nil
		case <-p.queue.wake:
		}
		for {
			var count int
			frame, count = p.queue.take(frame, p.peers.cfg.FrameBytes)
			if count == 0 {
				break
			}
			if err := c.Write(frame, false); err != nil {
				return fmt.Errorf("wire: sending: %w", err)
			}
		}
	}
}
