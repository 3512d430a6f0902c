package scenario

import (
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// Outcome is what became of one expectation in one run.
type Outcome struct {
	Expect *Expect
	Judged bool
	Met    bool
	Moot   bool   // there was nothing to judge
	Detail string // what was found instead, or why
}

// judgeHere judges an expectation that stands between steps.
func (r *Run) judgeHere(x *Expect) {
	r.Judge.End(int64(r.World.Now), r.World.Quiet())
	r.look()
	r.judge(r.outcome(x))
}

func (r *Run) outcome(x *Expect) *Outcome {
	for _, o := range r.outcomes {
		if o.Expect == x {
			return o
		}
	}
	return nil
}

// judgeEnd judges what is expected of the end of the run.
func (r *Run) judgeEnd() {
	for _, o := range r.outcomes {
		if o.Judged {
			continue
		}
		if r.judge(o); o.Expect.HasBy && r.err == nil {
			o.Met, o.Detail = false, "not by then; "+o.Detail
		}
	}
}

// watchDeadlines takes in the expectations with a deadline that are met in time.
func (r *Run) watchDeadlines() {
	for _, o := range r.outcomes {
		if o.Judged || !o.Expect.HasBy || r.World.Now > sim.Micros(o.Expect.By) {
			continue
		}
		r.judge(o)
		o.Judged = o.Met
	}
}

func (r *Run) judge(o *Outcome) {
	o.Judged = true
	if Searches(o.Expect.Claim) {
		o.Met, o.Detail = false, "this version does not search yet"
		return
	}
	var err *Error
	o.Met, o.Moot, o.Detail, err = r.claim(o.Expect.Claim)
	if err != nil && r.err == nil {
		if err.Pos.Line == 0 {
			err.Pos = o.Expect.Pos
		}
		r.err = err
	}
}

// claim judges a claim as of now.
func (r *Run) claim(c Claim) (met, moot bool, detail string, err *Error) {
	switch c := c.(type) {
	case *CheckIs:
		met, moot, detail = r.checkIs(c)
	case *Holds:
		met, detail, err = r.happened(c)
	case *Before:
		met, detail, err = r.before(c)
	case *ExecutedIs:
		met, detail = r.executedIs(c)
	case *HeardIs:
		met, detail = r.heardIs(c)
	case *RowsAre:
		met, detail, err = r.rowsAre(c)
	case *LeadersAre:
		met, detail = r.leadersAre(c)
	case *FigureIs:
		met, detail, err = r.figureIs(c)
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

func (r *Run) happened(c *Holds) (met bool, detail string, err *Error) {
	w, err := r.watch(&c.Condition)
	if err != nil {
		return false, "", err
	}
	if met = r.holds(w) != c.Not; met {
		return true, "", nil
	}
	if w.first >= 0 {
		return false, "it happened, at event " + strconv.Itoa(w.first), nil
	}
	if c.Condition.Kind == RowIs {
		return false, r.rowText(r.node(c.Condition.Node), r.row(c.Condition.Row), c.Condition.Row), nil
	}
	return false, "it did not happen", nil
}

func (r *Run) before(c *Before) (met bool, detail string, err *Error) {
	a, err := r.watch(&c.First)
	if err != nil {
		return false, "", err
	}
	b, err := r.watch(&c.Second)
	if err != nil {
		return false, "", err
	}
	r.holds(a)
	r.holds(b)
	switch {
	case a.first < 0:
		detail = "the first never happened"
	case b.first < 0:
		detail = "the second never happened"
	default:
		detail = "they happened at events " + strconv.Itoa(a.first) + " and " + strconv.Itoa(b.first)
	}
	met = a.first >= 0 && b.first >= 0 && a.first < b.first
	return met != c.Not, detail, nil
}

// executed returns what a node has executed, as of its last execution.
func (r *Run) executed(n sim.Node) []sim.Value {
	for i := len(r.Log.Records) - 1; i >= 0; i-- {
		if rec := &r.Log.Records[i]; rec.Kind == trace.Execute && rec.Node == n {
			return r.Log.Histories.Append(nil, rec.State)
		}
	}
	return nil
}

func (r *Run) executedIs(c *ExecutedIs) (met bool, detail string) {
	got := r.executed(r.node(c.Node))
	return r.areValues(c.Commands, got), c.Node + " executed " + r.valueTexts(got)
}

func (r *Run) areValues(texts []string, values []sim.Value) bool {
	if len(texts) != len(values) {
		return false
	}
	for i := range texts {
		if !r.means(texts[i], values[i]) {
			return false
		}
	}
	return true
}

func (r *Run) valueTexts(values []sim.Value) string {
	if len(values) == 0 {
		return "nothing"
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = r.Log.Names.Text(v)
	}
	return strings.Join(texts, " ")
}

// heardIs compares the states that a client was shown; an answer that shows none is its command.
func (r *Run) heardIs(c *HeardIs) (met bool, detail string) {
	met = true
	var shown []string
	n := r.node(c.Node)
	for i := range r.Log.Records {
		rec := &r.Log.Records[i]
		if rec.Kind != trace.Reply || rec.Node != n {
			continue
		}
		state := r.Log.Histories.Append(nil, rec.State)
		if rec.State == 0 {
			state = []sim.Value{rec.Value}
		}
		met = met && len(shown) < len(c.States) && r.areValues(c.States[len(shown)], state)
		shown = append(shown, r.valueTexts(state))
	}
	if len(shown) == 0 {
		shown = []string{"nothing"}
		return len(c.States) == 0, c.Node + " heard nothing"
	}
	return met && len(shown) == len(c.States), c.Node + " heard " + strings.Join(shown, ", ")
}

// rowsAre judges a row at one node, or at all that have it.
func (r *Run) rowsAre(c *RowsAre) (met bool, detail string, err *Error) {
	row := r.row(c.Row)
	if row < 0 {
		return false, "", r.noRow(Pos{}, c.Row)
	}
	if !c.Every {
		n := r.node(c.Node)
		met = r.rowIs(n, c.Row, c.Op, strings.Join(c.Values, " "))
		return met != c.Not, r.rowText(n, row, c.Row), nil
	}
	var have []sim.Node
	for i := range r.place.Nodes {
		if r.cell(sim.Node(i), row) != trace.Absent {
			have = append(have, sim.Node(i))
		}
	}
	met = len(have) > 0 && (len(c.Values) == 1 || len(c.Values) == len(have))
	var found []string
	for i, n := range have {
		if met {
			value := c.Values[min(i, len(c.Values)-1)]
			met = value == "_" || r.rowIs(n, c.Row, c.Op, value)
		}
		found = append(found, r.cellText(r.cell(n, row), row, c.Row))
	}
	return met != c.Not, c.Row + " is " + strings.Join(found, " "), nil
}

func (r *Run) rowText(n sim.Node, row int, name string) string {
	return r.place.Nodes[n] + "." + name + " is " + r.cellText(r.cell(n, row), row, name)
}

// cellText returns what a cell says where its row is called name.
func (r *Run) cellText(c sim.Cell, row int, name string) string {
	switch c {
	case trace.Empty:
		return r.none(row, name)
	case trace.Absent:
		return "not there"
	}
	return r.Log.CellText(c)
}

func (r *Run) leadersAre(c *LeadersAre) (met bool, detail string) {
	lead := r.Judge.Leaders()
	var names []string
	for i, name := range r.place.Nodes {
		if lead.Has(trace.Node(i)) {
			names = append(names, name)
		}
	}
	detail = "leaders: " + strings.Join(names, " ")
	if len(names) == 0 {
		detail = "nobody leads"
	}
	return lead == check.SetOf(r.nodes(c.Nodes)...), detail
}
