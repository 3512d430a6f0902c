package diagram

import (
	"strings"

	"github.com/synodlab/synod/core/trace"
)

// SVG is what a picture has beyond the layout. The zero value is a picture of the whole run.
type SVG struct {
	Title string
	About string // one sentence below the title
	Link  string // reopens the run: metadata and, if it is http, https or a fragment, a link
	From  int    // the window of records [From, To) that is drawn; To 0: to the end
	To    int
	Max   int // at most so many records; 0: 2,000. What is left out, the picture says
	Theme Theme
}

// Theme says on which background a picture stands.
type Theme uint8

// The themes.
const (
	ThemeAuto Theme = iota // as the reader's system prefers
	ThemeLight
	ThemeDark
)

const defaultMax = 2000

// AppendSVG lays out what d lacks of log and appends the picture to dst: one svg element without
// script, font or anything else from outside, meant as a document of its own or as an image. All
// text of the run is escaped. A picture of n records takes some 150 n bytes.
func AppendSVG(dst []byte, d *Diagram, log *trace.Log, opt *Options, svg *SVG) []byte {
	d.Layout(log, opt)
	if svg == nil {
		svg = &SVG{}
	}
	p := picture{pen: pen{out: dst}, d: d, log: log, svg: svg}
	p.measure()
	p.open()
	p.bands()
	p.axis()
	p.lifelines()
	p.folds()
	p.raw(`<g clip-path="url(#synod-window)">`)
	p.hairlines()
	p.arrows()
	p.labels()
	p.crosses()
	p.marks()
	p.raw("</g>\n")
	p.legend()
	p.raw("</svg>\n")
	return p.out
}

// open writes everything that stands before the diagram: who reads it aloud hears title and desc.
func (p *picture) open() {
	p.raw(`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="synod-title ` +
		`synod-desc" `)
	p.f(`viewBox="0 0 % %" width="%" height="%">`, p.width, p.height, p.width, p.height)
	p.raw("\n<title id=\"synod-title\">")
	p.text(p.title())
	p.raw("</title>\n<desc id=\"synod-desc\">")
	p.describe()
	p.raw("</desc>\n")
	if p.svg.Link != "" {
		p.raw("<metadata>")
		p.text(p.svg.Link)
		p.raw("</metadata>\n")
	}
	p.sheet()
	p.defs()
	p.f(`<rect class="paper" width="%" height="%"/>`, p.width, p.height)
	p.heading()
}

func (p *picture) title() string {
	if p.svg.Title == "" {
		return "A run of Synod"
	}
	return p.svg.Title
}

// heading writes the title, the sentence below it, and what the window leaves out.
func (p *picture) heading() {
	linked := linkable(p.svg.Link)
	if linked {
		p.raw(`<a href="`)
		p.text(p.svg.Link)
		p.raw(`" target="_top">`)
	}
	if p.svg.Title != "" {
		p.f(`<text class="title" x="%" y="30">`, margin)
		p.text(cut(p.svg.Title, (p.width-2*margin)*10/14))
		p.raw("</text>")
	}
	if linked {
		p.raw("</a>")
	}
	if p.svg.About != "" {
		p.f(`<text class="about" x="%" y="%">`, margin, p.headingHeight()-22)
		p.text(cut(p.svg.About, (p.width-2*margin)*10/11))
		p.raw("</text>")
	}
	if p.from > 0 || p.to < len(p.log.Records) {
		p.f(`<text class="tick" x="%" y="%">`, margin, p.height-12)
		p.f("Events % to % of %; the others are left out.</text>", int32(p.from), int32(p.to-1),
			int32(len(p.log.Records)))
	}
	p.raw("\n")
}

// linkable reports whether a click on link does nothing but open a page.
func linkable(link string) bool {
	return strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://") ||
		strings.HasPrefix(link, "#")
}

// describe writes the picture in a sentence or two.
func (p *picture) describe() {
	if p.svg.About != "" {
		p.text(p.svg.About)
		p.raw(" ")
	}
	p.f("Space-time diagram of % nodes and % events. ", int32(p.d.rows), int32(p.to-p.from))
	sent, lost := int32(0), int32(0)
	for k := range p.arrowsShown() {
		sent++
		if p.d.Arrows[k].Flags&Lost != 0 {
			lost++
		}
	}
	p.f("% messages, % of them lost.", sent, lost)
	for k := range p.marksShown() {
		if m := &p.d.Marks[k]; m.Kind == Violation {
			p.f(" Event % ", int32(m.Event))
			p.text(p.d.Labels.Text(trace.Value(m.Label)))
			p.raw(".")
		}
	}
}
