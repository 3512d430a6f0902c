package fuzz

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/synodlab/synod/core/scenario"
)

// Config says which seeds to run. At least one of Count, For and Events bounds a campaign, or the
// context does.
type Config struct {
	First     uint64        // seed
	Count     uint64        // of seeds; 0: no bound
	For       time.Duration // 0: no bound
	Events    int64         // to stop after so many; 0: no bound
	Shape     Shape
	Workers   int  // goroutines; 0: one for each core
	KeepGoing bool // past the first failure
	Whole     bool // each run goes to its end, and the hash of its trace is taken
}

// Totals is what a campaign has done so far.
type Totals struct {
	Runs, Failed, Events int64
	Virtual              scenario.Micros
}

// Report is what became of a campaign. If it ended because nothing was left to do, it is the same
// whatever the number of workers, but for Elapsed.
type Report struct {
	Totals
	First, Last uint64 // seeds
	Faults      Faults
	Matrix      Matrix
	Fingerprint uint64 // of all traces
	Found       []Found
	Elapsed     time.Duration
	TraceHash   uint64 // of the last run, if the runs were whole
}

// Found is a seed that fails.
type Found struct {
	Seed    uint64
	Failure *Failure
}

// Campaign is seeds being run on several cores.
type Campaign struct {
	config Config
	next   atomic.Uint64 // seeds handed out
	last   atomic.Uint64 // the last seed that may be handed out
	runs   atomic.Int64
	failed atomic.Int64
	events atomic.Int64
	us     atomic.Int64 // virtual
}

// NewCampaign returns a campaign that has not begun.
func NewCampaign(c Config) *Campaign {
	if c.Workers <= 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	x := &Campaign{config: c}
	x.last.Store(^uint64(0))
	if c.Count > 0 {
		x.last.Store(c.First + c.Count - 1)
	}
	return x
}

// Totals returns how far the campaign is. It may be called while Run runs.
func (c *Campaign) Totals() Totals {
	return Totals{Runs: c.runs.Load(), Failed: c.failed.Load(), Events: c.events.Load(),
		Virtual: scenario.Micros(c.us.Load())}
}

// Run runs the campaign until a bound is reached or ctx is done. Without KeepGoing it stops at a
// failure, once all lower seeds have run: what it finds is the lowest seed that fails.
func (c *Campaign) Run(ctx context.Context) *Report {
	start := time.Now()
	if c.config.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.config.For)
		defer cancel()
	}
	parts := make([]Report, c.config.Workers)
	var workers sync.WaitGroup
	for i := range parts {
		workers.Go(func() { c.work(ctx, &parts[i]) })
	}
	workers.Wait()
	r := &Report{Totals: c.Totals(), First: c.config.First, Elapsed: time.Since(start)}
	for i := range parts {
		r.add(&parts[i])
	}
	slices.SortFunc(r.Found, func(a, b Found) int {
		if a.Seed < b.Seed {
			return -1
		}
		return 1
	})
	if !c.config.KeepGoing && len(r.Found) > 0 {
		r.Found = r.Found[:1]
	}
	return r
}

func (r *Report) add(part *Report) {
	r.Last = max(r.Last, part.Last)
	r.Faults.Add(&part.Faults)
	r.Matrix.Add(&part.Matrix)
	r.Fingerprint += part.Fingerprint
	r.Found = append(r.Found, part.Found...)
	r.TraceHash ^= part.TraceHash
}

// work runs seeds until there are no more.
func (c *Campaign) work(ctx context.Context, r *Report) {
	runner := NewRunner()
	runner.Matrix = &r.Matrix
	for ctx.Err() == nil && (c.config.Events == 0 || c.events.Load() < c.config.Events) {
		seed := c.config.First + c.next.Add(1) - 1
		if seed > c.last.Load() {
			return
		}
		o := runner.Run(Draw(seed, c.config.Shape), c.config.Whole)
		r.Last = max(r.Last, seed)
		r.Faults.Add(&o.Faults)
		r.Fingerprint += mix(o.Fingerprint ^ mix(seed))
		r.TraceHash = o.TraceHash
		c.runs.Add(1)
		c.events.Add(int64(o.Events))
		c.us.Add(int64(o.Virtual))
		if o.Failure != nil {
			r.Found = append(r.Found, Found{Seed: seed, Failure: o.Failure})
			c.fails(seed)
		}
	}
}

// fails notes that a seed fails: no higher one need be begun.
func (c *Campaign) fails(seed uint64) {
	c.failed.Add(1)
	if c.config.KeepGoing {
		return
	}
	for last := c.last.Load(); seed < last; last = c.last.Load() {
		if c.last.CompareAndSwap(last, seed) {
			return
		}
	}
}
