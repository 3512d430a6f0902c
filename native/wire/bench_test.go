package wire

import (
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pair makes two nodes that dial each other; what node 1 receives goes to receive.
func pair(b *testing.B, receive, back func([]byte)) (x, y *Peers) {
	var nodes [2]*Peers
	for i, do := range []func([]byte){back, receive} {
		p, err := NewPeers(Config{
			Hello:   func() Hello { return helloOf(uint8(i)) },
			Receive: func(_ uint8, _ uint16, msg []byte) { do(msg) },
		})
		require.NoError(b, err)
		nodes[i] = p
		srv := httptest.NewServer(p)
		b.Cleanup(func() { p.Close(); srv.Close() })
		defer func() {
			other := nodes[1-i]
			url := "ws" + strings.TrimPrefix(srv.URL, "http")
			require.NoError(b, other.Connect(uint8(i), url))
			for !other.Status()[0].Up {
				time.Sleep(time.Millisecond)
			}
		}()
	}
	return nodes[0], nodes[1]
}

// BenchmarkStream sends messages of 100 bytes as fast as the other end takes them: 1024 at most are
// on their way, so that none is lost.
func BenchmarkStream(b *testing.B) {
	tokens := make(chan struct{}, 1024)
	x, _ := pair(b, func([]byte) { <-tokens }, func([]byte) {})
	msg := make([]byte, 100)
	b.ReportAllocs()
	for b.Loop() {
		tokens <- struct{}{}
		if err := x.Send(1, Bulk, msg); err != nil {
			b.Fatal(err)
		}
	}
	for len(tokens) > 0 {
		time.Sleep(time.Millisecond)
	}
	s := x.Status()[0].Stats
	require.Zero(b, s.LostFull+s.LostDown)
	b.ReportMetric(float64(s.Messages)/float64(s.Frames), "messages/frame")
}

// BenchmarkRoundTrip sends one message of 100 bytes there and back.
func BenchmarkRoundTrip(b *testing.B) {
	b.Run("peers", func(b *testing.B) {
		done := make(chan struct{}, 1)
		var y *Peers
		x, y := pair(b, func(msg []byte) { y.Send(0, Bulk, msg) },
			func([]byte) { done <- struct{}{} })
		msg := make([]byte, 100)
		b.ReportAllocs()
		for b.Loop() {
			if err := x.Send(1, Bulk, msg); err != nil {
				b.Fatal(err)
			}
			<-done
		}
	})
	b.Run("tcp", benchTCP)
}

// benchTCP is the floor: the same bytes over a plain connection, without queue, frame or check.
func benchTCP(b *testing.B) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err == nil {
			io.Copy(c, c)
		}
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	require.NoError(b, err)
	defer c.Close()
	msg := make([]byte, 100)
	for b.Loop() {
		if _, err := c.Write(msg); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(c, msg); err != nil {
			b.Fatal(err)
		}
	}
}
