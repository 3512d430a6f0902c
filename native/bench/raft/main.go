// Command raft measures the shipping core beside go.etcd.io/raft in three shapes
// of load, with three and five nodes, all in one goroutine and without disks; and
// beside a floor, the least work that copying the commands can take.
//
//	go -C native/bench run ./raft            # or: make bench
//
// The rounds of one run are interleaved, each cluster in turn, the order reversed
// from round to round; what is printed are medians, and the ratio is the median
// of the ratios of single rounds. Time is what the process takes of the processor,
// its garbage collector included, so that a busy machine disturbs little; the ratios
// hold, absolute times mean little. Allocations and messages a command are exact.
//
// What it does not measure: disks, sockets, encoding, elections, recovery.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/synodlab/synod/native/bench/profile"
)

func main() {
	rounds := flag.Int("rounds", 15, "rounds of each cluster in each shape")
	atLeast := flag.Duration("time", 30*time.Millisecond, "time of a round")
	file := flag.String("profile", "", "file that a CPU profile of the run is left in")
	flag.Parse()
	if *rounds < 1 || *atLeast <= 0 {
		fmt.Fprintln(os.Stderr, "raft: rounds and time must be positive")
		os.Exit(2)
	}
	if *file != "" {
		defer profile.Into(*file)()
	}
	report(os.Stdout, *rounds, *atLeast)
}

// The contenders, in the order of the columns.
const (
	theirs = iota // etcd raft
	ours          // core/paxos
	floor         // what copying the commands takes without any protocol
	contenders
)

func clusters(size int) [contenders]cluster {
	return [contenders]cluster{theirs: newEtcd(size), ours: newPaxos(size), floor: newFloor(size)}
}

func report(w io.Writer, rounds int, atLeast time.Duration) {
	fmt.Fprintf(w, "a chosen command of %d bytes, medians of %d rounds: "+
		"etcd raft | core/paxos | the floor of memory\n", payloadBytes, rounds)
	fmt.Fprintf(w, "%-5s %-15s %23s %22s %22s %18s %18s\n", "nodes", "shape", "ns",
		"allocations", "messages", "faster (goal)", "floors (goal)")
	for _, size := range []int{3, 5} {
		all := clusters(size)
		for _, s := range shapes {
			costs := interleaved(all, s, rounds, atLeast)
			fmt.Fprintf(w, "%-5d %-15s %s\n", size, s.name, row(costs, s))
		}
	}
}

// interleaved measures the clusters in turn, and begins with another each round.
func interleaved(all [contenders]cluster, s shape, rounds int, atLeast time.Duration,
) (costs [contenders][]cost) {
	for round := range rounds {
		for k := range all {
			which := (k + round) % contenders
			costs[which] = append(costs[which], measure(all[which], s, atLeast))
		}
	}
	return costs
}

func row(costs [contenders][]cost, s shape) string {
	return fmt.Sprintf("%s %s %s %8.1fx (>=%.0fx) %8.1fx (<=%.1fx)",
		columns(costs, "%7.0f", func(c cost) float64 { return c.nanos }),
		columns(costs, "%6.2f", func(c cost) float64 { return c.allocs }),
		columns(costs, "%6.2f", func(c cost) float64 { return c.messages }),
		ratio(costs[theirs], costs[ours]), s.faster, ratio(costs[ours], costs[floor]), s.floors)
}

func columns(costs [contenders][]cost, format string, what func(cost) float64) string {
	var medians []string
	for _, of := range costs {
		medians = append(medians, fmt.Sprintf(format, median(pick(of, what))))
	}
	return strings.Join(medians, " |")
}

// ratio is the median over the rounds of how many times as long a takes as b.
func ratio(a, b []cost) float64 {
	ratios := make([]float64, len(a))
	for i := range ratios {
		ratios[i] = a[i].nanos / b[i].nanos
	}
	return median(ratios)
}
