package scenario

import (
	"slices"
	"strconv"
)

// judgeHeader judges what the header says as a whole.
func (e *expander) judgeHeader() {
	h := &e.header
	if e.broken {
		return
	}
	if h.Protocol.Name != "" {
		e.addAny(e.words.judge(&h.Protocol))
	}
	e.judgeSize(&h.Protocol)
}

// judgeSize judges how many nodes take part in a protocol.
func (e *expander) judgeSize(p *Protocol) {
	most := MaxNodes
	if words := e.words.find(p.Name); words != nil && words.MaxNodes > 0 {
		most = words.MaxNodes
	}
	if n := len(e.header.Nodes); n > most && !e.broken {
		e.add(&Error{Pos: p.place(), Problem: "the header names " + strconv.Itoa(n) + " nodes",
			Wanted: "at most " + strconv.Itoa(most)})
	}
}

// place returns where the protocol line stands, or the beginning of the text.
func (p *Protocol) place() Pos {
	if p.Name == "" {
		return Pos{1, 1}
	}
	return p.Pos
}

// judgeUse judges one word of a statement; words is nil if the protocol's are not known.
func (e *expander) judgeUse(u use, words *ProtocolWords) {
	switch u.sort {
	case useNode:
		e.judgeNode(u)
		return
	case useCase:
		e.judgeCase(u)
		return
	}
	if words == nil {
		return
	}
	switch u.sort {
	case useKind:
		if !slices.ContainsFunc(words.Kinds, func(k string) bool { return SameKind(k, u.text) }) {
			e.judgeWord(u, words, words.Kinds, "kind of message")
		}
	case useField:
		e.judgeWord(u, words, words.Fields, "field of a message")
	case useTimer:
		e.judgeWord(u, words, words.Timers, "timer")
	case useRow:
		if !e.machineRow(u.text) {
			e.judgeWord(u, words, words.Rows, "row")
		}
	case useDisk:
		e.judgeWord(u, words, words.Disk, "durable field")
	case useRecord:
		e.judgeWord(u, words, slices.Concat(words.Disk, recordWords), "record")
	}
}

// judgeWord judges a word by a list of the protocol's.
func (e *expander) judgeWord(u use, words *ProtocolWords, list []string, what string) {
	if len(list) == 0 || slices.Contains(list, u.text) {
		return
	}
	e.add(&Error{Pos: u.pos, Problem: "`" + words.Name + "` has no " + what + " `" + u.text + "`",
		Wanted: quoteAll(list), Suggest: nearest(u.text, list)})
}

// machineRow tells whether the state machine may have a row of that name.
func (e *expander) machineRow(row string) bool {
	m := &e.header.Machine
	switch m.Name {
	case "bank", "kv":
		return true
	case "lock":
		return row == "holder"
	case "dice":
		return row == "dice"
	}
	return row == "x" && m.Name == "register" ||
		slices.ContainsFunc(m.Start, func(o Option) bool { return o.Key == row })
}

// judgeNode judges the name of a node by the role lines.
func (e *expander) judgeNode(u use) {
	if e.broken || e.header.Has(u.text) {
		return
	}
	wanted := "a role line, like `servers S1 S2 S3`"
	if len(e.header.Nodes) > 0 {
		wanted = quoteAll(e.header.Nodes)
	}
	e.add(&Error{Pos: u.pos, Problem: "no role line names the node `" + u.text + "`",
		Wanted: wanted, Suggest: nearest(u.text, e.header.Nodes)})
}

// judgeCase judges the name of a case that a claim compares with: it runs earlier.
func (e *expander) judgeCase(u use) {
	if i := e.file.CaseIndex(u.text); i >= 0 && i < e.at {
		return
	}
	names := make([]string, 0, e.at)
	for i := range min(e.at, len(e.file.Cases)) {
		names = append(names, e.file.Cases[i].Name)
	}
	wanted := "a case that stands above this one"
	if len(names) > 0 {
		wanted = quoteAll(names)
	}
	e.add(&Error{Pos: u.pos, Problem: "no earlier case is named `" + u.text + "`", Wanted: wanted,
		Suggest: nearest(u.text, names)})
}

// judgeStatement judges what a statement needs of those around it.
func (e *expander) judgeStatement(s Statement, search *bool) {
	switch s := s.(type) {
	case *Explore:
		*search = true
	case *Expect:
		if Searches(s.Claim) && !*search {
			e.add(&Error{Pos: s.Pos, Problem: "the claim is about a search, and none stands above",
				Wanted: "an `explore` line above it"})
		}
		if s.HasAt && e.rests {
			e.byHand(s.Pos, "at")
		}
	case *Step:
		if name, timed := timedWords[s.When.Kind]; timed && e.rests {
			e.byHand(s.Pos, name)
		}
		if isRest(s) {
			e.rests = true
			if s.When.Kind != Next || s.Try {
				e.add(&Error{Pos: s.Pos, Problem: "`rest` comes once all above it is done",
					Wanted: "no prefix"})
			}
		}
	}
}

// timedWords are the prefixes that only a timed schedule knows.
var timedWords = map[WhenKind]string{At: "at", After: "after", Once: "when"}

func (e *expander) byHand(pos Pos, word string) {
	if !e.broken {
		e.add(&Error{Pos: pos, Problem: "`" + word + "` needs a timed schedule",
			Wanted: "no prefix under `schedule by-hand`, or `schedule timed`"})
	}
}
