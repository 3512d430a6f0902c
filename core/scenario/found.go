package scenario

import (
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// What a claim about a run finds, and how it says what it found instead.

func (r *Run) happened(o *Outcome, c *Holds) (met bool, detail string, err *Error) {
	if o.first == nil {
		if o.first, err = r.watch(&c.Condition); err != nil {
			o.first = nil
			return false, "", err
		}
	}
	w := o.first
	if met = r.holds(w) != c.Not; met || r.brief {
		return met, "", nil
	}
	return false, r.instead(w), nil
}

// instead says what is so in place of a condition, or that it happened after all.
func (r *Run) instead(w *watch) string {
	c := w.cond
	switch {
	case c.Kind == RowIs:
		return r.rowText(w.node, w.row, c.Row)
	case c.Kind == Leads:
		_, text := r.leadersAre(&LeadersAre{})
		return text
	case c.Kind == Chosen && w.first < 0, c.Kind == NothingChosen:
		return r.chosenText()
	case c.now():
		return "it is not so"
	case w.first >= 0:
		return "it happened, at event " + strconv.Itoa(w.first)
	case c.Kind == Executed:
		return c.Node + " executed " + r.stateText(r.states[w.node])
	case c.Kind == Heard:
		return r.heardText(w.node)
	}
	return "it did not happen"
}

// chosenText says what is chosen.
func (r *Run) chosenText() string {
	if r.Protocol.Judged == nil {
		return "nobody executed it"
	}
	if text := r.chosen(); text != "" {
		return "chosen is " + text
	}
	return "nothing is chosen"
}

func (r *Run) before(o *Outcome, c *Before) (met bool, detail string, err *Error) {
	for i, w := range [...]*watch{o.first, o.second} {
		if w.cond.Kind != RowIs && w.cond.Kind != Quiet {
			r.follow(w)
		}
		if _, err = r.watch([...]*Condition{&c.First, &c.Second}[i]); err != nil {
			return false, "", err
		}
	}
	a, b := o.first.first, o.second.first
	switch {
	case a < 0:
		detail = "the first never happened"
	case b < 0:
		detail = "the second never happened"
	default:
		detail = "they happened at events " + strconv.Itoa(a) + " and " + strconv.Itoa(b)
	}
	met = a >= 0 && b >= 0 && a < b
	return met != c.Not, detail, nil
}

func (r *Run) executedIs(c *ExecutedIs) (met bool, detail string) {
	state := r.states[r.node(c.Node)]
	if r.brief {
		return r.stateIs(state, c.Commands), ""
	}
	return r.stateIs(state, c.Commands), c.Node + " executed " + r.stateText(state)
}

// stateIs reports whether exactly these commands, in this order, are in state h.
func (r *Run) stateIs(h sim.History, commands []string) bool {
	if int(r.Log.Histories.Len(h)) != len(commands) {
		return false
	}
	for i := len(commands) - 1; i >= 0; i-- {
		var v sim.Value
		if v, h = r.Log.Histories.Last(h); !r.means(commands[i], v) {
			return false
		}
	}
	return true
}

func (r *Run) stateText(h sim.History) string {
	if h == 0 {
		return "nothing"
	}
	return r.Log.StateText(h)
}

// heard compares the states that a client was shown with those expected, each once.
type heard struct {
	cursor int
	n      int // states shown
	other  bool
}

// heardIs compares the states that a client was shown; an answer that shows none is its command.
func (r *Run) heardIs(o *Outcome, c *HeardIs) (met bool, detail string) {
	n, x := r.node(c.Node), &o.heard
	for ; x.cursor < len(r.Log.Records); x.cursor++ {
		rec := &r.Log.Records[x.cursor]
		if rec.Kind != trace.Reply || rec.Node != n {
			continue
		}
		x.other = x.other || x.n >= len(c.States) || !r.showed(rec, c.States[x.n])
		x.n++
	}
	if met = !x.other && x.n == len(c.States); r.brief {
		return met, ""
	}
	return met, r.heardText(n)
}

func (r *Run) showed(rec *trace.Record, commands []string) bool {
	if rec.State == 0 {
		return len(commands) == 1 && r.means(commands[0], rec.Value)
	}
	return r.stateIs(rec.State, commands)
}

// maxShown bounds how many things a detail names.
const maxShown = 12

// heardText says what a client was shown.
func (r *Run) heardText(n sim.Node) string {
	var shown []string
	for i := range r.Log.Records {
		rec := &r.Log.Records[i]
		if rec.Kind != trace.Reply || rec.Node != n {
			continue
		}
		if len(shown) == maxShown {
			shown = append(shown, "…")
			break
		}
		if text := r.Log.StateText(rec.State); text != "" {
			shown = append(shown, text)
		} else {
			shown = append(shown, r.Log.Names.Text(rec.Value))
		}
	}
	if len(shown) == 0 {
		return r.place.Nodes[n] + " heard nothing"
	}
	return r.place.Nodes[n] + " heard " + strings.Join(shown, ", ")
}

// rowsAre judges a row at one node, or at all that have it.
func (r *Run) rowsAre(c *RowsAre) (met bool, detail string, err *Error) {
	row := r.row(c.Row)
	if row < 0 {
		return false, "", r.noRow(Pos{}, c.Row)
	}
	if !c.Every {
		n := r.node(c.Node)
		met = r.rowIs(n, row, c.Row, c.Op, strings.Join(c.Values, " "))
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
			met = value == "_" || r.rowIs(n, row, c.Row, c.Op, value)
		}
		found = append(found, r.cellText(r.cell(n, row), row, c.Row))
	}
	if len(have) == 0 {
		return c.Not, "no node has a row " + c.Row, nil
	}
	return met != c.Not, c.Row + " is " + strings.Join(found, " "), nil
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
