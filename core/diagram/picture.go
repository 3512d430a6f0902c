package diagram

import (
	"iter"

	"github.com/synodlab/synod/core/trace"
)

// picture is one drawing of a diagram: a window of it and where that stands on the sheet.
type picture struct {
	pen
	d   *Diagram
	log *trace.Log
	svg *SVG

	from, to      int   // records
	x0, x1        int32 // px along time
	left, top     int32 // where x0 of row 0 stands
	width, height int32
	foot          int32 // y where the legend begins
	used          legendUse
	cuts          bool // whether a link was ever cut
}

// The measures of a sheet, px.
const (
	margin      = 20
	titleRoom   = 30
	aboutRoom   = 20
	bandRoom    = 18
	rowRoom     = 34 // above the first and below the last lifeline
	axisRoom    = 26
	foldRoom    = 13
	headerLine  = 16
	timeRoom    = 66 // left of a vertical picture
	legendLine  = 22
	leastWidth  = 520
	leastNarrow = 320
)

func (p *picture) measure() {
	p.window()
	p.used, p.cuts = p.uses(), p.hasCuts()
	d := p.d
	along, across := p.x1-p.x0, d.opt.RowHeight*int32(max(d.rows-1, 0))
	p.top = p.headingHeight() + rowRoom
	if d.opt.Vertical {
		p.left = timeRoom + d.opt.RowHeight/2
		p.width = max(p.left+across+d.opt.RowHeight/2+margin, leastNarrow)
		p.foot = p.top + along + 8
	} else {
		p.left = margin + p.nameRoom() + 16
		p.top += d.Lanes * headerLine
		if p.cuts {
			p.top += bandRoom
		}
		p.width = max(p.left+along+margin, leastWidth)
		p.foot = p.top + across + rowRoom + axisRoom
		if len(d.Folds) > 0 {
			p.foot += foldRoom
		}
	}
	p.height = p.foot + p.legendHeight() + 14
	if p.from > 0 || p.to < len(p.log.Records) {
		p.height += legendLine
	}
}

// window settles which records are drawn and the stretch of time that they take.
func (p *picture) window() {
	n := len(p.log.Records)
	most := p.svg.Max
	if most <= 0 {
		most = defaultMax
	}
	p.to = p.svg.To
	if p.to <= 0 || p.to > n {
		p.to = n
	}
	p.from = max(0, min(p.svg.From, p.to))
	p.to = min(p.to, p.from+most)
	p.x0, p.x1 = 0, p.d.Width
	if p.from > 0 && p.from < n {
		p.x0 = max(0, p.d.X[p.from]-2*instantGap)
	}
	if p.to < n && p.to > 0 {
		p.x1 = p.d.Head[p.to-1] + tail/2
	}
	p.x1 = max(p.x1, p.x0+tail)
}

func (p *picture) headingHeight() int32 {
	h := int32(16)
	if p.svg.Title != "" {
		h += titleRoom
	}
	if p.svg.About != "" {
		h += aboutRoom
	}
	return h
}

func (p *picture) nameRoom() int32 {
	room := int32(16)
	for _, name := range p.log.Nodes[:p.d.rows] {
		room = max(room, width([]byte(cut(name, longestName)))*12/11)
	}
	return room
}

// longestName bounds the px that a node's name takes.
const longestName = 120

// pt returns the place on the sheet of along px of time and across px from the first lifeline.
func (p *picture) pt(along, across int32) (x, y int32) {
	if p.d.opt.Vertical {
		return p.left + across, p.top + along - p.x0
	}
	return p.left + along - p.x0, p.top + across
}

func (p *picture) row(r uint8) int32 { return int32(r) * p.d.opt.RowHeight }

// arrowsShown yields the arrows that begin before the window's end and end behind its beginning.
func (p *picture) arrowsShown() iter.Seq[int] {
	return func(yield func(int) bool) {
		for k := range p.d.Arrows {
			a := &p.d.Arrows[k]
			if int(a.Send) >= p.to || a.X2 < p.x0 || a.X1 > p.x1 {
				continue
			}
			if !yield(k) {
				return
			}
		}
	}
}

// marksShown yields the marks of the window.
func (p *picture) marksShown() iter.Seq[int] {
	return func(yield func(int) bool) {
		for k := range p.d.Marks {
			if e := int(p.d.Marks[k].Event); e >= p.from && e < p.to && !yield(k) {
				return
			}
		}
	}
}

// clip returns x1 and x2 within the window, and whether anything of them is in it.
func (p *picture) clip(x1, x2 int32) (int32, int32, bool) {
	return max(x1, p.x0), min(x2, p.x1), x1 <= p.x1 && x2 >= p.x0
}
