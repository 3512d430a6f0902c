package trace

import "strconv"

// Log is a run as it was seen: its records and the tables that they point into.
type Log struct {
	Records   []Record
	Names     Names
	Histories Histories
	Nodes     []string // names of the nodes
	Kinds     []string // the protocol's kinds of messages, by its own names
	Changes   []Change // what each event changed in the tables of state
}

// Append adds r and returns its number, from 0.
func (l *Log) Append(r Record) int {
	l.Records = append(l.Records, r)
	return len(l.Records) - 1
}

// Reset empties the log and keeps its memory.
func (l *Log) Reset() {
	l.Records, l.Changes = l.Records[:0], l.Changes[:0]
	l.Names.reset()
	l.Histories.reset()
}

// Cell is what stands in one field of a table of state: a number, a text, or nothing.
type Cell int64

// Empty is the cell in which nothing stands: nil, ⊥, or -1, by the words of the reader.
const Empty Cell = Cell(NoNumber)

// Absent is the cell of a row that a node does not have at all.
const Absent Cell = Cell(NoNumber) + 1

// NumberCell returns the cell of a number. NoNumber gives Empty.
func NumberCell(n int64) Cell {
	if n == NoNumber {
		return Empty
	}
	return Cell(n << 1)
}

// ValueCell returns the cell of a text. Value 0 gives Empty.
func ValueCell(v Value) Cell {
	if v == 0 {
		return Empty
	}
	return Cell(int64(v)<<1 | 1)
}

// historyBit marks the cell of a text that is a history: its commands are written out when read.
const historyBit = 1 << 32

// HistoryCell returns the cell of a sequence of commands. The empty one gives Empty.
func HistoryCell(h History) Cell {
	if h == 0 {
		return Empty
	}
	return Cell((int64(h)|historyBit)<<1 | 1)
}

// History returns the sequence of commands in c and whether c holds one.
func (c Cell) History() (History, bool) {
	x := int64(c) >> 1
	return History(uint32(x)), c > 0 && c&1 == 1 && x&historyBit != 0
}

// Number returns the number in c and whether c holds one.
func (c Cell) Number() (int64, bool) { return int64(c) >> 1, c != Empty && c&1 == 0 }

// Value returns the text in c and whether c holds one.
func (c Cell) Value() (Value, bool) {
	return Value(int64(c) >> 1), c > 0 && c&1 == 1 && int64(c)>>1 < historyBit
}

// CellText returns what c holds as a text: a decimal number, a text, a state's commands; "" if
// nothing.
func (l *Log) CellText(c Cell) string {
	if n, ok := c.Number(); ok {
		return strconv.FormatInt(n, 10)
	}
	if h, ok := c.History(); ok {
		return l.StateText(h)
	}
	v, _ := c.Value()
	return l.Names.Text(v)
}

// Change says that after record Event, row Row of node Node holds Cell. It is 16 bytes long.
type Change struct {
	Cell  Cell
	Event uint32
	Row   uint16
	Node  Node
	_     uint8
}
