package web

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/kv"
	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/node"
	"github.com/synodlab/synod/native/wire"
)

const secret = "a value that nobody should see"

// served is a cluster of one node and its listener; it has executed one put of the secret.
func served(t *testing.T, change func(*node.Config)) string {
	srv := httptest.NewUnstartedServer(nil)
	address := srv.Listener.Addr().String()
	feed := wire.NewFeed(wire.FeedOptions{Accept: wire.AcceptOptions{
		Hosts: Names(address), Origins: []string{"127.0.0.1:1"},
	}})
	cfg := node.Config{Dir: t.TempDir(), Cluster: "test", Node: 1, Feed: feed,
		Peers: map[paxos.NodeID]string{1: "127.0.0.1:1"}, Election: 100 * time.Millisecond,
		SegmentBytes: 8 << 20}
	if change != nil {
		change(&cfg)
	}
	n, err := node.Open(cfg)
	require.NoError(t, err)
	srv.Config = Server(Options{Node: n, Trace: feed, Address: address,
		Peers: map[paxos.NodeID]string{2: "127.0.0.1:1"}})
	srv.Start()
	t.Cleanup(func() {
		feed.Close()
		srv.Close()
		require.NoError(t, n.Close())
	})
	put := kv.Request{Op: kv.OpPut, Put: kv.Put{Key: []byte("k"), Value: []byte(secret)}}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, err = n.Do(ctx, kv.AppendRequest(nil, &put))
	require.NoError(t, err)
	return address
}

func ask(t *testing.T, address, host, path string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, nil)
	require.NoError(t, err)
	r.Host = host
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, res.Header, string(body)
}

func TestThePageIsToldOfTheNodesThatItMayWatch(t *testing.T) {
	address := served(t, nil)
	code, header, body := ask(t, address, address, "/cluster.json")
	require.Equal(t, http.StatusOK, code)
	var v struct {
		Nodes []struct {
			Name, Trace string
			Status      map[string]any
		}
	}
	require.NoError(t, json.Unmarshal([]byte(body), &v))
	require.Len(t, v.Nodes, 2)
	require.Equal(t, "trace", v.Nodes[0].Trace)
	require.Equal(t, "leader", v.Nodes[0].Status["role"])
	require.Equal(t, "ws://127.0.0.1:1/trace", v.Nodes[1].Trace)
	require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"))
	code, header, _ = ask(t, address, address, "/")
	require.Equal(t, http.StatusOK, code)
	require.Contains(t, header.Get("Content-Security-Policy"), "ws://127.0.0.1:1")
}

func TestANameThatIsNotThisServersIsRefused(t *testing.T) {
	address := served(t, nil)
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	for _, path := range []string{"/", "/cluster.json", "/metrics", "/healthz", "/trace"} {
		code, _, _ := ask(t, address, "evil.example:"+port, path)
		require.Equal(t, http.StatusMisdirectedRequest, code, path)
	}
	code, _, _ := ask(t, address, "localhost:"+port, "/healthz")
	require.Equal(t, http.StatusOK, code)
}

func TestMetricsCountWhatHappened(t *testing.T) {
	address := served(t, nil)
	require.Eventually(t, func() bool {
		_, _, body := ask(t, address, address, "/metrics")
		return strings.Contains(body, "synod_leads 1") &&
			strings.Contains(body, "synod_replica_total{what=\"leads\"} 1") &&
			strings.Contains(body, "synod_fsync_seconds_count") &&
			strings.Contains(body, "synod_dropped_total{reason=\"replica_life\"} 0") &&
			strings.Contains(body, "synod_refused_total{reason=\"full\"} 0") &&
			strings.Contains(body, "synod_store_keys 1")
	}, patience, 20*time.Millisecond)
}

func TestHealthSaysWhatIsMissing(t *testing.T) {
	srv := httptest.NewUnstartedServer(nil)
	address := srv.Listener.Addr().String()
	n, err := node.Open(node.Config{Dir: t.TempDir(), Cluster: "test", Node: 1,
		Peers:        map[paxos.NodeID]string{1: "127.0.0.1:1", 2: "127.0.0.1:1"},
		SegmentBytes: 8 << 20})
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Close()) }()
	srv.Config = Server(Options{Node: n, Address: address})
	srv.Start()
	defer srv.Close()
	require.Eventually(t, func() bool {
		code, _, body := ask(t, address, address, "/healthz")
		return code == http.StatusServiceUnavailable && strings.Contains(body, "not founded yet")
	}, patience, 20*time.Millisecond)
}

// patience is how long a test waits for what must come, on a machine that may be busy.
const patience = time.Minute

// watch reads the feed until enough is seen.
func watch(t *testing.T, address string, enough func(lines string) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := wire.Dial(ctx, "ws://"+address+"/trace", wire.DialOptions{ReadLimit: 1 << 20})
	for err != nil && ctx.Err() == nil { // a server that allows a request little time may miss it
		c, err = wire.Dial(ctx, "ws://"+address+"/trace", wire.DialOptions{ReadLimit: 1 << 20})
	}
	require.NoError(t, err)
	defer c.Cut()
	stop := context.AfterFunc(ctx, c.Cut)
	defer stop()
	var all strings.Builder
	for !enough(all.String()) {
		b, text, err := c.Read(nil)
		require.NoError(t, err, all.String())
		require.True(t, text)
		all.Write(b)
	}
	for line := range strings.Lines(all.String()) {
		require.True(t, json.Valid([]byte(line)), line)
	}
}

func TestTheTraceShowsWhatANodeDidAndNoValue(t *testing.T) {
	address := served(t, nil)
	watch(t, address, func(lines string) bool {
		require.NotContains(t, lines, secret)
		for _, kind := range []string{"lead", "promise", "accept", "chosen", "execute"} {
			if !strings.Contains(lines, `"kind":"`+kind+`"`) {
				return false
			}
		}
		return strings.Contains(lines, `{"status":{"node":1,"role":"leader","leader":1,"ballot":"`)
	})
}

func TestARequestMayNotLastForEverButATraceMay(t *testing.T) {
	n, err := node.Open(node.Config{Dir: t.TempDir(), Cluster: "test", Node: 1,
		Peers: map[paxos.NodeID]string{1: "127.0.0.1:1"}, SegmentBytes: 8 << 20})
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Close()) }()
	feed := wire.NewFeed(wire.FeedOptions{})
	srv := httptest.NewUnstartedServer(nil)
	srv.Config = Server(Options{Node: n, Trace: feed, Address: srv.Listener.Addr().String()})
	require.NotZero(t, srv.Config.ReadHeaderTimeout)
	require.NotZero(t, srv.Config.ReadTimeout)
	require.NotZero(t, srv.Config.WriteTimeout)
	require.NotZero(t, srv.Config.IdleTimeout)
	const short = 50 * time.Millisecond
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = short, short
	srv.Start()
	defer srv.Close()
	defer feed.Close()
	go func() {
		for feed.Subscribers() == 0 && t.Context().Err() == nil {
			time.Sleep(short)
		}
		time.Sleep(10 * short)
		_ = feed.Publish([]byte(`"late"`))
	}()
	watch(t, srv.Listener.Addr().String(), func(lines string) bool {
		return strings.Contains(lines, "late")
	})
}

func TestTheTraceShowsValuesIfItIsTold(t *testing.T) {
	address := served(t, func(c *node.Config) { c.TraceValues = true })
	watch(t, address, func(lines string) bool {
		return strings.Contains(lines, `"value":"put k=`+secret)
	})
}
