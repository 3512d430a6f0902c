package scenario

import (
	"slices"
	"strconv"
	"strings"
)

// setting takes a whole header line into h.
func (p *lineParser) setting(h *Header) {
	switch word := p.oneOf(settingWords); word {
	case "synod":
		if v := p.small("the version of the language"); p.err == nil && v != 1 {
			p.failAt(p.back(), "the version is not known here", "`synod 1`")
		}
	case "title":
		h.Title = p.next("a title")
	case "about":
		h.About = append(h.About, p.next("a text"))
	case "cites":
		p.cites(h)
	case "protocol":
		h.Protocol = p.protocol()
	case "seed":
		h.Seed = p.seed()
	case "until":
		h.Until = p.time()
		if p.err == nil && h.Until == 0 {
			p.failAt(p.back(), "the run would have no time", "a time above 0")
		}
	case "timeout":
		h.Timeout = p.span()
	default:
		p.choice(h, word)
	}
	p.end("the end of the line")
}

// choice takes a header line that names nodes or chooses among words.
func (p *lineParser) choice(h *Header, word string) {
	switch word {
	case "machine":
		h.Machine = Machine{Name: p.needOne(machineNames), Start: p.start()}
	case "words":
		h.Words = p.needOne(displayWords)
	case "network":
		p.network(&h.Network)
	case "link":
		h.Links = append(h.Links, p.link())
	case "disk":
		p.need("sync")
		h.DiskSync = p.time()
	case "detector":
		h.Detector = p.detector()
	case "retry":
		h.Retry = p.retry()
	case "schedule":
		h.ByHand = p.needOne(scheduleWords) == "by-hand"
	default:
		p.role(h, word)
	}
}

func (p *lineParser) cites(h *Header) {
	if p.done() {
		p.unexpected("ids, like `M-34`", nil)
	}
	for p.err == nil && !p.done() {
		w := p.next("an id")
		letters, digits, found := strings.Cut(w, "-")
		if !found || !isName(letters) || isDigits(letters) || !isDigits(digits) {
			p.failAt(p.back(), "`"+w+"` is not an id", "a form like `M-34`")
		}
		h.Cites = append(h.Cites, w)
	}
}

// protocol takes a name and options.
func (p *lineParser) protocol() Protocol {
	r := Protocol{Pos: p.pos()}
	if !isLabel(p.word()) {
		p.unexpected("the name of a protocol", nil)
		return r
	}
	r.Name = p.next("")
	r.Options = p.options()
	return r
}

// options takes `key=a,b` up to the end of the line.
func (p *lineParser) options() []Option {
	var options []Option
	for p.err == nil && !p.done() {
		w := p.next("")
		key, list, found := strings.Cut(w, "=")
		values := splitArgs(list)
		if !found || !isName(key) || slices.Contains(values, "") {
			p.failAt(p.back(), "`"+w+"` is not an option", "`key=value`, or `key=a,b`")
			return nil
		}
		if slices.ContainsFunc(options, func(o Option) bool { return o.Key == key }) {
			p.failAt(p.back(), "the option `"+key+"` is set twice", "each option once")
		}
		options = append(options, Option{key, values})
	}
	return options
}

// start takes what a machine begins with: `x=0`, each a whole number.
func (p *lineParser) start() []Option {
	first := p.i
	options := p.options()
	for i, o := range options {
		if _, err := strconv.ParseInt(o.Values[0], 10, 32); err != nil || len(o.Values) > 1 {
			p.i = first + i + 1
			p.failAt(p.back(), "the machine cannot begin with `"+strings.Join(o.Values, ",")+"`",
				"a whole number, like `"+o.Key+"=0`")
			break
		}
	}
	return options
}

func (p *lineParser) seed() uint64 {
	n, err := strconv.ParseUint(p.word(), 10, 64)
	if err != nil || !isDigits(p.word()) {
		p.unexpected("a whole number below 2^64", nil)
		return 0
	}
	p.i++
	return n
}

// role takes the nodes of a role. A role that was named before keeps its place.
func (p *lineParser) role(h *Header, name string) {
	r := Role{Name: name}
	for p.err == nil && !p.done() {
		pos, w := p.pos(), p.word()
		words, ok := expandList(w)
		switch {
		case isReserved(w):
			p.fail("`"+w+"` is a word of the language", "another name for the node")
		case !isListWord(w):
			p.fail("`"+w+"` cannot name a node",
				"a letter, then letters, digits, `_ - '`; or digits")
		case !ok || len(words) > MaxNodes:
			p.failAt(pos, "the line names too many nodes", "at most "+strconv.Itoa(MaxNodes))
		}
		for _, n := range words {
			if slices.Contains(r.Nodes, n) {
				p.failAt(pos, "`"+n+"` is named twice", "each node of a role once")
			}
			r.Nodes = append(r.Nodes, n)
		}
		p.i++
	}
	if len(r.Nodes) == 0 && len(p.words) < 2 && !p.vanished() {
		p.unexpected("the names of nodes", nil)
	}
	for i := range h.Roles {
		if h.Roles[i].Name == name {
			h.Roles[i] = r
			return
		}
	}
	h.Roles = append(h.Roles, r)
}

func (p *lineParser) network(n *Network) {
	if p.done() {
		p.unexpected(quoteAll(slices.Concat(networkWords, networkOnly)), nil)
	}
	for p.err == nil && !p.done() {
		switch p.needOne(slices.Concat(networkWords, networkOnly)) {
		case "delay":
			n.Delay = p.span()
		case "loss":
			n.Loss = p.share()
		case "duplicate":
			n.Duplicate = p.share()
		case "self":
			n.Self = true
		case "reorder":
			n.Reorder = true
		case "topology":
			n.Topology = p.needOne(shapeWords)
		}
	}
}

func (p *lineParser) link() Link {
	l := Link{Pos: p.pos(), Loss: Unbounded, Duplicate: Unbounded}
	l.From, l.To, l.Both = p.direction()
	if p.done() {
		p.unexpected("`delay`, `loss`, `duplicate` or `reorder`", nil)
	}
	for p.err == nil && !p.done() {
		switch p.needOne([]string{"delay", "loss", "duplicate", "reorder"}) {
		case "delay":
			s := p.span()
			l.Delay = &s
		case "loss":
			l.Loss = p.share()
		case "duplicate":
			l.Duplicate = p.share()
		case "reorder":
			l.Reorder = true
		}
	}
	return l
}

func (p *lineParser) detector() Detector {
	switch p.needOne(detectorWords) {
	case "accurate":
		return Detector{DetectorAccurate, p.time()}
	case "pings":
		every := p.time()
		if p.err == nil && every == 0 {
			p.failAt(p.back(), "the pings would never end", "a time above 0")
		}
		return Detector{DetectorPings, every}
	}
	return Detector{}
}

func (p *lineParser) retry() Retry {
	if p.take("never") {
		return Retry{}
	}
	r := Retry{Kind: RetrySame, Time: p.time()}
	if p.err == nil && r.Time == 0 {
		p.failAt(p.back(), "the clients would never stop", "a time above 0, or `never`")
	}
	if !p.done() {
		r.Kind = RetryKind(slices.Index(retryWords, p.needOne(retryWords))) + RetrySame
	}
	return r
}
