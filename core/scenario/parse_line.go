package scenario

import (
	"slices"
	"strconv"
	"strings"
)

// use is a word that someone else judges: a node, a kind, a timer, a row, a durable field.
type use struct {
	sort useSort
	text string
	pos  Pos
}

type useSort uint8

const (
	useNode useSort = iota
	useKind
	useField
	useTimer
	useRow
	useDisk
	useRecord
	useCase
)

// lineParser reads one concrete line: its variables are replaced. The first error ends the line.
type lineParser struct {
	line  *Line // as written; its keywords are put in canonical case if fix is set
	fix   bool
	words []concreteWord
	i     int
	// header tells which words are nodes, to say what is wrong with a line; nil if not known.
	header *Header
	uses   []use
	cost   int      // words that its lists stand for
	stops  []string // words at which a list of nodes ends, beside those that are reserved
	err    *Error
}

// concreteWord is a word after replacement; from is its index in the line as written.
type concreteWord struct {
	text string
	col  int
	from int
}

func (p *lineParser) done() bool { return p.i >= len(p.words) }

// word returns the next word, "" at the end.
func (p *lineParser) word() string {
	if p.done() {
		return ""
	}
	return p.words[p.i].text
}

// peek returns the word n behind the next one, "" past the end.
func (p *lineParser) peek(n int) string {
	if p.i+n >= len(p.words) {
		return ""
	}
	return p.words[p.i+n].text
}

// pos returns the place of the next word, or the place behind the line.
func (p *lineParser) pos() Pos {
	if !p.done() {
		return Pos{p.line.Pos.Line, p.words[p.i].col}
	}
	last := p.line.Words[len(p.line.Words)-1]
	return Pos{p.line.Pos.Line, last.Col + len([]rune(last.Text))}
}

// next takes a word, whatever it is; it is an error if there is none.
func (p *lineParser) next(wanted string) string {
	if p.done() {
		p.fail("the line ends too early", wanted)
		return ""
	}
	p.i++
	return p.words[p.i-1].text
}

// is tells whether the next word is this word of the language.
func (p *lineParser) is(word string) bool { return strings.EqualFold(p.word(), word) }

// take takes the next word if it is this word of the language.
func (p *lineParser) take(word string) bool { return p.oneOf([]string{word}) != "" }

// oneOf takes the next word if it is in the list, and returns it in canonical case; else "".
func (p *lineParser) oneOf(list []string) string {
	if p.done() {
		return ""
	}
	word := fold(list, p.word())
	if word == "" {
		return ""
	}
	p.words[p.i].text = word
	if from := p.words[p.i].from; p.fix && strings.EqualFold(p.line.Words[from].Text, word) {
		p.line.Words[from].Text = word
	}
	p.i++
	return word
}

// need takes this word of the language; anything else is an error.
func (p *lineParser) need(word string) {
	if !p.take(word) {
		p.unexpected("`"+word+"`", []string{word})
	}
}

// needOne takes a word of the list; anything else is an error.
func (p *lineParser) needOne(list []string) string {
	word := p.oneOf(list)
	if word == "" {
		p.unexpected(quoteAll(list), list)
	}
	return word
}

// end makes anything that is left an error.
func (p *lineParser) end(wanted string) {
	if p.err == nil && !p.done() {
		p.unexpected(wanted, nil)
	}
}

// unexpected fails at the next word, and suggests the nearest word of the list.
func (p *lineParser) unexpected(wanted string, list []string) {
	switch {
	case p.err != nil:
	case p.done():
		p.fail("the line ends too early", wanted)
	default:
		near := nearest(p.word(), list)
		if word, comma := strings.CutSuffix(p.word(), ","); comma && near == "" {
			near = word // blanks separate
		}
		p.fail("`"+p.word()+"` does not belong here", wanted)
		p.err.Suggest = near
	}
}

// fail keeps the first error, at the next word, and ends the line.
func (p *lineParser) fail(problem, wanted string) { p.failAt(p.pos(), problem, wanted) }

func (p *lineParser) failAt(pos Pos, problem, wanted string) {
	if p.err == nil {
		p.err = &Error{Pos: pos, Problem: problem, Wanted: wanted}
	}
	p.i = len(p.words)
}

// back makes the word before the next one the place of an error.
func (p *lineParser) back() Pos {
	if p.i == 0 {
		return p.pos()
	}
	return Pos{p.line.Pos.Line, p.words[p.i-1].col}
}

// note keeps a word for whoever judges it: the one before the next.
func (p *lineParser) note(sort useSort, text string) {
	p.uses = append(p.uses, use{sort, text, p.back()})
}

// time takes a time.
func (p *lineParser) time() Micros {
	t, ok := parseTime(p.word())
	if !ok {
		p.needUnit("a time like `40ms`")
		return 0
	}
	p.i++
	return t
}

// span takes a time or a range of times.
func (p *lineParser) span() Span {
	s, ok := parseSpan(p.word())
	if !ok {
		p.needUnit("a time like `10ms`, or a range like `5ms..20ms`")
		return Span{}
	}
	p.i++
	return s
}

// needUnit fails at a word that is no time; a bare number lacks its unit.
func (p *lineParser) needUnit(wanted string) {
	w, fresh := p.word(), p.err == nil
	p.unexpected(wanted, nil)
	if fresh && isDigits(w) {
		p.err.Suggest = w + "ms"
	}
}

// share takes a share.
func (p *lineParser) share() int {
	n, ok := parseShare(p.word())
	if !ok {
		p.unexpected("a share like `2%`, 0% to 100%", nil)
		return 0
	}
	p.i++
	return n
}

// count takes a whole number.
func (p *lineParser) count(what string) uint64 {
	n, ok := parseCount(p.word())
	if !ok {
		p.unexpected(what, nil)
		return 0
	}
	p.i++
	return n
}

// small takes a whole number below 2^31.
func (p *lineParser) small(what string) int {
	pos := p.pos()
	n := p.count(what)
	if n >= 1<<31 {
		p.failAt(pos, "the number is too large", "at most 2147483647")
		return 0
	}
	return int(n)
}

// nodes takes the names and ranges that follow, as far as they go; none is no error.
func (p *lineParser) nodes() []string {
	var nodes []string
	for p.err == nil && isListWord(p.word()) && !isReserved(p.word()) && !p.stopped() {
		pos := p.pos()
		words, ok := expandList(p.word())
		p.i++
		if len(nodes)+len(words) > MaxNodes || !ok {
			p.failAt(pos, "the list names too many nodes", "at most "+strconv.Itoa(MaxNodes))
			return nil
		}
		for _, w := range words {
			p.note(useNode, w)
		}
		p.cost += len(words)
		nodes = append(nodes, words...)
	}
	return nodes
}

// someNodes takes the names and ranges that follow. It is an error if no word is one, unless a
// variable that stands for nothing was there.
func (p *lineParser) someNodes() []string {
	start := p.i
	nodes := p.nodes()
	if p.i == start && !p.vanished() {
		p.unexpected("the name of a node", nil)
	}
	return nodes
}

// vanished tells whether a word of the line stood for nothing in this run.
func (p *lineParser) vanished() bool {
	seen := 0
	for i, w := range p.words {
		if i == 0 || w.from != p.words[i-1].from {
			seen++
		}
	}
	return seen < len(p.line.Words)
}

// node takes the name of one node.
func (p *lineParser) node() string {
	w := p.word()
	if !isName(w) || isReserved(w) {
		p.unexpected("the name of a node", nil)
		return ""
	}
	p.i++
	p.note(useNode, w)
	return w
}

// value takes a value: any word but an arrow, a bar, a comparison, or one with a comma behind it.
func (p *lineParser) value(wanted string) string {
	if w := p.word(); w == "" || isMark(w) || strings.HasSuffix(w, ",") {
		p.unexpected(wanted, nil)
		return ""
	}
	return squeeze(p.next(wanted))
}

// values takes values up to the end or to one of the words; ranges are expanded.
func (p *lineParser) values(until ...string) []string {
	var values []string
	for p.err == nil && !p.done() && fold(until, p.word()) == "" {
		pos := p.pos()
		words, ok := expandList(p.value("a value"))
		if len(values)+len(words) > maxListWords || !ok {
			p.failAt(pos, "the list is too long", "at most "+strconv.Itoa(maxListWords)+" words")
			return nil
		}
		p.cost += len(words)
		values = append(values, words...)
	}
	return values
}

// op takes a comparison.
func (p *lineParser) op() Op {
	i := slices.Index(opTexts[:], p.word())
	if i < 0 {
		p.unexpected("`=` or another comparison, and a value", nil)
		return Equal
	}
	p.i++
	return Op(i)
}

// isMark tells whether w is an arrow, a bar or a comparison.
func isMark(w string) bool {
	return w == "->" || w == "<->" || w == "|" || slices.Contains(opTexts[:], w)
}

// quoteAll returns the words as an error lists them.
func quoteAll(list []string) string {
	const most = 24
	var b strings.Builder
	for i, w := range list[:min(len(list), most)] {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteByte('`')
		b.WriteString(w)
		b.WriteByte('`')
	}
	if len(list) > most {
		b.WriteString(" …")
	}
	if len(list) > 1 {
		return "one of " + b.String()
	}
	return b.String()
}
