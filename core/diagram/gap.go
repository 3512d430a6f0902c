package diagram

import (
	"math"

	"github.com/synodlab/synod/core/trace"
)

// A Gap is a stretch in which a node or a link does not work. It is 16 bytes long.
type Gap struct {
	X1    int32
	X2    int32  // Open while it lasts
	Event uint32 // the record that began it
	Kind  GapKind
	Row   uint8 // the node, or the sender's end of the link
	To    uint8 // the receiver's end of the link
	_     uint8
}

// Open is the X2 of a gap that has not ended.
const Open int32 = math.MaxInt32

// GapKind says what does not work.
type GapKind uint8

// The kinds of gaps.
const (
	Down   GapKind = iota + 1 // the node has crashed: it has no lifeline
	Paused                    // the node takes in nothing
	Cut                       // the link from Row to To loses everything
)

type link struct{ from, to trace.Node }

// slot returns where the index of the open gap of this kind is kept, 0 for none, else plus 1.
func (d *Diagram) slot(kind GapKind, n, to trace.Node) int32 {
	switch kind {
	case Down:
		return d.lines[n].down
	case Paused:
		return d.lines[n].paused
	}
	return d.cuts[link{n, to}]
}

func (d *Diagram) setSlot(kind GapKind, n, to trace.Node, index int32) {
	switch kind {
	case Down:
		d.lines[n].down = index
	case Paused:
		d.lines[n].paused = index
	default:
		if d.cuts == nil {
			d.cuts = make(map[link]int32)
		}
		d.cuts[link{n, to}] = index
	}
}

// openGap begins a gap at x, unless it is open already. It keeps Gaps sorted: only gaps of the
// same column can be out of order.
func (d *Diagram) openGap(kind GapKind, n, to trace.Node, x int32, i int) {
	if d.slot(kind, n, to) != 0 {
		return
	}
	g := Gap{X1: x, X2: Open, Event: uint32(i), Kind: kind, Row: uint8(n), To: uint8(to)}
	d.Gaps = append(d.Gaps, g)
	k := len(d.Gaps) - 1
	for ; k > 0 && d.Gaps[k-1].X1 > x; k-- {
		moved := d.Gaps[k-1]
		d.Gaps[k] = moved
		if moved.X2 == Open {
			d.setSlot(moved.Kind, trace.Node(moved.Row), trace.Node(moved.To), int32(k)+1)
		}
	}
	d.Gaps[k] = g
	d.setSlot(kind, n, to, int32(k)+1)
}

func (d *Diagram) closeGap(kind GapKind, n, to trace.Node, x int32) {
	if k := d.slot(kind, n, to); k != 0 {
		d.Gaps[k-1].X2 = x
		d.setSlot(kind, n, to, 0)
	}
}
