package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// commands is enough for what happens once an election, a beat or a compaction to
// vanish in the average, and takes a fraction of a second.
const commands = 20 * chunk

// messagesPer tells how many messages a command takes once the cluster is warm.
func messagesPer(c cluster, s shape) float64 {
	s.commit(c, chunk)
	sent := c.sent()
	s.commit(c, commands)
	return float64(c.sent()-sent) / commands
}

func TestEtcdRaftTakesEightMessagesForACommandOfThreeNodes(t *testing.T) {
	require.InDelta(t, 8, messagesPer(newEtcd(3), shapes[0]), 0.01)
	require.InDelta(t, 8, messagesPer(newEtcd(3), shapes[1]), 0.01)
}

func TestTheCoreTakesSixMessagesForACommandAndTwoInAPipeline(t *testing.T) {
	require.InDelta(t, 6, messagesPer(newPaxos(3), shapes[0]), 0.05)
	require.LessOrEqual(t, messagesPer(newPaxos(3), shapes[1]), 2.0)
}

func TestTheCoreAllocatesNothingForACommand(t *testing.T) {
	for _, size := range []int{3, 5} {
		c := newPaxos(size)
		for _, s := range shapes {
			s.commit(c, chunk)
			require.Zero(t, testing.AllocsPerRun(10, func() { s.commit(c, chunk) }),
				"%d nodes, %s", size, s.name)
		}
	}
}

func TestEveryClusterAppliesEveryCommandOnce(t *testing.T) {
	for _, c := range clusters(5) {
		for _, s := range shapes {
			before := c.allApplied()
			s.commit(c, 1000)
			require.Equal(t, before+1000, c.allApplied(), s.name)
			require.Equal(t, before+1000, c.leaderApplied(), s.name)
		}
	}
}

func TestTheReportHasALineForEachShapeAndSize(t *testing.T) {
	var out bytes.Buffer
	report(&out, 1, time.Millisecond)
	require.Equal(t, 2+2*len(shapes), strings.Count(out.String(), "\n"))
}
