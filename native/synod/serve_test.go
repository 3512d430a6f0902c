package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"

	"github.com/synodlab/synod/core/paxos"
)

func TestAWrongFlagIsRefusedWithWhatWasExpected(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	for _, c := range []struct{ args, expected string }{
		{"", "--data-dir is missing"},
		{"--data-dir D --node 0", "from 1 to 15"},
		{"--data-dir D --node x", "invalid argument"},
		{"--data-dir D --nod 1", "unknown flag"},
		{"--data-dir D extra", "takes no argument"},
		{"--data-dir D --peers 1=nowhere", "HOST:PORT"},
		{"--data-dir D --peers one=127.0.0.1:1", "NUMBER=HOST:PORT"},
		{"--data-dir D --peers 1=127.0.0.1:1,1=127.0.0.1:2", "named twice"},
		{"--data-dir D --peers 2=127.0.0.1:1", "does not name this node"},
		{"--data-dir D --peers 1=127.0.0.1:", "port from 1"},
		{"--data-dir D --peers 1=127.0.0.1:0", "port from 1"},
		{"--data-dir D --peers 1=127.0.0.1:99999", "port from 1"},
		{"--data-dir D --peers 1=:2380", "HOST:PORT"},
		{"--data-dir D --peers 1=127.0.0.1:1,2=127.0.0.1:1", "both at 127.0.0.1:1"},
		{"--data-dir D --http-peers 1", "HOST:PORT"},
		{"--data-dir D --advertise-client 127.0.0.1:1", "a URL like"},
		{"--data-dir D --public-url ::::", "a URL like"},
		{"--data-dir D --client-listen 0.0.0.0:0", "--insecure"},
		{"--data-dir D --peer-listen :0", "--insecure"},
		{"--data-dir D --http-listen example.org:80", "--insecure"},
		{"--data-dir D --client-listen 127.0.0.1", "host:port"},
		{"--data-dir D --client-listen 127.0.0.1:99999", "port from 0"},
		{"--data-dir D --election 1ms", "10ms to 1h"},
		{"--data-dir D --beat 2s", "less than --election"},
		{"--data-dir D --beat 1ns", "1ms or more"},
		{"--data-dir D --window 1000", "power of two"},
		{"--data-dir D --segment-mib 1", "from 8"},
		{"--data-dir D --snapshot-mib 0", "from 1"},
		{"--data-dir D --join", "nobody to join"},
		{"--data-dir D --log-level loud", "debug, info, warn or error"},
		{"--data-dir D --cluster=", "--cluster"},
		{"--data-dir D --cluster " + strings.Repeat("x", 65), "1 to 64 bytes"},
	} {
		args := strings.Fields(strings.ReplaceAll(c.args, "--data-dir D", "--data-dir "+dir))
		_, log, code := run(t, append([]string{"serve"}, args...)...)
		require.Equal(t, exitBad, code, "%s: %s", c.args, log)
		require.Contains(t, log, c.expected, c.args)
		require.NoDirExists(t, dir, c.args)
	}
}

func TestASecondStartOnADirectoryIsRefusedAndNamesTheHolder(t *testing.T) {
	t.Parallel()
	c := newProcesses(t)
	c.start(1)
	_, log, code := run(t, "serve", "--data-dir", c.data(1), "--cluster", "test",
		"--client-listen", "127.0.0.1:0", "--peer-listen", "127.0.0.1:0",
		"--http-listen", "127.0.0.1:0")
	require.Equal(t, exitUnmet, code)
	require.Contains(t, log, "process")
}

func TestAnAddressThatIsTakenIsTold(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	dir := filepath.Join(t.TempDir(), "data")
	_, log, code := run(t, "serve", "--data-dir", dir, "--client-listen", l.Addr().String(),
		"--peer-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0")
	require.Equal(t, exitUnmet, code)
	require.Contains(t, log, "address already in use")
	require.NoDirExists(t, dir)
}

func TestAnAddressThatClientsCannotReachIsTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		listen, advertise string
		told              bool
	}{
		{"0.0.0.0:0", "", true},
		{":0", "", true},
		{":0", "http://node1:2379", false},
		{"127.0.0.1:0", "", false},
	} {
		_, log, code := run(t, "serve", "--data-dir", filepath.Join(t.TempDir(), "data"),
			"--insecure", "--client-listen", c.listen, "--advertise-client", c.advertise,
			"--peer-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0", "--until-stdin-ends")
		require.Zero(t, code, log)
		require.Equal(t, c.told, strings.Contains(log, "--advertise-client"), log)
	}
}

func TestAFirstStartSaysNothingButItsGreeting(t *testing.T) {
	t.Parallel()
	c := newProcesses(t)
	begin := time.Now()
	c.start(1)
	time.Sleep(time.Second) // one comes first, and meets nobody
	c.start(2)
	c.start(3)
	c.leader()
	for i := range c.places {
		put(t, c.client(i+1), "k", "v")
	}
	// Where a start takes very long, that a peer is away is news.
	quick := time.Since(begin) < 5*time.Second
	for i := range c.places {
		for line := range strings.Lines(c.nodes[i].log.String()) {
			if quick || !strings.Contains(line, "peer is down") {
				require.NotContains(t, line, "peer")
			}
		}
	}
}

func TestARecordingThatCannotBeWrittenIsToldAtTheStart(t *testing.T) {
	t.Parallel()
	_, log, code := run(t, "serve", "--data-dir", t.TempDir(), "--client-listen", "127.0.0.1:0",
		"--peer-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0",
		"--record", filepath.Join(t.TempDir(), "missing", "file"))
	require.Equal(t, exitUnmet, code)
	require.Contains(t, log, "recording: open")
	require.Equal(t, 1, strings.Count(log, "\n"), log)
}

func TestADirectoryOfAnotherClusterIsRefused(t *testing.T) {
	t.Parallel()
	c := newProcesses(t)
	c.startAll()
	c.leader()
	require.NoError(t, c.stop(1))
	args := c.arguments(1)
	_, log, code := run(t, append(args, "--cluster", "other")...)
	require.Equal(t, exitUnmet, code)
	require.Contains(t, log, `belongs to node 1 of cluster "test"`)
	_, log, code = run(t, append(args, "--window", "512")...)
	require.Equal(t, exitUnmet, code)
	require.Contains(t, log, "founded with a window of 1024 slots, expected 512")
}

func TestADamagedLogIsRefusedWithFileAndOffset(t *testing.T) {
	t.Parallel()
	c := newProcesses(t)
	c.startAll()
	client := c.client(2) // what it answers, it has
	for range 20 {
		put(t, client, "k", strings.Repeat("v", 1000))
	}
	require.NoError(t, c.stop(2))
	segments, err := filepath.Glob(filepath.Join(c.data(2), "log-*"))
	require.NoError(t, err)
	require.NotEmpty(t, segments)
	f, err := os.OpenFile(segments[0], os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = f.WriteAt([]byte("damage"), 4096+600)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	_, log, code := run(t, c.arguments(2)...)
	require.Equal(t, exitUnmet, code)
	require.Contains(t, log, filepath.Base(segments[0]))
	require.Contains(t, log, c.data(2))
	require.Regexp(t, `at (byte )?\d+|offset \d+|:\d+`, log)
}

func TestANodeEndsCleanlyWhenAsked(t *testing.T) {
	t.Parallel()
	c := newProcesses(t)
	c.startAll()
	leader := c.leader()
	put(t, c.client(leader), "k", "v")
	for i := range c.places {
		require.NoError(t, c.stop(i+1), "exit code 0")
	}
	c.startAll()
	again(t, func(ctx context.Context) error {
		answer, err := c.client().Get(ctx, "k")
		if err == nil {
			require.EqualValues(t, 1, answer.Count)
		}
		return err
	})
}

func TestGarbageOnThePeerPortChangesNothing(t *testing.T) {
	t.Parallel()
	c := newProcesses(t)
	c.startAll()
	c.leader()
	for _, garbage := range []string{
		"\x00\x01\x02", strings.Repeat("x", 1<<20), "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /peer HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
			"\x82\x85abcdhello",
	} {
		conn, err := net.Dial("tcp", c.places[0].peer)
		require.NoError(t, err)
		_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
		_, _ = conn.Write([]byte(garbage))
		_, _ = conn.Read(make([]byte, 1024))
		require.NoError(t, conn.Close())
	}
	put(t, c.client(1), "k", "v")
}

func TestAFounderWithoutItsDiskLearnsAndSaysSoUntilItIsReplaced(t *testing.T) {
	t.Parallel()
	c := newProcesses(t)
	c.startAll()
	client := c.client(1)
	put(t, client, "k", "v")
	c.kill(3)
	require.NoError(t, os.RemoveAll(c.data(3)))
	c.start(3)
	c.eventually("node 3 to say that it learns", func() bool {
		return strings.Contains(c.nodes[2].log.String(), "wiped or replaced") &&
			strings.Contains(c.nodes[0].log.String(), "wiped or replaced")
	})
	put(t, client, "k", "v2") // the others go on
	c.kill(2)
	short, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	_, err := client.Put(short, "k", "v3")
	require.Error(t, err, "the wiped node must not help to choose")
	c.start(2)
	c.leader()
	c.eventually("the new disk to be admitted", func() bool {
		_, _, code := run(t, "member", "replace", "3", "--endpoint", c.places[0].client)
		return code == 0
	})
	c.kill(2)
	put(t, client, "k", "v4") // now its new disk votes
}

func TestMembersAreChangedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	c := newProcesses(t)
	c.startAll()
	c.leader()
	out := c.member(1, "list")
	require.Contains(t, out, "era 1, from slot 1: quorums of 2 to prepare, 2 to accept")
	require.Equal(t, 1, strings.Count(out, "leader"), out)
	out = c.member(2, "remove", "3", "--era", "1", "--quorums", "1/2")
	require.Contains(t, out, "era 2")
	require.Contains(t, out, "quorums of 1 to prepare, 2 to accept")
	_, log, code := run(t, "member", "add", "3", "--era", "1", "--endpoint", c.places[0].client)
	require.Equal(t, exitUnmet, code)
	require.Contains(t, log, "era 2, not of era 1")
	_, log, code = run(t, "member", "add", "3", "--endpoint", c.places[0].client)
	require.Equal(t, exitUnmet, code)
	require.Contains(t, log, "not majorities")
	require.Contains(t, c.member(3, "list"), "learner")
	c.member(1, "add", "3", "--quorums", "2/2", "--wait", "30s")
	for range 2 {
		leader := c.leader()
		heir := leader%playNodes + 1
		c.member(6-leader-heir, "lead", strconv.Itoa(heir), "--wait", "30s")
		c.eventually("the heir to lead", func() bool { return c.leader() == heir })
	}
}

func TestAMemberThatCannotBeIsNotFound(t *testing.T) {
	t.Parallel()
	c := newProcesses(t)
	c.startAll()
	c.leader()
	client := c.client(1)
	for _, id := range []uint64{0, paxos.MaxNodes, 1 << 32, 0x8e9e05c52164694d} {
		_, err := client.MemberRemove(t.Context(), id)
		require.Equal(t, rpctypes.ErrMemberNotFound, err)
		_, err = client.MemberPromote(t.Context(), id)
		require.Equal(t, rpctypes.ErrMemberNotFound, err)
		_, err = client.MoveLeader(t.Context(), id)
		require.ErrorIs(t, err, rpctypes.ErrMemberNotFound)
	}
}

func TestAFounderAloneSaysThatThereIsNoClusterYet(t *testing.T) {
	t.Parallel()
	c := newProcesses(t)
	c.start(1)
	require.Contains(t, c.member(1, "list"), "knows of no cluster yet")
}

func TestAWrongMemberCommandIsRefusedWithWhatWasExpected(t *testing.T) {
	t.Parallel()
	for args, expected := range map[string]string{
		"add":                    "one argument",
		"add x":                  "from 1 to 15",
		"add 16":                 "from 1 to 15",
		"list 1":                 "takes no argument",
		"remove 1 --quorums 2":   "as in 2/2",
		"remove 1 --quorums 0/2": "as in 2/2",
		"add 1 --wait 2h":        "up to 1h",
		"list --endpoint x":      "HOST:PORT is expected",
	} {
		_, log, code := run(t, append([]string{"member"}, strings.Fields(args)...)...)
		require.Equal(t, exitBad, code, args)
		require.Contains(t, log, expected, args)
	}
	_, log, code := run(t, "member", "list", "--endpoint", "http://127.0.0.1:1") // as listed
	require.Equal(t, exitUnmet, code)
	require.Contains(t, log, "connection refused")
}
