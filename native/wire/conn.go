//lint:file-ignore SA1019 this module path is required here; its successor differs in this file only

package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"

	"nhooyr.io/websocket"
)

const (
	// closeGrace is how long a closing end waits for the other to say so too.
	closeGrace = 500 * time.Millisecond

	maxReasonBytes = 123 // RFC 6455: a control frame of 125 bytes less two of code
	smallestBuffer = 4 << 10
)

// Code says why a connection is closed, in the numbers of RFC 6455.
type Code uint16

const (
	CodeNormal   Code = 1000 // nothing is left to do
	CodeAway     Code = 1001 // this end stops or wants the handshake again
	CodeGarbage  Code = 1007 // what came cannot be read
	CodeRefused  Code = 1008 // the other end, or what it does, is not admitted
	CodeTooBig   Code = 1009 // a message above the read limit
	CodeTryLater Code = 1013 // too many connections, or too slow
)

// ClosedError is what Read returns when the other end closed the connection and said why.
type ClosedError struct {
	Code   Code
	Reason string
}

func (e *ClosedError) Error() string {
	return fmt.Sprintf("wire: closed by the other end (%d): %s", e.Code, e.Reason)
}

// Conn is one WebSocket connection. One goroutine reads, any may write; pings of the other end are
// answered while one reads, so one always must.
type Conn struct {
	ws     *websocket.Conn
	out    *gather // of the end that dialed; else nil
	sender sync.Mutex
	ctx    context.Context
	cancel context.CancelFunc
}

// DialOptions say how to connect. The zero value will do.
type DialOptions struct {
	TLS       *tls.Config // for wss; nil takes the system's roots
	ReadLimit int         // bytes of a message at most; 0 is 32 KiB
}

// Dial connects to a ws:// or wss:// address within the time of ctx. Proxies are not asked.
func Dial(ctx context.Context, url string, opt DialOptions) (*Conn, error) {
	// A transport of its own: after the upgrade the connection belongs to nobody else.
	var out *gather
	client := &http.Client{
		Transport: &http.Transport{
			DialContext: dialTo(&out), TLSClientConfig: opt.TLS, DisableKeepAlives: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
	ws, resp, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPClient: client})
	if err != nil && resp != nil && resp.Body != nil {
		said, _ := io.ReadAll(io.LimitReader(resp.Body, 200))
		return nil, fmt.Errorf("wire: dialing %s: %w: %q", url, err, said)
	}
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		return nil, fmt.Errorf("wire: %w", op) // it names the address; what wraps it, does again
	}
	if err != nil {
		return nil, fmt.Errorf("wire: dialing %s: %w", url, err)
	}
	c := newConn(ws, opt.ReadLimit)
	c.out = out
	return c, nil
}

// AcceptOptions say whom to let in.
type AcceptOptions struct {
	// Origins are hosts, as path.Match patterns, whose pages may connect besides those of this
	// server. A request without Origin does not come from a page and is let in.
	Origins []string
	// Hosts, unless empty, are the only names under which this server may be asked for. Without
	// it a page that points its own name at this address passes for one of this server.
	Hosts     []string
	ReadLimit int // bytes of a message at most; 0 is 32 KiB
}

// Accept makes a WebSocket connection of a request; if that fails it has answered the request.
func Accept(w http.ResponseWriter, r *http.Request, opt AcceptOptions) (*Conn, error) {
	if len(opt.Hosts) > 0 && !slices.Contains(opt.Hosts, r.Host) {
		http.Error(w, "this server does not go by that name", http.StatusForbidden)
		return nil, fmt.Errorf("wire: request for host %q, expected one of %q", r.Host, opt.Hosts)
	}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{OriginPatterns: opt.Origins})
	if err != nil {
		return nil, fmt.Errorf("wire: accepting %s: %w", r.RemoteAddr, err)
	}
	return newConn(ws, opt.ReadLimit), nil
}

func newConn(ws *websocket.Conn, limit int) *Conn {
	c := &Conn{ws: ws}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	if limit > 0 {
		c.setReadLimit(limit)
	}
	return c
}

// setReadLimit bounds the messages that are read from now on.
func (c *Conn) setReadLimit(bytes int) { c.ws.SetReadLimit(int64(bytes)) }

// Read waits for a message and returns it in buf, or in a larger buffer in its place; hand the
// result to the next Read. The error is a *ClosedError if the other end said why it closed.
func (c *Conn) Read(buf []byte) (msg []byte, text bool, err error) {
	typ, r, err := c.ws.Reader(c.ctx)
	if err != nil {
		return buf[:0], false, closed(err)
	}
	if cap(buf) < smallestBuffer {
		buf = make([]byte, smallestBuffer)
	}
	buf = buf[:0]
	for {
		if len(buf) == cap(buf) {
			buf = slices.Grow(buf, cap(buf))
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			return buf, typ == websocket.MessageText, nil
		}
		if err != nil {
			return buf[:0], false, closed(err)
		}
	}
}

// Write sends a message, as text or as binary, and returns when the system has taken it.
func (c *Conn) Write(msg []byte, text bool) error {
	typ := websocket.MessageBinary
	if text {
		typ = websocket.MessageText
	}
	if c.out == nil {
		return closed(c.ws.Write(c.ctx, typ, msg))
	}
	c.sender.Lock()
	defer c.sender.Unlock()
	c.out.begin()
	err := c.ws.Write(c.ctx, typ, msg)
	return closed(errors.Join(err, c.out.flush()))
}

// Ping waits for the other end to answer, at most that long, and cuts the connection if it does
// not.
func (c *Conn) Ping(wait time.Duration) error {
	ctx, cancel := context.WithTimeout(c.ctx, wait)
	defer cancel()
	err := closed(c.ws.Ping(ctx))
	if err != nil {
		c.cancel()
	}
	return err
}

// Close tells the other end why and ends the connection, within half a second if another goroutine
// reads, within some seconds otherwise. The reason is cut to 123 bytes.
func (c *Conn) Close(code Code, reason string) {
	timer := time.AfterFunc(closeGrace, c.cancel)
	defer timer.Stop()
	c.ws.Close(websocket.StatusCode(code), shorten(reason, maxReasonBytes))
	c.cancel()
}

// Cut ends the connection without a word; what is being read or written fails.
func (c *Conn) Cut() {
	c.cancel()
	c.ws.CloseNow()
}

// errHungUp is the end of a connection without a word, as when the other process dies.
var errHungUp = errors.New("wire: the other end hung up")

// closed makes a *ClosedError of an error that carries the other end's words.
func closed(err error) error {
	var ce websocket.CloseError
	if errors.As(err, &ce) {
		return &ClosedError{Code(ce.Code), ce.Reason}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) {
		return errHungUp
	}
	return err
}

// shorten cuts s to at most n bytes between two characters.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
