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
	b.WriteString(e.Problem)
	if e.Wanted != "" {
		b.WriteString("; expected ")
		b.WriteString(e.Wanted)
	}
	if e.Suggest != "" {
		b.WriteString("; did you mean `")
		b.WriteString(e.Suggest)
		b.WriteString("`?")
	}
	return b.String()
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
