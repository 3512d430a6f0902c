package scenario

import (
	"strconv"
	"strings"
)

// maxErrors is how many errors of one text are told.
const maxErrors = 20

// Error is one thing that is wrong with a text.
type Error struct {
	File    string // may be empty
	Pos     Pos
	Problem string // what is wrong
	Wanted  string // what was expected; may be empty
	Suggest string // the legal word that was probably meant; may be empty
}

// Error returns `file:line:col: what is wrong; expected …; did you mean …?`.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		b.WriteByte(':')
	}
	b.WriteString(strconv.Itoa(e.Pos.Line))
	b.WriteByte(':')
	b.WriteString(strconv.Itoa(e.Pos.Col))
	b.WriteString(": ")
	writeClipped(&b, e.Problem)
	if e.Wanted != "" {
		b.WriteString("; expected ")
		writeClipped(&b, e.Wanted)
	}
	if e.Suggest != "" {
		b.WriteString("; did you mean `")
		b.WriteString(e.Suggest)
		b.WriteString("`?")
	}
	return b.String()
}

// maxQuoted is how many bytes of a text between backquotes an error repeats, about.
const maxQuoted = 80

// writeClipped appends what an error says. Of a long word of the text, which may be as long as the
// text itself, it keeps the beginning and the end.
func writeClipped(b *strings.Builder, says string) {
	for i, part := range strings.Split(says, "`") {
		if i > 0 {
			b.WriteByte('`')
		}
		if i%2 == 1 && len(part) > maxQuoted {
			part = strings.ToValidUTF8(part[:maxQuoted-20], "") + "…" +
				strings.ToValidUTF8(part[len(part)-16:], "")
		}
		b.WriteString(part)
	}
}

// Errors is all that was found wrong with one text, in its order: at least one, at most 20.
type Errors []*Error

// Error returns one line for each.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Message returns what is wrong and what was expected, without the place.
func (e *Error) Message() string {
	here := *e
	here.File, here.Pos = "", Pos{}
	return strings.TrimPrefix(here.Error(), "0:0: ")
}
