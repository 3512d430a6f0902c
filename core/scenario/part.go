package scenario

import (
	"slices"
	"strings"
)

// set adds a header line. Where a later line wins, it takes the place of the earlier one, and
// keeps the comments of both.
func (p *Part) set(l Line) {
	word := strings.ToLower(l.Words[0].Text)
	l.Words[0].Text = word
	switch word {
	case "until":
		if p.Until != nil {
			l.inherit(p.Until)
		}
		p.Until = &l
		return
	case "about", "cites", "network", "link":
		p.Settings = append(p.Settings, l)
		return
	}
	for i := range p.Settings {
		if p.Settings[i].Words[0].Text == word {
			l.inherit(&p.Settings[i])
			p.Settings[i] = l
			return
		}
	}
	p.Settings = append(p.Settings, l)
}

// inherit keeps the comments of a line that l replaces.
func (l *Line) inherit(old *Line) {
	above := old.Above
	if old.Beside != "" {
		above = append(slices.Clip(above), old.Beside)
	}
	l.Above = slices.Concat(above, l.Above)
}

// rank returns the place of a header line in the canonical order. All roles have one: the order
// of role lines is the order of the nodes.
func (l *Line) rank() int {
	word := l.Words[0].Text
	if slices.Contains(roleWords, word) {
		word = roleWords[0]
	}
	return slices.Index(settingWords, word)
}

// finish puts the header lines in canonical order, those that need a value of the family behind
// it, and marks the lines that have a step below them.
func (p *Part) finish() {
	slices.SortStableFunc(p.Settings, func(a, b Line) int { return a.rank() - b.rank() })
	if len(p.Each) > 0 {
		p.postpone()
	}
	mark(p.Body)
	for i := range p.Controls {
		mark(p.Controls[i].Body)
	}
}

// postpone moves the lines with variables to Late, and the roles behind the first such role too.
func (p *Part) postpone() {
	var early []Line
	lateRoles := false
	for _, l := range p.Settings {
		isRole := slices.Contains(roleWords, l.Words[0].Text)
		late := !l.concrete() || isRole && lateRoles
		lateRoles = lateRoles || late && isRole
		if late {
			p.Late = append(p.Late, l)
		} else {
			early = append(early, l)
		}
	}
	p.Settings = early
}

// mark marks the lines that have a step below them.
func mark(body []Line) {
	below := false
	for i := len(body) - 1; i >= 0; i-- {
		body[i].here = below
		below = below || body[i].kind == lineStep
	}
}

// lastStep returns how many lines of the body go up to the last step.
func (p *Part) lastStep() int {
	for i := len(p.Body); i > 0; i-- {
		if p.Body[i-1].kind == lineStep {
			return i
		}
	}
	return 0
}

// settings calls f for each header line, in canonical order.
func (p *Part) settings(f func(*Line)) {
	for i := range p.Settings {
		f(&p.Settings[i])
	}
	for i := range p.Late {
		f(&p.Late[i])
	}
	if p.Until != nil {
		f(p.Until)
	}
}

// parts returns the common part, and that of case c if the file has cases.
func (f *File) parts(c int) []*Part {
	if len(f.Cases) == 0 {
		return []*Part{&f.Common}
	}
	return []*Part{&f.Common, &f.Cases[c].Part}
}
