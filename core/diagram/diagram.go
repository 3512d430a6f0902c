// Package diagram lays out a run as a space-time diagram and draws it as SVG.
//
// Each node is a lifeline, time runs along it, and a message is an arrow between two lifelines
// (M-04, K-15). The layout is a function of the trace alone and it only ever appends: what has a
// place keeps it when the log grows, so that a page can draw while a run streams in, and laying
// out a log in pieces gives what laying it out at once gives. It takes time linear in the records
// that are new.
//
// Time is virtual time, warped. Three rules give every record its X, in pixels along time:
//
//	order    events of a later time never stand left of events of an earlier one;
//	         events of one instant at several nodes may stand above each other
//	room     two events at one node keep a distance, a message takes a visible while,
//	         and a label that has no room left pushes its event to the right
//	silence  a stretch in which nothing happens is folded
//
// All results are arrays of fixed-size records without pointers, sorted along time: a canvas reads
// them through linear memory and culls by binary search. Everything is integers, so a picture is
// the same bytes wherever it is drawn.
package diagram

import "github.com/synodlab/synod/core/trace"

// Options say how much room things take. The zero value is a readable default. Two layouts with
// equal options of equal logs are equal.
type Options struct {
	Words     *Words // how labels are written; nil: the protocol's own names. Must not change
	RowHeight int32  // px between two lifelines; 0: 64
	MinGap    int32  // px between two events at one node; 0: 18
	Scale     int32  // microseconds a px; 0: 110
	Vertical  bool   // time runs down: a label takes a line along time, not its width
	NoLabels  bool   // labels take no room and have no place
}

const (
	defaultRowHeight = 64
	defaultMinGap    = 18
	defaultScale     = 110

	// widest bounds what one pixel option may be, so that sums stay far from overflow.
	widest = 1 << 10
)

func (o *Options) filled() (f Options) {
	if o != nil {
		f = *o
	}
	f.RowHeight = between(f.RowHeight, 16, widest, defaultRowHeight)
	f.MinGap = between(f.MinGap, 4, 64, defaultMinGap)
	f.Scale = between(f.Scale, 1, 1<<30, defaultScale)
	return f
}

func between(n, lo, hi, absent int32) int32 {
	if n == 0 {
		return absent
	}
	return max(lo, min(n, hi))
}

// Diagram is the layout of a log. The zero value is ready to use. Its slices are borrowed: they
// are valid until the next call of Layout or Reset, and no one else may change them.
type Diagram struct {
	X      []int32     // by record: where it stands along time, px from the beginning of the run
	Head   []int32     // by record: the running maximum of X, where the playhead stands after it
	Arrows []Arrow     // sorted by X1
	Marks  []Mark      // sorted by X
	Gaps   []Gap       // sorted by X1
	Folds  []Fold      // sorted by X
	Ticks  []Tick      // sorted by X
	Labels trace.Names // the texts of arrows and marks
	Width  int32       // px along time, with room for what stands last
	Lanes  int32       // how many header lanes hold a text

	opt     Options
	begun   bool
	column  column
	lines   [trace.MaxNodes]lifeline
	rows    int
	header  [headerLanes]int32
	textEnd int32
	cuts    map[link]int32
	owners  owners
	words   noteWords
	arrowOf []int32 // by record: index of the arrow that begins there, plus 1
	copyOf  []int32 // by record: the Duplicate record that copied this one's message, plus 1
	widths  []int32 // by label
	styles  []uint8 // by kind of message
	text    []byte
}

// Reset forgets the layout and keeps its memory.
func (d *Diagram) Reset() {
	*d = Diagram{X: d.X[:0], Head: d.Head[:0], Arrows: d.Arrows[:0], Marks: d.Marks[:0],
		Gaps: d.Gaps[:0], Folds: d.Folds[:0], Ticks: d.Ticks[:0],
		arrowOf: d.arrowOf[:0], copyOf: d.copyOf[:0], widths: d.widths[:0], text: d.text[:0]}
}

// Layout lays out the records of log that are new since the last call. Other options, or a log
// that is shorter than before, begin anew; a caller that fills the same log with another run calls
// Reset. Records that make no sense (a node without a name, an arrival of nothing) keep their
// place in X and show nothing.
func (d *Diagram) Layout(log *trace.Log, opt *Options) {
	filled := opt.filled()
	if filled != d.opt || len(log.Records) < len(d.X) {
		d.Reset()
		d.opt = filled
	}
	d.rows = min(len(log.Nodes), trace.MaxNodes)
	d.words.find(log)
	if len(d.styles) != len(log.Kinds) {
		d.styles = appendStyles(d.styles[:0], log.Kinds)
	}
	for i := len(d.X); i < len(log.Records); i++ {
		d.add(log, i)
	}
	d.Width = max(d.edge()+tail, d.textEnd+laneGap)
}

// tail is the room behind the last event: for its arrow head and the end of the lifelines.
const tail = 56

// EventAt returns the last record that stands at or left of x, -1 if there is none.
func (d *Diagram) EventAt(x int32) int {
	lo, hi := 0, len(d.Head)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if d.Head[mid] <= x {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo - 1
}

// Rows returns the number of lifelines.
func (d *Diagram) Rows() int { return d.rows }

func (d *Diagram) edge() int32 {
	if len(d.Head) == 0 {
		return 0
	}
	return d.Head[len(d.Head)-1]
}

// add gives record i its place. X first holds where it would stand if it showed nothing.
func (d *Diagram) add(log *trace.Log, i int) {
	r := &log.Records[i]
	d.moveTo(r.At, i)
	d.arrowOf = append(d.arrowOf, 0)
	d.copyOf = append(d.copyOf, 0)
	d.owners.see(log, r, &d.words)
	x := d.show(log, i, r)
	d.X = append(d.X, x)
	d.Head = append(d.Head, max(x, d.edge()))
}

func (d *Diagram) show(log *trace.Log, i int, r *trace.Record) int32 {
	switch r.Kind {
	case trace.Send, trace.Duplicate:
		return d.send(log, i, r)
	case trace.Deliver, trace.Lose:
		return d.arrive(log, i, r)
	case trace.Note:
		return d.note(log, i, r)
	default:
		return d.event(log, i, r)
	}
}

// valid reports whether n is a lifeline of this diagram.
func (d *Diagram) valid(n trace.Node) bool { return int(n) < d.rows }
