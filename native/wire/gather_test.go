package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// counted is a connection that counts its writes.
type counted struct {
	net.Conn
	writes int
	got    bytes.Buffer
}

func (c *counted) Write(b []byte) (int, error) {
	c.writes++
	return c.got.Write(b)
}

func TestAFrameIsOneWrite(t *testing.T) {
	under := &counted{}
	g := &gather{Conn: under}
	g.Write([]byte("a"))
	g.begin()
	g.Write([]byte("b"))
	g.Write([]byte("c"))
	require.Equal(t, "a", under.got.String())
	require.NoError(t, g.flush())
	g.Write([]byte("d"))
	require.Equal(t, "abcd", under.got.String())
	require.Equal(t, 3, under.writes)

	c, err := Dial(context.Background(), newNode(t, 1, nil).url(), DialOptions{})
	require.NoError(t, err)
	defer c.Cut()
	under = &counted{Conn: c.out.Conn}
	c.out.Conn = under
	require.NoError(t, c.Write(make([]byte, 100<<10), false))
	require.Greater(t, under.got.Len(), 100<<10)
	require.Equal(t, 1, under.writes)
}

func TestPeersSpeakTLS(t *testing.T) {
	b := newNode(t, 1, nil)
	srv := httptest.NewUnstartedServer(b.Peers)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	a := newNode(t, 0, func(_ *Hello, c *Config) { c.TLS = &tls.Config{RootCAs: roots} })
	stranger := newNode(t, 2, nil)
	url := "wss" + strings.TrimPrefix(srv.URL, "https")
	require.NoError(t, a.Connect(1, url))
	require.NoError(t, stranger.Connect(1, url))
	until(t, "connection", func() bool { return a.up(1) })
	large := bytes.Repeat([]byte("x"), 3<<20)
	require.NoError(t, a.Send(1, Bulk, large))
	until(t, "message", func() bool { return len(b.received()) == 1 })
	require.Equal(t, "0/1 "+string(large), b.received()[0])
	until(t, "failure", func() bool { return strings.Contains(stranger.why(1), "certificate") })
	a.Close()
	stranger.Close()
	b.Close()
}
