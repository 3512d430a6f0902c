package diagram

import (
	"strings"

	"github.com/synodlab/synod/core/trace"
)

// arrows draws the messages.
func (p *picture) arrows() {
	for k := range p.arrowsShown() {
		a := &p.d.Arrows[k]
		if a.Flags&Self != 0 {
			p.loop(a)
		} else {
			p.flight(a)
		}
	}
	p.raw("\n")
}

// flight draws a message between two lifelines.
func (p *picture) flight(a *Arrow) {
	from := p.row(a.From)
	x1, y1 := p.pt(a.X1, from)
	x2, y2 := p.pt(a.X2, from+(p.row(a.To)-from)*int32(a.Reach)/whole)
	c, s := unit(x2-x1, y2-y1)
	arrived := a.End >= 0 && a.Flags&Lost == 0
	tx, ty := x2, y2
	if arrived && a.Style>>4 != Angle {
		tx, ty = x2-c*6/1000, y2-s*6/1000
	}
	p.stroke(a)
	p.f(`M% %L% %"/>`, x1, y1, tx, ty)
	p.end(a, x2, y2, c, s)
	if a.Flags&(Held|Corrupt) != 0 {
		p.onTheWay(a, (x1+x2)/2, (y1+y2)/2)
	}
	if a.Flags&Copy != 0 {
		p.use("copy", a.Hue, x1, y1)
	}
}

// loop draws a message to oneself.
func (p *picture) loop(a *Arrow) {
	x1, y1 := p.pt(a.X1, p.row(a.From))
	x2, y2 := p.pt(a.X2, p.row(a.From))
	side := int32(1)
	if a.Flags&Below != 0 || p.d.opt.Vertical && int(a.From) == p.d.rows-1 {
		side = -1
	}
	p.stroke(a)
	if p.d.opt.Vertical {
		bulge := x1 + side*loopDepth
		p.f(`M% %C% % % % % %"/>`, x1, y1, bulge, y1, bulge, y2, x2+side*4, y2)
		p.end(a, x2, y2, -1000*side, 0)
		return
	}
	bulge := y1 + side*loopDepth
	p.f(`M% %C% % % % % %"/>`, x1, y1, x1, bulge, x2, bulge, x2, y2+side*4)
	p.end(a, x2, y2, 0, -1000*side)
}

// loopDepth is how far a loop's handles stand from its lifeline; it bulges three quarters of that.
const loopDepth = 19

// stroke opens the path of an arrow, up to its data.
func (p *picture) stroke(a *Arrow) {
	p.f(`<path class="m d% o%`, int32(a.Style&15), int32(a.Hue))
	if a.Flags&Lost != 0 {
		p.raw(" lost")
	}
	p.raw(`" d="`)
}

// end draws the head of an arrow that points along (c, s) thousandths, or the open end of one that
// is still on its way. The crosses come later, where no text hides them.
func (p *picture) end(a *Arrow, x, y, c, s int32) {
	if a.Flags&Lost != 0 {
		return
	}
	head := int32(a.Style >> 4)
	if a.End < 0 {
		head = onItsWay
	}
	p.f(`<use href="#synod-h%" class="o%" transform="matrix(`, head, int32(a.Hue))
	for _, n := range [...]int32{c, s, -s, c} {
		p.milli(n)
		p.raw(" ")
	}
	p.f(`% %)"/>`, x, y)
}

// crosses marks where messages were lost.
func (p *picture) crosses() {
	for k := range p.arrowsShown() {
		a := &p.d.Arrows[k]
		if a.Flags&Lost == 0 {
			continue
		}
		from := p.row(a.From)
		x, y := p.pt(a.X2, from+(p.row(a.To)-from)*int32(a.Reach)/whole)
		p.use("cross", a.Hue, x, y)
	}
}

func (p *picture) onTheWay(a *Arrow, x, y int32) {
	if a.Flags&Corrupt != 0 {
		p.use("corrupt", a.Hue, x, y)
		return
	}
	p.use("held", a.Hue, x, y)
}

func (p *picture) use(glyph string, hue uint8, x, y int32) {
	p.raw(`<use href="#synod-` + glyph)
	p.f(`" class="o%" x="%" y="%"/>`, int32(hue), x, y)
}

// labels writes the texts of arrows and marks, over all lines.
func (p *picture) labels() {
	for k := range p.arrowsShown() {
		a := &p.d.Arrows[k]
		if a.LabelX == NoPlace || int(a.Send) < p.from {
			continue
		}
		lane := Before
		if a.Flags&Below != 0 {
			lane = After
		}
		p.label("t", a.Hue, trace.Value(a.Label), a.LabelX, a.From, lane)
	}
	for k := range p.marksShown() {
		if m := &p.d.Marks[k]; m.LabelX != NoPlace {
			p.label(markClass(m.Kind), m.Hue, trace.Value(m.Label), m.LabelX, m.Row, m.Lane)
		}
	}
	p.raw("\n")
}

// label writes text v at along px of time, in lane of row.
func (p *picture) label(class string, hue uint8, v trace.Value, along int32, row, lane uint8) {
	text := p.d.Labels.Text(v)
	x, y := p.pt(along, 0)
	anchor := ""
	switch {
	case p.d.opt.Vertical:
		x, y, anchor, text = p.inColumn(text, along, row, lane)
	case lane >= FirstHeader:
		x, y = x+5, p.top-rowRoom-int32(lane-FirstHeader)*headerLine-2
		if p.cuts {
			y -= bandRoom
		}
	case lane == After:
		y += p.row(row) + 17
	default:
		y += p.row(row) - 9
	}
	p.raw(`<text class="` + class)
	p.f(` o%"`, int32(hue))
	p.raw(anchor)
	p.f(` x="%" y="%">`, x, y)
	p.text(text)
	p.raw("</text>")
}

// inColumn returns where a text stands in a vertical picture, and as much of it as fits there.
func (p *picture) inColumn(text string, along int32, row, lane uint8) (
	x, y int32, anchor, fitting string,
) {
	if lane >= FirstHeader {
		x, y = p.pt(along, -p.d.opt.RowHeight/2)
		return x + 6, y - 4, "", cut(text, p.width-x-margin)
	}
	x, y = p.pt(along, p.row(row))
	text = p.inGutter(text)
	if lane == Before {
		return x - 7, y - 3, ` text-anchor="end"`, text
	}
	return x + 7, y - 3, "", text
}

// inGutter returns as much of a label as fits between two columns: all, the word before its
// bracket, or its beginning.
func (p *picture) inGutter(text string) string {
	room := (p.d.opt.RowHeight - gutterEdge) * 11 / 10 // texts are smaller here: 10 px
	if width([]byte(text)) <= room {
		return text
	}
	if word, _, found := strings.Cut(text, "("); found && word != "" {
		text = word
	}
	return cut(text, room)
}

// unit returns the direction of (dx, dy) in thousandths.
func unit(dx, dy int32) (c, s int32) {
	n := root(int64(dx)*int64(dx) + int64(dy)*int64(dy))
	if n == 0 {
		return 1000, 0
	}
	return int32(int64(dx) * 1000 / n), int32(int64(dy) * 1000 / n)
}

// root returns the integer square root of n, by Newton's method.
func root(n int64) int64 {
	if n < 2 {
		return max(n, 0)
	}
	x := n
	for y := (x + 1) / 2; y < x; y = (x + n/x) / 2 {
		x = y
	}
	return x
}
