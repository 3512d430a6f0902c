package scenario

import (
	"slices"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/protocols"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// Limits of one run and of one file.
const (
	MaxEvents     = 1_000_000  // events of a run
	MaxFileEvents = 20_000_000 // in all runs of a file
	virtualEnd    = 60 * Second
)

// Run is one run of a scenario on its way: a world, the script that drives it, and the checks that
// judge it. It goes on in slices, so that a page can stay alive and stop it.
type Run struct {
	Scenario *Scenario
	Protocol *protocols.Protocol
	World    *sim.World
	Log      *trace.Log
	Judge    *check.Judge
	OpenAt   int // the last event when `open here` was reached; -1: never

	file      string
	place     sim.Place
	options   protocols.Options
	use       Protocol // that it runs on, as written
	rows      []protocols.Row
	commands  []issued
	body      []Statement
	outcomes  []*Outcome
	deadlines []*Outcome // those of the outcomes that have a deadline
	skipped   []Skip
	err       *Error
	ended     bool
	quiet     bool // nothing was left to happen at the end
	lenient   bool // what cannot be done is skipped: in a control, or once an event was changed
	foreign   bool // what is expected was written for another protocol, and is not judged
	rested    bool // it came to a `rest`
	notQuiet  bool // it ended because it was still not quiet after so long
	finals    *Finals
	script    script
	rules     []*rule
	cuts      []*rule // crashes at a message
	tears     []*tearing
	judged    int  // records that the checks have seen
	limit     int  // events that it may have
	closed    bool // its script is over: what is left is to search
	searches  []*Search
	most      Bounds // of each search
	effort    int    // what it has cost beside its events

	own      map[*Step]bool // steps of a control's own; looked up only
	stuck    []Outcome      // steps whose turn never came
	live     []*watch       // conditions about now of which the first moment is asked for
	taken    map[string]bool
	byValue  map[sim.Value]int    // index of the command; looked up only
	byWord   map[string]sim.Value // the first command with that word; looked up only
	numbers  []int64              // commands issued, by client
	states   []sim.History        // what each node had executed when it executed last
	cells    []sim.Cell           // of one node, for one question
	suspects sim.Value
	brief    bool // an expectation is judged before its time: no detail is wanted
}

// issued is a command that a client issued.
type issued struct {
	client sim.Node
	seq    int64
	word   string
	value  sim.Value
}

// Skip is a step that could not be done in a control, where that is no error.
type Skip struct {
	Line   int
	Text   string
	Reason string
}

// Setup is how to open a run. The zero value, but for Control, opens the scenario itself.
type Setup struct {
	File     string    // name, for errors
	Protocol *Protocol // in place of the scenario's own; nil: its own
	Control  int       // the control to run, from 1; 0: the scenario itself
	Rows     bool      // record changes in the tables of state
	Finals   *Finals   // of earlier cases, for `same-state … with case`; may be nil
	Search   Bounds    // of each search; the zero value: those of a run
	// Spare is a run that is over and that nobody needs: its memory, trace included, becomes the
	// new run's, so that many runs, one after the other, take no more than one; may be nil.
	Spare *Run
}

// Begin makes a run of s ready; nothing has happened in it but that the nodes have started. The
// error is an *Error: the protocol, its options or the roles are not such as it needs.
func Begin(s *Scenario, setup Setup) (*Run, error) {
	r := &Run{Log: &trace.Log{}, World: &sim.World{}, Judge: &check.Judge{}}
	if setup.Spare != nil {
		r = setup.Spare
	}
	r.renew(s, &setup)
	r.suspects = r.Log.Names.Of(trace.Suspects)
	r.body = s.Body
	common, own := s.Common, len(s.Body)
	use := s.Header.Protocol
	if setup.Control > 0 {
		c := &s.Controls[setup.Control-1]
		use, r.lenient = c.Protocol, true
		shared := stepsOf(s.Body)
		common, own = len(stepsOf(s.Body[:s.Common])), len(shared)
		r.body = slices.Concat(shared, c.Body)
		for _, x := range c.Body {
			if step, ok := x.(*Step); ok {
				r.own[step] = true
			}
		}
	}
	if setup.Protocol != nil {
		use, r.lenient, r.foreign = *setup.Protocol, true, true
	}
	r.use = use
	if err := r.build(&use, setup.Rows); err != nil {
		return nil, err
	}
	r.most = setup.Search
	r.prepare(common, own)
	if err := r.searchesOf(); err != nil {
		return nil, err
	}
	r.World.Start()
	r.look()
	return r, nil
}

// renew makes r a run of s in which nothing is, in the memory that it has.
func (r *Run) renew(s *Scenario, setup *Setup) {
	*r = Run{Scenario: s, Log: r.Log, World: r.World, Judge: r.Judge, OpenAt: -1,
		file: setup.File, finals: setup.Finals, limit: MaxEvents, commands: r.commands[:0],
		own: r.own, taken: r.taken, byValue: r.byValue, byWord: r.byWord}
	r.Log.Reset()
	if r.own == nil {
		r.own, r.taken = map[*Step]bool{}, map[string]bool{}
		r.byValue, r.byWord = map[sim.Value]int{}, map[string]sim.Value{}
		return
	}
	clear(r.own)
	clear(r.taken)
	clear(r.byValue)
	clear(r.byWord)
}

// stepsOf returns the steps of a body, and what is searched: shared expectations are not judged in
// a control.
func stepsOf(body []Statement) []Statement {
	var steps []Statement
	for _, s := range body {
		switch s.(type) {
		case *Step, *Explore:
			steps = append(steps, s)
		}
	}
	return steps
}

// fault returns an error at a place of the scenario.
func (r *Run) fault(at Pos, problem, wanted string) *Error {
	return &Error{File: r.file, Pos: at, Problem: problem, Wanted: wanted}
}

// Err returns why the run stopped before its end, nil if it did not: an *Error.
func (r *Run) Err() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

// Ended reports whether the run is over.
func (r *Run) Ended() bool { return r.ended || r.err != nil }

// Advance lets up to n things happen and reports whether the run is over. The same run goes the
// same way whatever the steps that it is taken in.
func (r *Run) Advance(n int) (over bool) {
	for i := range n {
		if r.Ended() {
			return true
		}
		if r.closed {
			return i == 0 && r.explore(n) // what is small for events is not for states
		}
		if r.full() {
			r.err = r.fault(Pos{Line: 1, Col: 1}, "the run has more than 1,000,000 events",
				"an `until` before that, or fewer messages")
			return true
		}
		if r.weary() {
			return true
		}
		r.glance()
		if r.rests() {
			r.byHand()
		} else {
			r.timed()
		}
	}
	return r.Ended()
}

// full reports whether the run is as long as a run may be.
func (r *Run) full() bool { return len(r.Log.Records) > r.limit || r.World.Events > r.limit }

// Finish lets the run go on to its end.
func (r *Run) Finish() error {
	for !r.Advance(1 << 16) {
	}
	return r.Err()
}

// look lets the checks see what has happened since they looked last.
func (r *Run) look() {
	for ; r.judged < len(r.Log.Records); r.judged++ {
		if rec := &r.Log.Records[r.judged]; rec.Kind == trace.Execute {
			r.states[rec.Node] = rec.State
		}
		r.Judge.Event(r.judged)
	}
	if found := r.Judge.Violations(); len(found) > 0 {
		for i := range found {
			r.violated(&found[i])
		}
		r.look()
	}
}

func (r *Run) violated(v *check.Violation) {
	rec := trace.New(trace.Violation, trace.NoNode)
	rec.Note = r.Log.Names.Of(v.Name)
	rec.Value = r.Log.Names.Of(v.Detail)
	if v.Event >= 0 {
		rec.Node, rec.Cause = r.Log.Records[v.Event].Node, uint32(v.Event+1)
	}
	r.World.Record(rec)
}

// end ends the run: what is expected of its end is judged.
func (r *Run) end() {
	r.quiet = r.World.Quiet()
	r.World.Line = 0
	if r.notQuiet && !r.quiet {
		rec := trace.New(trace.Note, trace.NoNode)
		rec.Note = r.Log.Names.Of(trace.NotQuiet)
		r.World.Record(rec)
	}
	r.Judge.End(int64(r.World.Now), r.quiet)
	r.look()
	r.script.unfinished(r)
	r.closed = true
	if len(r.searches) == 0 || r.err != nil {
		r.close()
	}
}

// close judges what is expected of the end.
func (r *Run) close() {
	r.ended = true
	if r.err == nil {
		r.judgeEnd()
	}
}
