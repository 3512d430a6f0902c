package scenario

import (
	"strconv"

	"github.com/synodlab/synod/core/check"
)

// Choice is what of a file to run, and on what. The zero value is all of it, as it is written.
type Choice struct {
	Case     string    // the name of one case; empty: all
	Protocol *Protocol // in place of the file's own; expectations are then not judged
	Search   Bounds    // of each search; the zero value: those of a run
}

// RunFile runs every case of f, every run of each, and the controls of each. The error is bad
// input: an *Error or Errors, with its place.
func RunFile(f *File, c Choice) (*Verdict, error) {
	v := &Verdict{File: f.Name, Passed: true}
	only := -1
	if c.Case != "" {
		if only = f.CaseIndex(c.Case); only < 0 {
			return nil, f.noCase(c.Case)
		}
	}
	all := &runner{file: f, choice: c, verdict: v}
	if only >= 0 && f.Compares(only) {
		if err := all.runAbove(only); err != nil {
			return nil, err
		}
	}
	for i := range f.CaseCount() {
		if only >= 0 && i != only {
			continue
		}
		if err := all.runCase(i); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// runAbove runs the first run of each case above one that compares itself with such, for its end
// alone.
func (a *runner) runAbove(c int) error {
	for i := range c {
		s, err := a.file.Expand(i, 0)
		if err != nil {
			return err
		}
		r, err := a.finish(s, Setup{File: a.file.Name, Protocol: a.choice.Protocol,
			Finals: &a.finals})
		if err != nil {
			return err
		}
		a.finals.Keep(r)
	}
	return nil
}

func (f *File) caseNames() []string {
	names := make([]string, f.CaseCount())
	for i := range names {
		names[i] = f.CaseName(i)
	}
	return names
}

// runner runs a file.
type runner struct {
	file    *File
	choice  Choice
	verdict *Verdict
	finals  Finals
	spare   *Run // the run before, which nobody needs once the next one begins
	events  int
	effort  int64 // see Run.effort
	states  int   // of all searches
	begun   bool
}

// tally gathers what became of the runs of one case.
type tally struct {
	verdict *CaseVerdict
	met     []int
	moot    []int
	samples []sample
	claimed bool
	stuck   []Outcome // steps whose turn never came, each once
}

func (a *runner) runCase(c int) error {
	fam := &tally{verdict: &CaseVerdict{Name: a.file.CaseName(c), Runs: a.file.RunsOf(c),
		Passed: true}}
	for run := range fam.verdict.Runs {
		s, err := a.file.Expand(c, run)
		if err != nil {
			return err
		}
		fam.verdict.Title = s.CaseTitle
		if err := a.runOne(fam, s); err != nil {
			return err
		}
	}
	fam.close()
	a.verdict.Cases = append(a.verdict.Cases, *fam.verdict)
	a.verdict.Passed = a.verdict.Passed && fam.verdict.Passed
	return nil
}

// runOne runs one run and its controls.
func (a *runner) runOne(fam *tally, s *Scenario) error {
	r, err := a.finish(s, Setup{File: a.file.Name, Protocol: a.choice.Protocol,
		Finals: &a.finals, Search: a.choice.Search})
	if err != nil {
		return err
	}
	v := a.verdictOf(r, !a.begun)
	if a.choice.Protocol != nil {
		v.Expectations, v.Passed = nil, !v.Unclaimed
		r.outcomes, r.stuck = nil, nil
	}
	if s.Run == 0 && a.file.CaseCount() > 1 {
		a.finals.Keep(r)
	}
	fam.add(r, &v)
	first := !a.begun
	if first {
		a.begun = true
		a.verdict.Title, a.verdict.First = s.Header.Title, v
	}
	if a.choice.Protocol != nil {
		if s.Run == 0 {
			fam.verdict.Skipped = v.Skipped
		}
		return nil
	}
	return a.runControls(fam, s, first)
}

func (a *runner) runControls(fam *tally, s *Scenario, first bool) error {
	for i := range s.Controls {
		v, err := a.control(s, i)
		if err != nil {
			return err
		}
		fam.verdict.Passed = fam.verdict.Passed && v.Passed
		if s.Run == 0 {
			fam.verdict.Controls = append(fam.verdict.Controls, v)
		} else if !v.Passed && fam.verdict.Controls[i].Passed {
			fam.verdict.Controls[i] = v
		}
		if first {
			a.verdict.Controls = append(a.verdict.Controls, v)
		}
	}
	return nil
}

// control runs one control.
func (a *runner) control(s *Scenario, i int) (RunVerdict, error) {
	r, err := a.finish(s, Setup{File: a.file.Name, Control: i + 1, Finals: &a.finals,
		Search: a.choice.Search})
	if err != nil {
		return RunVerdict{}, err
	}
	return a.verdictOf(r, s.Run == 0), nil
}

// verdictOf returns the verdict of a run. Its hashes and its table, which cost as much as the run,
// are there only if it is shown, which one that fails may be.
func (a *runner) verdictOf(r *Run, shown bool) RunVerdict {
	v := r.judgement()
	if shown || !v.Passed {
		v.describe(r)
	}
	return v
}

func (a *runner) finish(s *Scenario, setup Setup) (*Run, error) {
	setup.Spare, a.spare = a.spare, nil
	r, err := Begin(s, setup)
	if err != nil {
		return nil, err
	}
	if err := r.Finish(); err != nil {
		return nil, err
	}
	if len(r.searches) == 0 { // what a search found is told later
		a.spare = r
	}
	if a.events += len(r.Log.Records); a.events > MaxFileEvents {
		return nil, r.fault(Pos{Line: 1, Col: 1}, "the file has more than 20,000,000 events",
			"fewer runs, or shorter ones")
	}
	for _, s := range r.searches {
		if a.states += s.Result.Distinct; a.states > maxFileStates && a.choice.Search.Drive == nil {
			return nil, r.fault(s.Explore.Pos, "the searches of the file have more than "+
				grouped(maxFileStates)+" states", "smaller bounds, or fewer searches")
		}
	}
	if a.effort += int64(r.effort); a.effort > maxFileEffort {
		return nil, r.fault(Pos{Line: 1, Col: 1}, "the lines that wait ask too much of the runs",
			"fewer such lines, or fewer runs")
	}
	return r, nil
}

// add takes in one run of the family.
func (fam *tally) add(r *Run, v *RunVerdict) {
	if fam.verdict.Searches == nil {
		fam.verdict.Searches = v.Searches
	}
	if fam.met == nil {
		fam.met, fam.moot = make([]int, len(r.outcomes)), make([]int, len(r.outcomes))
		for _, o := range r.outcomes {
			fam.verdict.Expectations = append(fam.verdict.Expectations, *o)
		}
	}
	for i, o := range r.outcomes {
		keep := &fam.verdict.Expectations[i]
		if o.Met {
			fam.met[i]++
		} else if keep.Met {
			*keep = *o
		}
		if o.Moot {
			fam.moot[i]++
		}
		fam.claimed = fam.claimed || o.Expect.claimsBreak()
	}
	for _, c := range v.Checks {
		if c.Status == check.Breaks {
			fam.broken(c, v.Seed)
		}
	}
	for _, s := range r.searches {
		if len(s.Breaks) > 0 && len(s.claims()) == 0 {
			found := check.Result{Name: s.Breaks[0].Check, Status: check.Breaks, Detail: s.Text()}
			fam.broken(found, v.Seed)
		}
	}
	for _, o := range r.stuck {
		fam.stick(o, v.Seed)
	}
	fam.measure(r)
}

// stick remembers the first run in which the turn of a step never came.
func (fam *tally) stick(o Outcome, seed uint64) {
	for i := range fam.stuck {
		if fam.stuck[i].Expect.Pos == o.Expect.Pos {
			return
		}
	}
	if fam.verdict.Runs > 1 {
		o.Detail += " (seed " + strconv.FormatUint(seed, 10) + ")"
	}
	fam.stuck = append(fam.stuck, o)
}

// broken remembers the first run in which a check is violated.
func (fam *tally) broken(c check.Result, seed uint64) {
	for _, old := range fam.verdict.Checks {
		if old.Name == c.Name {
			return
		}
	}
	if fam.verdict.Runs > 1 {
		c.Detail += " (seed " + strconv.FormatUint(seed, 10) + ")"
	}
	fam.verdict.Checks = append(fam.verdict.Checks, c)
}

func (fam *tally) measure(r *Run) {
	i := 0
	for _, s := range r.Scenario.Body {
		m, ok := s.(*Measure)
		if !ok {
			continue
		}
		if i == len(fam.samples) {
			fam.samples = append(fam.samples, sample{text: m.Raw, times: m.Figure.isTime()})
		}
		if n, known, err := r.figure(&meter{}, &m.Figure); known && err == nil {
			fam.samples[i].values = append(fam.samples[i].values, n)
		}
		i++
	}
}

// close judges the family when all its runs are over.
func (fam *tally) close() {
	v := fam.verdict
	for i := range v.Expectations {
		o := &v.Expectations[i]
		o.Met = o.Expect.Runs.met(fam.met[i], fam.moot[i], v.Runs)
		if v.Runs > 1 {
			o.Detail = fam.told(i, o)
		}
		v.Passed = v.Passed && o.Met
	}
	v.Expectations = append(v.Expectations, fam.stuck...)
	v.Passed = v.Passed && len(fam.stuck) == 0
	if fam.claimed {
		v.Checks = nil
	}
	v.Passed = v.Passed && len(v.Checks) == 0
	for i := range fam.samples {
		v.Measures = append(v.Measures, fam.samples[i].measured())
	}
}

func (fam *tally) told(i int, o *Outcome) string {
	text := "met in " + strconv.Itoa(fam.met[i]) + " of " + strconv.Itoa(fam.verdict.Runs) + " runs"
	if !o.Met && o.Detail != "" {
		text += "; " + o.Detail
	}
	return text
}

// met reports whether a claim that was met in so many runs holds for the family.
func (x *Runs) met(met, moot, runs int) bool {
	switch x.Kind {
	case ExactRuns:
		return met == x.N
	case AtLeastRuns:
		return met >= x.N
	case SomeRun:
		return met > 0
	case NoRun:
		return met == 0
	}
	return met > 0 && met+moot >= runs
}

// First runs the first run of the file, or of the case that is chosen, to its end.
func First(f *File, c Choice) (*Run, error) {
	index := 0
	if c.Case != "" {
		if index = f.CaseIndex(c.Case); index < 0 {
			return nil, f.noCase(c.Case)
		}
	}
	finals := &Finals{}
	for i := range index + 1 {
		if i < index && !f.Compares(index) {
			continue
		}
		s, err := f.Expand(i, 0)
		if err != nil {
			return nil, err
		}
		r, err := Begin(s, Setup{File: f.Name, Protocol: c.Protocol, Finals: finals})
		if err != nil {
			return nil, err
		}
		if err := r.Finish(); err != nil || i == index {
			return r, err
		}
		finals.Keep(r)
	}
	return nil, f.noCase(c.Case)
}

func (f *File) noCase(name string) error {
	names, wanted := f.caseNames(), "no name: the text has no cases"
	if len(f.Cases) > 0 {
		wanted = quoteAll(names)
	}
	return &Error{File: f.Name, Pos: Pos{Line: 1, Col: 1}, Problem: "there is no case `" + name +
		"`", Wanted: wanted, Suggest: nearest(name, names)}
}
