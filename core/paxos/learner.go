package paxos

// A Learner finds out what is chosen, in either of two ways: it counts Accepted messages, for each
// slot and each ballot apart and by acceptor (B-17 and B-20 of PITFALLS.md), or it is told by
// Chosen, which certifies only what was accepted at exactly that ballot (B-28), unless it carries
// the entries themselves.
//
// It remembers the votes of four ballots for each slot; of more it forgets the lowest, which may
// delay what it learns and can never make it wrong.
type Learner struct {
	members Members
	log     *ring
	tallies []tally
	marks   []Slot // marks[s mod α] == s: s is chosen and its entry is in log
}

type tally struct {
	slot   Slot
	ballot Ballot
	from   NodeSet
}

const talliesPerSlot = 4

// NewLearner returns a learner that knows nothing. It is the only allocation.
func NewLearner(members Members, limits Limits) (*Learner, error) {
	l := &Learner{}
	if err := l.Renew(members, limits); err != nil {
		return nil, err
	}
	return l, nil
}

// Renew makes l what NewLearner returns, in the memory that it has. After an error it is as
// it was.
func (l *Learner) Renew(members Members, limits Limits) error {
	if err := limits.check(); err != nil {
		return err
	}
	if members.voters == 0 {
		return errNoVoters
	}
	*l = Learner{
		members: members,
		log:     renewed(l.log, &limits),
		tallies: reuse(l.tallies, limits.Window*talliesPerSlot),
		marks:   reuse(l.marks, limits.Window),
	}
	clear(l.tallies)
	clear(l.marks)
	return nil
}

// Prefix returns the highest slot up to which everything is known to be chosen (B-29).
func (l *Learner) Prefix() Slot { return l.log.prefix }

// Chosen makes e the entry chosen in slot s, whose Data is borrowed until the next Learn, and
// reports whether the learner knows it. It forgets slots far below the prefix.
func (l *Learner) Chosen(s Slot, e *Entry) bool {
	c := l.log.at(s)
	if c == nil || s > l.log.prefix && l.marks[s&l.log.mask] != s {
		return false
	}
	*e = *l.log.of(s)
	return true
}

// Learn takes in an Accepted or a Chosen and returns the chosen prefix. An Accepted that carries
// its entries also tells the value; one that does not only counts. m is borrowed until Learn
// returns; what is malformed or not from a voter changes nothing.
func (l *Learner) Learn(m *Message) (prefix Slot) {
	carries := len(m.Entries) > 0
	switch {
	case carries && !l.log.limits.carries(m), m.Span.Lo == 0, m.Span.Hi < m.Span.Lo:
		return l.log.prefix
	case m.Kind == Accepted && m.Ballot != 0 && l.members.Names(m.From, m.Life):
		l.accepted(m, carries)
	case m.Kind == Chosen && carries:
		for i := range m.Entries {
			l.know(m.Span.Lo+Slot(i), Certain, &m.Entries[i])
		}
	case m.Kind == Chosen:
		l.certify(m)
	}
	l.advance()
	return l.log.prefix
}

// accepted counts the votes of one acceptor.
func (l *Learner) accepted(m *Message, carries bool) {
	end := min(m.Span.Hi, l.log.top())
	for s := max(m.Span.Lo, l.log.base+1); s < end; s++ {
		if carries {
			l.know(s, m.Ballot, &m.Entries[s-m.Span.Lo])
		}
		if l.count(s, m.Ballot, m.From) < l.members.Accept() {
			continue
		}
		// What is accepted at the choosing ballot, or any above it, is the chosen value.
		if c := l.log.at(s); c != nil && c.ballot >= m.Ballot {
			l.marks[s&l.log.mask] = s
		}
	}
}

// know keeps the entry of the highest ballot; a Certain one is chosen.
func (l *Learner) know(s Slot, b Ballot, e *Entry) {
	if !l.log.open(s) {
		return
	}
	if c := l.log.at(s); c == nil || c.ballot < b {
		if !l.log.put(s, b, 0, e) {
			return
		}
	}
	if b == Certain {
		l.marks[s&l.log.mask] = s
	}
}

// count adds a vote and returns how many acceptors voted for slot s at ballot b.
func (l *Learner) count(s Slot, b Ballot, from NodeID) int {
	i := int(s&l.log.mask) * talliesPerSlot
	row := l.tallies[i : i+talliesPerSlot]
	low := &row[0]
	for j := range row {
		t := &row[j]
		if t.slot == s && t.ballot == b {
			t.from = t.from.With(from)
			return t.from.Len()
		}
		if t.slot != s {
			*t = tally{}
		}
		if t.ballot < low.ballot {
			low = t
		}
	}
	if low.ballot > b {
		return 0
	}
	*low = tally{slot: s, ballot: b, from: NodeSet(0).With(from)}
	return 1
}

// certify marks the slots of m that were accepted here at exactly m's ballot.
func (l *Learner) certify(m *Message) {
	end := min(m.Span.Hi, l.log.top())
	for s := max(m.Span.Lo, l.log.base+1); s < end; s++ {
		if c := l.log.at(s); c != nil && c.ballot == m.Ballot {
			l.marks[s&l.log.mask] = s
		}
	}
}

// advance moves the prefix over what is marked.
func (l *Learner) advance() {
	for s := l.log.prefix + 1; l.marks[s&l.log.mask] == s; s++ {
		l.log.prefix = s
	}
	l.log.release(l.log.prefix)
}
