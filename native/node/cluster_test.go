package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/kv"
	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/wire"
)

// patience is how long a test waits for what must come, on a machine that may be busy.
const patience = time.Minute

// cluster is a few nodes in this process, on loopback, with directories of their own.
type cluster struct {
	t      testing.TB
	name   string
	root   string
	peers  map[paxos.NodeID]string
	nodes  map[paxos.NodeID]*Node
	srv    map[paxos.NodeID]*http.Server
	logs   map[paxos.NodeID]*safeBuffer
	change func(*Config)
}

type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func newCluster(t testing.TB, size int, change func(*Config)) *cluster {
	c := &cluster{t: t, name: "test", root: t.TempDir(), change: change,
		peers: map[paxos.NodeID]string{}, nodes: map[paxos.NodeID]*Node{},
		srv: map[paxos.NodeID]*http.Server{}, logs: map[paxos.NodeID]*safeBuffer{}}
	for id := 1; id <= size; id++ {
		c.peers[paxos.NodeID(id)] = freeAddress(t)
	}
	t.Cleanup(func() {
		for id := range c.nodes {
			c.stop(id)
		}
	})
	return c
}

// freeAddress finds a port on a loopback address of its own, if the system has more than one: a
// port of 127.0.0.1 may be given to anybody before it is listened on, or while a node is stopped.
func freeAddress(t testing.TB) string {
	own := net.IPv4(127, byte(1+rand.IntN(254)), byte(rand.IntN(256)), byte(1+rand.IntN(254)))
	l, err := net.Listen("tcp", net.JoinHostPort(own.String(), "0"))
	if err != nil {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

func (c *cluster) dir(id paxos.NodeID) string {
	return filepath.Join(c.root, fmt.Sprintf("node%d", id))
}

func (c *cluster) config(id paxos.NodeID) Config {
	c.logs[id] = new(safeBuffer)
	cfg := Config{
		Dir: c.dir(id), Cluster: c.name, Node: id, Peers: maps.Clone(c.peers),
		Election: 300 * time.Millisecond, Limits: testLimits(),
		SegmentBytes: 256 << 10,
		Logger: slog.New(slog.NewTextHandler(c.logs[id], &slog.HandlerOptions{
			Level: slog.LevelInfo})),
	}
	if c.change != nil {
		c.change(&cfg)
	}
	return cfg
}

func testLimits() paxos.Limits {
	return paxos.Limits{Window: 64, EntryBytes: 4096, WindowBytes: 64 << 10, BatchEntries: 16,
		BatchBytes: 8 << 10}
}

func (c *cluster) start(ids ...paxos.NodeID) {
	for _, id := range ids {
		n, err := Open(c.config(id))
		require.NoError(c.t, err)
		c.nodes[id] = n
		c.serve(id, n)
	}
}

func (c *cluster) startAll() {
	for id := range c.peers {
		c.start(id)
	}
}

// serve listens where the peers dial; the port may still be held by connections that end.
func (c *cluster) serve(id paxos.NodeID, n *Node) {
	var l net.Listener
	require.Eventually(c.t, func() (ok bool) {
		var err error
		l, err = net.Listen("tcp", c.peers[id])
		return err == nil
	}, patience, 10*time.Millisecond)
	mux := http.NewServeMux()
	mux.Handle(wire.PeerPath, n.Peers())
	c.srv[id] = &http.Server{Handler: mux, ReadHeaderTimeout: patience}
	go c.srv[id].Serve(l)
}

func (c *cluster) stop(id paxos.NodeID) {
	require.NoError(c.t, c.nodes[id].Close())
	require.NoError(c.t, c.srv[id].Close())
	delete(c.nodes, id)
}

// leader waits for a node that leads, and that all nodes follow.
func (c *cluster) leader() (leader paxos.NodeID) {
	c.t.Helper()
	c.eventually("a leader", func() bool {
		leader = paxos.NoNode
		for _, n := range c.nodes {
			s := n.Status()
			if s.Leader == paxos.NoNode || leader != paxos.NoNode && s.Leader != leader {
				return false
			}
			leader = s.Leader
		}
		n := c.nodes[leader]
		return n != nil && n.Status().Role == paxos.Leader
	})
	return leader
}

func (c *cluster) eventually(what string, is func() bool) {
	c.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if is() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	for id, n := range c.nodes {
		c.t.Logf("node %d: %+v\n%s", id, n.Status(), c.logs[id])
	}
	c.t.Fatalf("waited in vain for %s", what)
}

func encode(r kv.Request) []byte { return kv.AppendRequest(nil, &r) }

func put(key, value string) []byte {
	return encode(kv.Request{Op: kv.OpPut, Put: kv.Put{Key: []byte(key), Value: []byte(value)}})
}

func get(key string) []byte {
	return encode(kv.Request{Op: kv.OpRange, Range: kv.Range{Key: []byte(key)}})
}

// do executes a command that may be executed more than once, and decodes the response: leaders
// change at any time on a machine that is busy.
func do(t *testing.T, n *Node, command []byte) kv.Response {
	t.Helper()
	r, _ := doCounted(t, n, command)
	return r
}

// doCounted is do; open is how many more times the command may have been executed.
func doCounted(t *testing.T, n *Node, command []byte) (r kv.Response, open int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		b, err := n.Do(ctx, command)
		switch {
		case errors.Is(err, ErrUnknownOutcome) && ctx.Err() == nil:
			open++
		case errors.Is(err, ErrNoLeader):
		default:
			require.NoError(t, err)
			return response(t, b), open
		}
	}
}

func response(t *testing.T, b []byte) kv.Response {
	t.Helper()
	var r kv.Response
	require.NoError(t, kv.DecodeResponse(b, &r))
	require.Equal(t, kv.OK, r.Code)
	return r
}
