//go:build unix

package scenario

import (
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// storm is a cluster of the replica that ships, at work under faults: clients that send a command
// every few milliseconds, loss, copies, slow disks, crashes that tear records, partitions, and a
// clock that drifts.
func storm() string {
	var b strings.Builder
	b.WriteString("protocol multi-paxos\nservers S1..S5\nclients C1..C4\n" +
		"network delay 1ms..5ms loss 1% duplicate 1%\ndisk sync 1ms\nretry 200ms next\n" +
		"clock S2 rate 110%\n")
	for i := range 2000 {
		b.WriteString("after 2ms C" + strconv.Itoa(i%4+1) + " sends a" + strconv.Itoa(i) + "\n")
	}
	b.WriteString("when S1 executed a100 crash S1\nafter 200ms restart S1\n" +
		"at 600ms crash S4 while writing accepted\nat 900ms restart S4\n" +
		"at 1s partition S1 S2 | S3 S4 S5\nat 1400ms heal\nat 1500ms pause S3\n" +
		"at 1700ms resume S3\nat 2s topology chained\nat 2300ms heal\nuntil 8s\n")
	return b.String()
}

// spent returns the processor time of this program so far, in seconds: on a machine that others use
// too, the clock on the wall says little.
func spent(b *testing.B) float64 {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// BenchmarkTheWorldAtWork runs a storm and reports how many events of the trace come about in a
// second of a processor, and how many things happen at a node, checks included.
func BenchmarkTheWorldAtWork(b *testing.B) {
	f, err := Parse("", storm(), Known())
	require.NoError(b, err)
	s, err := f.Expand(0, 0)
	require.NoError(b, err)
	events, happened := 0, 0
	var r *Run
	b.ReportAllocs()
	before := spent(b)
	for b.Loop() {
		r, err = Begin(s, Setup{Spare: r})
		require.NoError(b, err)
		require.NoError(b, r.Finish())
		events += len(r.Log.Records)
		happened += r.World.Events
	}
	seconds := spent(b) - before
	b.ReportMetric(float64(events)/seconds, "events/s")
	b.ReportMetric(float64(happened)/seconds, "steps/s")
	b.ReportMetric(float64(events)/float64(b.N), "events/op")
}
