package main

import (
	"runtime"
	"slices"
	"time"
)

// chunk is how many commands are committed between two looks at the clock.
const chunk = 16 * outstanding

// A cost is what one chosen command takes on average.
type cost struct {
	nanos    float64
	allocs   float64
	messages float64
}

// measure loads a cluster for at least so long, as the stopwatch has it, and tells what a command
// costs.
func measure(c cluster, s shape, atLeast time.Duration) cost {
	s.commit(c, chunk) // warm: caches, buffers, branch predictors
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	sent, clock := c.sent(), start()
	commands, elapsed := 0, time.Duration(0)
	for elapsed < atLeast {
		s.commit(c, chunk)
		commands += chunk
		elapsed = clock.elapsed()
	}
	runtime.ReadMemStats(&after)
	per := 1 / float64(commands)
	return cost{
		nanos:    float64(elapsed.Nanoseconds()) * per,
		allocs:   float64(after.Mallocs-before.Mallocs) * per,
		messages: float64(c.sent()-sent) * per,
	}
}

// median orders a copy; of an even number it takes the upper of the middle two.
func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

func pick(costs []cost, what func(cost) float64) []float64 {
	picked := make([]float64, len(costs))
	for i, c := range costs {
		picked[i] = what(c)
	}
	return picked
}
