package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
)

// played is a run of synod play that has said where it is.
type played struct {
	*process
	page, clients, data string
}

func startPlay(t *testing.T, args ...string) *played {
	t.Helper()
	p := &played{process: &process{log: new(buffer), ended: make(chan error, 1)}}
	p.cmd = synod(context.Background(), append([]string{"play"}, args...)...)
	p.cmd.Env = append(p.cmd.Env, "TMPDIR="+t.TempDir())
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	var said strings.Builder
	for r := bufio.NewReader(out); !strings.Contains(said.String(), "Ctrl-C"); {
		line, err := r.ReadString('\n')
		require.NoError(t, err, "%s%s", said.String(), p.log)
		said.WriteString(line)
	}
	go func() {
		_, _ = io.Copy(io.Discard, out)
		p.ended <- p.cmd.Wait()
	}()
	find := func(pattern string) string {
		found := regexp.MustCompile(pattern).FindStringSubmatch(said.String())
		require.Len(t, found, 2, said.String())
		return found[1]
	}
	p.page, p.clients = find(`page +(http://\S+/)`), find(`--endpoints (\S+) `)
	p.data = find(`data +(\S+)`)
	return p
}

func (p *played) end(t *testing.T) error {
	t.Helper()
	select {
	case err := <-p.ended:
		return err
	case <-time.After(patience):
		t.Fatalf("play does not end: %s", p.log)
		return nil
	}
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	return string(body)
}

func TestPlayRunsThreeNodesUntilAnInterruptAndLeavesNothing(t *testing.T) {
	t.Parallel()
	p := startPlay(t)
	require.Contains(t, fetch(t, p.page), "<html")
	var view struct {
		Nodes []struct{ Name, Trace string }
	}
	require.NoError(t, json.Unmarshal([]byte(fetch(t, p.page+"cluster.json")), &view))
	require.Len(t, view.Nodes, playNodes, "the page is attached to all nodes")
	own, foreign := strings.TrimSuffix(p.page, "/"), "http://evil.example"
	for _, node := range view.Nodes[1:] {
		require.Equal(t, http.StatusSwitchingProtocols, upgrade(t, node.Trace, own))
		require.Equal(t, http.StatusForbidden, upgrade(t, node.Trace, foreign))
	}

	client, err := clientv3.New(clientv3.Config{Endpoints: strings.Split(p.clients, ","),
		Logger: zap.NewNop()})
	require.NoError(t, err)
	defer client.Close()
	put(t, client, "greeting", "hello")

	require.DirExists(t, p.data)
	require.NoError(t, p.cmd.Process.Signal(os.Interrupt))
	require.NoError(t, p.end(t))
	require.NoDirExists(t, p.data)
	_, err = http.Get(p.page) //nolint:noctx // nobody is there to wait for
	require.Error(t, err)
}

func TestPlayEndsWithItsTerminal(t *testing.T) {
	t.Parallel()
	hangups := make(chan os.Signal, 1) // under nohup, who is started would ignore them, as it should
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	p := startPlay(t)
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGHUP))
	require.NoError(t, p.end(t))
	require.NoDirExists(t, p.data)
}

func TestWhatIsInheritedMustBeSockets(t *testing.T) {
	t.Parallel()
	_, log, code := run(t, "serve", "--inherit", "--data-dir", t.TempDir())
	require.Equal(t, exitUnmet, code)
	require.Contains(t, log, "--inherit: file 3 is no open socket")
}

func TestPlayRefusesAWrongFlagBeforeItStartsAnything(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"--log-level loud", "--for -1s", "extra"} {
		_, log, code := run(t, append([]string{"play"}, strings.Fields(args)...)...)
		require.Equal(t, exitBad, code, log)
		require.NotContains(t, log, "node ")
	}
}

// upgrade asks for a WebSocket as a page of that origin does.
func upgrade(t *testing.T, url, origin string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		"http"+strings.TrimPrefix(url, "ws"), nil)
	require.NoError(t, err)
	for key, value := range map[string]string{"Origin": origin, "Connection": "Upgrade",
		"Upgrade": "websocket", "Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} {
		r.Header.Set(key, value)
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.StatusCode
}

func TestPlayEndsByItselfAndKeepsTheDirectoryThatItWasGiven(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mine")
	p := startPlay(t, "--data-dir", dir, "--for", "1s")
	require.NoError(t, p.end(t))
	for _, node := range []string{"node1", "node2", "node3"} {
		require.FileExists(t, filepath.Join(dir, node, "DISK"))
	}
}

func TestPlaySaysWhenANodeEndsAndNoNodeOutlivesIt(t *testing.T) {
	t.Parallel()
	p := startPlay(t)
	victim := nodePID(t, p.data, 2)
	require.NoError(t, syscall.Kill(victim, syscall.SIGKILL))
	require.Eventually(t, func() bool {
		return strings.Contains(p.log.String(), "node 2 has ended: signal: killed")
	}, patience, 20*time.Millisecond, p.log.String())
	survivor := nodePID(t, p.data, 1)
	require.NoError(t, p.cmd.Process.Kill())
	require.Error(t, p.end(t))
	require.Eventually(t, func() bool { return syscall.Kill(survivor, 0) != nil }, patience,
		20*time.Millisecond, "a node outlives what started it")
}

// nodePID reads who holds the directory of a node.
func nodePID(t *testing.T, dir string, number int) (pid int) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("node%d", number), "LOCK"))
	require.NoError(t, err)
	_, err = fmt.Sscan(string(b), &pid)
	require.NoError(t, err)
	return pid
}
