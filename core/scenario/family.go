package scenario

import (
	"slices"
	"strconv"
)

// CaseCount returns the number of cases; a file without case lines is one case without a name.
func (f *File) CaseCount() int { return max(1, len(f.Cases)) }

// CaseName returns the name of case c; "" in a file without case lines.
func (f *File) CaseName(c int) string {
	if len(f.Cases) == 0 {
		return ""
	}
	return f.Cases[c].Name
}

// CaseIndex returns the case of that name, -1 if there is none.
func (f *File) CaseIndex(name string) int {
	return slices.IndexFunc(f.Cases, func(c Case) bool { return c.Name == name })
}

// Runs returns how many runs the file has, 1 to MaxRuns.
func (f *File) Runs() int {
	n := 0
	for _, family := range f.families {
		n += len(family)
	}
	return n
}

// RunsOf returns how many runs case c has, at least 1. They are numbered with the first `each`
// line outermost; the values of a line go in its own order:
//
//   - a list: as written, ranges upwards;
//   - sets: by size; those of one size like words in a dictionary, by place in the list;
//   - splits: by number of groups; those of one number by the group of the first name, then of
//     the second, and so on, where groups are numbered as their first names come;
//   - orders: like words in a dictionary, by place in the list.
func (f *File) RunsOf(c int) int { return len(f.families[c]) }

// familyMaker multiplies the `each` lines of a file out, within its limits.
type familyMaker struct {
	lines []*Line
	made  [][]Binding
	fix   bool
	runs  int // of all cases
	words int // of all cases
	err   *Error
}

// make returns the values of each run of a case.
func (m *familyMaker) make(lines []*Line) [][]Binding {
	m.lines, m.made = lines, nil
	if len(lines) > maxEach {
		m.err = &Error{Pos: lines[maxEach].Pos, Problem: "too many `each` lines above one run",
			Wanted: "at most " + strconv.Itoa(maxEach)}
		return nil
	}
	m.multiply(0, nil)
	if m.err == nil && len(m.made) == 0 {
		m.err = &Error{Pos: lines[len(lines)-1].Pos, Problem: "the family has no run",
			Wanted: "at least one value"}
	}
	m.runs += len(m.made)
	return m.made
}

// multiply appends the runs below the values that are already bound.
func (m *familyMaker) multiply(i int, bound []Binding) {
	if i == len(m.lines) {
		m.made = append(m.made, bound)
		m.tooMany(i, m.runs+len(m.made) > MaxRuns)
		return
	}
	for _, value := range m.values(m.lines[i], bound) {
		for _, b := range value {
			m.words += len(b.Words) + 1
		}
		m.words += len(bound)
		m.tooMany(i, m.words > maxFamily)
		if m.err != nil {
			return
		}
		m.multiply(i+1, append(slices.Clip(bound), value...))
	}
}

func (m *familyMaker) tooMany(i int, over bool) {
	if m.err == nil && over {
		m.err = &Error{Pos: m.lines[max(0, min(i, len(m.lines)-1))].Pos,
			Problem: "the file has too many runs",
			Wanted:  "at most " + strconv.Itoa(MaxRuns) + " in all its families"}
	}
}

// values returns the values of one line: each binds all names of the line.
func (m *familyMaker) values(l *Line, bound []Binding) [][]Binding {
	r := replacer{values: bound}
	words, err := r.line(l)
	if err != nil {
		m.err = err
		return nil
	}
	p := &lineParser{line: l, words: words, fix: m.fix}
	values := p.each(bound, maxFamily-m.words)
	if p.err != nil {
		m.err = p.err
		return nil
	}
	return values
}

// each takes a whole `each` line. budget bounds the words of its values.
func (p *lineParser) each(bound []Binding, budget int) [][]Binding {
	p.need("each")
	names := p.variables(bound)
	l := &lister{budget: budget}
	if p.err != nil {
		return nil
	}
	if fold([]string{"of"}, p.peek(1)) == "" {
		return p.tuples(names)
	}
	if len(names) > 1 {
		p.fail("sets, splits and orders have one name", "one variable before `in`")
		return nil
	}
	switch p.needOne([]string{"sets", "splits", "orders"}) {
	case "sets":
		p.need("of")
		lo, hi := p.sizes()
		p.need("from")
		l.list = p.listed()
		l.sets(lo, hi)
	case "splits":
		p.need("of")
		l.list = p.listed("into")
		p.need("into")
		lo, hi := p.sizes()
		l.splits(lo, hi)
	case "orders":
		p.need("of")
		l.list = p.listed()
		l.orders()
	}
	p.end("the end of the line")
	if p.err == nil && l.budget < 0 {
		p.failAt(p.line.Pos, "the line has too many values",
			"at most "+strconv.Itoa(MaxRuns)+" runs")
	}
	values := make([][]Binding, len(l.values))
	for i, words := range l.values {
		values[i] = []Binding{{names[0], words}}
	}
	return values
}

// variables takes the names before `in`, and `in`.
func (p *lineParser) variables(bound []Binding) []string {
	var names []string
	for p.err == nil && !p.take("in") {
		w := p.word()
		same := func(b Binding) bool { return b.Name == w }
		switch {
		case !isVariable(w):
			p.unexpected("the name of a variable, or `in`", nil)
		case slices.Contains(names, w) || slices.ContainsFunc(bound, same):
			p.fail("`$"+w+"` has a value already", "another name")
		}
		names = append(names, w)
		p.i++
	}
	if p.err == nil && len(names) == 0 {
		p.fail("the line names no variable", "`each NAME in VALUES`")
	}
	return names
}

// tuples takes the values of a plain list: `1..1000`, or `3/1 4/1` for two names.
func (p *lineParser) tuples(names []string) [][]Binding {
	if len(names) == 1 {
		words := p.values()
		values := make([][]Binding, len(words))
		for i, w := range words {
			values[i] = []Binding{{names[0], []string{w}}}
		}
		return values
	}
	var values [][]Binding
	for p.err == nil && !p.done() {
		w := p.next("")
		parts := splitTuple(w)
		if len(parts) != len(names) || slices.Contains(parts, "") {
			p.failAt(p.back(), "`"+w+"` does not fit the names",
				strconv.Itoa(len(names))+" values with `/` between them")
			return nil
		}
		value := make([]Binding, len(names))
		for i := range names {
			value[i] = Binding{names[i], []string{parts[i]}}
		}
		values = append(values, value)
	}
	return values
}

// splitTuple splits at each slash.
func splitTuple(w string) []string {
	var parts []string
	start := 0
	for i := range len(w) {
		if w[i] == '/' {
			parts = append(parts, w[start:i])
			start = i + 1
		}
	}
	return append(parts, w[start:])
}

// sizes takes `0..2` or `2`.
func (p *lineParser) sizes() (lo, hi int) {
	lo, hi, ok := parseRange(p.word())
	if !ok {
		p.unexpected("a size, or a range like `0..2`", nil)
		return 0, -1
	}
	p.i++
	return lo, hi
}

// listed takes the list that sets, splits and orders are made of: each word once.
func (p *lineParser) listed(until ...string) []string {
	pos := p.pos()
	words := p.values(until...)
	if len(words) > MaxNodes {
		p.failAt(pos, "the list is too long", "at most "+strconv.Itoa(MaxNodes)+" words")
		return nil
	}
	for i, w := range words {
		if slices.Contains(words[:i], w) {
			p.failAt(pos, "`"+w+"` is listed twice", "each word once")
			return nil
		}
	}
	return words
}

// lister lists what can be made of a list, until its budget of words is spent.
type lister struct {
	list   []string
	values [][]string
	budget int
}

// keep appends a value; false if there is no room for more.
func (l *lister) keep(words []string) bool {
	l.budget -= len(words) + 1
	if l.budget >= 0 && len(l.values) < MaxRuns {
		l.values = append(l.values, words)
		return true
	}
	l.budget = -1
	return false
}

func (l *lister) sets(lo, hi int) {
	for size := lo; size <= min(hi, len(l.list)); size++ {
		if !l.choose(nil, 0, size) {
			return
		}
	}
}

// choose keeps each set of the chosen words and size more of those from index from on.
func (l *lister) choose(chosen []string, from, size int) bool {
	if size == 0 {
		return l.keep(slices.Clone(chosen))
	}
	for i := from; i+size <= len(l.list); i++ {
		if !l.choose(append(slices.Clip(chosen), l.list[i]), i+1, size-1) {
			return false
		}
	}
	return true
}

func (l *lister) splits(lo, hi int) {
	for groups := max(lo, 1); groups <= min(hi, len(l.list)); groups++ {
		if !l.split(make([]int, 0, len(l.list)), 0, groups) {
			return
		}
	}
}

// split puts the next word into each group in turn; used groups have a word already.
func (l *lister) split(group []int, used, groups int) bool {
	left := len(l.list) - len(group)
	if left == 0 {
		return l.keep(l.bars(group, groups))
	}
	for g := 0; g <= min(used, groups-1); g++ {
		now := max(used, g+1)
		if groups-now > left-1 {
			continue
		}
		if !l.split(append(group, g), now, groups) {
			return false
		}
	}
	return true
}

// bars writes a split as `partition` reads it.
func (l *lister) bars(group []int, groups int) []string {
	var words []string
	for g := range groups {
		if g > 0 {
			words = append(words, "|")
		}
		for i, w := range l.list {
			if group[i] == g {
				words = append(words, w)
			}
		}
	}
	return words
}

func (l *lister) orders() {
	if len(l.list) > 0 {
		l.order(nil)
	}
}

// order appends each word that is not in the order yet.
func (l *lister) order(order []string) bool {
	if len(order) == len(l.list) {
		return l.keep(slices.Clone(order))
	}
	for _, w := range l.list {
		if !slices.Contains(order, w) && !l.order(append(slices.Clip(order), w)) {
			return false
		}
	}
	return true
}
