package paxos

// An Acceptor is the memory of Paxos: it promises and it accepts, for all slots at one ballot.
//
// It keeps two rules. It answers a Prepare only at a ballot above all it promised, and then accepts
// nothing below (Phase1b); it accepts at a ballot only if it promised nothing above, and accepting
// raises the promise (Phase2b, B-14 of PITFALLS.md). The ballot promised and the ballot of each
// accepted entry are separate, and reported separately (B-19).
//
// What it answers is true only once it is durable: an answer must wait in an Outbox until the
// records of all that it states are on disk (B-01). An Acceptor alone needs nothing else; a Replica
// is built round one.
type Acceptor struct {
	node     NodeID
	life     Life
	promised Ballot
	since    LSN    // of the record that promised it
	kept     Slot   // first slot that can be supplied, entry by entry
	voted    Ballot // highest ballot accepted at; never above promised
	run      Span   // longest run accepted at voted, from the lowest slot accepted there
	durable  Slot   // slots of run below it are durable
	log      *ring
	lent     []Entry
}

// NewAcceptor returns an acceptor that has promised and accepted nothing. It is the only
// allocation.
func NewAcceptor(node NodeID, life Life, limits Limits) (*Acceptor, error) {
	a := &Acceptor{}
	if err := a.Renew(node, life, limits); err != nil {
		return nil, err
	}
	return a, nil
}

// Renew makes a what NewAcceptor returns, in the memory that it has. After an error it is as
// it was.
func (a *Acceptor) Renew(node NodeID, life Life, limits Limits) error {
	if err := limits.check(); err != nil {
		return err
	}
	a.renew(node, life, renewed(a.log, &limits))
	return nil
}

// renew makes a an acceptor on an empty log, which has promised nothing.
func (a *Acceptor) renew(node NodeID, life Life, log *ring) {
	*a = Acceptor{
		node: node, life: life, log: log, kept: 1, lent: reuse(a.lent, log.limits.BatchEntries),
	}
}

// Promised returns the highest ballot promised, by answering a Prepare or by accepting.
func (a *Acceptor) Promised() Ballot { return a.promised }

// Voted returns the highest ballot at which something is accepted, 0 if nothing is.
func (a *Acceptor) Voted() Ballot { return a.voted }

// Accepted returns the ballot at which slot s is accepted and makes e the entry, whose Data is
// borrowed until the acceptor's next call. It returns 0 if nothing is.
func (a *Acceptor) Accepted(s Slot, e *Entry) Ballot {
	c := a.log.at(s)
	if c == nil {
		return 0
	}
	*e = *a.log.of(s)
	return c.ballot
}

// Prepare judges a 1a. If the acceptor promises, out is the first part of the promise; while
// out.Span.Hi is below m.Span.Hi, Report gives the next. If it refuses, nothing changed, and Nack
// gives the refusal to whoever wants to be told.
//
// A repeated Prepare at the ballot promised is answered, with the same bytes, for as long as
// nothing is accepted at that ballot: a lost promise must be repairable, and only its owner asks at
// that ballot (B-18). m is borrowed until Prepare returns; out.Entries until the acceptor's next
// call.
func (a *Acceptor) Prepare(m, out *Message) bool {
	if !a.promises(m) {
		return false
	}
	a.promised = m.Ballot
	a.Report(m, m.Span.Lo, out)
	return true
}

// promises reports whether the acceptor may promise what m asks.
func (a *Acceptor) promises(m *Message) bool {
	if m.Kind != Prepare || m.Ballot == 0 || m.Span.Lo == 0 || m.Span.Lo >= m.Span.Hi {
		return false
	}
	return m.Ballot > a.promised || m.Ballot == a.promised && a.voted < a.promised
}

// Report makes out the part of the promise that answers m from slot from on. An asker whose slots
// are chosen here already is shown the chosen prefix and an empty span: it must fetch first (B-33).
// It may be called only while Prepare would still answer m.
func (a *Acceptor) Report(m *Message, from Slot, out *Message) {
	m.answer(Promise, a.life, out)
	out.From = a.node
	out.Chosen, out.Round = a.log.prefix, uint64(a.kept)
	if from <= a.log.prefix {
		out.Span = Span{from, from}
		return
	}
	out.Entries, out.VBallot = a.report(from, m.Span.Hi)
	end := min(a.log.top(), m.Span.Hi)
	hi := from + Slot(len(out.Entries))
	for hi < end && a.log.at(hi) == nil {
		hi++
	}
	if hi >= end {
		hi = m.Span.Hi
	}
	out.Span = Span{from, hi}
}

// report returns the run of entries from slot s that were accepted at one ballot, as many as one
// message may carry.
func (a *Acceptor) report(s, end Slot) ([]Entry, Ballot) {
	n, bytes := 0, 0
	var b Ballot
	for ; s < end && n < len(a.lent); s++ {
		c := a.log.at(s)
		if c == nil || n > 0 && c.ballot != b {
			break
		}
		if bytes += a.log.size(s); bytes > a.log.limits.BatchBytes {
			break
		}
		b = c.ballot
		a.lent[n] = *a.log.of(s)
		n++
	}
	return a.lent[:n:n], b
}

// Accept judges a 2a. If it returns true, all of m's slots that lie in the acceptor's window from
// m.Span.Lo up to the first that does not are accepted at m's ballot, now or before, and out is the
// answer: the longest run held at exactly that ballot (never "all below"). False: refused for a
// higher promise, malformed, or outside the window; nothing changed. m is borrowed until Accept
// returns.
func (a *Acceptor) Accept(m, out *Message) bool {
	if _, ok := a.accept(m, 0); !ok {
		return false
	}
	m.answer(Accepted, a.life, out)
	out.From = a.node
	out.Chosen = a.log.prefix
	if a.voted == m.Ballot { // else all of m's slots are known to be chosen, and were not voted on
		out.Span = a.run
	}
	return true
}

// accept stores the entries of m that are new, as part of the record lsn. It returns their span,
// which is empty if all were there before, and whether anything of m is accepted.
func (a *Acceptor) accept(m *Message, lsn LSN) (Span, bool) {
	if m.Kind != Accept || m.Ballot == 0 || m.Ballot < a.promised || !a.log.limits.carries(m) {
		return Span{}, false
	}
	s, i := m.Span.Lo, 0
	for s < m.Span.Hi && a.voteless(s, m.Ballot) {
		s, i = s+1, i+1
	}
	fresh := Span{s, s}
	for s < m.Span.Hi && !a.voteless(s, m.Ballot) && a.vote(m.Ballot, s, &m.Entries[i], lsn) {
		s, i = s+1, i+1
	}
	fresh.Hi = s
	return fresh, s > m.Span.Lo
}

// voteless reports whether slot s needs no vote at ballot b, which is at least the promise: it is
// known to be chosen, or has one already. Then a leader who asks again lacks the answer, and what
// is acknowledged must reach down to s; after a restart it may not.
func (a *Acceptor) voteless(s Slot, b Ballot) bool {
	if s <= a.log.prefix {
		return true
	}
	c := a.log.at(s)
	if c == nil || c.ballot < b {
		return false
	}
	if c.ballot == b && s < a.run.Lo {
		a.extend(b, s)
	}
	return true
}

// vote accepts e in slot s at ballot b, which is at least the promise. It reports false, and
// changes nothing, if the slot is outside the window or there is no room.
func (a *Acceptor) vote(b Ballot, s Slot, e *Entry, lsn LSN) bool {
	if s <= a.log.base || !a.log.put(s, b, lsn, e) {
		return false
	}
	if a.lengthens(b, s) {
		a.run.Hi++
	} else {
		a.voteIn(b, s, lsn)
	}
	return true
}

// lengthens reports whether slot s, where the entry of ballot b was put, is one more of the run and
// the last: it is at the ballot voted at, at the end of the run, and above all others.
func (a *Acceptor) lengthens(b Ballot, s Slot) bool {
	return b == a.voted && s == a.run.Hi && s == a.log.high
}

// voteIn accounts for slot s, wherever it is.
func (a *Acceptor) voteIn(b Ballot, s Slot, lsn LSN) {
	if b > a.promised {
		a.promised, a.since = b, lsn
	}
	a.extend(b, s)
}

// votes accepts entries, of so many bytes together, at ballot b in the slots from s on, where s-1
// was accepted just now as part of the same record. It returns how many: it stops at a slot that
// needs no vote, or has no room.
func (a *Acceptor) votes(b Ballot, s Slot, entries []Entry, bytes int, lsn LSN) (n int) {
	n = a.log.puts(s, b, lsn, entries, bytes)
	if a.run.Hi == s {
		a.run.Hi += Slot(n)
		a.stretch(b)
	}
	return n
}

// extend accounts for slot s, accepted at ballot b, in the run that may be acknowledged.
func (a *Acceptor) extend(b Ballot, s Slot) {
	if b != a.voted || s < a.run.Lo || a.run.Hi < s && a.run.Hi <= a.log.prefix {
		a.voted = b
		a.run = Span{s, s}
		a.durable = s
	}
	if a.run.Hi == s {
		a.run.Hi++
	}
	a.stretch(b)
}

// stretch moves the end of the run, which is at ballot b, over what was accepted before it.
func (a *Acceptor) stretch(b Ballot) {
	for a.run.Hi <= a.log.high && a.heldAt(a.run.Hi, b) {
		a.run.Hi++
	}
}

func (a *Acceptor) heldAt(s Slot, b Ballot) bool {
	c := a.log.at(s)
	return c != nil && c.ballot == b
}

// heldTo returns the last slot of what is held at exactly ballot b without a gap after slot s, and
// never more than to.
func (a *Acceptor) heldTo(s, to Slot, b Ballot) Slot {
	for s < to && a.heldAt(s+1, b) {
		s++
	}
	return s
}

// Nack makes out the refusal of m: the ballot that was asked, and the one promised in VBallot. It
// must wait for durability like any answer.
func (a *Acceptor) Nack(m, out *Message) {
	m.answer(Nack, a.life, out)
	out.From = a.node
	out.VBallot, out.Chosen = a.promised, a.log.prefix
}

// acknowledged returns the part of the run whose records are all up to lsn: what an Accepted at
// the ballot Voted may state.
func (a *Acceptor) acknowledged(lsn LSN) Span {
	if a.run.Hi <= a.log.prefix { // what is chosen needs no vote: the run begins above it
		a.run = Span{a.log.prefix + 1, a.log.prefix + 1}
		a.durable = a.run.Lo
		a.stretch(a.voted)
	}
	if lsn >= a.log.newest {
		a.durable = max(a.durable, a.run.Hi)
	}
	for a.durable < a.run.Hi {
		c := a.log.at(a.durable)
		if c != nil && c.lsn > lsn {
			break
		}
		a.durable++
	}
	return Span{a.run.Lo, a.durable}
}

// Restore takes back one record that the acceptor's answers waited for, in the order of writing:
// Promised and Accepted. The promise becomes the highest ballot of any of them (B-06). After an
// error the acceptor is of no use. rec is borrowed until Restore returns.
func (a *Acceptor) Restore(rec *Record) error {
	switch {
	case rec.Ballot == 0 || rec.Ballot < a.promised:
		return errRecordOrder
	case rec.Kind == Promised:
		a.promised, a.since = rec.Ballot, rec.LSN
		return nil
	case rec.Kind != Accepted:
		return errRecordKind
	case rec.Span.Lo == 0 || rec.Span.Len() != uint64(len(rec.Entries)):
		return errRecordSpan
	}
	a.log.sealed = max(a.log.sealed, rec.LSN)
	for i := range rec.Entries {
		e := &rec.Entries[i]
		if !a.log.limits.admits(e) || !a.vote(rec.Ballot, rec.Span.Lo+Slot(i), e, rec.LSN) {
			return errRecordSlot
		}
	}
	return nil
}
