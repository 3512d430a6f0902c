// Command explore measures the search of core/explore beside Spin on one graph:
// the agents of core/paxos, all that may happen to them with so many numbers. Spin
// gets a model of them written by hand (agents.pml); Synod runs the agents. Both
// find the same number of states, or it fails.
//
// Every run is a process of its own. Rounds are interleaved, and a ratio is the
// median of the ratios of single rounds. Rates are by processor time, which a busy
// machine lengthens little; two threads are compared by wall time.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"

	"github.com/synodlab/synod/native/bench/profile"
)

func main() {
	rounds := flag.Int("rounds", 5, "rounds")
	numbers := flag.Int("numbers", 3, "numbers of proposals: 2 or 3")
	workers := flag.Int("alone", 0, "only search, on so many threads")
	file := flag.String("profile", "", "search alone, each round on one thread and on two, and "+
		"leave a CPU profile of it in this file")
	flag.Parse()
	if *file != "" {
		defer profile.Into(*file)()
		for range *rounds {
			alone(*numbers, 1)
			alone(*numbers, 2)
		}
		return
	}
	if *workers > 0 {
		alone(*numbers, *workers)
		return
	}
	dir, err := os.MkdirTemp("", "bench-explore")
	must(err)
	defer os.RemoveAll(dir)
	compare(built(dir, *numbers), *numbers, *rounds)
}

// table is the bits of the number of slots of Spin's table, the next above the
// number of states.
var table = map[int]string{2: "-w17", 3: "-w23"}

func compare(pan string, numbers, rounds int) {
	self, err := os.Executable()
	must(err)
	n := "-numbers=" + strconv.Itoa(numbers)
	var spin, one, two []run
	for range rounds {
		spin = append(spin, measured(pan, "-m10000", table[numbers]))
		one = append(one, measured(self, n, "-alone=1"))
		two = append(two, measured(self, n, "-alone=2"))
	}
	for i := range rounds {
		if spin[i].states != one[i].states || two[i].states != one[i].states {
			panic(fmt.Sprintf("not the same graph: Spin %d states, Synod %d and %d",
				spin[i].states, one[i].states, two[i].states))
		}
	}
	fmt.Printf("%d states\n\n", one[0].states)
	fmt.Println("|                   | states/s of CPU | bytes/state | wall s |")
	fmt.Println("|-------------------|-----------------|-------------|--------|")
	show("Spin, exact", spin)
	show("Synod, one thread", one)
	show("Synod, two threads", two)
	fmt.Printf("\nSynod is %.2f times as fast as Spin, and holds %.2f of its memory\n",
		median(rounds, func(i int) float64 { return one[i].rate() / spin[i].rate() }),
		median(rounds, func(i int) float64 { return one[i].perState() / spin[i].perState() }))
	fmt.Printf("two threads are %.2f times as fast as one\n",
		median(rounds, func(i int) float64 {
			return one[i].wall.Seconds() / two[i].wall.Seconds()
		}))
}

func show(name string, runs []run) {
	n := len(runs)
	fmt.Printf("| %-18s| %15.0f | %11.1f | %6.2f |\n", name,
		median(n, func(i int) float64 { return runs[i].rate() }),
		median(n, func(i int) float64 { return runs[i].perState() }),
		median(n, func(i int) float64 { return runs[i].wall.Seconds() }))
}

func median(n int, of func(i int) float64) float64 {
	var all []float64
	for i := range n {
		all = append(all, of(i))
	}
	slices.Sort(all)
	return (all[(n-1)/2] + all[n/2]) / 2
}
