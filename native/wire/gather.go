package wire

import (
	"context"
	"net"
	"sync"
)

// gather is a network connection that collects what is written between begin and flush into one
// write. The library masks what a client sends through a buffer of 4 KiB and writes each filling of
// it; a frame of many messages would be as many system calls.
type gather struct {
	net.Conn
	mu      sync.Mutex
	holding bool
	buf     []byte
}

func (g *gather) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.holding {
		return g.Conn.Write(b)
	}
	g.buf = append(g.buf, b...)
	return len(b), nil
}

// begin holds what is written from now on back. A ping or pong in between waits with it.
func (g *gather) begin() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.holding = true
}

// flush writes what was held back and holds no more.
func (g *gather) flush() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.holding = false
	_, err := g.Conn.Write(g.buf)
	g.buf = g.buf[:0]
	return err
}

// dialTo dials, and keeps the connection in *to.
func dialTo(to **gather) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		var d net.Dialer
		c, err := d.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		*to = &gather{Conn: c}
		return *to, nil
	}
}
