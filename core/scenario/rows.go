package scenario

import (
	"slices"
	"strconv"

	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// row returns the index of the row that has this name in some vocabulary, -1 if there is none.
// ETH's C and c are two rows: case counts, unless no row has the name exactly.
func (r *Run) row(name string) int {
	for i := range r.rows {
		if r.rows[i].Name == name {
			return i
		}
	}
	for i := range r.rows {
		if slices.Contains(r.rows[i].Words[:], name) {
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
	return r.fault(at, "`"+r.Protocol.Name+"` has no row `"+name+"`", quoteAll(names))
}

// cell returns what stands in a row at a node now.
func (r *Run) cell(n sim.Node, row int) sim.Cell {
	if len(r.cells) != len(r.rows) {
		r.cells = make([]sim.Cell, len(r.rows))
	}
	r.World.Rows(n, r.cells)
	r.effort += costOfRow
	return r.cells[row]
}

// rowIs compares what stands in a row, here called name, with a text.
func (r *Run) rowIs(n sim.Node, row int, name string, op Op, text string) bool {
	c := r.cell(n, row)
	if c == trace.Absent {
		return false
	}
	if op == Equal || op == NotEqual {
		return r.cellIs(c, row, name, text) == (op == Equal)
	}
	x, ok := r.cellNumber(c, row, name)
	y, err := strconv.ParseInt(text, 10, 64)
	return ok && err == nil && op.compares(x, y)
}

// compares reports whether x op y.
func (op Op) compares(x, y int64) bool {
	switch op {
	case Equal:
		return x == y
	case NotEqual:
		return x != y
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
// its row has the name. Quotes and braces may hold the words of one cell together.
func (r *Run) cellIs(c sim.Cell, row int, name, text string) bool {
	if r.cellSays(c, row, name, text) {
		return true
	}
	last := len(text) - 1
	return last > 1 && (text[0] == '"' && text[last] == '"' ||
		text[0] == '{' && text[last] == '}') && r.cellSays(c, row, name, text[1:last])
}

func (r *Run) cellSays(c sim.Cell, row int, name, text string) bool {
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
		return r.showsState(text, h)
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

// rowText says what stands in a row at a node.
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
