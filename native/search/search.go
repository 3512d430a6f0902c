// Package search carries an exhaustive search out on all cores.
//
// The search itself, and its order, are core/explore's: goroutines only share
// out the tasks of each of its parts. So the states, their numbers, the counts
// and the shortest path are those of one thread, whatever the number of workers.
package search

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/synodlab/synod/core/explore"
)

// every is how often progress is told.
const every = 100 * time.Millisecond

// Run carries a search that has not begun to its end, on so many workers, if its
// model allows it (explore.Forker), and on one otherwise. It calls progress, if
// there is one, about ten times a second and once at the end, always from the
// goroutine that called Run. If ctx ends first, Run returns its error within
// milliseconds, and what was found so far is in the search.
func Run(
	ctx context.Context, s *explore.Search, workers int, progress func(explore.Result),
) error {
	s.Keep(memory{})
	hands := s.Share(workers) - 1
	c := crew{search: s, begin: make(chan struct{}, hands), done: make(chan struct{}, hands)}
	if hands < runtime.GOMAXPROCS(0) {
		c.patience = patience
	}
	for hand := range hands {
		go c.work(hand + 1)
	}
	defer close(c.begin)
	told := time.Now()
	for ctx.Err() == nil {
		tasks := s.Tasks()
		if progress != nil && (tasks == 0 || time.Since(told) >= every) {
			told = time.Now()
			progress(s.Result())
		}
		if tasks == 0 {
			return nil
		}
		c.do(tasks)
	}
	return ctx.Err()
}

// A crew is the goroutines that share a search; the one that called Run is
// worker 0.
type crew struct {
	search      *explore.Search
	begin, done chan struct{} // a word for each of the others
	patience    int           // how often one looks for a word before sleeping
	tasks       int64
	next        atomic.Int64
}

// do does all tasks of one part. A part too small to be shared is done alone.
func (c *crew) do(tasks int) {
	c.tasks = int64(tasks)
	c.next.Store(0)
	hands := min(cap(c.begin), tasks-1)
	for range hands {
		c.begin <- struct{}{}
	}
	c.take(0)
	for range hands {
		c.hears(c.done)
	}
}

func (c *crew) work(worker int) {
	for c.hears(c.begin) {
		c.take(worker)
		c.done <- struct{}{}
	}
}

// patience is a few times what it costs to be woken. Parts of a search are seldom further apart;
// but where there are more workers than processors, who looks takes one from who works.
const patience = 50_000

// hears waits for a word and tells whether there was one.
func (c *crew) hears(word chan struct{}) (ok bool) {
	for range c.patience {
		select {
		case _, ok = <-word:
			return ok
		default:
		}
	}
	_, ok = <-word
	return ok
}

func (c *crew) take(worker int) {
	for {
		task := c.next.Add(1) - 1
		if task >= c.tasks {
			return
		}
		c.search.Do(worker, int(task))
	}
}
