package diagram

import "github.com/synodlab/synod/core/trace"

// An Arrow is one message on its way. It is 32 bytes long and holds no pointer.
type Arrow struct {
	X1     int32  // where it leaves the lifeline From
	X2     int32  // where it ends; while End < 0 the end of a stub
	Send   uint32 // the record of its sending; of its copying, if it is a copy
	End    int32  // the record of its delivery or loss; -1: it is on its way
	Label  uint32 // its text in Labels, 0 none
	LabelX int32  // where its text begins along time; NoPlace: it has none
	From   uint8  // rows
	To     uint8
	Type   uint8 // kind of the message plus 1, as in trace.Record
	Owner  uint8 // the node whose ballot, else whose command, it carries; trace.NoNode: nobody's
	Hue    uint8 // the owner's colour: an index into Palette
	Style  uint8 // the kind's dash (low four bits) and head (high four bits)
	Reach  uint8 // sixteenths of the way from row From to row To where it ends
	Flags  Flags
}

// NoPlace is the LabelX of a text that stands nowhere.
const NoPlace int32 = -1

// Flags say what is special about an arrow.
type Flags uint8

// The flags of an arrow.
const (
	Lost    Flags = 1 << iota // ends in a cross
	Copy                      // the second copy of a message
	Self                      // to the sender itself: a loop
	Held                      // was held on its way
	Corrupt                   // was damaged on its way
	Below                     // its label stands after the lifeline; the loop of Self before it
	Fan                       // the same message as the arrow before it, to another node: one label
)

// How far an arrow reaches, in sixteenths.
const (
	whole      = 16 // arrived, or lost at the very door of a node that is down
	lostAway   = 9
	lostAtDoor = 13
	stubAway   = 6
)

// send shows that message r leaves. A copy leaves where it was copied.
func (d *Diagram) send(log *trace.Log, i int, r *trace.Record) int32 {
	if !d.valid(r.From) || !d.valid(r.To) {
		return d.column.base
	}
	a := Arrow{Send: uint32(i), End: -1, LabelX: NoPlace, From: uint8(r.From), To: uint8(r.To),
		Type: r.Type, Style: d.styleOf(r.Type), Reach: stubAway}
	a.Owner, a.Hue = d.owners.of(log, r)
	if r.From == r.To {
		a.Flags |= Self
	}
	a.Label = uint32(d.message(log, i))
	if r.Kind == trace.Duplicate {
		d.copied(log, r, i, &a)
	} else {
		d.leave(&a)
	}
	a.X2 = a.X1 + flight(a.From, a.To)*stubAway/whole
	d.insertArrow(a)
	return a.X1
}

// leave finds the point where a leaves: that of the fan that it belongs to, or a new one.
func (d *Diagram) leave(a *Arrow) {
	l := &d.lines[a.From]
	f := &l.fan
	if f.open && f.typ == a.Type && uint32(f.label) == a.Label && l.at == d.column.at &&
		f.x >= d.column.base {
		a.X1 = f.x
		a.Flags |= Fan
		d.widen(a)
		if k := d.arrowOf[f.first]; a.Flags&Self != 0 && k != 0 {
			a.Flags |= d.Arrows[k-1].Flags & Below
		}
		return
	}
	a.X1 = d.earliest(trace.Node(a.From), true)
	d.labelArrow(a)
	d.settle(trace.Node(a.From), a.X1)
	*f = fan{open: true, typ: a.Type, label: trace.Value(a.Label), x: a.X1, first: a.Send}
}

// labelArrow places the label of a on the side of the lifeline that the arrow does not cross.
func (d *Diagram) labelArrow(a *Arrow) {
	if d.opt.NoLabels || a.Label == 0 {
		return
	}
	lane := Before
	if d.tail(a) == After {
		lane, a.Flags = After, a.Flags|Below
	}
	a.X1 = d.take(trace.Node(a.From), lane, trace.Value(a.Label), a.X1)
	a.LabelX = a.X1
}

// tail returns the lane of a's label. The first and the last column of a vertical picture have
// room on their inner side only.
func (d *Diagram) tail(a *Arrow) uint8 {
	switch {
	case d.opt.Vertical && a.From == 0:
		return After
	case d.opt.Vertical && int(a.From) == d.rows-1:
		return Before
	case a.To < a.From:
		return After
	}
	return Before
}

// widen takes a into the fan that it belongs to. If it goes the other way than the first arrow,
// the label moves aside.
func (d *Diagram) widen(a *Arrow) {
	f := &d.lines[a.From].fan
	k := d.arrowOf[f.first]
	if k == 0 || f.mixed || d.opt.Vertical || a.Flags&Self != 0 {
		return
	}
	first := &d.Arrows[k-1]
	if first.LabelX == NoPlace || (a.To < a.From) == (first.Flags&Below != 0) {
		return
	}
	f.mixed = true
	first.LabelX += mixedShift
	lane := Before
	if first.Flags&Below != 0 {
		lane = After
	}
	d.lines[a.From].free[lane] += mixedShift
}

// copied finds the point where copy a leaves, and remembers that it belongs to its original.
func (d *Diagram) copied(log *trace.Log, r *trace.Record, i int, a *Arrow) {
	a.Flags |= Copy
	a.X1 = d.column.base
	k := d.arrowIndex(log, r)
	if k < 0 {
		return
	}
	a.X1 = max(a.X1, d.Arrows[k].X1)
	at := d.Arrows[k].Send
	for d.copyOf[at] != 0 {
		at = uint32(d.copyOf[at] - 1)
	}
	d.copyOf[at] = int32(i) + 1
}

// arrive ends the arrow that record r delivers or loses.
func (d *Diagram) arrive(log *trace.Log, i int, r *trace.Record) int32 {
	k := d.arrowIndex(log, r)
	if k < 0 {
		return d.column.base
	}
	k = d.openCopy(k)
	a := &d.Arrows[k]
	if a.End >= 0 {
		return d.column.base
	}
	a.End = int32(i)
	if r.Kind == trace.Deliver {
		a.Reach = whole
		a.X2 = max(d.earliest(trace.Node(a.To), false), a.X1+flight(a.From, a.To))
		d.settle(trace.Node(a.To), a.X2)
		return a.X2
	}
	a.Flags |= Lost
	a.Reach = d.lostAt(r)
	a.X2 = max(d.column.base, a.X1+flight(a.From, a.To)*int32(a.Reach)/whole)
	return a.X2
}

// lostAt tells how far a message came that was lost: to a node that is down or that found it
// damaged, nearly there if its link was cut by then, or some of the way.
func (d *Diagram) lostAt(r *trace.Record) uint8 {
	switch {
	case r.Node != r.To || r.From == r.To:
		return lostAway
	case d.lines[r.To].down != 0 || d.words.of(r.Note) == corrupts:
		return whole
	}
	return lostAtDoor
}

// arrowIndex returns the arrow of the message that r is about, -1 if it has none: by its cause, or,
// in a trace without causes, by its identity, which rises with the order of sending.
func (d *Diagram) arrowIndex(log *trace.Log, r *trace.Record) int {
	if c := int(r.Cause) - 1; c >= 0 && c < len(d.arrowOf) && d.arrowOf[c] != 0 &&
		log.Records[c].Message == r.Message {
		return int(d.arrowOf[c]) - 1
	}
	for k := len(d.Arrows) - 1; k >= max(0, len(d.Arrows)-searchBack); k-- {
		a := &d.Arrows[k]
		if log.Records[a.Send].Message == r.Message && r.Message != 0 && a.End < 0 {
			return k
		}
	}
	return -1
}

// searchBack bounds how many messages back an arrival without a cause is sought.
const searchBack = 256

// openCopy returns arrow k or, if that has ended, the first of its copies that has not.
func (d *Diagram) openCopy(k int) int {
	at := d.Arrows[k].Send
	for d.Arrows[k].End >= 0 && d.copyOf[at] != 0 {
		at = uint32(d.copyOf[at] - 1)
		k = int(d.arrowOf[at]) - 1
	}
	return k
}

// insertArrow keeps Arrows sorted. Only arrows of the same column can be out of order.
func (d *Diagram) insertArrow(a Arrow) {
	d.Arrows = append(d.Arrows, a)
	k := len(d.Arrows) - 1
	for ; k > 0 && d.Arrows[k-1].X1 > a.X1; k-- {
		d.Arrows[k] = d.Arrows[k-1]
		d.arrowOf[d.Arrows[k].Send] = int32(k) + 1
	}
	d.Arrows[k] = a
	d.arrowOf[a.Send] = int32(k) + 1
}
