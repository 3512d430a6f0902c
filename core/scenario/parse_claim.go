package scenario

import (
	"slices"
	"strconv"
	"strings"
)

// expect takes a whole expectation.
func (p *lineParser) expect() *Expect {
	x := &Expect{}
	if p.take("at") {
		x.HasAt, x.At = true, p.time()
	}
	p.need("expect")
	for p.err == nil {
		if p.take("in") {
			x.Runs = p.runs()
		} else if p.take("by") {
			x.HasBy, x.By = true, p.time()
		} else {
			break
		}
	}
	if p.err == nil {
		x.Claim = p.claim()
	}
	p.end("the end of the line")
	return x
}

// runs takes `2 runs`, `at least 990 runs`, `some run` or `no run`.
func (p *lineParser) runs() Runs {
	var r Runs
	switch {
	case p.take("some"):
		r.Kind = SomeRun
	case p.take("no"):
		r.Kind = NoRun
	case p.take("at"):
		p.need("least")
		r = Runs{AtLeastRuns, p.small("how many runs")}
	default:
		r = Runs{ExactRuns, p.small("how many runs, `at least N runs`, `some run` or `no run`")}
	}
	if p.oneOf([]string{"runs", "run"}) == "" {
		p.unexpected("`runs`", []string{"runs"})
	}
	return r
}

// claim takes what is expected.
func (p *lineParser) claim() Claim {
	not := p.take("not")
	switch {
	case p.ahead("before"):
		return p.conditions(not)
	case strings.Contains(p.word(), ".") && !isListWord(p.word()):
		return p.rows(not)
	case not:
		return p.conditions(true)
	case p.take("breaks"):
		return p.check(true)
	case fold(checkWords, p.word()) != "":
		return p.check(false)
	case p.take("nothing"):
		p.need("chosen")
		return &Holds{Condition: Condition{Pos: p.back(), Kind: NothingChosen}}
	case p.take("leader"):
		if p.take("nobody") {
			return &LeadersAre{}
		}
		return &LeadersAre{Nodes: p.someNodes()}
	case fold(figureWords, p.word()) != "":
		return p.figureIs()
	case p.is("chosen") || p.is("quiet"):
		return &Holds{Condition: p.condition()}
	}
	return p.wideClaim()
}

// wideClaim takes a claim about several runs, about a search, or about one node.
func (p *lineParser) wideClaim() Claim {
	switch p.oneOf([]string{"same-state", "different-state", "same-chosen", "safe", "violation"}) {
	case "same-state":
		return p.sameState(false)
	case "different-state":
		return p.sameState(true)
	case "same-chosen":
		p.need("with")
		return &SameChosen{Case: p.caseName()}
	case "safe":
		safe := &Safe{}
		for fold(checkWords, p.word()) != "" {
			safe.Checks = append(safe.Checks, p.needOne(checkWords))
		}
		return safe
	case "violation":
		return &Violation{Check: p.needOne(checkWords)}
	}
	if what := p.oneOf(searchCounts); what != "" {
		return &Count{What: what, N: p.count("a number")}
	}
	if which := p.oneOf([]string{"every", "some"}); which != "" {
		return p.endsOf(which == "every")
	}
	if isName(p.word()) && !isReserved(p.word()) && p.peek(1) != "" {
		return p.nodeClaim()
	}
	p.unexpected("a check, a condition, a row, a figure or another claim",
		slices.Concat(checkWords, claimWords, figureWords, searchCounts, []string{"same-state"}))
	return nil
}

// ahead tells whether the word of the language stands anywhere in the rest of the line.
func (p *lineParser) ahead(word string) bool {
	for _, w := range p.words[min(p.i, len(p.words)):] {
		if strings.EqualFold(w.text, word) {
			return true
		}
	}
	return false
}

// conditions takes `CONDITION`, or `CONDITION before CONDITION`.
func (p *lineParser) conditions(not bool) Claim {
	if not && (p.is("breaks") || fold(checkWords, p.word()) != "" && p.peek(1) == "") {
		p.fail("`not` is said of a condition", "`breaks CHECK`, or `in no run …`")
		return nil
	}
	first := p.claimedCondition()
	if !p.take("before") {
		return &Holds{Not: not, Condition: first}
	}
	return &Before{Not: not, First: first, Second: p.claimedCondition()}
}

// claimedCondition takes a condition, in which `has` may stand before the verb.
func (p *lineParser) claimedCondition() Condition {
	if p.is("nothing") {
		p.take("nothing")
		p.need("chosen")
		return Condition{Pos: p.back(), Kind: NothingChosen}
	}
	if !strings.EqualFold(p.peek(1), "has") {
		return p.condition()
	}
	c := Condition{Pos: p.pos(), Node: p.node()}
	p.has(&c)
	return c
}

// has takes `has executed m1` or `has heard m1`.
func (p *lineParser) has(c *Condition) {
	p.need("has")
	if !p.is("executed") && !p.is("heard") {
		p.unexpected("`executed` or `heard`", []string{"executed", "heard"})
		return
	}
	p.act(c)
}

// nodeClaim takes what is said of one node.
func (p *lineParser) nodeClaim() Claim {
	claims := slices.Concat(nodeClaims, stateWords)
	switch verb := fold(claims, p.peek(1)); verb {
	case "executed":
		c := &ExecutedIs{Node: p.node()}
		p.take("executed")
		c.Commands = p.history()
		return c
	case "heard":
		return p.heard()
	case "":
		begins := slices.Concat(checkWords, claimWords, figureWords, searchCounts)
		if nearest(p.word(), begins) != "" && nearest(p.peek(1), claims) == "" {
			p.unexpected("a claim", begins)
			return nil
		}
		p.i++
		p.unexpected("what the node did: "+quoteAll(claims), claims)
		return nil
	}
	return &Holds{Condition: p.claimedCondition()}
}

// history takes `nothing`, or at least one command.
func (p *lineParser) history() []string {
	if p.take("nothing") {
		return nil
	}
	if p.done() && !p.vanished() {
		p.unexpected("commands in order, or `nothing`", nil)
	}
	return p.values()
}

// heard takes `C2 heard m2, m1 m2`: a comma ends a state.
func (p *lineParser) heard() Claim {
	c := &HeardIs{Node: p.node()}
	p.take("heard")
	if p.take("nothing") {
		return c
	}
	var state []string
	for p.err == nil {
		word, ends := p.inState()
		words, ok := expandList(word)
		p.cost += len(words)
		if !ok || word == "" || p.cost > maxListWords {
			p.failAt(p.back(), "the state cannot be read",
				"commands, a comma between states, at most "+strconv.Itoa(maxListWords)+" words")
		}
		state = append(state, words...)
		if ends || p.done() {
			c.States = append(c.States, state)
			state = nil
		}
		if p.done() && !ends {
			break
		}
	}
	return c
}

// inState takes one command of a state; ends tells whether a comma stands behind it.
func (p *lineParser) inState() (word string, ends bool) {
	const wanted = "the commands of a state, or `nothing`"
	if word, ends = strings.CutSuffix(p.word(), ","); ends {
		p.i++
		return squeeze(word), true
	}
	return p.value(wanted), false
}

// rows takes `S1.n_h = 11` or `*.n_a = 11 11 _`.
func (p *lineParser) rows(not bool) Claim {
	every := strings.HasPrefix(p.word(), "*")
	node, row := p.row(true)
	c := &RowsAre{Not: not, Every: every, Node: node, Row: row, Op: p.op()}
	c.Values = append(c.Values, p.value("a value"))
	for p.err == nil && !p.done() {
		c.Values = append(c.Values, p.value("a value"))
	}
	return c
}

// check takes the name of a check, its number and whom it is about.
func (p *lineParser) check(breaks bool) Claim {
	c := &CheckIs{Check: p.needOne(checkWords), Breaks: breaks}
	if _, isCount := parseCount(p.word()); isCount && slices.Contains(countedChecks, c.Check) {
		c.HasN, c.N = true, p.small("a number")
	}
	if p.take("for") {
		c.For = p.someNodes()
	}
	return c
}

func (p *lineParser) sameState(different bool) Claim {
	c := &SameState{Different: different, Nodes: p.someNodes()}
	if p.take("with") {
		c.Case = p.caseName()
	} else if p.err == nil && len(c.Nodes) < 2 && !p.vanished() {
		p.unexpected("another node, or `with case NAME`", []string{"with"})
	}
	return c
}

// caseName takes `case NAME`.
func (p *lineParser) caseName() string {
	p.need("case")
	w := p.next("the name of a case")
	if p.err == nil {
		p.note(useCase, w)
	}
	return w
}

func (p *lineParser) endsOf(every bool) Claim {
	p.need("end")
	c := &Ends{Every: every, Not: p.take("not")}
	c.Condition = p.claimedCondition()
	return c
}

// figureIs takes a figure and what it is compared with.
func (p *lineParser) figureIs() Claim {
	c := &FigureIs{Figure: p.figure(), Op: p.op()}
	if c.Figure.Name == "latency" {
		c.N = int64(p.time())
	} else {
		c.N = int64(p.count("a number"))
	}
	return c
}

// figure takes a figure, and the message or the command that it is about.
func (p *lineParser) figure() Figure {
	f := Figure{Name: p.needOne(figureWords)}
	switch {
	case f.Name == "latency":
		f.Command = p.value("the command whose latency is meant")
	case slices.Contains(messageFigures, f.Name) && !p.done() && !isMark(p.word()):
		f.HasMessage, f.Message = true, p.selector()
	}
	return f
}

// measure takes a whole measure.
func (p *lineParser) measure() *Measure {
	p.need("measure")
	m := &Measure{Figure: p.figure()}
	p.end("the end of the line")
	return m
}
