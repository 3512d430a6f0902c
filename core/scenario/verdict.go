package scenario

import (
	"slices"

	"github.com/synodlab/synod/core/check"
)

// Verdict is what became of a file: of its first run, of its controls there, and of all cases.
type Verdict struct {
	Title    string
	File     string
	First    RunVerdict
	Controls []RunVerdict
	Cases    []CaseVerdict
	Passed   bool
	Link     string // for a caller that can encode one
}

// RunVerdict is what became of one run.
type RunVerdict struct {
	Title        string
	Protocol     string
	Seed         uint64
	Events       int
	Virtual      Micros
	TraceHash    uint64
	StateHash    uint64
	Checks       []check.Result
	Expectations []Outcome
	Skipped      []Skip
	Searches     []*Search
	Quiet        bool
	NotQuiet     bool // a timed run was ended because it never became quiet
	Unclaimed    bool // a check is violated, and no expectation says so
	Passed       bool
	Table        Table // of state, at the end, as the document of the scenario's words draws it
}

// CaseVerdict is what became of one case: of the expectations in all its runs.
type CaseVerdict struct {
	Name         string
	Title        string
	Runs         int
	Passed       bool
	Expectations []Outcome
	Checks       []check.Result // violated in a run, claimed by none
	Measures     []Measured
	Searches     []*Search    // of its first run
	Controls     []RunVerdict // of its first run
	Skipped      []Skip       // in its first run, on another protocol than its own
}

// Measured is a figure over a family. Half of the runs have at most the median, and 99 of 100 at
// most P99; each is the figure of a run.
type Measured struct {
	Text                  string
	Min, Median, P99, Max int64
	Runs                  int  // in which there was such a figure
	Times                 bool // it is a time: in microseconds
}

// Verdict returns what became of the run, which has ended.
func (r *Run) Verdict() RunVerdict {
	v := r.judgement()
	v.describe(r)
	return v
}

// judgement is Verdict without the hashes and the table.
func (r *Run) judgement() RunVerdict {
	v := RunVerdict{Title: r.Scenario.Header.Title, Protocol: r.Protocol.Name,
		Seed: r.place.Seed, Events: len(r.Log.Records), Virtual: Micros(r.World.Now),
		Checks: r.Judge.Results(nil), Skipped: r.skipped, Searches: r.searches,
		Quiet: r.quiet, NotQuiet: r.notQuiet,
		Passed: r.Ended()}
	v.settle(r)
	return v
}

// describe adds the hashes and the table of state.
func (v *RunVerdict) describe(r *Run) {
	v.TraceHash, v.StateHash, v.Table = r.Log.Hash(), r.World.StateHash(), r.Table(false)
}

func (v *RunVerdict) settle(r *Run) {
	claimed := false
	for _, o := range r.outcomes {
		v.Expectations = append(v.Expectations, *o)
		claimed = claimed || o.Expect.claimsBreak()
		v.Passed = v.Passed && (o.Met || o.Expect.Runs.Kind != AllRuns)
	}
	v.Expectations = append(v.Expectations, r.stuck...)
	v.Passed = v.Passed && len(r.stuck) == 0
	for _, s := range r.searches {
		v.Passed = v.Passed && (len(s.Breaks) == 0 || len(s.claims()) > 0)
	}
	broken := slices.ContainsFunc(v.Checks,
		func(c check.Result) bool { return c.Status == check.Breaks })
	v.Unclaimed = broken && !claimed
	v.Passed = v.Passed && !v.Unclaimed
}

// AppendTrace appends the run's events as lines of JSON.
func (r *Run) AppendTrace(dst []byte) []byte {
	for i := range r.Log.Records {
		dst = r.Log.AppendJSON(dst, i)
	}
	return dst
}

// Hash returns the hash of the trace.
func (r *Run) Hash() uint64 { return r.Log.Hash() }

// sample gathers the figures of a family.
type sample struct {
	text   string
	times  bool
	values []int64
}

func (s *sample) measured() Measured {
	m := Measured{Text: s.text, Runs: len(s.values), Times: s.times}
	if len(s.values) == 0 {
		return m
	}
	slices.Sort(s.values)
	last := len(s.values) - 1
	m.Min, m.Max = s.values[0], s.values[last]
	m.Median, m.P99 = s.values[last/2], s.values[last-(last+1)/100]
	return m
}
