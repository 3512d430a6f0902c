package main

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// buildPatience is how long a build may take on a machine that has built nothing yet.
const buildPatience = 5 * time.Minute

// TestEtcdctlWorksAsItIs runs etcd's own tool against a cluster.
func TestEtcdctlWorksAsItIs(t *testing.T) {
	t.Parallel()
	tool := filepath.Join(t.TempDir(), "etcdctl")
	ctx, cancel := context.WithTimeout(t.Context(), buildPatience)
	defer cancel()
	build := exec.CommandContext(ctx, "go", "-C", filepath.Join("..", "bench"), "build", "-o", tool,
		"go.etcd.io/etcd/etcdctl/v3")
	said, err := build.CombinedOutput()
	require.NoError(t, err, string(said))

	// A machine must be very busy for the leader to change: what a tool is told then, is told once.
	c := newProcesses(t, "--election", "5s")
	c.startAll()
	c.leader()
	endpoints := c.places[0].client + "," + c.places[1].client + "," + c.places[2].client
	ctl := func(input string, args ...string) string {
		t.Helper()
		short, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		cmd := exec.CommandContext(short, tool,
			append([]string{"--endpoints", endpoints, "--command-timeout", "20s"}, args...)...)
		cmd.Stdin = strings.NewReader(input)
		var out, log bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &log
		require.NoError(t, cmd.Run(), "etcdctl %v: %s%s", args, out.String(), log.String())
		return out.String()
	}
	require.Equal(t, "OK\n", ctl("", "put", "greeting", "hello"))
	require.Equal(t, "greeting\nhello\n", ctl("", "get", "greeting"))
	require.Equal(t, "OK\n", ctl("", "put", "greeting/2", "hello again"))
	require.Equal(t, "greeting\ngreeting/2\n",
		keys(ctl("", "get", "--prefix", "--keys-only", "greeting")))
	txn := ctl("value(\"greeting\") = \"hello\"\n\n"+
		"put greeting bye\nget greeting\n\nget greeting\n\n", "txn")
	require.Contains(t, txn, "SUCCESS")
	require.Contains(t, txn, "bye")
	require.Equal(t, "1\n", ctl("", "del", "greeting"))
	require.Empty(t, ctl("", "get", "greeting"))

	status := ctl("", "endpoint", "status", "-w", "json")
	require.Equal(t, 3, strings.Count(status, `"Endpoint"`))
	require.Equal(t, 3, strings.Count(status, `"leader":`))
	require.NotContains(t, status, `"errors":[`)
	require.Equal(t, 3, strings.Count(ctl("", "endpoint", "health"), "is healthy"))
	var list string
	c.eventually("the members to know each other's client addresses", func() bool {
		list = ctl("", "member", "list")
		return strings.Count(list, "http://"+c.places[1].client) == 1 &&
			strings.Count(list, "http://"+c.places[2].client) == 1
	})
	for _, name := range []string{"node1", "node2", "node3", "started"} {
		require.Contains(t, list, name)
	}
}

// keys drops the empty lines that etcdctl puts between keys.
func keys(out string) string { return strings.ReplaceAll(out, "\n\n", "\n") }
