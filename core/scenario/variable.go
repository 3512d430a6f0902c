package scenario

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isVariable tells whether w may name a variable: a letter, then letters, digits and `_`.
func isVariable(w string) bool { return w != "" && variableLen(w) == len(w) }

// variableLen returns the length of the name of a variable that w begins with.
func variableLen(w string) int {
	for i, r := range w {
		if !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r) && r != '_') {
			return i
		}
	}
	return len(w)
}

// cutVariable finds the first `$name` or `${name}` in w: at is where it begins, size its length.
func cutVariable(w string) (at int, size int, found bool) {
	for at = 0; ; at++ {
		next := strings.IndexByte(w[at:], '$')
		if next < 0 {
			return 0, 0, false
		}
		at += next
		if size = variableAt(w[at:]); size > 0 {
			return at, size, true
		}
	}
}

// variableAt returns the length of the `$name` or `${name}` that w begins with, 0 if none.
func variableAt(w string) int {
	rest, braced := strings.CutPrefix(w[1:], "{")
	n := variableLen(rest)
	switch {
	case n == 0:
		return 0
	case !braced:
		return 1 + n
	case strings.HasPrefix(rest[n:], "}"):
		return 3 + n
	}
	return 0
}

// variableName returns the name within `$name` or `${name}`.
func variableName(ref string) string { return strings.Trim(ref[1:], "{}") }

// replacer replaces the variables of lines.
type replacer struct {
	values []Binding
	bytes  int // of what was made so far
}

// line returns the words of a line with its variables replaced. In free text, what is no
// variable stays.
func (r *replacer) line(l *Line) ([]concreteWord, *Error) {
	words := make([]concreteWord, 0, len(l.Words))
	bytes := 0
	for i, w := range l.Words {
		var made []string
		var err *Error
		if strings.IndexByte(w.Text, '$') < 0 {
			words = append(words, concreteWord{w.Text, w.Col, i})
			bytes += len(w.Text) + 1
		} else if made, err = r.word(w.Text, l.freeText(i)); err == nil {
			for _, text := range made {
				words = append(words, concreteWord{text, w.Col, i})
				bytes += len(text) + 1
			}
		}
		if err == nil && (bytes > maxLineBytes || len(words) > maxListWords) {
			err = &Error{Problem: "the line becomes too long here", Wanted: "shorter values"}
		}
		if err != nil {
			err.Pos = Pos{l.Pos.Line, w.Col}
			return nil, err
		}
	}
	if r.bytes += bytes; r.bytes > maxRunBytes {
		return nil, &Error{Pos: l.Pos, Problem: "the run becomes too long here",
			Wanted: "at most 1 MiB of text, variables replaced"}
	}
	return words, nil
}

// freeText tells whether word i of the line is text that nobody parses.
func (l *Line) freeText(i int) bool {
	switch strings.ToLower(l.Words[0].Text) {
	case "title", "about":
		return i > 0
	case "case":
		return i > 1
	}
	return false
}

// word returns what one word stands for: several words if it is nothing but a variable.
func (r *replacer) word(w string, free bool) ([]string, *Error) {
	if at, size, found := cutVariable(w); found && !free && at == 0 && size == len(w) {
		return r.find(variableName(w))
	}
	text := free || w[0] == '"' // where a value may have blanks
	var b strings.Builder
	for {
		at, size, found := cutVariable(w)
		if !found {
			b.WriteString(w)
			return []string{b.String()}, nil
		}
		values, err := r.find(variableName(w[at : at+size]))
		b.WriteString(w[:at])
		switch {
		case err != nil && free:
			b.WriteString(w[at : at+size])
		case err != nil:
			return nil, err
		case len(values) != 1 && !text:
			return nil, &Error{Problem: "`" + w[at:at+size] + "` stands for several words here",
				Wanted: "a variable of one word within a word"}
		default:
			b.WriteString(strings.Join(values, " "))
		}
		if w = w[at+size:]; b.Len() > maxLineBytes {
			return nil, &Error{Problem: "the word becomes too long", Wanted: "shorter values"}
		}
	}
}

// find returns the value of a variable.
func (r *replacer) find(name string) ([]string, *Error) {
	names := make([]string, len(r.values))
	for i, v := range r.values {
		if v.Name == name {
			return v.Words, nil
		}
		names[i] = "$" + v.Name
	}
	wanted := "an `each` line above that names it"
	if len(names) > 0 {
		wanted = quoteAll(names)
	}
	return nil, &Error{Problem: "`$" + name + "` stands for nothing here", Wanted: wanted,
		Suggest: nearest("$"+name, names)}
}

// runeLen returns the length of a word in characters.
func runeLen(w string) int { return utf8.RuneCountInString(w) }
