package diagram

import (
	"strings"

	"github.com/synodlab/synod/core/trace"
)

// Texts stand in lanes: one before (above) and one after (below) every lifeline, and a few in the
// header for what concerns the whole run. A lane is filled from left to right, so that no two
// texts overlap, and the place of a text never changes.
const (
	Before      uint8 = 0
	After       uint8 = 1
	FirstHeader uint8 = 2
	NoLane      uint8 = 255

	headerLanes = 3
)

// The size of texts, px: a line, and what stands between two texts.
const (
	lineRoom   = 14
	laneGap    = 9
	gutterEdge = 10 // of a gutter's width, what no text takes
	mixedShift = 24 // a label beside a fan that goes both ways stands clear of its arrows
)

// room returns the px along time that label v takes.
func (d *Diagram) room(v trace.Value) int32 {
	if d.opt.Vertical {
		return lineRoom
	}
	return d.widths[v-1] + laneGap
}

// take gives label v a place in lane of node n at x or later, and returns where.
func (d *Diagram) take(n trace.Node, lane uint8, v trace.Value, x int32) int32 {
	free := d.lane(n, lane)
	x = max(x, *free)
	*free = x + d.room(v)
	d.reach(x + d.room(v))
	return x
}

// lane returns how far a lane is taken. In a vertical picture the lane after a column and the one
// before the next are one gutter.
func (d *Diagram) lane(n trace.Node, lane uint8) *int32 {
	if d.opt.Vertical && lane == Before && n > 0 {
		n, lane = n-1, After
	}
	return &d.lines[n].free[lane]
}

// across takes a line for label v through all gutters of a vertical picture.
func (d *Diagram) across(v trace.Value, x int32) int32 {
	for r := range d.rows {
		x = max(x, d.lines[r].free[After])
	}
	x = max(x, d.header[0])
	d.header[0] = x + d.room(v)
	for r := range d.rows {
		d.lines[r].free[After] = d.header[0]
	}
	d.Lanes = 1
	d.reach(d.header[0])
	return x
}

// reach keeps the picture wide enough for a text that ends at x.
func (d *Diagram) reach(x int32) { d.textEnd = max(d.textEnd, x) }

// beside takes a place for label v in the lane of node n where it stands earlier, the one above if
// both are free.
func (d *Diagram) beside(n trace.Node, v trace.Value, x int32) (int32, uint8) {
	lane, l := Before, &d.lines[n]
	if l.free[Before] > x && l.free[After] < l.free[Before] {
		lane = After
	}
	return d.take(n, lane, v, x), lane
}

// above takes a place for label v in the first header lane that is free at x, or in the one that
// is free first.
func (d *Diagram) above(v trace.Value, x int32) (int32, uint8) {
	if d.opt.Vertical {
		return d.across(v, x), FirstHeader
	}
	best := 0
	for k := range headerLanes {
		if d.header[k] <= x {
			best = k
			break
		}
		if d.header[k] < d.header[best] {
			best = k
		}
	}
	x = max(x, d.header[best])
	d.header[best] = x + d.room(v)
	d.reach(x + d.room(v))
	d.Lanes = max(d.Lanes, int32(best+1))
	return x, FirstHeader + uint8(best)
}

// width returns the px that text takes in a system font of 11 px, rather too many than too few.
func width(text []byte) int32 {
	tenths := int32(0)
	for _, r := range string(text) {
		tenths += advance(r)
	}
	return (tenths + 9) / 10
}

// advance returns the tenths of a px that r takes.
func advance(r rune) int32 {
	switch {
	case r >= 0x1100 && r != '…':
		return 120
	case strings.ContainsRune("mwMW@%…—→↔", r):
		return 103
	case strings.ContainsRune("ijlftrI.,:;'|!()[]{}- ", r):
		return 44
	case r >= 'A' && r <= 'Z':
		return 77
	}
	return 68
}
