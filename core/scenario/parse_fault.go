package scenario

import (
	"slices"
	"strings"

	"github.com/synodlab/synod/core/sim"
)

// free tells whether the next word is this word of the language, and no node of the header has its
// name: then the word is the node.
func (p *lineParser) free(word string) bool { return p.is(word) && !p.isNode(p.word()) }

// faultVerb takes a step that begins with a word that is not reserved; nil if none does.
func (p *lineParser) faultVerb() Action {
	switch {
	case p.is("disk"):
		p.take("disk")
		return p.wear()
	case p.free("clock"):
		p.take("clock")
		return p.clock()
	case p.free("topology"):
		p.take("topology")
		return p.topology()
	case p.free("calm"):
		p.take("calm")
		return &Calm{}
	case p.free("rest"):
		p.take("rest")
		return &Rest{}
	}
	return nil
}

// nodesBefore takes nodes up to one of the words, which no list of nodes ends at by itself.
func (p *lineParser) nodesBefore(words []string) []string {
	p.stops = words
	nodes := p.someNodes()
	p.stops = nil
	return nodes
}

// stopped tells whether a list of nodes ends here: at a word that it is to stop at, or that was
// probably meant to be one.
func (p *lineParser) stopped() bool {
	w := p.word()
	if len(p.stops) == 0 || p.isNode(w) {
		return false
	}
	if fold(p.stops, w) != "" {
		return true
	}
	near := nearest(w, p.stops)
	if near == "" || p.header == nil || nearest(w, p.header.Nodes) != "" {
		return false
	}
	p.fail("`"+w+"` does not belong here", "a node, or "+quoteAll(p.stops))
	p.err.Suggest = near
	return true
}

// wear takes what follows `disk`.
func (p *lineParser) wear() Action {
	a := &Wear{Nodes: p.nodesBefore(wearWords)}
	switch p.needOne(wearWords) {
	case "sync":
		if p.take("never") {
			a.Does = DiskStalls
			break
		}
		if _, ok := parseTime(p.word()); !ok {
			p.needUnit("a time like `50ms`, or `never`")
		}
		a.Sync = p.time()
	case "lies":
		a.Does = DiskLies
	case "behaves":
		a.Does = DiskBehaves
	case "backup":
		a.Does = DiskBackup
	case "corrupts":
		a.Does, a.Records = DiskCorrupts, p.records()
	}
	return a
}

// clock takes what follows `clock`.
func (p *lineParser) clock() Action {
	a := &Clock{Nodes: p.nodesBefore(clockWords)}
	if p.needOne(clockWords) == "rate" {
		a.Rate = p.rate()
		return a
	}
	back := p.take("back")
	if a.By = p.time(); p.err == nil && a.By == 0 {
		p.failAt(p.back(), "the clock would not jump", "a time above 0")
	}
	if back {
		a.By = -a.By
	}
	return a
}

// rate takes how fast a clock runs.
func (p *lineParser) rate() int {
	digits, found := strings.CutSuffix(p.word(), "%")
	n, ok := parseCount(digits)
	if !found || !ok || n < sim.MinRate || n > sim.MaxRate {
		p.unexpected("a rate like `110%`, 1% to 1000%", nil)
		return 0
	}
	p.i++
	return int(n)
}

// topology takes what follows `topology`.
func (p *lineParser) topology() Action {
	a := &Topology{Shape: p.needOne(shapeWords)}
	start := p.i
	a.Nodes = p.nodes()
	a.HasNodes = p.i > start || p.vanished()
	for i, n := range a.Nodes {
		if slices.Contains(a.Nodes[:i], n) {
			p.failAt(p.back(), "`"+n+"` stands there twice", "each node once")
		}
	}
	return a
}

// records takes `all`, `2 records`, or kinds and numbers up to the end.
func (p *lineParser) records() Records {
	var r Records
	switch {
	case p.take("all"):
		r.All = true
	case isDigits(p.word()):
		r.Count = p.counted()
	default:
		for p.err == nil && !p.done() {
			r.Picks = append(r.Picks, p.pick())
		}
		if len(r.Picks) == 0 && !p.vanished() {
			p.unexpected("records: `all`, `2 records`, a durable field or `#1`", nil)
		}
	}
	return r
}

// counted takes `2 records`.
func (p *lineParser) counted() int {
	n := p.small("how many records")
	if p.err == nil && n == 0 {
		p.failAt(p.back(), "there is no record to be meant", "a number above 0")
	}
	if p.oneOf([]string{"records", "record"}) == "" {
		p.unexpected("`records`", []string{"records"})
	}
	return n
}

// pick takes `accepted`, `accepted #2` or `#2`.
func (p *lineParser) pick() Pick {
	var k Pick
	if isName(p.word()) {
		k.Kind = p.next("")
		p.note(useRecord, k.Kind)
	}
	w := p.word()
	if strings.HasPrefix(w, "#") {
		n, ok := parseCount(w[1:])
		if !ok || n == 0 || n >= 1<<31 {
			p.unexpected("`#1` for the first such record, or a later one", nil)
			return k
		}
		k.N = int(n)
		p.i++
	} else if k.Kind == "" {
		p.unexpected("a durable field, like `promised`, or `#1`", nil)
	}
	return k
}

// written takes what a crash waits for behind `writing`: `2 records`, or one record.
func (p *lineParser) written() Pick {
	if isDigits(p.word()) {
		return Pick{N: p.counted()}
	}
	return p.pick()
}
