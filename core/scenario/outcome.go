package scenario

import (
	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/sim"
)

// Outcome is what became of one expectation in one run. One whose Expect makes no claim is a step
// whose turn never came: it is unmet.
type Outcome struct {
	Expect *Expect
	Judged bool
	Met    bool
	Moot   bool   // there was nothing to judge
	Detail string // what was found instead, or why

	first, second *watch // of its conditions, if it is about such
	meter         meter  // of its figure
	heard         heard  // of the states that a client was shown
}

// outcomeOf makes an expectation ready. What it asks for the first moment of is followed from now
// on.
func (r *Run) outcomeOf(x *Expect) *Outcome {
	o := &Outcome{Expect: x}
	if c, ok := x.Claim.(*Before); ok {
		o.first, _ = r.watch(&c.First) // an error is met again when it is judged
		o.second, _ = r.watch(&c.Second)
		for _, w := range [...]*watch{o.first, o.second} {
			if w.cond.Kind == RowIs && w.row >= 0 || w.cond.Kind == Quiet {
				r.live = append(r.live, w)
			}
		}
	}
	return o
}

// judgeHere judges an expectation that stands between steps.
func (r *Run) judgeHere(x *Expect) {
	r.Judge.End(int64(r.World.Now), r.World.Quiet())
	r.look()
	for _, o := range r.outcomes {
		if o.Expect == x {
			r.judge(o)
			return
		}
	}
}

// judgeEnd judges what is expected of the end of the run.
func (r *Run) judgeEnd() {
	for _, o := range r.outcomes {
		if !o.Judged && !r.weary() {
			r.judge(o)
		}
	}
}

// watchDeadlines takes in the expectations with a deadline that are met in time. What the checks
// say is asked at the deadline alone.
func (r *Run) watchDeadlines() {
	for _, o := range r.deadlines {
		if o.Judged {
			continue
		}
		switch o.Expect.Claim.(type) {
		case *CheckIs, *SameState, *SameChosen:
			continue
		}
		r.brief = true
		r.judge(o)
		r.brief, o.Judged = false, o.Met
	}
}

// closeDeadlines judges the expectations whose deadline lies before a point of time that comes now.
func (r *Run) closeDeadlines(next sim.Micros) {
	for _, o := range r.deadlines {
		if o.Judged || sim.Micros(o.Expect.By) >= next {
			continue
		}
		r.Judge.End(int64(o.Expect.By), r.World.Quiet())
		r.look()
		if r.judge(o); !o.Met && o.Detail != "" {
			o.Detail = "not by then; " + o.Detail
		}
	}
}

func (r *Run) judge(o *Outcome) {
	o.Judged = true
	r.effort += costOfClaim + len(o.Expect.Text)
	if Searches(o.Expect.Claim) {
		o.Met, o.Detail = r.searched(o.Expect)
		return
	}
	var err *Error
	o.Met, o.Moot, o.Detail, err = r.claim(o)
	if err != nil && r.err == nil && !r.foreign {
		if err.Pos.Line == 0 {
			err.Pos = o.Expect.Pos
		}
		r.err = err
	}
}

// claim judges what an expectation claims, as of now.
func (r *Run) claim(o *Outcome) (met, moot bool, detail string, err *Error) {
	switch c := o.Expect.Claim.(type) {
	case *CheckIs:
		met, moot, detail = r.checkIs(c)
	case *Holds:
		met, detail, err = r.happened(o, c)
	case *Before:
		met, detail, err = r.before(o, c)
	case *ExecutedIs:
		met, detail = r.executedIs(c)
	case *HeardIs:
		met, detail = r.heardIs(o, c)
	case *RowsAre:
		met, detail, err = r.rowsAre(c)
	case *LeadersAre:
		met, detail = r.leadersAre(c)
	case *FigureIs:
		met, detail, err = r.figureIs(o, c)
	case *SameState:
		met, detail, err = r.sameState(c)
	case *SameChosen:
		met, detail, err = r.sameChosen(c)
	}
	return met, moot, detail, err
}

// checkIs judges a named check.
func (r *Run) checkIs(c *CheckIs) (met, moot bool, detail string) {
	res := r.result(c)
	wanted := check.Holds
	if c.Breaks {
		wanted = check.Breaks
	}
	detail = res.Status.String()
	if res.Detail != "" {
		detail += ": " + res.Detail
	}
	if res.Status == check.NotApplicable && res.Detail == "" {
		detail += ": there was nothing to judge"
	}
	return res.Status == wanted, res.Status == check.NotApplicable, detail
}

func (r *Run) result(c *CheckIs) check.Result {
	n := max(c.N, 1)
	switch c.Check {
	case "decides":
		return r.Judge.Decides(c.N)
	case "livelock":
		return r.Judge.Livelock(n)
	case "no-progress":
		return r.Judge.NoProgress(n, check.SetOf(r.nodes(c.For)...))
	case "blocked":
		return r.Judge.Blocked(n)
	}
	return r.Judge.Result(c.Check)
}
