package diagram

// glyphs are the shapes of marks, around (0, 0), about ten px wide. They are told apart by shape
// alone; class f fills with the owner's colour, s strokes with it, p is paper.
var glyphs = [...]struct{ name, shape string }{
	Promise:   {"promise", `<circle class="s p" r="4"/>`},
	Accept:    {"accept", `<circle class="f e" r="4.6"/>`},
	Chosen:    {"chosen", badge + `<path class="i" d="M-3.5 0.2L-1 2.9L3.6-2.7"/>`},
	Execute:   {"execute", `<rect class="f e" x="-4.5" y="-4.5" width="9" height="9" rx="1"/>`},
	Reply:     {"reply", `<rect class="s p" x="-4" y="-4" width="8" height="8" rx="1"/>`},
	Lead:      {"lead", `<path class="f e" d="` + star + `"/>`},
	StepDown:  {"step-down", `<path class="s p" d="` + star + `"/>`},
	Timer:     {"timer", `<circle class="s p" r="4.6"/><path class="s" d="M0-2.8V0H2.4"/>`},
	Write:     {"write", `<path class="q p" d="M-2.5-2.5h5v5h-5z"/>`},
	Sync:      {"sync", `<path class="q g" d="M-2.5-2.5h5v5h-5z"/>`},
	Crash:     {"crash", `<path class="v e" d="M2-9L-5.5 1.5H-.8L-2 9L5.5-1.5H.8Z"/>`},
	Restart:   {"restart", `<path class="g e" d="M-4-6L6.5 0L-4 6Z"/>`},
	Configure: {"configure", `<path class="s p" d="M-5 0L-2.5-4.4H2.5L5 0L2.5 4.4H-2.5Z"/>`},
	Note:      {"note", `<circle class="q p" r="3"/>`},
	Violation: {"violation", `<path class="v e" d="M0-8L8 0L0 8L-8 0Z"/>` + bang},
	Proposes:  {"proposes", `<circle class="f e" r="3.2"/>`},
	Refuses:   {"refuses", `<circle class="s p" r="4.6"/><path class="s" d="M-3.2 3.2L3.2-3.2"/>`},
	Suspects:  {"suspects", `<path class="q p" d="M0-4.5L4.5 0L0 4.5L-4.5 0Z"/>`},
	Trusts:    {"trusts", `<path class="q g" d="M0-4.5L4.5 0L0 4.5L-4.5 0Z"/>`},
	Waits:     {"waits", `<path class="s p" d="M-3.6-5H3.6L-3.6 5H3.6Z"/>`},
	Commits:   {"commits", badge + `<path class="i" d="M-3.5 0.2L-1 2.9L3.6-2.7"/>`},
	Aborts:    {"aborts", badge + `<path class="i" d="M-3-3L3 3M-3 3L3-3"/>`},
	Alarm:     {"alarm", `<path class="v e" d="M0-8L7.5 5.5H-7.5Z"/>` + bang},
}

const (
	badge = `<circle class="f e" r="7"/>`
	bang  = `<path class="i" d="M0-3.5V1.2M0 3.4v.6"/>`
	star  = "M0-6.8L1.7-2.3L6.5-2.1L2.7.9L4 5.5L0 2.8L-4 5.5L-2.7.9L-6.5-2.1L-1.7-2.3Z"
)

// ends are the shapes at the end of an arrow and on it; heads have their tip at (0, 0) and point
// along x.
var ends = [...]struct{ name, shape string }{
	{"h0", `<path class="f" d="M-1 0L-9.5-3.6V3.6Z"/>`},
	{"h1", `<path class="s" d="M-8.5-4L-1 0L-8.5 4"/>`},
	{"h2", `<path class="f" d="M-1 0L-8.5-3.6V3.6ZM-7.5 0L-15-3.6V3.6Z"/>`},
	{"h3", `<path class="s" d="M-2.5-5V5M-6.5-3.5V3.5"/>`},
	{"h4", `<path class="s p" d="M-1 0L-6-3.7L-11 0L-6 3.7Z"/>`},
	{"cross", `<path class="x" d="M-4.5-4.5L4.5 4.5M-4.5 4.5L4.5-4.5"/>`},
	{"h5", `<path class="f" d="M3-1h2v2h-2zM8-1h2v2h-2zM13-1h2v2h-2z"/>`},
	{"copy", `<circle class="s p" r="3"/>`},
	{"held", `<circle class="p" r="6"/><path class="x" d="M-2-4V4M2-4V4"/>`},
	{"corrupt", `<circle class="p" r="6"/><path class="x" d="M-5 2L-2-3L1 3L4-3"/>`},
}

// onItsWay is the head of an arrow that has not ended.
const onItsWay = 5

// defs defines the shapes that this picture uses.
func (p *picture) defs() {
	ax, ay := p.pt(p.x0, 0)
	p.raw(`<defs><clipPath id="synod-window">`)
	if p.d.opt.Vertical {
		p.f(`<rect x="0" y="%" width="%" height="%"/>`, ay-rowRoom, p.width, p.x1-p.x0+2*rowRoom)
	} else {
		p.f(`<rect x="%" y="0" width="%" height="%"/>`, ax-10, p.x1-p.x0+20, p.foot)
	}
	p.raw("</clipPath>")
	for _, g := range ends {
		p.define(g.name, g.shape)
	}
	for kind, g := range glyphs {
		if p.used.marks[kind] {
			p.define(g.name, g.shape)
		}
	}
	p.raw("</defs>\n")
}

func (p *picture) define(name, shape string) {
	p.raw(`<g id="synod-` + name + `">` + shape + "</g>")
}

// hairlines leads from the texts in the header to what they are about. A violation runs through
// all lifelines.
func (p *picture) hairlines() {
	last := p.row(uint8(max(p.d.rows-1, 0)))
	for k := range p.marksShown() {
		m := &p.d.Marks[k]
		if m.Lane < FirstHeader || m.Lane == NoLane {
			continue
		}
		to := last + rowRoom - 6
		if m.Row != NoRow && m.Kind != Violation {
			to = p.row(m.Row) - 4
		}
		x, y := p.pt(m.X, 0)
		if p.d.opt.Vertical {
			p.raw(`<path class="` + hairClass(m.Kind))
			p.f(`" d="M% %h%"/>`, x-p.d.opt.RowHeight/2, y, last+p.d.opt.RowHeight)
			continue
		}
		top := p.top - rowRoom - int32(m.Lane-FirstHeader)*headerLine - 10
		if p.cuts {
			top -= bandRoom
		}
		p.raw(`<path class="` + hairClass(m.Kind))
		p.f(`" d="M% %V%"/>`, x, top, y+to)
	}
}

func hairClass(k MarkKind) string {
	if k == Violation || k == Alarm {
		return "hair bad"
	}
	return "hair"
}

func markClass(k MarkKind) string {
	switch k {
	case Violation, Alarm:
		return "t bad"
	case Note:
		return "t said"
	case Chosen, Execute, Reply, Commits, Aborts:
		return "t value"
	}
	return "t"
}

// marks draws the marks; those of the run as a whole have no place on a lifeline.
func (p *picture) marks() {
	for k := range p.marksShown() {
		m := &p.d.Marks[k]
		if m.Row == NoRow {
			continue
		}
		x, y := p.pt(m.X, p.row(m.Row))
		p.use(glyphs[m.Kind].name, m.Hue, x, y)
	}
	p.raw("\n")
}
