package wire

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// ServeHTTP takes the connection of a node that dials this one, and returns when it ends.
func (t *Peers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !t.arrive() {
		t.count.full.Add(1)
		http.Error(w, "too many connections, or the node stops", http.StatusServiceUnavailable)
		return
	}
	defer t.depart()
	c, err := Accept(w, r, AcceptOptions{ReadLimit: maxHelloBytes})
	if err != nil {
		t.cfg.Logger.Info("no peer connection", "remote", r.RemoteAddr, "why", err)
		return
	}
	if !t.enter(c) {
		c.Cut()
		return
	}
	defer t.leave(c)
	hello, ok := t.welcome(c, r.RemoteAddr)
	if !ok {
		return
	}
	defer t.forget(hello.Node, c)
	var beside sync.WaitGroup
	beside.Go(func() { t.ping(c, func(time.Duration) {}) })
	err = t.read(c, hello)
	c.cancel()
	beside.Wait()
	if said := (*ClosedError)(nil); errors.As(err, &said) && said.Code == CodeRefused {
		t.count.rejected.Add(1)
	}
	t.cfg.Logger.Info("peer is gone", "node", hello.Node, "remote", r.RemoteAddr, "why", err)
}

// arrive counts a connection of another node in, if there is room.
func (t *Peers) arrive() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closing || t.waiting == maxInbound {
		return false
	}
	t.waiting++
	t.work.Add(1)
	return true
}

func (t *Peers) depart() {
	t.mu.Lock()
	t.waiting--
	t.mu.Unlock()
	t.work.Done()
}

// welcome is the handshake of the end that was dialed.
func (t *Peers) welcome(c *Conn, remote string) (Hello, bool) {
	late := time.AfterFunc(t.cfg.Timeout, c.Cut)
	defer late.Stop()
	b, _, err := c.Read(nil)
	if err != nil {
		t.cfg.Logger.Info("no hello", "remote", remote, "why", err)
		return Hello{}, false
	}
	mine := t.cfg.Hello()
	hello, err := DecodeHello(b)
	if err == nil {
		err = t.judge(&mine, &hello)
	}
	if err == nil {
		err = t.admit(c, hello)
	}
	if err != nil {
		t.refuse(c, remote, hello, err)
		return Hello{}, false
	}
	c.setReadLimit(t.maxFrame)
	if err := c.Write(mine.AppendTo(nil), false); err != nil {
		t.forget(hello.Node, c)
		return Hello{}, false
	}
	t.count.accepted.Add(1)
	if t.cfg.OnHello != nil {
		t.cfg.OnHello(hello)
	}
	return hello, true
}

// judge admits or refuses the other end.
func (t *Peers) judge(mine, theirs *Hello) error {
	if err := mine.Check(theirs); err != nil {
		return err
	}
	if t.cfg.Judge == nil {
		return nil
	}
	return t.cfg.Judge(*theirs)
}

// refuse tells the other end, the log and the counter. One who is refused tries again and again:
// that is news once for each reason, and what is no hello at all is none.
func (t *Peers) refuse(c *Conn, remote string, hello Hello, why error) {
	t.count.refused.Add(1)
	level := slog.LevelDebug
	if errors.Is(why, errHello) {
		level = slog.LevelInfo
	} else if t.news(hello.Node, why.Error()) {
		level = slog.LevelWarn
	}
	t.cfg.Logger.Log(t.ctx, level, "peer refused", "node", hello.Node, "life", hello.Life,
		"remote", remote, "why", why)
	c.Close(CodeRefused, why.Error())
}

// news notes why a node is refused, and reports whether it was refused for another reason before.
func (t *Peers) news(node uint8, why string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.refusals[node] == why {
		return false
	}
	t.refusals[node] = why
	return true
}

// admit makes c the connection of its node. A node that dials again replaces its own connection,
// but not that of another disk, which would be a second node under the same name.
func (t *Peers) admit(c *Conn, hello Hello) error {
	if err := t.claim(c, &hello); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if old, found := t.inbound[hello.Node]; found {
		old.cancel()
	}
	t.inbound[hello.Node] = c
	delete(t.refusals, hello.Node)
	return nil
}

// forget ends what admit began, unless the node has dialed again.
func (t *Peers) forget(node uint8, c *Conn) {
	t.unclaim(node, c)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.inbound[node] == c {
		delete(t.inbound, node)
	}
}

// read hands on what comes over a connection until it ends. A frame that cannot be read ends it:
// one that was changed on the way leaves no trust in the next.
func (t *Peers) read(c *Conn, hello Hello) error {
	defer c.cancel()
	deliver := func(msg []byte) { t.cfg.Receive(hello.Node, hello.Life, msg) }
	var buf []byte
	for {
		var text bool
		var err error
		if buf, text, err = c.Read(buf); err != nil {
			return err
		}
		count, err := checkFrame(buf)
		if err == nil && text {
			err = fmt.Errorf("%w: text", errFrame)
		}
		if err != nil {
			t.count.garbage.Add(1)
			t.cfg.Logger.Warn("garbage from peer", "node", hello.Node, "why", err)
			c.Close(CodeGarbage, err.Error())
			return err
		}
		t.count.frames.Add(1)
		t.count.messages.Add(uint64(count))
		t.count.bytes.Add(uint64(len(buf)))
		eachMessage(buf, deliver)
	}
}

// ping asks the other end for a sign of life until the connection ends or it gives none.
func (t *Peers) ping(c *Conn, measured func(time.Duration)) error {
	every := time.NewTicker(t.cfg.PingEvery)
	defer every.Stop()
	for {
		select {
		case <-c.ctx.Done():
			return nil
		case <-every.C:
		}
		begin := time.Now()
		if err := c.Ping(t.cfg.Timeout); errors.Is(err, context.Canceled) {
			return nil // it was ended meanwhile
		} else if err != nil {
			return fmt.Errorf("wire: no sign of life: %w", err)
		}
		measured(time.Since(begin))
	}
}
