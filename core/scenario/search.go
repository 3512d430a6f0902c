package scenario

import (
	"slices"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/explore"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// Bounds are how large a search may grow: what it finds beyond is not looked at, and it is not
// complete. 0 is what a run allows.
type Bounds struct {
	States int
	Bytes  int
	Actors bool // proposers are searched as they are, also where Lamport's graph could be
	// Fold makes a search in Lamport's graph one in which a state stands for all that differ in
	// names alone; nil: each state is counted.
	Fold func(m *explore.Soup) Folded
	// Drive carries a search to its end, and reports whether it got there; nil: it goes on as the
	// run does.
	Drive func(s *Search, graph *explore.Search) (done bool)
}

// Folded is a search in which a state stands for several.
type Folded interface {
	explore.Real
	// Names says what may be renamed; empty: nothing.
	Names() string
	// Orbit returns of how many states one state stands for.
	Orbit(state []uint64) int
}

// What a search of a run may take. The same everywhere, so that its numbers are.
const (
	maxStates      = 8_000_000
	maxSearchBytes = 700 << 20
	maxFileStates  = 40_000_000 // of all searches of a file
)

// stopped is why a search ended that a person ended.
const stopped = "stopped"

// Search is one exhaustive search of a run: an explore line, and what came of it.
type Search struct {
	Explore *Explore
	Result  explore.Result
	Actors  bool    // the graph of all processes, not that in which a proposer is its messages
	Alike   string  // what may be renamed: states are counted up to that; empty: nothing
	Differs string  // why nothing may be, though it was asked for
	Full    string  // why it ended before its end, if not by a bound of Result
	Breaks  []Break // the violations that it found, in order of depth
	Over    bool
	Named   bool // the checks that are claimed are looked for, each of them, and no other

	run      *Run
	fresh    func(old *sim.World) (*Run, error)
	scene    *explore.Scene
	real     explore.Real
	graph    *explore.Search
	through  bool // all states that it will find are found
	ends     ends
	told     int    // of what the graph found, how much is in Breaks
	unjudged string // what was being judged of its states when a person ended it
}

// searchesOf makes the searches of a run ready.
func (r *Run) searchesOf() error {
	for i, s := range r.body {
		x, ok := s.(*Explore)
		if !ok || !r.claimed(i) {
			continue
		}
		search, err := r.searchOf(x, i)
		if why, ok := err.(*Error); ok && r.foreign {
			r.skipped = append(r.skipped, Skip{Line: x.Pos.Line, Text: x.Text, Reason: why.Problem})
			continue
		}
		if err != nil {
			return err
		}
		r.searches = append(r.searches, search)
	}
	return nil
}

func (r *Run) searchOf(x *Explore, at int) (*Search, error) {
	s, log := &Search{Explore: x, run: r}, &trace.Log{}
	s.fresh = r.again(at, log)
	if _, err := s.fresh(nil); err != nil {
		return nil, err
	}
	goals, err := r.goals(at)
	if err != nil {
		return nil, err
	}
	s.Named = goals.named
	judging := r.judging(r.options)
	judging.Log, judging.Checks = log, goals.checks
	s.scene = &explore.Scene{Begin: s.begin, Place: &r.place, Judge: judging,
		Goals: goals.checks, Wide: !goals.named}
	if d := r.Protocol.Decree; d != nil {
		s.scene.Kinds = &explore.Kinds{Prepare: d[0], Promise: d[1], Accept: d[2], Accepted: d[3],
			Chosen: d[4]}
	}
	if err := s.bound(log); err != nil {
		return nil, err
	}
	return s, nil
}

// maxTimes bounds each count of a search.
const maxTimes = 63

// bound takes over the bounds of the explore line.
func (s *Search) bound(log *trace.Log) *Error {
	x, b := s.Explore, &s.scene.Bounds
	for _, n := range []struct {
		of   *int
		from int
	}{{&b.Attempts, x.Attempts}, {&b.Crashes, x.Crashes}, {&b.Restarts, x.Restarts},
		{&b.Losses, x.Losses}, {&b.Duplicates, x.Duplicates}, {&b.Timeouts, x.Timeouts}} {
		if n.from > maxTimes {
			return s.run.fault(x.Pos, "a bound of the search is too high", "at most 63")
		}
		*n.of = max(n.from, 0)
	}
	b.Stay = x.Restarts == 0
	if x.Numbers != nil {
		if x.Numbers.Hi-x.Numbers.Lo >= maxTimes {
			return s.run.fault(x.Pos, "the search has too many numbers", "at most 63")
		}
		for n := x.Numbers.Lo; n <= x.Numbers.Hi; n++ {
			b.Numbers = append(b.Numbers, int64(n))
		}
	}
	if (b.Attempts > 0 || b.Numbers != nil) && len(x.Values) == 0 {
		return s.run.fault(x.Pos, "the search has proposals, and nothing to propose",
			"`values` and words, like `values red blue`")
	}
	if (b.Attempts > 0 || b.Numbers != nil) && len(s.run.place.With(sim.Proposer)) == 0 {
		return s.run.fault(x.Pos, "the search has proposals, and there is no proposer",
			"a line like `proposers P1 P2`")
	}
	for _, v := range x.Values {
		b.Values = append(b.Values, log.Names.Of(v))
	}
	if b.Attempts > 0 || b.Numbers != nil {
		if refusal := s.unable(b.Values[0]); refusal != "" {
			what := "the search has proposals, and none can be made: " + refusal
			return s.run.fault(x.Pos, what, "")
		}
	}
	for _, name := range x.Losing {
		field := s.run.field(name)
		if field < 0 {
			return s.run.fault(x.Pos, "`"+s.run.Protocol.Name+"` keeps no `"+name+"` on disk",
				quoteAll(s.run.Protocol.Fields))
		}
		b.Losing = append(b.Losing, uint8(field))
	}
	b.Once = x.Once
	return nil
}

// unable returns why no proposer that is up starts a round, "" if one does. A search without any
// would find everything safe.
func (s *Search) unable(value sim.Value) (refusal string) {
	sub, err := s.fresh(nil)
	if err != nil {
		return ""
	}
	for _, n := range s.run.place.With(sim.Proposer) {
		if !sub.World.Up(n) || sub.World.Paused(n) {
			continue
		}
		in := sim.Input{Kind: sim.Propose, N: sim.NoNumber, Value: value}
		if refusal = sub.World.Do(n, in); refusal == "" {
			return ""
		}
		refusal = s.run.place.Nodes[n] + ": " + refusal
	}
	return refusal
}

// begin returns the world after the steps above the search, in the memory of an old one.
func (s *Search) begin(old *sim.World) *sim.World {
	sub, err := s.fresh(old)
	if err != nil {
		panic("scenario: the steps above a search cannot be done again: " + err.Error())
	}
	return sub.World
}

// again returns what makes a run that is after the steps above a place of the body, as often as it
// is called. All of these share a log, of which each begins the records anew.
func (r *Run) again(at int, log *trace.Log) func(*sim.World) (*Run, error) {
	steps, common := []Statement{}, 0
	for i, s := range r.body[:at] {
		if _, ok := s.(*Step); ok {
			if steps = append(steps, s); i < r.Scenario.Common {
				common++
			}
		}
	}
	return func(world *sim.World) (*Run, error) {
		if world == nil {
			world = &sim.World{}
		}
		sub := &Run{Scenario: r.Scenario, Protocol: r.Protocol, Log: log, World: world,
			Judge: &check.Judge{}, OpenAt: -1, file: r.file,
			limit: MaxEvents, lenient: r.lenient, own: r.own, taken: map[string]bool{},
			byValue: map[sim.Value]int{}, byWord: map[string]sim.Value{}, body: steps,
			options: r.options}
		log.Records, log.Changes = log.Records[:0], log.Changes[:0]
		sub.suspects = log.Names.Of(trace.Suspects)
		return sub, sub.upTo(common)
	}
}

// upTo brings a run that has only steps to where they are all done, and lets its world rest.
func (r *Run) upTo(common int) error {
	if err := r.seat(&r.Scenario.Header, Pos{Line: 1, Col: 1}); err != nil {
		return err
	}
	if err := r.open(false); err != nil {
		return err
	}
	r.Judge = check.New(r.judging(r.options))
	r.prepare(common, len(r.body))
	r.World.Start()
	r.look()
	for !r.stepped() && !r.Advance(1) {
	}
	if r.err != nil {
		return r.err
	}
	w := r.World
	w.Rest()
	w.Hooks = sim.Hooks{}
	for a := range r.place.Nodes {
		for b := range r.place.Nodes {
			w.SetLoss(sim.Node(a), sim.Node(b), 0)
			w.SetCopies(sim.Node(a), sim.Node(b), 0)
		}
	}
	return nil
}

// stepped reports whether all steps are done.
func (r *Run) stepped() bool {
	return r.script.going == nil &&
		!slices.ContainsFunc(r.script.chains, func(c *chain) bool { return !c.over() })
}

// statesInEvent is how many states are looked into in the place of one event of a run.
const statesInEvent = 32

// explore goes on with the searches, for about so many events, and reports whether the run is over.
func (r *Run) explore(events int) (over bool) {
	for _, s := range r.searches {
		if !s.Over {
			s.advance(events * statesInEvent)
			return false
		}
	}
	r.close()
	return true
}

// Searching reports whether only the searches of the run go on.
func (r *Run) Searching() bool { return r.closed && !r.Ended() }

// StopSearches ends the searches that are not over: what they found until then is theirs, and the
// run is judged by it when it goes on.
func (r *Run) StopSearches() {
	for _, s := range r.searches {
		if !s.Over {
			s.stop()
		}
	}
}

// stop ends the search. One that was through all states, and only judged what follows from them, is
// complete all the same.
func (s *Search) stop() {
	if s.unjudged, _, _ = s.Judging(); s.unjudged == "" {
		s.Full = stopped
	}
	s.Over = true
}

// Searches returns the searches of the run, with what is known of them by now.
func (r *Run) Searches() []*Search { return r.searches }

// advance goes on by so many states.
func (s *Search) advance(states int) {
	if s.through {
		s.judgeEnds(states)
		s.Over = s.ends.over
		return
	}
	if s.real == nil {
		s.open()
	}
	if s.graph == nil {
		s.graph = explore.New(s.real, s.limits())
		if s.Named {
			s.graph.Seek(s.real.Goals())
		}
	}
	var done bool
	if drive := s.run.most.Drive; drive == nil {
		done = s.graph.Run(states)
	} else if done = drive(s, s.graph); !done {
		s.Full, s.Over = stopped, true
	}
	s.Result = s.graph.Result()
	s.tellBreaks()
	switch {
	case s.Over:
	case s.real.Full() != "":
		s.Full, s.Over = s.real.Full(), true
	case done:
		s.finish()
	}
}

// open makes the graph.
func (s *Search) open() {
	s.Actors = s.run.most.Actors || !explore.Pure(s.scene)
	if s.Actors {
		s.real = explore.NewActors(s.scene)
	} else {
		s.real = explore.NewSoup(s.scene)
	}
	if s.run.most.Fold != nil {
		s.fold(s.run.most.Fold)
	}
}

// fold lets one state stand for all that differ in names alone, or says why it cannot.
func (s *Search) fold(fold func(*explore.Soup) Folded) {
	soup, pure := s.real.(*explore.Soup)
	switch {
	case !pure:
		s.Differs = "each node is searched as it is"
	case s.claimsEnds():
		s.Differs = "what is claimed of its ends tells names apart"
	default:
		folded := fold(soup)
		if s.Alike = folded.Names(); s.Alike == "" {
			s.Differs = "nothing in it could be renamed"
		}
		s.real = folded
	}
}

// unfolded returns how many states were found and transitions generated, if each state is counted.
func (s *Search) unfolded() (states, generated int) {
	folded, ok := s.real.(Folded)
	if !ok {
		return s.Result.Distinct, s.Result.Generated
	}
	generated++
	s.graph.Each(func(_ int, state []uint64) {
		n := folded.Orbit(state)
		states += n
		folded.Next(state, func(explore.Action, []uint64) { generated += n })
	})
	return states, generated
}

func (s *Search) limits() explore.Limits {
	l := explore.Limits{States: s.run.most.States, Bytes: s.run.most.Bytes}
	if l.States == 0 {
		l.States = maxStates
	}
	if l.Bytes == 0 {
		l.Bytes = maxSearchBytes
	}
	if d := s.Explore.Depth; d != Unbounded {
		l.Depth = max(d, 1)
	}
	return l
}

// finish takes in what the search found; its ends are yet to be judged, if anything is claimed of
// them.
func (s *Search) finish() {
	s.through = true
	s.openEnds()
	s.Over = s.ends.over
}

// Judging tells what is asked of the states, once all were found, and of how many it was asked by
// now; empty: the search still looks for states, or it is over.
func (s *Search) Judging() (what string, asked, all int) {
	e := &s.ends
	switch {
	case s.graph == nil || s.Over:
	case s.through && e.looked < s.Result.Distinct:
		return "which of them are ends", e.looked, s.Result.Distinct
	case s.through:
		return "what holds at the ends", e.judged, len(e.states)
	default:
		if left, settling := s.graph.Settling(); settling {
			return "what can still be decided", s.Result.Distinct - left, s.Result.Distinct
		}
	}
	return "", 0, 0
}

// Complete reports whether everything within the bounds of the line was looked at.
func (s *Search) Complete() bool { return s.Over && s.covers() }

// covers is Complete, once the search is through all states.
func (s *Search) covers() bool {
	return s.Full == "" && !s.found() &&
		(s.Result.Bounded == "" || s.Result.Bounded == explore.BoundedDepth)
}

// found reports whether the search found all that it looked for, and ended there.
func (s *Search) found() bool {
	return len(s.Breaks) > 0 && (!s.Named || len(s.Breaks) == len(s.scene.Goals))
}
