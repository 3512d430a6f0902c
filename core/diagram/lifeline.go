package diagram

import "github.com/synodlab/synod/core/trace"

// A lifeline is what the layout knows of one node: where its last event stands, how far its two
// lanes of text are taken, and the fan of arrows that may still grow.
type lifeline struct {
	x      int32
	at     int64
	used   bool
	free   [2]int32 // by lane: the first px that no text has taken
	fan    fan
	big    bool        // the last event's mark is a large one
	said   trace.Value // the last mark's label at instant at
	down   int32       // index of the open gap plus 1
	paused int32       // the same
}

// A fan is one message sent to several nodes at once: arrows from one point, with one label.
type fan struct {
	open  bool
	mixed bool // goes both ways
	typ   uint8
	label trace.Value
	x     int32
	first uint32 // record of its first sending
}

// earliest returns where the next event at node n may stand. An effect stands close to its cause.
func (d *Diagram) earliest(n trace.Node, effect bool) int32 {
	l, gap := &d.lines[n], d.opt.MinGap
	if !l.used {
		return d.column.base
	}
	if effect && l.at == d.column.at {
		gap = gap * 5 / 8
	}
	if l.big {
		gap += bigGlyph
	}
	return max(d.column.base, l.x+gap)
}

// bigGlyph is how many px more a large mark takes on either side.
const bigGlyph = 5

// settle says that the last event of node n stands at x.
func (d *Diagram) settle(n trace.Node, x int32) {
	l := &d.lines[n]
	if l.at != d.column.at {
		l.said = 0
	}
	l.x, l.at, l.used, l.big, l.fan.open = x, d.column.at, true, false, false
}
