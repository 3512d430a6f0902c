package scenario

import "slices"

// step takes a whole step.
func (p *lineParser) step() *Step {
	s := &Step{When: p.when()}
	s.Try = p.take("try")
	if p.is("expect") {
		p.fail("an expectation cannot wait for this", "`at TIME expect …`, or `expect` alone")
	}
	if p.err == nil {
		s.Action = p.action()
	}
	p.end("the end of the line")
	return s
}

// when takes the prefix of a step, if there is one.
func (p *lineParser) when() When {
	switch {
	case p.take("at"):
		if p.take("event") {
			return When{Kind: AtEvent, Event: p.count("the number of an event")}
		}
		return When{Kind: At, Time: p.time()}
	case p.take("after"):
		return When{Kind: After, Time: p.time()}
	case p.take("when"):
		return When{Kind: Once, Condition: p.condition()}
	case p.take("whenever"):
		return When{Kind: Whenever, Condition: p.condition()}
	}
	return When{}
}

// action takes what is done: a verb first, or the node that acts.
func (p *lineParser) action() Action {
	if verb := p.oneOf(actionWords); verb != "" {
		return p.verb(verb)
	}
	if a := p.faultVerb(); a != nil {
		return a
	}
	start := p.i
	nodes := p.nodes()
	if p.err != nil {
		return nil
	}
	if verb := p.oneOf(nodeVerbs); verb != "" && (p.i > start+1 || p.vanished()) {
		return p.nodeVerb(nodes, verb)
	}
	p.unknown(start)
	return nil
}

// unknown tells what is wrong with a line that begins with no verb, and with no node that acts.
func (p *lineParser) unknown(start int) {
	verbs := slices.Concat(actionWords, partWords, settingWords, whenWords, faultWords)
	after := p.word()
	p.i = start
	first := p.word()
	switch near := nearest(first, verbs); {
	case first == "":
		p.fail("the line ends too early", "a step")
	case near != "" && nearest(after, nodeVerbs) == "":
		p.fail("`"+first+"` begins no statement", "a step, an expectation or a header line")
		p.err.Suggest = near
	case p.isNode(first):
		p.i = start + 1
		p.unexpected("what `"+first+"` does: "+quoteAll(nodeVerbs), nodeVerbs)
	default:
		p.fail("`"+first+"` begins no statement", "a step, an expectation or a header line")
	}
}

// isNode tells whether w is a node of the header, or a range that begins with one.
func (p *lineParser) isNode(w string) bool {
	words, _ := expandList(w)
	return p.header != nil && len(words) > 0 && p.header.Has(words[0])
}

// nodeVerb takes what follows `NODE VERB`.
func (p *lineParser) nodeVerb(nodes []string, verb string) Action {
	switch verb {
	case "sends":
		start := p.i
		a := &Send{Clients: nodes, Commands: p.commands("to")}
		if p.i == start && !p.vanished() {
			p.unexpected("a command, like `m1` or `add(1)`", nil)
		}
		a.To, a.HasTo = p.to()
		return a
	case "resends":
		a := &Resend{Clients: nodes, Commands: p.commands("to")}
		a.To, a.HasTo = p.to()
		return a
	case "proposes":
		return p.propose(nodes)
	case "leads":
		a := &Lead{Nodes: nodes}
		a.Number, a.HasNumber = p.with()
		return a
	case "votes":
		return &Vote{Nodes: nodes, Yes: p.needOne([]string{"yes", "no"}) == "yes"}
	}
	return &Suspect{Nodes: nodes, Others: p.someNodes(), Trusts: verb == "trusts"}
}

func (p *lineParser) to() (nodes []string, has bool) {
	if !p.take("to") {
		return nil, false
	}
	return p.someNodes(), true
}

func (p *lineParser) with() (number uint64, has bool) {
	if !p.take("with") {
		return 0, false
	}
	return p.count("the number of a proposal"), true
}

func (p *lineParser) propose(nodes []string) Action {
	a := &Propose{Nodes: nodes}
	if !p.done() && !p.is("with") {
		a.Value = p.value("a value")
	}
	a.Number, a.HasNumber = p.with()
	return a
}

// verb takes what follows a verb that begins a step.
func (p *lineParser) verb(verb string) Action {
	switch verb {
	case "crash":
		return p.crash()
	case "restart":
		return p.restart()
	case "timeout":
		return p.fire()
	case "wipe":
		return &Wipe{Nodes: p.someNodes()}
	case "pause":
		return &Pause{Nodes: p.someNodes()}
	case "resume":
		return &Resume{Nodes: p.someNodes()}
	case "sync":
		all := p.done() && !p.vanished()
		return &Sync{All: all, Nodes: p.nodes()}
	case "join":
		return &Join{Nodes: p.someNodes()}
	case "leave":
		return &Leave{Nodes: p.someNodes()}
	case "members":
		return &Members{Nodes: p.someNodes()}
	}
	return p.worldVerb(verb)
}

// worldVerb takes what follows a verb whose object is no node.
func (p *lineParser) worldVerb(verb string) Action {
	switch verb {
	case "partition":
		return p.partition()
	case "heal":
		return &Heal{}
	case "cut":
		from, to, both := p.direction()
		return &Cut{From: from, To: to, Both: both}
	case "mend":
		from, to, both := p.direction()
		return &Mend{From: from, To: to, Both: both}
	case "forge":
		return p.forge()
	case "run":
		return p.proceed()
	case "step":
		return &Advance{Events: p.small("how many events, like `step 3`")}
	case "note":
		return p.annotation()
	case "open":
		p.need("here")
		return &Open{}
	}
	return p.move(verb)
}

func (p *lineParser) crash() Action {
	a := &Crash{Nodes: p.nodesBefore(crashWords)}
	switch {
	case p.take("before"):
		p.crashAt(a, BeforeSending, BeforeWriting)
	case p.take("after"):
		p.crashAt(a, AfterSending, AfterWriting)
	case p.take("while"):
		p.need("writing")
		a.Writing, a.Record = WhileWriting, p.written()
	case p.take("keeping"):
		a.Keep, a.Records = Keeping, p.records()
	case p.take("losing"):
		a.Keep, a.Records = Losing, p.records()
	default:
		p.end("`before sending KIND`, `after writing RECORD`, `keeping …`, `losing …` " +
			"or the end of the line")
	}
	return a
}

// crashAt takes the message or the record at which a crash cuts.
func (p *lineParser) crashAt(a *Crash, sending SendingKind, writing WritingKind) {
	if p.needOne([]string{"sending", "writing"}) == "writing" {
		a.Writing, a.Record = writing, p.written()
		return
	}
	a.Sending, a.Message = sending, p.kind()
	if p.take("to") {
		a.Message.Ends = true
		a.Message.To, a.Message.AnyTo = p.side()
	}
}

func (p *lineParser) restart() Action {
	a := &Restart{Nodes: p.someNodes()}
	switch {
	case p.take("from"):
		p.need("backup")
		a.Backup = true
	case p.take("losing"):
		if isDigits(p.word()) {
			a.Last = p.counted()
		} else {
			a.Losing = p.losing()
		}
	}
	return a
}

// losing takes durable fields up to the end or to one of the words.
func (p *lineParser) losing(until ...string) []string {
	var fields []string
	for p.err == nil && isName(p.word()) && fold(until, p.word()) == "" {
		fields = append(fields, p.next(""))
		p.note(useDisk, fields[len(fields)-1])
	}
	if len(fields) == 0 {
		p.unexpected("a durable field, like `promised`", nil)
	}
	return fields
}

func (p *lineParser) fire() Action {
	if _, isTime := parseSpan(p.word()); isTime {
		p.fail("the header line `timeout TIME` takes no prefix", "the name of a node")
	}
	a := &Fire{}
	if isName(p.word()) {
		a.Nodes = []string{p.node()}
	} else {
		a.Nodes = p.someNodes()
	}
	if !p.done() && isName(p.word()) {
		a.Timer = p.next("")
		p.note(useTimer, a.Timer)
	}
	return a
}

func (p *lineParser) partition() Action {
	a := &Partition{Groups: [][]string{p.someNodes()}}
	for p.take("|") {
		pos, side := p.pos(), p.someNodes()
		for _, other := range a.Groups {
			i := slices.IndexFunc(side, func(n string) bool { return slices.Contains(other, n) })
			if i >= 0 {
				p.failAt(pos, "`"+side[i]+"` stands on two sides", "each node on one side at most")
			}
		}
		a.Groups = append(a.Groups, side)
	}
	if len(a.Groups) == 1 && len(p.words) == len(p.line.Words) {
		p.unexpected("`|` and the nodes of the other side", nil)
	}
	return a
}

// direction takes `FROM -> TO`, or `FROM <-> TO`.
func (p *lineParser) direction() (from, to []string, both bool) {
	from = p.someNodes()
	both = p.oneOf([]string{"->", "<->"}) == "<->"
	if p.i > 0 && p.err == nil && !isMark(p.words[p.i-1].text) {
		p.unexpected("`->` or `<->`", nil)
	}
	return from, p.someNodes(), both
}

func (p *lineParser) forge() Action {
	m := p.selector()
	if p.err == nil && (!m.Ends || m.AnyFrom || m.AnyTo || m.N != 0) {
		p.fail("a forged message needs both its ends", "a form like `forge promise(n=2) A1 -> P1`")
	}
	return &Forge{Message: m}
}

func (p *lineParser) proceed() Action {
	switch {
	case p.done():
		return &Proceed{}
	case p.take("until"):
		return &Proceed{Until: UntilCondition, Condition: p.condition()}
	}
	if _, ok := parseTime(p.word()); !ok {
		near := nearest(p.word(), []string{"until"})
		p.needUnit("a time, `until CONDITION` or the end of the line")
		if near != "" {
			p.err.Suggest = near
		}
	}
	return &Proceed{Until: UntilTime, For: p.time()}
}

func (p *lineParser) annotation() Action {
	w := p.next("a text in quotes")
	if p.err == nil && (len(w) < 2 || w[0] != '"' || w[len(w)-1] != '"') {
		p.failAt(p.back(), "the text is not quoted", "`note \"text\"`")
		return nil
	}
	return &Note{Text: w[min(1, len(w)):max(len(w)-1, 0)]}
}

var moveVerbs = []string{"deliver", "lose", "duplicate", "hold", "release", "corrupt", "delay"}

// move takes what is done to messages.
func (p *lineParser) move(verb string) Action {
	a := &Move{Verb: Verb(slices.Index(moveVerbs, verb))}
	switch p.oneOf([]string{"all", "every"}) {
	case "all":
		a.Reach = All
	case "every":
		a.Reach = Every
	}
	a.Message = p.selector()
	if a.Verb == DelayBy {
		p.need("by")
		a.By = p.time()
	}
	if a.Reach != Every || !p.take("until") {
		return a
	}
	if _, ok := parseTime(p.word()); ok || isDigits(p.word()) && p.peek(1) == "" {
		a.Until, a.UntilTime = UntilTime, p.time()
		return a
	}
	a.Until, a.Condition = UntilCondition, p.condition()
	return a
}
