package scenario

import "strings"

// selector takes `KIND[(words)] [#n] [FROM -> TO]`.
func (p *lineParser) selector() Selector {
	m := p.kind()
	if p.err != nil || p.done() {
		return m
	}
	if !p.arrowAhead() {
		return m
	}
	m.Ends = true
	m.From, m.AnyFrom = p.side()
	p.need("->")
	m.To, m.AnyTo = p.side()
	return m
}

// kind takes `KIND[(words)] [#n]`.
func (p *lineParser) kind() Selector {
	pos := p.pos()
	w := p.word()
	name, args, hasArgs := strings.Cut(w, "(")
	if !isKind(name) {
		p.unexpected("a kind of message, like `accept` or `accept(m1)`", nil)
		return Selector{}
	}
	p.i++
	p.note(useKind, name)
	m := Selector{Pos: pos, Kind: name}
	if hasArgs {
		m.Fields = p.fields(pos, args)
	}
	if w := p.word(); strings.HasPrefix(w, "#") {
		n, ok := parseCount(w[1:])
		if !ok || n == 0 {
			p.unexpected("`#1` for the first such message, or a later one", nil)
			return m
		}
		m.N = n
		p.i++
	}
	return m
}

// isKind tells whether w may be a kind of message: a name that may end in a question mark.
func isKind(w string) bool {
	w = strings.TrimSuffix(w, "?")
	return isName(w) && !isDigits(w)
}

// fields reads what stands between the parentheses of a selector; args ends with the closing one.
func (p *lineParser) fields(pos Pos, args string) []Field {
	inner, found := strings.CutSuffix(args, ")")
	if !found || inner == "" {
		p.failAt(pos, "the words of the message cannot be read",
			"a form like `accept(m1)` or `promise(n=2)`")
		return nil
	}
	var fields []Field
	for _, part := range splitArgs(inner) {
		name, value, named := strings.Cut(part, "=")
		if !named || !isName(name) {
			name, value = "", part
		}
		if value == "" {
			p.failAt(pos, "a word of the message is empty",
				"a value, `name=value` or `_` between the commas")
			return nil
		}
		if name != "" {
			p.note(useField, name)
		}
		fields = append(fields, Field{Name: name, Value: squeeze(value)})
	}
	return fields
}

// splitArgs splits at the commas that no bracket and no quotes enclose.
func splitArgs(s string) []string {
	var parts []string
	start, depth, quoted := 0, 0, false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(' || c == '{':
			depth++
		case c == ')' || c == '}':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

// arrowAhead tells whether a side and an arrow follow, even a side that is empty in this run.
func (p *lineParser) arrowAhead() bool {
	for n := 0; ; n++ {
		w := p.peek(n)
		switch {
		case w == "->" || w == "<->":
			return true
		case w == "*" || isListWord(w) && !isReserved(w):
		default:
			// A node without its arrow counts too: the error is then at the arrow.
			return n > 0 && (w == "" || isMark(w))
		}
	}
}

// side takes one end of an arrow: `*`, or nodes.
func (p *lineParser) side() (nodes []string, all bool) {
	if p.take("*") {
		return nil, true
	}
	return p.someNodes(), false
}

// command takes one command, or a range of them.
func commandOf(text string) Command {
	name, args, hasArgs := strings.Cut(text, "(")
	inner, closed := strings.CutSuffix(args, ")")
	if !hasArgs || !closed {
		return Command{Text: text, Name: text}
	}
	c := Command{Text: text, Name: name}
	if inner != "" {
		c.Args = splitArgs(inner)
	}
	return c
}

// commands takes commands up to the end or to one of the words.
func (p *lineParser) commands(until ...string) []Command {
	words := p.values(until...)
	commands := make([]Command, len(words))
	for i, w := range words {
		commands[i] = commandOf(w)
	}
	return commands
}
