package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/paxos"
)

// recordings runs a cluster that records, kills and restarts a node of it, and returns the files.
func recordings(t *testing.T) (files []string) {
	c := newProcesses(t)
	file := func(i int, what string) string {
		name := filepath.Join(c.dir, fmt.Sprintf("%d%s.transcript", i, what))
		files = append(files, name)
		return name
	}
	for i := range c.places {
		c.start(i+1, "--record", file(i+1, ""))
	}
	leader := c.leader()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	client := c.client(leader%playNodes + 1)
	put := func(count int) {
		for i := range count {
			_, err := client.Put(ctx, fmt.Sprint("k", i), strings.Repeat("v", 100*i))
			require.NoError(t, err)
		}
	}
	put(50)
	time.Sleep(1500 * time.Millisecond) // a recording is written each second
	c.kill(leader)
	c.leader()
	put(20)
	c.start(leader, "--record", file(leader, "again"))
	put(20)
	for i := range c.places {
		require.NoError(t, c.stop(i+1))
	}
	return files
}

// TestARecordedRunHasOneHash replays what three real processes did, one of which was killed and
// restarted from its log. What they recorded must also be what they were: the replica that is
// played ends where the node was (B-32).
func TestARecordedRunHasOneHash(t *testing.T) {
	t.Parallel()
	files := recordings(t)
	seen := map[string]bool{}
	for _, file := range files {
		first, log, code := run(t, "replay", file)
		require.Zero(t, code, log)
		var hash string
		var events, drains uint64
		_, err := fmt.Sscanf(first, "%s %d events, %d drains", &hash, &events, &drains)
		require.NoError(t, err, first)
		require.Greater(t, drains, uint64(20), first)
		seen[hash] = true
		second, _, _ := run(t, "replay", file)
		require.Equal(t, first, second)
		f, err := os.Open(file)
		require.NoError(t, err)
		p, err := playBack(f)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.Greater(t, p.Replica().Prefix(), paxos.Slot(30))
	}
	require.Len(t, seen, len(files), "every run is another")
}

func TestWhatIsNoRecordingIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty, garbage := filepath.Join(dir, "empty"), filepath.Join(dir, "garbage")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	require.NoError(t, os.WriteFile(garbage, bytes.Repeat([]byte{7, 0, 0, 0, 0}, 100), 0o600))
	for _, file := range []string{empty, garbage, filepath.Join(dir, "missing"), dir} {
		_, log, code := run(t, "replay", file)
		require.Equal(t, exitBad, code)
		require.NotEmpty(t, log)
	}
}
