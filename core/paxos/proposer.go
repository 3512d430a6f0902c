package paxos

// A Proposer drives one ballot: phase 1 over the open slots, then phase 2.
//
// It counts a promise when the acceptor's parts cover all that was asked (B-24 of PITFALLS.md), and
// counts acceptors, not messages (B-17), only in answers to exactly its ballot and life (B-16). Of
// what was reported it keeps the value of the highest ballot in each slot; those must be proposed
// again at its own ballot, even if they were probably chosen (P2c, B-25), and slots below the
// highest reported one for which nothing was reported get a Noop (B-26).
//
// It need not be an acceptor itself. Its owner must not let it begin a ballot twice, across
// restarts too: begin above every ballot that was ever promised here or seen.
type Proposer struct {
	node NodeID
	life Life
	eras *eras // that govern the slots above the prefix; a replica's own

	ballot   Ballot
	ready    bool
	limit    Slot           // phase 1 is complete in each configuration of a slot below it
	lo       Slot           // phase 1 asks from here
	prefix   Slot           // every slot up to it is known to be chosen
	behind   Slot           // a promise showed this chosen prefix, above ours
	lives    [MaxNodes]Life // in which each node said what is noted of it
	covered  [MaxNodes]Slot
	promised NodeSet
	reported Slot // highest slot that any promise reported
	adopted  *ring

	next   Slot // first slot without a proposal
	chosen Slot // every slot below it is chosen
	match  [MaxNodes]Slot
	ahead  NodeSet // no other node's match is above chosen
}

// NewProposer returns a proposer without a ballot. It is the only allocation.
func NewProposer(node NodeID, life Life, members Members, limits Limits) (*Proposer, error) {
	p := &Proposer{}
	if err := p.Renew(node, life, members, limits); err != nil {
		return nil, err
	}
	return p, nil
}

// Renew makes p what NewProposer returns, in the memory that it has. After an error it is as it
// was.
func (p *Proposer) Renew(node NodeID, life Life, members Members, limits Limits) error {
	if err := limits.check(); err != nil {
		return err
	}
	if members.voters == 0 {
		return errNoVoters
	}
	all := p.eras
	if all == nil {
		all = &eras{}
	}
	*all = firstEra(&members, Slot(limits.Window))
	p.renew(node, life, all, &limits)
	return nil
}

// renew makes p a proposer without a ballot.
func (p *Proposer) renew(node NodeID, life Life, all *eras, limits *Limits) {
	*p = Proposer{node: node, life: life, eras: all,
		adopted: renewed(p.adopted, adoptedLimits(limits))}
}

// adoptedLimits gives the reports of several acceptors more room than one acceptor has: whatever
// fills one acceptor, this node's own among them, always fits.
func adoptedLimits(l *Limits) *Limits {
	wide := *l
	wide.WindowBytes += max(wide.WindowBytes/2, wide.EntryBytes)
	return &wide
}

// Begin starts phase 1 at ballot b for the slots above the chosen prefix. It reports false, and
// changes nothing, if b is not this node's own or not above the ballots begun before (B-15).
func (p *Proposer) Begin(b Ballot, prefix Slot) bool {
	if b.Node() != p.node || b.Life() != p.life || b <= p.ballot {
		return false
	}
	p.ballot, p.ready, p.limit = b, false, 0
	p.lo, p.prefix, p.behind = prefix+1, prefix, 0
	p.promised, p.reported = 0, 0
	p.next, p.chosen = 0, 0
	for i := range p.covered {
		p.covered[i] = p.lo
	}
	p.adopted.reset(prefix)
	return true
}

// Ballot returns the ballot begun last, 0 if none.
func (p *Proposer) Ballot() Ballot { return p.ballot }

// Ready reports whether phase 1 was complete. A configuration that became known since may need more
// promises before a slot that it governs can be proposed.
func (p *Proposer) Ready() bool { return p.ready }

// Promises returns the acceptors whose promises are complete.
func (p *Proposer) Promises() NodeSet { return p.promised }

// Reported returns the highest slot that any promise reported, 0 if none did.
func (p *Proposer) Reported() Slot { return p.reported }

// Behind returns a chosen prefix above this proposer's own that a promise showed, 0 if none did.
// The acceptor who showed it does not count before Learned tells that it was reached.
func (p *Proposer) Behind() Slot { return p.behind }

// Prepare makes out the 1a for node to: a promise is asked for the slots that its parts do not
// cover yet.
func (p *Proposer) Prepare(to NodeID, out *Message) {
	*out = Message{
		Kind: Prepare, From: p.node, To: to, Life: p.life, Ballot: p.ballot,
		Span: Span{max(p.covered[to&(MaxNodes-1)], p.prefix+1), Forever}, Chosen: p.prefix,
	}
	if out.Span.Lo == Forever { // complete: asked again, all is asked
		out.Span.Lo = p.prefix + 1
	}
}

// Learned tells that every slot up to prefix is chosen, and known where this proposer runs.
func (p *Proposer) Learned(prefix Slot) {
	if prefix <= p.prefix {
		return
	}
	p.prefix = prefix
	p.adopted.release(prefix)
	if p.ready {
		p.chosen = max(p.chosen, prefix+1)
		p.next = max(p.next, prefix+1)
	}
	if p.behind <= prefix {
		p.behind = 0
	}
	if p.limit != Forever || p.eras.n > 1 {
		p.survey()
	}
}

// Promise takes in one part of a promise and reports whether it was the one that completed phase 1.
// Parts may come in any order and more than once; a part that leaves a gap to those before does not
// count, and is asked for again. m is borrowed until Promise returns.
//
// A complete promise counts in every configuration that names its node in its life, also in one
// that becomes known later.
func (p *Proposer) Promise(m *Message) (ready bool) {
	if m.Kind != Promise || !p.answered(m) || !p.meet(m.From, m.Life) ||
		p.promised.Has(m.From) {
		return false
	}
	if m.Chosen > p.prefix {
		p.behind = max(p.behind, m.Chosen)
		return false
	}
	if !p.sound(m) || !p.adopt(m) {
		return false
	}
	if m.Span.Lo <= max(p.covered[m.From], p.prefix+1) {
		p.covered[m.From] = max(p.covered[m.From], m.Span.Hi)
	}
	if p.covered[m.From] != Forever {
		return false
	}
	p.promised = p.promised.With(m.From)
	return p.survey()
}

// survey finds how far phase 1 is complete: up to the first slot whose configuration lacks a
// prepare quorum. It reports whether phase 1 is complete now, for every slot, and was not before.
func (p *Proposer) survey() bool {
	was := p.limit
	p.limit = Forever
	for i := p.eras.at(p.prefix + 1); i < p.eras.n; i++ {
		if p.prepared(&p.eras.list[i].Members) < p.eras.list[i].Members.Prepare() {
			p.limit = p.eras.list[i].From
			break
		}
	}
	switch {
	case p.limit != Forever && !p.ready:
		p.limit = 0 // a slot is not proposed before all can be
	case p.limit == Forever && !p.ready && p.ballot != 0:
		p.ready = true
		p.chosen, p.next = p.prefix+1, p.prefix+1
		for i := range p.match {
			p.match[i] = p.chosen
		}
	}
	return p.limit == Forever && was != Forever
}

// prepared returns how many members of m promised in full, each in the life that m names.
func (p *Proposer) prepared(m *Members) (n int) {
	for v := p.promised.Next(0); v != NoNode; v = p.promised.Next(v + 1) {
		if m.Names(v, p.lives[v]) {
			n++
		}
	}
	return n
}

// answered reports whether m answers this ballot, from a voter, to this life.
func (p *Proposer) answered(m *Message) bool {
	return m.Ballot == p.ballot && p.ballot != 0 && m.To == p.node && m.Echo == p.life &&
		m.From < MaxNodes && p.eras.names(m.From, m.Life, p.prefix+1)
}

// meet sees that what is noted of node n was said in this life. Another life is another acceptor,
// which promised and accepted nothing; it reports false of one that came before.
func (p *Proposer) meet(n NodeID, life Life) bool {
	if life > p.lives[n] {
		p.lives[n] = life
		p.covered[n], p.match[n] = p.lo, 0
		p.promised = p.promised.Without(n)
	}
	return life == p.lives[n]
}

// sound judges a part of a promise: no acceptor can have accepted at our ballot before phase 1 is
// complete, and none may report what our window cannot hold.
func (p *Proposer) sound(m *Message) bool {
	n := Slot(len(m.Entries))
	if m.Span.Lo == 0 || m.Span.Hi < m.Span.Lo || Slot(m.Span.Len()) < n {
		return false
	}
	if n == 0 {
		return true
	}
	if m.VBallot == 0 || m.VBallot >= p.ballot && m.VBallot != Certain {
		return false
	}
	return m.Span.Lo+n <= p.adopted.top() && p.adopted.limits.batch(m.Entries)
}

// adopt keeps the reported entries of the highest ballot. It reports false if one does not fit:
// then the part must not count, because nothing reported may be dropped.
func (p *Proposer) adopt(m *Message) bool {
	for i := range m.Entries {
		s := m.Span.Lo + Slot(i)
		if s <= p.prefix || p.ready && s < p.next { // proposed already, and bound by enough reports
			continue
		}
		if c := p.adopted.at(s); c == nil || c.ballot < m.VBallot {
			if !p.adopted.put(s, m.VBallot, 0, &m.Entries[i]) {
				return false
			}
		}
		p.reported = max(p.reported, s)
	}
	return true
}

// Adopted returns the highest ballot reported for slot s and makes e the entry that must be
// proposed there, whose Data is borrowed until the next Promise or Begin. It returns 0 if nothing
// was reported: e is then a Noop, and the proposer is free to propose in s what it wants.
func (p *Proposer) Adopted(s Slot, e *Entry) Ballot {
	c := p.adopted.at(s)
	if c == nil || s <= p.prefix {
		*e = Entry{Kind: Noop}
		return 0
	}
	*e = *p.adopted.of(s)
	return c.ballot
}

// Accept makes out the 2a for node to: entries for the slots from lo on. It reports false before
// phase 1 is complete, unless lo is at most the first slot without a proposal, and if an entry is
// not the adopted one of a slot that was reported (P2c). Entries of slots that were proposed before
// must be the same again. out borrows entries.
func (p *Proposer) Accept(to NodeID, lo Slot, entries []Entry, out *Message) bool {
	if !p.ready || lo == 0 || lo > p.next || len(entries) == 0 ||
		lo+Slot(len(entries)) > p.limit {
		return false
	}
	for i := range entries {
		s := lo + Slot(i)
		if s > p.reported {
			break
		}
		if c := p.adopted.at(s); c != nil && s > p.prefix && !p.adopted.same(s, &entries[i]) {
			return false
		}
	}
	hi := lo + Slot(len(entries))
	p.proposed(hi)
	*out = Message{}
	out.Kind, out.From, out.To, out.Life = Accept, p.node, to, p.life
	out.Ballot, out.Span, out.Chosen, out.Entries = p.ballot, Span{lo, hi}, p.prefix, entries
	return true
}

// proposed tells that every slot below hi has a proposal at this ballot.
func (p *Proposer) proposed(hi Slot) { p.next = max(p.next, hi) }

// Accepted takes in a 2b and returns the slots that became chosen with it, an empty span if none
// did: those of which an accept quorum has all below. What an acceptor states beyond a gap, or of
// slots that were never proposed, does not count. m is borrowed until Accepted returns.
func (p *Proposer) Accepted(m *Message) (chosen Span) {
	if m.Kind != Accepted || !p.answered(m) || !p.ready || m.Span.Hi > p.next {
		return Span{p.chosen, p.chosen}
	}
	return p.count(m.From, m.Life, m.Span)
}

// count credits node n in this life with the run, whose answer was judged. The run must continue
// what the node has, or begin where nothing below it needs the node.
func (p *Proposer) count(n NodeID, life Life, run Span) (chosen Span) {
	was := p.chosen
	n %= MaxNodes
	if run.Lo == 0 || life != p.lives[n] && !p.meet(n, life) || run.Hi <= p.match[n] {
		return Span{was, was}
	}
	if run.Lo > max(p.match[n], was) && run.Lo > p.eras.first(n, life, was) {
		return Span{was, was}
	}
	p.match[n] = run.Hi
	if run.Hi > was {
		p.ahead = p.ahead.With(n)
		p.choose()
	}
	return Span{was, p.chosen}
}

// choose moves over what is chosen: each slot by an accept quorum of its own configuration.
func (p *Proposer) choose() {
	for i := p.eras.at(p.chosen); i < p.eras.n; i++ {
		end := p.eras.end(i)
		m := &p.eras.list[i].Members
		if p.ahead.Len() < m.Accept() {
			return
		}
		p.chosen = m.reached(&p.match, &p.lives, p.chosen, min(end, p.next))
		if p.chosen == p.next {
			p.ahead = 0
		}
		if p.chosen < end {
			return
		}
	}
}
