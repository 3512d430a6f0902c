package diagram

import "github.com/synodlab/synod/core/trace"

// A Mark is something that happened at one node. It is 24 bytes long and holds no pointer.
type Mark struct {
	X      int32
	Event  uint32 // record
	Label  uint32 // the text beside it, in Labels; 0 none
	LabelX int32  // where its text begins along time; NoPlace: it has none
	Row    uint8  // NoRow: it concerns the run as a whole
	Kind   MarkKind
	Owner  uint8 // the node whose ballot, else whose command, it is about; trace.NoNode: nobody's
	Hue    uint8 // the owner's colour: an index into Palette
	Lane   uint8 // of its text: Before, After, FirstHeader and on, or NoLane
	_      [3]uint8
}

// NoRow is the row of a mark that concerns the run as a whole.
const NoRow uint8 = 255

// MarkKind says what a mark shows.
type MarkKind uint8

// The kinds of marks, named as the events and notes of package trace that they show.
const (
	NoMark MarkKind = iota
	Promise
	Accept
	Chosen
	Execute
	Reply
	Lead
	StepDown
	Timer
	Write
	Sync
	Crash
	Restart
	Configure
	Note
	Violation
	Proposes
	Refuses
	Suspects
	Trusts
	Waits
	Commits
	Aborts
	Alarm
)

func markOf(k trace.Kind) MarkKind {
	if k < trace.Timer || k > trace.Violation || k == trace.Note {
		return NoMark
	}
	return [...]MarkKind{Timer, Write, Sync, Crash, Restart, Promise, Accept, Chosen, Execute,
		Reply, Lead, StepDown, Configure, Note, Violation}[k-trace.Timer]
}

// event shows an event at a node that is no message and no note.
func (d *Diagram) event(log *trace.Log, i int, r *trace.Record) int32 {
	kind := markOf(r.Kind)
	if kind == NoMark || !d.valid(r.Node) && kind != Violation {
		return d.column.base
	}
	x := d.mark(log, i, r, kind)
	switch kind {
	case Crash:
		d.closeGap(Paused, r.Node, 0, x)
		d.openGap(Down, r.Node, 0, x, i)
	case Restart:
		d.closeGap(Down, r.Node, 0, x)
	}
	return x
}

// mark places a mark of this kind with its text and returns its X.
func (d *Diagram) mark(log *trace.Log, i int, r *trace.Record, kind MarkKind) int32 {
	m := Mark{X: d.column.base, Event: uint32(i), LabelX: NoPlace, Row: NoRow, Kind: kind,
		Lane: NoLane}
	m.Owner, m.Hue = d.owners.of(log, r)
	label := d.markText(log, r, kind)
	m.Label = uint32(label)
	if d.valid(r.Node) {
		m.Row = uint8(r.Node)
		m.X = d.earliest(r.Node, kind != Timer)
		if d.lines[r.Node].used && isBig(kind) {
			m.X += bigGlyph
		}
	}
	if label != 0 && !d.opt.NoLabels {
		d.labelMark(r, &m, label)
	}
	if m.Row != NoRow {
		d.settle(r.Node, m.X)
		d.lines[r.Node].said = label
		d.lines[r.Node].big = isBig(kind)
	}
	d.insertMark(m)
	return m.X
}

func isBig(k MarkKind) bool {
	return k == Chosen || k == Violation || k == Commits || k == Aborts || k == Alarm || k == Crash
}

// labelMark places the text of m: in the header if it is about the run, else beside the lifeline,
// where it is left out if the mark before it, of the same instant, says the same.
func (d *Diagram) labelMark(r *trace.Record, m *Mark, label trace.Value) {
	switch {
	case m.Row == NoRow || m.Kind == Note || m.Kind == Violation || m.Kind == Alarm:
		m.X, m.Lane = d.above(label, m.X)
	case d.lines[r.Node].at == r.At && d.lines[r.Node].said == label:
		return
	case d.opt.Vertical:
		m.Lane = After
		if int(m.Row) == d.rows-1 {
			m.Lane = Before
		}
		m.X = d.take(r.Node, m.Lane, label, m.X)
	default:
		m.X, m.Lane = d.beside(r.Node, label, m.X)
	}
	m.LabelX = m.X
}

// insertMark keeps Marks sorted. Only marks of the same column can be out of order.
func (d *Diagram) insertMark(m Mark) {
	d.Marks = append(d.Marks, m)
	k := len(d.Marks) - 1
	for ; k > 0 && d.Marks[k-1].X > m.X; k-- {
		d.Marks[k] = d.Marks[k-1]
	}
	d.Marks[k] = m
}

// markText writes what stands beside a mark, and returns its number, 0 if nothing does. A promise
// and an acceptance have no text: the message that asked for them says it all.
func (d *Diagram) markText(log *trace.Log, r *trace.Record, kind MarkKind) trace.Value {
	t := d.text[:0]
	switch kind {
	case Chosen, Execute, Proposes:
		t = append(t, log.Names.Bytes(r.Value)...)
	case Reply:
		t = appendShown(t, log, r)
	case Timer, Configure, Note, Alarm, Waits:
		t = append(t, log.Names.Bytes(r.Note)...)
	case Violation:
		t = append(append(t, "breaks "...), log.Names.Bytes(r.Note)...)
	case Suspects, Trusts:
		t = append(append(t, log.Names.Bytes(r.Note)...), ' ')
		if d.valid(r.To) {
			t = append(t, log.Nodes[r.To]...)
		}
	case Commits:
		t = append(append(t, "commit "...), log.Names.Bytes(r.Value)...)
	case Aborts:
		t = append(append(t, "abort "...), log.Names.Bytes(r.Value)...)
	}
	return d.number(t)
}

// appendShown appends what a client was shown: a state, or an answer.
func appendShown(t []byte, log *trace.Log, r *trace.Record) []byte {
	if r.State != 0 {
		return append(t, log.StateText(r.State)...)
	}
	return append(t, log.Names.Bytes(r.Value)...)
}
