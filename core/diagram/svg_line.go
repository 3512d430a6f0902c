package diagram

import "github.com/synodlab/synod/core/trace"

// lifelines draws one line for each node, with its name: whole while it is up, dotted faintly
// while it is down, thick while it is paused.
func (p *picture) lifelines() {
	var up [trace.MaxNodes]int32 // where the line of each node goes on
	for r := range p.d.rows {
		up[r] = p.x0
	}
	for k := range p.d.Gaps {
		g := &p.d.Gaps[k]
		x1, x2, in := p.clip(g.X1, g.X2)
		if int(g.Event) >= p.to || !in {
			continue
		}
		switch g.Kind {
		case Down:
			p.line("life", up[g.Row], x1, g.Row)
			p.line("gone", x1, x2, g.Row)
			up[g.Row] = x2
		case Paused:
			p.line("still", x1, x2, g.Row)
		}
	}
	for r := range p.d.rows {
		p.line("life", up[r], p.x1, uint8(r))
		p.name(uint8(r))
	}
	p.raw("\n")
}

func (p *picture) line(class string, x1, x2 int32, row uint8) {
	if x2 <= x1 {
		return
	}
	ax, ay := p.pt(x1, p.row(row))
	bx, by := p.pt(x2, p.row(row))
	p.raw(`<path class="` + class)
	p.f(`" d="M% %L% %"/>`, ax, ay, bx, by)
}

func (p *picture) name(row uint8) {
	x, y := p.pt(p.x0, p.row(row))
	name := cut(p.log.Nodes[row], longestName)
	if p.d.opt.Vertical {
		name = cut(name, p.d.opt.RowHeight-6)
		p.f(`<text class="name" text-anchor="middle" x="%" y="%">`, x, y-14)
	} else {
		p.f(`<text class="name" text-anchor="end" x="%" y="%">`, x-14, y+4)
	}
	p.text(name)
	p.raw("</text>")
}

// axis draws the ticks of virtual time, below a picture or left of it.
func (p *picture) axis() {
	across := p.row(uint8(max(p.d.rows-1, 0))) + rowRoom
	if p.d.opt.Vertical {
		across = -p.d.opt.RowHeight / 2
	}
	ax, ay := p.pt(p.x0, across)
	bx, by := p.pt(p.x1, across)
	p.f(`<path class="axis" d="M% %L% %"/>`, ax, ay, bx, by)
	for k := range p.d.Ticks {
		t := &p.d.Ticks[k]
		if t.X < p.x0 || t.X > p.x1 || int(t.Event) >= p.to {
			continue
		}
		x, y := p.pt(t.X, across)
		if p.d.opt.Vertical {
			p.f(`<path class="axis" d="M% %h-5"/>`, x, y)
			p.f(`<text class="tick" text-anchor="end" x="%" y="%">`, x-9, y+4)
		} else {
			p.f(`<path class="axis" d="M% %v5"/>`, x, y)
			p.f(`<text class="tick" text-anchor="middle" x="%" y="%">`, x, y+18)
		}
		p.micros(t.At)
		p.raw("</text>")
	}
	p.raw("\n")
}

// folds cuts the picture where silence was folded away, and says how much.
func (p *picture) folds() {
	across := p.row(uint8(max(p.d.rows-1, 0))) + rowRoom
	for k := range p.d.Folds {
		f := &p.d.Folds[k]
		if f.X < p.x0 || f.X > p.x1 || int(f.Event) >= p.to {
			continue
		}
		if p.d.opt.Vertical {
			x, y := p.pt(f.X, -p.d.opt.RowHeight/2)
			wide := p.row(uint8(max(p.d.rows-1, 0))) + p.d.opt.RowHeight
			p.f(`<path class="fold" d="M% %h%v8h-%z"/>`, x, y-4, wide, wide)
			p.f(`<path class="cut" d="M% %h%m0 8h-%"/>`, x, y-4, wide, wide)
			p.f(`<text class="skip" text-anchor="end" x="%" y="%">`, x-9, y+4)
		} else {
			x, y := p.pt(f.X, -rowRoom+8)
			tall := across + rowRoom - 4
			p.f(`<path class="fold" d="M% %h8v%h-8z"/>`, x-4, y, tall)
			p.f(`<path class="cut" d="M% %v%m8 0v-%"/>`, x-4, y, tall, tall)
			p.f(`<text class="skip" text-anchor="middle" x="%" y="%">`, x, y+tall+31)
		}
		p.micros(f.Micros)
		p.raw("</text>")
	}
	p.raw("\n")
}
