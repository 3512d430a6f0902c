package diagram

import "math"

// The widths of time, in px.
const (
	instantGap = 8   // at least so much between two instants
	foldFrom   = 220 // a silence longer than this is folded
	foldTo     = 84  // to this
	columnMax  = 220 // an instant that grows wider than this goes on in a new column

	flightBase = 26 // a message to the next row takes at least this and one flightRow
	flightRow  = 8
	flightRows = 6 // farther rows take no longer than this one
)

// A column is where the events of one instant begin. Within it each node has its own cursor, so
// that what happens at once at several nodes stands above each other. A column has bounded width:
// sorting what stands in it costs a bounded number of steps.
type column struct {
	at   int64
	base int32
}

// A Fold is a silence that was cut out of the picture. It is 16 bytes long.
type Fold struct {
	Micros int64  // how much time passes
	X      int32  // the middle of the fold, px along time
	Event  uint32 // the first record after it
}

// A Tick is a place on the axis whose time is known. It is 16 bytes long.
type Tick struct {
	At    int64 // virtual time, microseconds
	X     int32 // px along time
	Event uint32
}

// The least px between two ticks: a time is some forty px wide and a dozen high.
const (
	tickGap         = 72
	tickGapVertical = 48
)

// moveTo moves the column to time at, for record i. A time that runs backwards counts as now.
func (d *Diagram) moveTo(at int64, i int) {
	c := &d.column
	switch {
	case !d.begun:
		d.begun, c.at = true, at
	case at > c.at:
		d.step(uint64(at)-uint64(c.at), i)
		c.at = at
	case d.edge()-c.base > columnMax:
		c.base = d.edge() + instantGap
		return
	default:
		return
	}
	d.tick(at, i)
}

// step moves the base by dt microseconds: to scale, behind all that stands already, or by a fold.
func (d *Diagram) step(dt uint64, i int) {
	c, edge := &d.column, d.edge()
	px := dt / uint64(d.opt.Scale)
	if px <= foldFrom+uint64(edge-c.base) {
		c.base = max(c.base+int32(px), edge+instantGap)
		return
	}
	c.base = edge + foldTo
	d.Folds = append(d.Folds, Fold{Micros: int64(min(dt, math.MaxInt64)), X: edge + foldTo/2,
		Event: uint32(i)})
}

func (d *Diagram) tick(at int64, i int) {
	gap := int32(tickGap)
	if d.opt.Vertical {
		gap = tickGapVertical
	}
	if n := len(d.Ticks); n > 0 && d.column.base-d.Ticks[n-1].X < gap {
		return
	}
	d.Ticks = append(d.Ticks, Tick{At: at, X: d.column.base, Event: uint32(i)})
}

// flight returns the least px that a message over so many rows takes.
func flight(from, to uint8) int32 {
	rows := int32(to) - int32(from)
	if rows < 0 {
		rows = -rows
	}
	return flightBase + flightRow*min(rows, flightRows)
}
