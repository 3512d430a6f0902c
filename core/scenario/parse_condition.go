package scenario

import "strings"

const conditionForms = "a condition like `chosen m1`, `S1 executed m1`, `S1 sent accept`, " +
	"`S1.n = 2` or `quiet`"

var conditionVerbs = []string{
	"executed", "accepted", "promised", "heard", "sent", "received", "leads", "suspects", "is",
	"alarmed",
}

// condition takes a condition; what follows it is the caller's.
func (p *lineParser) condition() Condition {
	c := Condition{Pos: p.pos()}
	switch {
	case p.take("quiet"):
		c.Kind = Quiet
	case p.take("chosen"):
		p.chosen(&c)
	case strings.Contains(p.word(), ".") && !isListWord(p.word()):
		c.Kind = RowIs
		c.Node, c.Row = p.row(false)
		c.Op = p.op()
		c.Value = p.value("a value")
	case isName(p.word()) && !isReserved(p.word()):
		c.Node = p.node()
		p.act(&c)
	default:
		p.unexpected(conditionForms, nil)
	}
	return c
}

func (p *lineParser) chosen(c *Condition) {
	c.Kind = Chosen
	c.Value = p.value("the chosen value")
	if p.is("at") {
		if _, ok := parseCount(p.peek(1)); ok {
			p.take("at")
			c.HasSlot, c.Slot = true, p.count("a slot")
		}
	}
}

// act takes what a node did or does.
func (p *lineParser) act(c *Condition) {
	switch verb := p.needOne(conditionVerbs); verb {
	case "executed":
		c.Kind, c.Value = Executed, p.value("a command")
	case "accepted":
		c.Kind, c.Value = Accepted, p.value("a value")
	case "promised":
		c.Kind, c.Value = Promised, p.value("a number")
	case "heard":
		c.Kind, c.Value = Heard, p.value("a command")
	case "sent":
		c.Kind, c.Message = Sent, p.kind()
		if p.take("to") {
			c.Message.Ends = true
			c.Message.To, c.Message.AnyTo = p.oneEnd()
		}
	case "received":
		c.Kind, c.Message = Received, p.kind()
		if p.take("from") {
			c.Message.Ends = true
			c.Message.From, c.Message.AnyFrom = p.oneEnd()
		}
	case "leads":
		c.Kind = Leads
	case "suspects":
		c.Kind, c.Other = Suspects, p.node()
	case "is":
		c.Kind, c.State = Is, p.needOne(states)
	case "alarmed":
		c.Kind = Alarmed
	}
}

// oneEnd takes one end of a message in a condition: a step may follow it, so it is one word.
func (p *lineParser) oneEnd() (nodes []string, all bool) {
	if p.take("*") {
		return nil, true
	}
	if isName(p.word()) {
		return []string{p.node()}, false
	}
	words, ok := expandList(p.word())
	if !isListWord(p.word()) || !ok || len(words) > MaxNodes {
		p.unexpected("the name of a node", nil)
		return nil, false
	}
	p.i++
	for _, w := range words {
		p.note(useNode, w)
	}
	return words, false
}

// row takes `NODE.ROW`, or `*.ROW` where every is allowed: the node is "" then.
func (p *lineParser) row(every bool) (node, row string) {
	w := p.word()
	node, row, found := strings.Cut(w, ".")
	switch {
	case found && strings.Contains(row, "."):
		p.fail("`"+w+"` names more than one node", "`NODE.ROW`, or `*.ROW` for all nodes")
	case !found || !isName(row) || node != "*" && !isName(node):
		p.fail("`"+w+"` is not a row", "`NODE.ROW`, like `S1.n_h`")
	case node == "*" && !every:
		p.fail("a condition is about one node", "`NODE.ROW`, like `S1.n_h`")
	}
	if p.err != nil {
		return "", ""
	}
	p.i++
	p.note(useRow, row)
	if node == "*" {
		return "", row
	}
	p.note(useNode, node)
	return node, row
}
