package scenario

import (
	"strconv"

	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// watch follows one condition through a run. Those that name an act are read off the trace, each
// record once; the others are about now.
type watch struct {
	cond   *Condition
	match  matcher
	cursor int
	hits   uint64
	first  int // the event of the first hit, or of the n-th; -1: not yet
	id     uint32
	was    bool // of a condition about now: as seen last
	taken  uint64
}

// watch makes a condition ready. The error is a word that the protocol does not have.
func (r *Run) watch(c *Condition) (*watch, *Error) {
	w := &watch{cond: c, first: -1}
	var err *Error
	switch c.Kind {
	case Sent, Received:
		if w.match, err = r.matcher(&c.Message); err != nil {
			return w, err
		}
		me := uint64(1) << r.node(c.Node)
		if c.Kind == Sent {
			w.match.from = me
		} else {
			w.match.to = me
		}
	case RowIs:
		if r.row(c.Row) < 0 {
			return w, r.noRow(c.Pos, c.Row)
		}
	}
	return w, nil
}

// holds reports whether the condition has come true, or is true now.
func (r *Run) holds(w *watch) bool {
	c := w.cond
	switch c.Kind {
	case Leads:
		return r.Judge.Leaders().Has(r.node(c.Node))
	case Suspects:
		return r.World.Suspects(r.node(c.Node), r.node(c.Other))
	case RowIs:
		return r.rowIs(r.node(c.Node), c.Row, c.Op, c.Value)
	case Quiet:
		return r.World.Quiet()
	}
	r.follow(w)
	if c.Kind == NothingChosen {
		return w.first < 0
	}
	return w.first >= 0
}

// rises reports whether the condition came true since it was asked last: each act counts once.
func (r *Run) rises(w *watch) bool {
	now := r.holds(w)
	switch w.cond.Kind {
	case Leads, Suspects, RowIs, Quiet:
		rose := now && !w.was
		w.was = now
		return rose
	}
	if w.taken < w.hits && w.first >= 0 {
		w.taken++
		return true
	}
	return false
}

// follow reads the records that are new.
func (r *Run) follow(w *watch) {
	for ; w.cursor < len(r.Log.Records); w.cursor++ {
		if !r.hit(w, &r.Log.Records[w.cursor]) {
			continue
		}
		w.hits++
		if w.first < 0 && (w.cond.Kind != Sent || w.hits >= w.match.n) {
			w.first = w.cursor
		}
	}
}

func (r *Run) hit(w *watch, rec *trace.Record) bool {
	c := w.cond
	switch c.Kind {
	case Chosen, NothingChosen:
		return r.choice(c, rec)
	case Executed:
		return rec.Kind == trace.Execute && r.at(c, rec) && r.means(c.Value, rec.Value)
	case Accepted:
		return rec.Kind == trace.Accept && r.at(c, rec) && r.means(c.Value, rec.Value)
	case Promised:
		return rec.Kind == trace.Promise && r.at(c, rec) && numberIs(rec.Ballot, c.Value)
	case Heard:
		return rec.Kind == trace.Reply && r.at(c, rec) && r.shown(rec, c.Value)
	case Sent:
		return rec.Kind == trace.Send && r.matchesRecord(&w.match, rec)
	case Received:
		return r.received(w, rec)
	}
	return false
}

func (r *Run) at(c *Condition, rec *trace.Record) bool { return rec.Node == r.node(c.Node) }

func (r *Run) matchesRecord(s *matcher, rec *trace.Record) bool {
	m := inTrace(rec)
	return r.matches(s, &m)
}

// choice reports whether rec makes a value chosen: where acceptors vote, the vote that completes a
// quorum, which the checks find; elsewhere a server that executes it.
func (r *Run) choice(c *Condition, rec *trace.Record) bool {
	voted := rec.Kind == trace.Accept && rec.Note != 0 && r.Log.Names.Text(rec.Note) == "chosen"
	if !voted && !(rec.Kind == trace.Execute && r.Protocol.Judged == nil) {
		return false
	}
	if c.Kind == NothingChosen {
		return true
	}
	return r.means(c.Value, rec.Value) && (!c.HasSlot || rec.Slot == int64(c.Slot))
}

// shown reports whether the state in a reply, or the command answered, has the command.
func (r *Run) shown(rec *trace.Record, text string) bool {
	if r.means(text, rec.Value) {
		return true
	}
	for h := rec.State; h != 0; {
		var v sim.Value
		if v, h = r.Log.Histories.Last(h); r.means(text, v) {
			return true
		}
	}
	return false
}

// received reports whether rec is the arrival that is meant; with #n, that of the n-th such
// message ever sent.
func (r *Run) received(w *watch, rec *trace.Record) bool {
	if rec.Kind != trace.Deliver || !r.matchesRecord(&w.match, rec) {
		return false
	}
	if w.match.n == 0 {
		return true
	}
	if w.id == 0 {
		w.id = r.identity(&w.match)
	}
	return rec.Message == w.id
}

// row returns the index of the row that has this name in some vocabulary, -1 if there is none.
func (r *Run) row(name string) int {
	for i := range r.rows {
		if r.rows[i].Name == name {
			return i
		}
	}
	for i := range r.rows {
		if r.rows[i].Words.Is(name) {
			return i
		}
	}
	return -1
}

func (r *Run) noRow(at Pos, name string) *Error {
	names := make([]string, len(r.rows))
	for i := range names {
		names[i] = r.rows[i].Name
	}
	return r.fault(at, "`"+r.Protocol.Name+"` has no row `"+name+"`", "one of "+quoteAll(names))
}

// cell returns what stands in a row at a node now.
func (r *Run) cell(n sim.Node, row int) sim.Cell {
	cells := make([]sim.Cell, len(r.rows))
	r.World.Rows(n, cells)
	return cells[row]
}

// rowIs compares what stands in a row with a text.
func (r *Run) rowIs(n sim.Node, name string, op Op, text string) bool {
	row := r.row(name)
	c := r.cell(n, row)
	if c == trace.Absent {
		return false
	}
	if op == Equal || op == NotEqual {
		return r.cellIs(c, row, name, text) == (op == Equal)
	}
	x, ok := r.cellNumber(c, row, name)
	y, err := strconv.ParseInt(text, 10, 64)
	if !ok || err != nil {
		return false
	}
	switch op {
	case Less:
		return x < y
	case LessOrEqual:
		return x <= y
	case Greater:
		return x > y
	}
	return x >= y
}

// cellIs reports whether a cell says what the text says, in the words of the vocabulary in which
// its row has the name.
func (r *Run) cellIs(c sim.Cell, row int, name, text string) bool {
	if text == "_" {
		return true
	}
	if c == trace.Empty {
		return text == r.none(row, name) || isNone(text) || text == "nothing"
	}
	if v, ok := c.Value(); ok {
		return r.means(text, v) || truth(text) != "" && truth(text) == r.Log.Names.Text(v)
	}
	if h, ok := c.History(); ok {
		return sameText(text, r.Log.StateText(h))
	}
	x, _ := c.Number()
	return strconv.FormatInt(x, 10) == text
}

// truth returns T or F for the words that mean it.
func truth(text string) string {
	switch text {
	case "T", "true", "yes", "1":
		return "T"
	case "F", "false", "no", "0":
		return "F"
	}
	return ""
}

// none returns how an empty cell is written where the row is called name.
func (r *Run) none(row int, name string) string {
	w := r.rows[row]
	for i, word := range w.Words {
		if word == name {
			return w.None.In(i)
		}
	}
	return w.None.In(0)
}

func (r *Run) cellNumber(c sim.Cell, row int, name string) (int64, bool) {
	if x, ok := c.Number(); ok {
		return x, true
	}
	x, err := strconv.ParseInt(r.none(row, name), 10, 64)
	return x, c == trace.Empty && err == nil
}
