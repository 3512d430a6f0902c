package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/paxos"
)

// enough is a prefix of the log that a recording of some use has come to.
const enough = 30

// recorded is the prefix that a recording has come to, however far it is written; else 0.
func recorded(name string) paxos.Slot {
	f, err := os.Open(name)
	if err != nil {
		return 0
	}
	defer f.Close()
	p, err := playBack(f)
	if err != nil || p.Replica() == nil {
		return 0
	}
	return p.Replica().Prefix()
}

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
	client := c.client(leader%playNodes + 1)
	puts := func(count int) {
		for i := range count {
			put(t, client, fmt.Sprint("k", i), strings.Repeat("v", 100*i))
		}
	}
	puts(50)
	c.eventually("the recording to be written, as it is each second", func() bool {
		return recorded(files[leader-1]) > enough
	})
	c.kill(leader)
	c.leader()
	puts(20)
	c.start(leader, "--record", file(leader, "again"))
	puts(20)
	c.eventually("the other recordings to be written", func() bool {
		return recorded(files[len(files)-1]) > enough
	})
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
		require.Greater(t, recorded(file), paxos.Slot(enough))
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
