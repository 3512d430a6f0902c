package scenario

import (
	"slices"
	"strconv"
	"strings"
)

// Expand makes one run: run 0..RunsOf(c)-1 of case c. Statements without variables are shared
// between runs, so a caller reads a Scenario and never changes it; several goroutines may call
// Expand at once. The error is Errors.
func (f *File) Expand(c, run int) (*Scenario, error) {
	r := &reader{file: f}
	e := &expander{file: f, add: r.add}
	e.values.values = f.families[c][run]
	s := e.scenario(c, run)
	if len(r.errs) > 0 {
		return nil, r.sorted()
	}
	return s, nil
}

// expander makes one run of a file.
type expander struct {
	file   *File
	words  *Vocabulary // nil: the protocols' words are not judged
	fix    bool        // the file is being parsed: its lines may be changed
	add    func(*Error)
	broken bool // a header line is lost: nodes are not judged
	values replacer
	work   int  // lines parsed
	cost   int  // words that lists stand for
	over   bool // they are too many: nothing more is parsed
	header Header
	lines  []string // of the header
	rests  bool     // nothing moves unless a line moves it
	at     int
}

// scenario makes the run.
func (e *expander) scenario(c, run int) *Scenario {
	e.at = c
	s := &Scenario{Run: run, Values: e.values.values}
	if len(e.file.Cases) > 0 {
		s.Case = e.file.Cases[c].Name
		s.CaseTitle = e.title(&e.file.Cases[c])
	}
	parts := e.file.parts(c)
	e.makeHeader(parts)
	s.settings, e.rests = e.lines, e.header.ByHand
	own := e.words.find(e.header.Protocol.Name)
	search := false
	for _, part := range parts {
		s.Body = append(s.Body, e.body(part.Body, own, &search)...)
		if part == parts[0] {
			s.Common = len(s.Body)
		}
	}
	for _, part := range parts {
		for i := range part.Controls {
			s.Controls = append(s.Controls, e.variant(&part.Controls[i], search))
		}
	}
	if e.header.Protocol.Name == "" && len(s.Body) > 0 && !e.broken {
		e.add(&Error{Pos: s.Body[0].Source().Pos, Problem: "no line above names the protocol",
			Wanted: "a header line `protocol NAME`"})
	}
	s.Header = e.header
	return s
}

// title returns the title of a case, variables replaced.
func (e *expander) title(c *Case) string {
	if c.Title == "" {
		return ""
	}
	words, err := e.values.word(c.Title, true)
	if err != nil {
		err.Pos = c.Line.Pos
		e.add(err)
		return c.Title
	}
	return words[0]
}

// makeHeader reads the header lines: what a case says, it says instead of the common part.
func (e *expander) makeHeader(parts []*Part) {
	e.header = defaults()
	for _, part := range parts {
		before := e.header.About
		e.header.About = nil
		part.settings(e.setting)
		if e.header.About == nil {
			e.header.About = before
		}
	}
	e.eachSeed()
	for _, role := range e.header.Roles {
		for _, n := range role.Nodes {
			if !e.header.Has(n) {
				e.header.Nodes = append(e.header.Nodes, n)
			}
		}
	}
	for i := range e.header.Links {
		l := &e.header.Links[i]
		for _, n := range slices.Concat(l.From, l.To) {
			e.judgeNode(use{useNode, n, l.Pos})
		}
	}
	e.judgeHeader()
}

// setting reads one header line into the header.
func (e *expander) setting(l *Line) {
	p := e.parser(l)
	if p == nil {
		e.broken = true
		return
	}
	p.setting(&e.header)
	e.lines = append(e.lines, textOf(p.words))
	if p.err != nil {
		e.add(p.err)
		e.broken = true
	}
}

// eachSeed sets the seed to the value of `each seed`.
func (e *expander) eachSeed() {
	for _, v := range e.values.values {
		if v.Name != "seed" {
			continue
		}
		text := strings.Join(v.Words, " ")
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			e.add(&Error{Pos: e.placeOfSeed(), Problem: "`" + text + "` is no seed",
				Wanted: "a whole number below 2^64"})
		}
		e.header.Seed = seed
	}
}

// placeOfSeed returns where `each seed` stands.
func (e *expander) placeOfSeed() Pos {
	for _, part := range e.file.parts(e.at) {
		for _, l := range part.Each {
			if slices.ContainsFunc(l.Words, func(w Word) bool { return w.Text == "seed" }) {
				return l.Pos
			}
		}
	}
	return Pos{1, 1}
}

// parser returns a parser of the line, variables replaced; nil after an error.
func (e *expander) parser(l *Line) *lineParser {
	e.work++
	words, err := e.values.line(l)
	if err != nil {
		e.add(err)
		return nil
	}
	return &lineParser{line: l, words: words, fix: e.fix, header: &e.header}
}

// variant makes a control.
func (e *expander) variant(c *Control, search bool) Variant {
	v := Variant{Origin: Origin{Pos: c.Line.Pos}}
	if p := e.parser(&c.Line); p != nil {
		p.need("control")
		v.Protocol = p.protocol()
		v.Origin = p.origin()
		if p.err != nil {
			e.add(p.err)
		} else {
			e.addAny(e.words.judge(&v.Protocol))
			e.judgeSize(&v.Protocol)
		}
	}
	v.Body = e.body(c.Body, e.words.find(v.Protocol.Name), &search)
	return v
}

// addAny adds an error unless it is nil.
func (e *expander) addAny(err *Error) {
	if err != nil {
		e.add(err)
	}
}

// body makes the statements of lines, and judges their words by those of a protocol. search
// tells whether a search stands above, and is set if one is met.
func (e *expander) body(lines []Line, words *ProtocolWords, search *bool) []Statement {
	statements := make([]Statement, 0, len(lines))
	for i := range lines {
		if e.over {
			break
		}
		s, uses := e.statement(&lines[i])
		if s == nil {
			continue
		}
		for _, u := range uses {
			e.judgeUse(u, words)
		}
		e.judgeStatement(s, search)
		statements = append(statements, s)
	}
	return statements
}

// statement makes one statement and the words that are to be judged; nil after an error.
func (e *expander) statement(l *Line) (Statement, []use) {
	if l.parsed != nil {
		return l.parsed, e.spend(l, l.uses, l.cost)
	}
	p := e.parser(l)
	if p == nil {
		return nil, nil
	}
	s := p.statement(l)
	if p.err != nil {
		e.add(p.err)
		return nil, nil
	}
	if e.fix && l.concrete() {
		l.parsed, l.uses, l.cost = s, p.uses, p.cost
		e.file.cost += p.cost
	}
	return s, e.spend(l, p.uses, p.cost)
}

// spend counts the words of a line's lists against the limits, and returns the uses.
func (e *expander) spend(l *Line, uses []use, cost int) []use {
	e.cost += cost
	if e.cost > maxListTotal || e.file.cost > maxListTotal {
		e.over = true
		e.add(&Error{Pos: l.Pos, Problem: "the lists grow too long here",
			Wanted: "at most " + strconv.Itoa(maxListTotal) + " words in the lists of all lines"})
	}
	return uses
}

// statement parses a line of a body.
func (p *lineParser) statement(l *Line) Statement {
	switch l.kind {
	case lineExpect:
		x := p.expect()
		x.Here, x.Origin = l.here, p.origin()
		return x
	case lineMeasure:
		m := p.measure()
		m.Origin = p.origin()
		return m
	case lineExplore:
		x := p.explore()
		x.Origin = p.origin()
		return x
	}
	s := p.step()
	s.Origin = p.origin()
	return s
}

// origin returns the origin of a line that was parsed, its keywords in canonical case.
func (p *lineParser) origin() Origin {
	return Origin{Pos: p.line.Pos, Text: textOf(p.words), Raw: p.line.Text()}
}

// textOf joins words with blanks.
func textOf(words []concreteWord) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.text)
	}
	return b.String()
}
