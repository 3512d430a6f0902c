package scenario

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// scanner splits one line into words and the comment behind them.
type scanner struct {
	text string
	at   int // byte offset
	err  *Error

	counted, col0 int // the characters before offset counted, so that a line is counted once
}

// scanLine splits a line. The column of an error counts from 1; its line is the caller's.
func scanLine(text string) (words []Word, comment string, commented bool, err *Error) {
	s := &scanner{text: text}
	for {
		s.blanks()
		if s.at == len(text) || s.err != nil {
			return words, "", false, s.err
		}
		if text[s.at] == '#' && (len(words) == 0 || !s.digitAt(s.at+1)) {
			return words, strings.TrimSpace(text[s.at+1:]), true, nil
		}
		if text[s.at] == ',' && takesComma(words) { // `m2 , m1` is `m2, m1`
			words[len(words)-1].Text += ","
			s.at++
			continue
		}
		col := s.col(s.at)
		if w := s.word(); w != "" {
			words = append(words, Word{Text: tidy(w), Col: col})
		}
	}
}

// takesComma tells whether a comma behind a blank belongs to the last word.
func takesComma(words []Word) bool {
	return len(words) > 0 && !strings.HasSuffix(words[len(words)-1].Text, ",")
}

func (s *scanner) blanks() {
	for s.at < len(s.text) && isBlank(s.text[s.at]) {
		s.at++
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

func (s *scanner) digitAt(i int) bool {
	return i < len(s.text) && '0' <= s.text[i] && s.text[i] <= '9'
}

// col returns the column of an offset.
func (s *scanner) col(at int) int {
	if at < s.counted {
		return utf8.RuneCountInString(s.text[:at]) + 1
	}
	s.col0 += utf8.RuneCountInString(s.text[s.counted:at])
	s.counted = at
	return s.col0 + 1
}

// word takes the next word, which starts at s.at.
func (s *scanner) word() string {
	if n := s.mark(s.at); n > 0 {
		s.at += n
		return s.text[s.at-n : s.at]
	}
	start := s.at
	for s.at < len(s.text) && s.err == nil && !s.ends(start) {
		switch c := s.text[s.at]; c {
		case '"':
			s.quoted()
		case '(', '{':
			s.bracketed()
		case ')', '}':
			s.fail(s.at, "`"+string(c)+"` closes nothing", "an opening bracket before it")
		case ',':
			s.at++
			if !strings.Contains(s.text[start:s.at], "=") { // not a list of an option
				return s.text[start:s.at]
			}
		default:
			s.at++
		}
	}
	return s.text[start:s.at]
}

// ends tells whether the word that began at start ends before s.at.
func (s *scanner) ends(start int) bool {
	c := s.text[s.at]
	switch {
	case s.at == start:
		return false
	case isBlank(c) || c == '#' || c == '|':
		return true
	case c == '-' || c == '<' && strings.HasPrefix(s.text[s.at:], "<->"):
		return s.mark(s.at) > 0
	case c == '=' || c == '!' || c == '<' || c == '>': // S1.n_h=11 is three words
		return s.at-start <= maxRowBytes && isRow(s.text[start:s.at])
	}
	return false
}

// maxRowBytes bounds the length of `NODE.ROW`.
const maxRowBytes = 256

// mark returns the length of the arrow, bar or comparison at offset i; 0 if there is none.
func (s *scanner) mark(i int) int {
	for _, m := range [...]string{"<->", "->", "|", "!=", "<=", ">=", "=", "<", ">"} {
		if strings.HasPrefix(s.text[i:], m) {
			return len(m)
		}
	}
	return 0
}

func (s *scanner) quoted() {
	end := strings.IndexByte(s.text[s.at+1:], '"')
	if end < 0 {
		s.fail(s.at, "the quoted text does not end", "a closing `\"` on this line")
		return
	}
	s.at += end + 2
}

// bracketed takes what stands between s.at, a bracket, and the one that closes it.
func (s *scanner) bracketed() {
	open := s.at
	var closers []byte
	for s.at < len(s.text) && s.err == nil {
		switch c := s.text[s.at]; c {
		case '"':
			s.quoted()
			continue
		case '(':
			closers = append(closers, ')')
		case '{':
			closers = append(closers, '}')
		case ')', '}':
			last := len(closers) - 1
			if closers[last] != c {
				s.fail(s.at, "`"+string(c)+"` closes nothing", "`"+string(closers[last])+"`")
				return
			}
			closers = closers[:last]
		}
		s.at++
		if len(closers) == 0 {
			return
		}
	}
	if s.err == nil {
		s.fail(open, "the bracket is not closed",
			"`"+string(closers[len(closers)-1])+"` on this line")
	}
}

func (s *scanner) fail(at int, problem, wanted string) {
	s.err = &Error{Pos: Pos{Col: s.col(at)}, Problem: problem, Wanted: wanted}
	s.at = len(s.text)
}

// tidy gives words with arguments one spelling: `add( 1, 2 )` is `add(1,2)`. What stands in braces
// or quotes is a value, and stays.
func tidy(w string) string {
	open := strings.IndexByte(w, '(')
	if open < 0 || strings.ContainsAny(w[:open], "\"{") {
		return w
	}
	var b strings.Builder
	braces, quoted, gap := 0, false, false
	for i := range len(w) {
		c := w[i]
		if !quoted && braces == 0 && isBlank(c) {
			gap = true
			continue
		}
		if gap && !joins(w[:i]) && !strings.ContainsRune(",)=(", rune(c)) {
			b.WriteByte(',')
		}
		gap = false
		switch {
		case c == '"':
			quoted = !quoted
		case c == '{' && !quoted:
			braces++
		case c == '}' && !quoted:
			braces--
		}
		b.WriteByte(c)
	}
	return b.String()
}

// joins tells whether what follows a blank after s belongs to s without a comma.
func joins(s string) bool {
	s = strings.TrimRight(s, " \t\r")
	return s == "" || strings.ContainsRune("(,=", rune(s[len(s)-1]))
}

// squeeze removes the blanks of a value outside quotes: `{1, {0,1}}` equals `{1,{0,1}}`.
func squeeze(w string) string {
	if !strings.ContainsAny(w, " \t\r") {
		return w
	}
	var b strings.Builder
	quoted := false
	for i := range len(w) {
		if w[i] == '"' {
			quoted = !quoted
		}
		if quoted || !isBlank(w[i]) {
			b.WriteByte(w[i])
		}
	}
	return b.String()
}

// scanText splits a line of free text: its first n words, then the rest as one word.
func scanText(text string, n int) (words []Word, comment string, commented bool) {
	s := &scanner{text: text}
	for s.blanks(); len(words) < n && s.at < len(text) && text[s.at] != '#'; s.blanks() {
		start := s.at
		for s.at < len(text) && !isBlank(text[s.at]) && text[s.at] != '#' {
			s.at++
		}
		words = append(words, Word{Text: text[start:s.at], Col: s.col(start)})
	}
	start, end := s.at, len(text)
	quoted := false
	for i := start; i < len(text); i++ {
		switch {
		case text[i] == '"':
			quoted = !quoted && strings.IndexByte(text[i+1:], '"') >= 0
		case text[i] == '#' && !quoted && !s.digitAt(i+1):
			end, commented, comment = i, true, strings.TrimSpace(text[i+1:])
		}
		if commented {
			break
		}
	}
	if rest := strings.Join(strings.Fields(text[start:end]), " "); rest != "" {
		words = append(words, Word{Text: rest, Col: s.col(start)})
	}
	return words, comment, commented
}

// forbidden returns the offset of the first character that no text may hold: what a reader
// cannot see, and what turns the direction of the words around it. -1 if there is none.
func forbidden(line string) int {
	for i, r := range line {
		switch {
		case r == '\t' || r == '\r':
		case unicode.IsControl(r), '\u202a' <= r && r <= '\u202e', '\u2066' <= r && r <= '\u2069',
			r == '\u2028', r == '\u2029':
			return i
		}
	}
	return -1
}
