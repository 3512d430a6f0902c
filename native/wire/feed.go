package wire

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// DefaultBacklog is the number of events that a Feed keeps if FeedOptions leave it open.
	DefaultBacklog = 1000
	// MaxEventBytes bounds an event of a Feed.
	MaxEventBytes = 16 << 10

	feedMessageBytes = 64 << 10
	feedPingEvery    = 10 * time.Second
	feedTimeout      = 10 * time.Second
	maxSubscribers   = 64
)

// ErrEventSize is returned by Publish for an empty event or one above MaxEventBytes.
var ErrEventSize = errors.New("wire: event size out of bounds")

// FeedOptions say what a Feed carries, and to whom.
type FeedOptions struct {
	// Binary sends each event as a binary message of its own. Otherwise an event is a line of text,
	// without its newline, and a message is one or more lines, each ended by a newline.
	Binary  bool
	Backlog int           // events that are kept
	Accept  AcceptOptions // whose pages may subscribe
	Logger  *slog.Logger  // is told of subscribers that are dropped; nil is silence
}

// Feed shows events to any number of subscribers, who cannot say anything. It is an http.Handler;
// who connects gets the backlog and then what comes. All subscribers read from one ring of events,
// so that a slow one costs nothing and delays nobody: when the ring has overtaken it, it is dropped
// and told so. Events are never left out in between.
type Feed struct {
	opt     FeedOptions
	dropped atomic.Uint64
	work    sync.WaitGroup

	mu     sync.Mutex
	ring   [][]byte
	next   uint64 // number of the next event, from 0
	closed bool
	subs   map[*subscriber]struct{}
}

// subscriber is one who watches.
type subscriber struct {
	conn *Conn
	pos  uint64        // number of the next event that it gets
	wake chan struct{} // holds one token while something may wait
}

// NewFeed makes a Feed without events.
func NewFeed(opt FeedOptions) *Feed {
	if opt.Backlog <= 0 {
		opt.Backlog = DefaultBacklog
	}
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.DiscardHandler)
	}
	return &Feed{opt: opt, ring: make([][]byte, opt.Backlog), subs: map[*subscriber]struct{}{}}
}

// Publish shows a copy of an event to all. It never waits for a subscriber.
func (f *Feed) Publish(event []byte) error {
	if len(event) == 0 || len(event) > MaxEventBytes {
		return fmt.Errorf("%w: %d, from 1 to %d expected", ErrEventSize, len(event), MaxEventBytes)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	slot := &f.ring[f.next%uint64(len(f.ring))]
	*slot = append((*slot)[:0], event...)
	f.next++
	for s := range f.subs {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
	return nil
}

// Subscribers is how many watch.
func (f *Feed) Subscribers() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.subs)
}

// Dropped is how many were dropped since the start because they were too slow.
func (f *Feed) Dropped() uint64 { return f.dropped.Load() }

// Close drops all subscribers and returns when they are gone.
func (f *Feed) Close() {
	f.mu.Lock()
	f.closed = true
	var done sync.WaitGroup
	for s := range f.subs {
		done.Go(func() { s.conn.Close(CodeAway, "the node stops") })
	}
	f.mu.Unlock()
	done.Wait()
	f.work.Wait()
}

// ServeHTTP lets a subscriber in, and returns when it is gone.
func (f *Feed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, err := Accept(w, r, f.opt.Accept)
	if err != nil {
		f.opt.Logger.Info("no subscriber", "remote", r.RemoteAddr, "why", err)
		return
	}
	defer c.Cut()
	s, ok := f.subscribe(c)
	if !ok {
		c.Close(CodeTryLater, "too many subscribers, or the node stops")
		return
	}
	defer f.unsubscribe(s)
	go s.listen()
	go s.ping()
	if err := f.serve(s); err != nil {
		f.opt.Logger.Info("subscriber is gone", "remote", r.RemoteAddr, "why", err)
	}
}

func (f *Feed) subscribe(c *Conn) (*subscriber, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed || len(f.subs) == maxSubscribers {
		return nil, false
	}
	s := &subscriber{conn: c, wake: make(chan struct{}, 1)}
	s.wake <- struct{}{}
	if n := uint64(len(f.ring)); f.next > n {
		s.pos = f.next - n
	}
	f.subs[s] = struct{}{}
	f.work.Add(1)
	return s, true
}

func (f *Feed) unsubscribe(s *subscriber) {
	f.mu.Lock()
	delete(f.subs, s)
	f.mu.Unlock()
	f.work.Done()
}

// serve sends a subscriber what it has not seen, until it is gone or overtaken.
func (f *Feed) serve(s *subscriber) error {
	var buf []byte
	for {
		select {
		case <-s.conn.ctx.Done():
			return nil
		case <-s.wake:
		}
		for {
			var missed uint64
			if buf, missed = f.take(s, buf[:0]); missed > 0 {
				f.dropped.Add(1)
				reason := fmt.Sprintf("too slow: %d events were missed", missed)
				s.conn.Close(CodeTryLater, reason)
				return errors.New(reason)
			}
			if len(buf) == 0 {
				break
			}
			if err := s.send(buf, !f.opt.Binary); err != nil {
				return err
			}
		}
	}
}

// send writes one message, and cuts the connection if that takes too long.
func (s *subscriber) send(msg []byte, text bool) error {
	late := time.AfterFunc(feedTimeout, s.conn.cancel)
	defer late.Stop()
	return s.conn.Write(msg, text)
}

// take appends the next message for a subscriber to buf: nothing if it has seen all, or how many
// events it missed.
func (f *Feed) take(s *subscriber, buf []byte) (_ []byte, missed uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := uint64(len(f.ring))
	if f.next > n && s.pos < f.next-n {
		return buf, f.next - n - s.pos
	}
	for s.pos < f.next {
		event := f.ring[s.pos%n]
		if len(buf) > 0 && (f.opt.Binary || len(buf)+len(event) >= feedMessageBytes) {
			break
		}
		buf = append(buf, event...)
		if !f.opt.Binary {
			buf = append(buf, '\n')
		}
		s.pos++
	}
	return buf, 0
}

// listen waits for the end of the connection; whoever says something is cut off.
func (s *subscriber) listen() {
	if _, _, err := s.conn.Read(nil); err == nil {
		s.conn.Close(CodeRefused, "nobody listens here")
	}
	s.conn.cancel()
}

// ping keeps the connection open and notices when the other end is gone.
func (s *subscriber) ping() {
	every := time.NewTicker(feedPingEvery)
	defer every.Stop()
	for {
		select {
		case <-s.conn.ctx.Done():
			return
		case <-every.C:
			if s.conn.Ping(feedTimeout) != nil {
				return
			}
		}
	}
}
