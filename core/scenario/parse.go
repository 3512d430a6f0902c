package scenario

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Parse reads a text. name is that of its file, for errors. With a vocabulary, the protocols'
// words are judged too. The error is Errors, and the file nil then.
//
// Lines without variables are judged whole; the others in the first and the last run of each
// family, and all again when Expand makes a run.
func Parse(name, text string, v *Vocabulary) (*File, error) {
	r := &reader{file: &File{Name: name}}
	r.read(text)
	r.families()
	if len(r.errs) < maxErrors {
		r.judge(v)
	}
	if len(r.errs) > 0 {
		return nil, r.sorted()
	}
	return r.file, nil
}

// reader makes a file of a text.
type reader struct {
	file    *File
	errs    Errors
	above   []string // comments that wait for their line
	seen    bool     // a statement was seen
	control *Control // that the lines belong to, nil if to the part
	broken  bool     // a header line, or a line that could not be split, is lost
}

// add keeps an error, one for each place.
func (r *reader) add(err *Error) {
	if err == nil || len(r.errs) >= maxKeptErrors {
		return
	}
	err.File = r.file.Name
	same := func(e *Error) bool { return e.Pos == err.Pos }
	if !slices.ContainsFunc(r.errs, same) {
		r.errs = append(r.errs, err)
	}
}

// sorted returns the first errors, in the order of the text.
func (r *reader) sorted() Errors {
	slices.SortStableFunc(r.errs, func(a, b *Error) int {
		if a.Pos.Line != b.Pos.Line {
			return a.Pos.Line - b.Pos.Line
		}
		return a.Pos.Col - b.Pos.Col
	})
	return r.errs[:min(len(r.errs), maxErrors)]
}

// read splits the text and puts every line where it belongs.
func (r *reader) read(text string) {
	text = strings.TrimPrefix(text, "\ufeff")
	switch {
	case len(text) > MaxTextBytes:
		r.refuse("the text has "+strconv.Itoa(len(text))+" bytes",
			"at most "+strconv.Itoa(MaxTextBytes))
	case strings.Count(strings.TrimSuffix(text, "\n"), "\n") >= MaxLines:
		r.refuse("the text has too many lines", "at most "+strconv.Itoa(MaxLines))
	case !utf8.ValidString(text):
		r.refuse("the text is not UTF-8", "UTF-8")
	default:
		n := 0
		for line := range strings.Lines(text) {
			n++
			r.line(n, strings.TrimSuffix(line, "\n"))
		}
		r.file.Tail = r.above
		r.finish()
	}
}

// refuse makes the whole text an error.
func (r *reader) refuse(problem, wanted string) {
	r.broken = true
	r.add(&Error{Pos: Pos{1, 1}, Problem: problem, Wanted: wanted})
}

// line reads line n.
func (r *reader) line(n int, text string) {
	if at := forbidden(text); at >= 0 {
		r.broken = true
		r.add(&Error{Pos: Pos{n, runeLen(text[:at]) + 1},
			Problem: "the line holds a character that cannot be seen", Wanted: "words and blanks"})
		return
	}
	words, comment, commented, err := split(text)
	switch {
	case err != nil:
		err.Pos.Line = n
		r.broken = true
		r.add(err)
	case len(words) > 0:
		l := Line{Pos: Pos{n, words[0].Col}, Words: words, Above: r.above}
		if commented {
			l.Beside = comment
		}
		r.above = nil
		r.place(l)
		r.seen = true
	case commented:
		r.above = append(r.above, comment)
	}
}

// split splits a line into words: the rest of a title is one.
func split(text string) (words []Word, comment string, commented bool, err *Error) {
	first := strings.TrimLeft(text, " \t\r")
	if end := strings.IndexAny(first, " \t\r#"); end >= 0 {
		first = first[:end]
	}
	switch strings.ToLower(first) {
	case "title", "about":
		words, comment, commented = scanText(text, 1)
		return words, comment, commented, nil
	case "case":
		words, comment, commented = scanText(text, 2)
		return words, comment, commented, nil
	}
	return scanLine(text)
}

// part returns the part that is being read.
func (r *reader) part() *Part {
	if n := len(r.file.Cases); n > 0 {
		return &r.file.Cases[n-1].Part
	}
	return &r.file.Common
}

// place puts a line where it belongs.
func (r *reader) place(l Line) {
	l.kind = r.kindOf(&l)
	part := r.part()
	switch l.kind {
	case lineSetting:
		if strings.EqualFold(l.Words[0].Text, "synod") && r.seen {
			r.add(&Error{Pos: l.Pos, Problem: "the version stands too late",
				Wanted: "`synod 1` as the first line"})
		}
		part.set(l)
	case lineEach:
		part.Each = append(part.Each, l)
	case lineCase:
		r.control = nil
		r.openCase(l)
	case lineControl:
		part.Controls = append(part.Controls, Control{Line: l})
		r.control = &part.Controls[len(part.Controls)-1]
	default:
		if r.control != nil {
			r.control.Body = append(r.control.Body, l)
		} else {
			part.Body = append(part.Body, l)
		}
	}
}

// kindOf tells what sort of line it is by its first words.
func (r *reader) kindOf(l *Line) lineKind {
	first := strings.ToLower(l.Words[0].Text)
	switch first {
	case "case":
		return lineCase
	case "each":
		return lineEach
	case "control":
		return lineControl
	case "expect":
		return lineExpect
	case "measure":
		return lineMeasure
	case "explore":
		return lineExplore
	case "at":
		if len(l.Words) > 2 && strings.EqualFold(l.Words[2].Text, "expect") {
			return lineExpect
		}
	case "disk": // `disk sync 2ms` is the header's
		if !r.setsDisk(l.Words[1:]) {
			return lineStep
		}
	case "timeout":
		if len(l.Words) > 1 && !r.isTime(l.Words[1].Text) {
			return lineStep
		}
	}
	if slices.Contains(settingWords, first) {
		return lineSetting
	}
	return lineStep
}

// setsDisk tells whether what stands behind `disk` makes a header line, rather than names a node.
func (r *reader) setsDisk(words []Word) bool {
	return len(words) == 0 || strings.EqualFold(words[0].Text, "sync") ||
		r.isTime(words[0].Text) || len(words) > 1 && r.isTime(words[1].Text)
}

// isTime tells whether the word behind `timeout` is a time, which makes it a header line, rather
// than a node. A variable counts as the first value that its `each` line names.
func (r *reader) isTime(w string) bool {
	lines := slices.Concat(r.file.Common.Each, r.part().Each)
	for range maxEach {
		at, size, found := cutVariable(w)
		if !found {
			break
		}
		w = w[:at] + firstValue(lines, variableName(w[at:at+size])) + w[at+size:]
	}
	_, ok := parseSpan(w)
	return ok || !isListWord(w) && w != "" && '0' <= w[0] && w[0] <= '9' // no name either
}

// firstValue returns the first value that an `each` line writes for the name; "1" if none does.
func firstValue(lines []Line, name string) string {
	for _, l := range lines {
		in := slices.IndexFunc(l.Words, func(w Word) bool {
			return strings.EqualFold(w.Text, "in")
		})
		i := slices.IndexFunc(l.Words, func(w Word) bool { return w.Text == name }) - 1
		if i < 0 || in < i || in+1 >= len(l.Words) {
			continue
		}
		if parts := splitTuple(l.Words[in+1].Text); i < len(parts) && len(parts[i]) < maxRowBytes {
			if lo, _, isRange := strings.Cut(parts[i], ".."); isRange && isDigits(lo) {
				return lo
			}
			return parts[i]
		}
	}
	return "1"
}

// openCase begins a case.
func (r *reader) openCase(l Line) {
	l.Words[0].Text = "case"
	c := Case{Line: l}
	if len(l.Words) > 1 {
		c.Name = l.Words[1].Text
	}
	if len(l.Words) > 2 {
		c.Title = l.Words[2].Text
	}
	switch {
	case c.Name == "":
		r.add(&Error{Pos: l.Pos, Problem: "the case has no name", Wanted: "`case NAME [title]`"})
	case !isLabel(c.Name):
		r.add(&Error{Pos: Pos{l.Pos.Line, l.Words[1].Col},
			Problem: "`" + c.Name + "` cannot name a case", Wanted: "letters, digits, `_ - '`"})
	case r.file.CaseIndex(c.Name) >= 0:
		r.add(&Error{Pos: Pos{l.Pos.Line, l.Words[1].Col},
			Problem: "there is a case `" + c.Name + "` already", Wanted: "another name"})
	}
	r.file.Cases = append(r.file.Cases, c)
}

// finish puts the header lines in order.
func (r *reader) finish() {
	r.file.Common.finish()
	for i := range r.file.Cases {
		r.file.Cases[i].Part.finish()
	}
}

// families multiplies out the `each` lines of all cases.
func (r *reader) families() {
	m := &familyMaker{fix: true}
	for c := range r.file.CaseCount() {
		var lines []*Line
		for _, part := range r.file.parts(c) {
			for i := range part.Each {
				lines = append(lines, &part.Each[i])
			}
		}
		r.file.families = append(r.file.families, m.make(lines))
		if m.err != nil {
			r.add(m.err)
			m.err = nil
		}
		if m.runs > MaxRuns || m.words > maxFamily {
			r.broken = true
			return
		}
	}
}

// judge makes the first and the last run of each case, and keeps what is wrong with them.
func (r *reader) judge(v *Vocabulary) {
	work := 0
	for c, family := range r.file.families {
		for _, run := range []int{0, len(family) - 1} {
			if len(family) == 0 || work > maxJudged || len(r.errs) >= maxErrors {
				continue
			}
			e := &expander{file: r.file, words: v, fix: true, add: r.add, broken: r.broken}
			e.values.values = family[run]
			e.scenario(c, run)
			work += e.work
			if run == 0 && len(family) == 1 {
				break
			}
		}
	}
}
