package scenario

import "strings"

// Format returns the canonical text of a file: header lines moved up in their order, each part
// with its `each` lines below its header, `until` below its last step; one blank between words,
// no blank lines, comments kept with their lines. Parse(Format(f)) is f but for the places, and
// Format of that is the same text.
func Format(f *File) string {
	w := &writer{}
	w.part(&f.Common)
	for i := range f.Cases {
		w.line(&f.Cases[i].Line)
		w.part(&f.Cases[i].Part)
	}
	w.comments(f.Tail)
	return w.b.String()
}

type writer struct{ b strings.Builder }

func (w *writer) part(p *Part) {
	w.lines(p.Settings)
	w.lines(p.Each)
	w.lines(p.Late)
	steps := p.lastStep()
	w.lines(p.Body[:steps])
	if p.Until != nil {
		w.line(p.Until)
	}
	w.lines(p.Body[steps:])
	for i := range p.Controls {
		w.line(&p.Controls[i].Line)
		w.lines(p.Controls[i].Body)
	}
}

func (w *writer) lines(lines []Line) {
	for i := range lines {
		w.line(&lines[i])
	}
}

func (w *writer) line(l *Line) {
	w.comments(l.Above)
	w.b.WriteString(l.Text())
	if l.Beside != "" {
		w.b.WriteString(" # ")
		w.b.WriteString(l.Beside)
	}
	w.b.WriteByte('\n')
}

func (w *writer) comments(texts []string) {
	for _, text := range texts {
		w.b.WriteByte('#')
		if text != "" {
			w.b.WriteByte(' ')
			w.b.WriteString(text)
		}
		w.b.WriteByte('\n')
	}
}
