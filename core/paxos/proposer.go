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
	node    NodeID
	life    Life
	members Members

	ballot   Ballot
	ready    bool
	lo       Slot // phase 1 asks from here
	prefix   Slot // every slot up to it is known to be chosen
	behind   Slot // a promise showed this chosen prefix, above ours
	covered  [MaxNodes]Slot
	promised NodeSet
	reported Slot // highest slot that any promise reported
	adopted  *ring

	next   Slot // first slot without a proposal
	chosen Slot // every slot below it is chosen
	match  [MaxNodes]Slot
}

// NewProposer returns a proposer without a ballot. It is the only allocation.
func NewProposer(node NodeID, life Life, members Members, limits Limits) (*Proposer, error) {
	if err := limits.check(); err != nil {
		return nil, err
	}
	if members.voters == 0 {
		return nil, errNoVoters
	}
	return newProposer(node, life, members, &limits), nil
}

func newProposer(node NodeID, life Life, members Members, limits *Limits) *Proposer {
	return &Proposer{
		node: node, life: life, members: members, adopted: newRing(adoptedLimits(limits)),
	}
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
	p.ballot, p.ready = b, false
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

// Ready reports whether phase 1 is complete.
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
}

// Promise takes in one part of a promise and reports whether it was the one that completed phase 1.
// Parts may come in any order and more than once; a part that leaves a gap to those before does not
// count, and is asked for again. m is borrowed until Promise returns.
func (p *Proposer) Promise(m *Message) (ready bool) {
	if m.Kind != Promise || !p.answered(m) || p.ready {
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
	if p.promised.Len() < p.members.Prepare() {
		return false
	}
	p.ready = true
	p.chosen, p.next = p.prefix+1, p.prefix+1
	for i := range p.match {
		p.match[i] = p.chosen
	}
	return true
}

// answered reports whether m answers this ballot, from a voter, to this life.
func (p *Proposer) answered(m *Message) bool {
	return m.Ballot == p.ballot && p.ballot != 0 && m.To == p.node && m.Echo == p.life &&
		m.From < MaxNodes && p.members.Names(m.From, m.Life)
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
		if s <= p.prefix {
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
	p.adopted.view(c, e)
	return c.ballot
}

// Accept makes out the 2a for node to: entries for the slots from lo on. It reports false before
// phase 1 is complete, unless lo is at most the first slot without a proposal, and if an entry is
// not the adopted one of a slot that was reported (P2c). Entries of slots that were proposed before
// must be the same again. out borrows entries.
func (p *Proposer) Accept(to NodeID, lo Slot, entries []Entry, out *Message) bool {
	if !p.ready || lo == 0 || lo > p.next || len(entries) == 0 {
		return false
	}
	for i := range entries {
		s := lo + Slot(i)
		if s > p.reported {
			break
		}
		if c := p.adopted.at(s); c != nil && s > p.prefix && !p.adopted.same(c, &entries[i]) {
			return false
		}
	}
	hi := lo + Slot(len(entries))
	p.proposed(hi)
	*out = Message{
		Kind: Accept, From: p.node, To: to, Life: p.life, Ballot: p.ballot,
		Span: Span{lo, hi}, Chosen: p.prefix, Entries: entries,
	}
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
	return p.count(m.From, m.Span)
}

// count credits node n with the run, whose answer was judged.
func (p *Proposer) count(n NodeID, run Span) (chosen Span) {
	was := p.chosen
	if run.Lo == 0 || run.Lo > max(p.match[n], p.chosen) || run.Hi <= p.match[n] {
		return Span{was, was}
	}
	p.match[n] = run.Hi
	p.chosen = max(was, p.members.reached(&p.match))
	return Span{was, p.chosen}
}
