package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
)

// asCommand, set in its environment, makes the test binary the command itself: what is tested are
// real processes, with the race detector if the test has it.
const asCommand = "SYNOD_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// patience is how long a test waits for what must come, on a machine that may be busy.
const patience = time.Minute

// synod makes a process of the command.
func synod(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0], args...)
	c.Env = append(os.Environ(), asCommand+"=1")
	return c
}

// run runs the command to its end.
func run(t *testing.T, args ...string) (out, log string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := synod(ctx, args...)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		require.NoError(t, err)
	}
	return stdout.String(), stderr.String(), c.ProcessState.ExitCode()
}

// processes is a cluster of three processes.
type processes struct {
	t      *testing.T
	dir    string
	places [playNodes]place
	extra  []string
	mu     sync.Mutex
	nodes  [playNodes]*process
}

// process is one start of one node.
type process struct {
	cmd   *exec.Cmd
	log   *buffer
	ended chan error
}

type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func newProcesses(t *testing.T, extra ...string) *processes {
	c := &processes{t: t, dir: t.TempDir(), extra: extra}
	for i := range c.places {
		p := &c.places[i]
		for _, address := range [...]*string{&p.client, &p.peer, &p.http} {
			l, err := net.Listen("tcp", net.JoinHostPort(ownAddress(t), "0"))
			require.NoError(t, err)
			*address = l.Addr().String()
			defer l.Close() // all are held until all are found: none comes twice
		}
	}
	t.Cleanup(func() {
		for i := range c.nodes {
			if c.nodes[i] != nil {
				c.kill(i + 1)
			}
		}
		if t.Failed() {
			for i, p := range c.nodes {
				if p != nil {
					t.Logf("node %d said:\n%s", i+1, p.log)
				}
			}
		}
	})
	return c
}

// ownAddress is a loopback address of its own, if the system has more than one: a port of 127.0.0.1
// may be given to anybody before a node listens on it, or while the node is stopped.
func ownAddress(t *testing.T) string {
	own := net.IPv4(127, byte(1+rand.IntN(254)), byte(rand.IntN(256)), byte(1+rand.IntN(254)))
	l, err := net.Listen("tcp", net.JoinHostPort(own.String(), "0"))
	if err != nil {
		return "127.0.0.1"
	}
	require.NoError(t, l.Close())
	return own.String()
}

func (c *processes) data(number int) string {
	return filepath.Join(c.dir, fmt.Sprintf("node%d", number))
}

func (c *processes) arguments(number int) []string {
	p := &c.places[number-1]
	var peers []string
	for i := range c.places {
		peers = append(peers, fmt.Sprintf("%d=%s", i+1, c.places[i].peer))
	}
	return append([]string{"serve", "--node", fmt.Sprint(number), "--cluster", "test",
		"--data-dir", c.data(number), "--peers", strings.Join(peers, ","),
		"--client-listen", p.client, "--peer-listen", p.peer, "--http-listen", p.http,
		"--election", "1s", "--segment-mib", "8"}, c.extra...)
}

// start starts a node, and waits until it says that it listens.
func (c *processes) start(number int, more ...string) {
	c.t.Helper()
	p := &process{log: new(buffer), ended: make(chan error, 1)}
	p.cmd = synod(context.Background(), append(c.arguments(number), more...)...)
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	require.NoError(c.t, err)
	require.NoError(c.t, p.cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = p.cmd.Wait()
		require.NoError(c.t, err, "node %d: %s", number, p.log)
	}
	require.Contains(c.t, line, fmt.Sprintf("node %d of cluster", number))
	go func() {
		_, _ = io.Copy(io.Discard, out)
		p.ended <- p.cmd.Wait()
	}()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nodes[number-1] = p
}

func (c *processes) startAll() {
	for i := range c.places {
		c.start(i + 1)
	}
}

func (c *processes) kill(number int) {
	p := c.nodes[number-1]
	_ = p.cmd.Process.Kill()
	<-p.ended
	p.ended <- nil
}

// stop asks a node to end, and returns how it ended.
func (c *processes) stop(number int) error {
	p := c.nodes[number-1]
	require.NoError(c.t, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case err := <-p.ended:
		p.ended <- nil
		return err
	case <-time.After(patience):
		c.t.Fatalf("node %d does not end", number)
		return nil
	}
}

// client connects to some nodes, all if none are named.
func (c *processes) client(numbers ...int) *clientv3.Client {
	c.t.Helper()
	var endpoints []string
	for i := range c.places {
		if len(numbers) == 0 {
			endpoints = append(endpoints, c.places[i].client)
		}
	}
	for _, n := range numbers {
		endpoints = append(endpoints, c.places[n-1].client)
	}
	client, err := clientv3.New(clientv3.Config{Endpoints: endpoints, Logger: zap.NewNop(),
		DialTimeout: patience})
	require.NoError(c.t, err)
	c.t.Cleanup(func() { _ = client.Close() })
	return client
}

// put writes a key until that is acknowledged: leaders change at any time on a busy machine.
func put(t *testing.T, client *clientv3.Client, key, value string) {
	t.Helper()
	again(t, func(ctx context.Context) error {
		_, err := client.Put(ctx, key, value)
		return err
	})
}

// again does what may be done more than once, until it succeeds.
func again(t *testing.T, do func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := do(ctx)
	for err != nil && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
		err = do(ctx)
	}
	require.NoError(t, err)
}

// leader asks the nodes who leads, until one says so that does.
func (c *processes) leader() int {
	c.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for i := range c.places {
			metrics := c.page(i+1, "/metrics")
			if strings.Contains(metrics, "\nsynod_leads 1\n") {
				return i + 1
			}
		}
	}
	c.t.Fatal("nobody leads")
	return 0
}

// member runs synod member by way of a node, and returns what it printed.
func (c *processes) member(by int, args ...string) string {
	c.t.Helper()
	out, log, code := run(c.t, append(append([]string{"member"}, args...), "--endpoint",
		c.places[by-1].client)...)
	require.Zero(c.t, code, "%v: %s", args, log)
	return out
}

// page gets what a node serves over HTTP, "" if it does not.
func (c *processes) page(number int, path string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet,
		"http://"+c.places[number-1].http+path, nil)
	require.NoError(c.t, err)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return ""
	}
	return string(body)
}

func (c *processes) eventually(what string, is func() bool) {
	c.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if is() {
			return
		}
	}
	c.t.Fatalf("waited in vain for %s", what)
}
