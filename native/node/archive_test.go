package node

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/disk"
)

// tight is a configuration with snapshots every few records, and a log of small files.
func tight(c *Config) { c.SnapshotBytes, c.SegmentBytes = 20<<10, 64<<10 }

// fill writes so many values of a kilobyte through one node.
func (c *cluster) fill(id paxos.NodeID, from, count int) {
	c.t.Helper()
	value := strings.Repeat("x", 1000)
	for i := range count {
		do(c.t.(*testing.T), c.nodes[id], put(fmt.Sprint(from+i), value))
	}
}

// firstRecord is the number of the oldest record in a node's log.
func (c *cluster) firstRecord(id paxos.NodeID) uint64 { return c.nodes[id].log.First() }

func (c *cluster) snapshots(id paxos.NodeID) []string {
	files, err := filepath.Glob(filepath.Join(c.dir(id), "snap-*"))
	require.NoError(c.t, err)
	return files
}

func TestALogEndsInSnapshotsAndANodeStartsFromThem(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, tight)
	c.startAll()
	leader := c.leader()
	for round := range 3 {
		c.fill(leader, 200*round, 200)
		c.eventually("all logs to be released", func() bool {
			for id := range c.peers {
				if c.firstRecord(id) <= uint64(1+60*round) {
					return false
				}
			}
			return true
		})
		for id := range c.peers {
			c.stop(id)
			c.start(id)
			leader = c.leader()
		}
		c.sameState()
		for id := range c.peers {
			require.LessOrEqual(t, len(c.snapshots(id)), keptSnapshots+1)
			require.EqualValues(t, 200*(round+1), c.nodes[id].Status().Store.Keys)
		}
	}
}

func TestANodeThatWasAwayWhileTheLogsWereReleasedGetsASnapshot(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, tight)
	c.startAll()
	leader := c.leader()
	c.fill(leader, 0, 20)
	away := leader%3 + 1
	c.stop(away)
	last := uint64(c.nodes[leader].Status().Applied)
	c.fill(leader, 20, 400)
	c.eventually("the others to have released what it lacks", func() bool {
		for id := range c.nodes {
			if c.firstRecord(id) <= last+100 {
				return false
			}
		}
		return true
	})
	c.start(away)
	c.sameState()
	require.Contains(t, c.logs[away].String(), "a snapshot was installed")
	c.stop(away)
	c.start(away)
	c.sameState()
	c.stop(6 - leader - away)
	c.fill(leader, 1000, 10)
	c.sameState()
	// What it installed, it can pass on.
	c.start(6 - leader - away)
	c.join(4)
	c.sameState()
}

func TestANodeThatJoinsLateGetsASnapshotAndVotes(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, tight)
	c.startAll()
	leader := c.leader()
	c.fill(leader, 0, 400)
	c.eventually("the log to be released", func() bool { return c.firstRecord(leader) > 100 })
	c.join(4)
	c.alter(leader, Change{Op: Add, Node: 4})
	c.fill(leader, 1000, 200)
	c.sameState()
	c.stop(4)
	c.start(4)
	c.eventually("it to vote after a restart", func() bool { return c.nodes[4].Status().Votes })
	c.sameState()
}

// damage changes a byte in the middle of a file.
func damage(t *testing.T, name string) {
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	b[len(b)/2] ^= 1
	require.NoError(t, os.WriteFile(name, b, 0o600))
}

func TestADamagedSnapshotIsPassedOverIfTheOneBeforeWillDo(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, tight)
	c.start(1)
	c.fill(1, 0, 200)
	c.eventually("the log to be released", func() bool { return c.firstRecord(1) > 1 })
	c.eventually("two snapshots", func() bool { return len(c.snapshots(1)) == keptSnapshots })
	c.stop(1)
	files := c.snapshots(1)
	require.Len(t, files, keptSnapshots)
	damage(t, files[1])
	c.start(1)
	require.Contains(t, c.logs[1].String(), "a snapshot is damaged")
	require.Contains(t, c.logs[1].String(), filepath.Base(files[1]))
	require.NotContains(t, c.logs[1].String(), "must not vote", "it does")
	c.eventually("all to be there", func() bool { return c.nodes[1].Status().Store.Keys == 200 })
	c.stop(1)
	damage(t, files[0])
	_, err := Open(c.config(1))
	var corrupt *disk.CorruptError
	require.ErrorAs(t, err, &corrupt)
	require.ErrorContains(t, err, filepath.Base(files[0]))
	for _, f := range files {
		require.NoError(t, os.Remove(f))
	}
	_, err = Open(c.config(1))
	require.ErrorAs(t, err, &corrupt, "nor does it start from nothing")
}

func TestAWholeSnapshotIsTornAtNoByteWithoutBeingNoticed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, tight)
	c.start(1)
	c.fill(1, 0, 60)
	c.eventually("a snapshot", func() bool { return len(c.snapshots(1)) > 0 })
	c.stop(1)
	name := c.snapshots(1)[0]
	whole, err := os.ReadFile(name)
	require.NoError(t, err)
	cfg := c.config(1)
	l, err := disk.Open(cfg.Dir, disk.Options{Header: func(b []byte) []byte { return b }})
	require.NoError(t, err)
	defer l.Close()
	files := l.Snapshots()
	numbers, err := files.List()
	require.NoError(t, err)
	number := numbers[len(numbers)-1]
	read := func() error {
		r, err := files.Open(number)
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = readImage(r)
		return err
	}
	require.NoError(t, read())
	for n := 0; n < len(whole); n += 1 + len(whole)/100 {
		require.NoError(t, os.WriteFile(name, whole[:n], 0o600))
		require.Error(t, read(), n)
		changed := append([]byte(nil), whole...)
		changed[n] ^= 1
		require.NoError(t, os.WriteFile(name, changed, 0o600))
		require.Error(t, read(), n)
	}
}
