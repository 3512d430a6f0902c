package paxos

// Propose takes a command for the log, if this node leads and has room, and returns the slot that
// it was given; exactly one Fate will say how it ended. Otherwise it says why not, and nothing is
// done: with NotLeader, Leader() may know whom to ask.
//
// (Client, Seq) is the command's identity, and Client is not 0. The same command may come to be in
// two slots if it is proposed twice: the state machine tells by its identity (B-31 of PITFALLS.md).
// Commands of one client that are under way together may be chosen in another order than they were
// proposed in, or the later one alone (B-27). e and its data are borrowed until Propose returns.
func (r *Replica) Propose(e *Entry) (Slot, Refusal) {
	if ref, why := r.refuses(e); ref != Taken {
		r.counts[why]++
		return 0, ref
	}
	return r.offer(e)
}

// ProposeAll takes commands as Propose does, one after the other, up to the first that it refuses:
// they get the slots from first on. It returns how many it took, and why not the next one; Taken if
// that was all. It is for a driver that has many: they are judged and kept together.
func (r *Replica) ProposeAll(entries []Entry) (first Slot, taken int, ref Refusal) {
	first = r.next
	for taken < len(entries) && ref == Taken {
		var n int
		n, ref = r.offerAll(entries[taken:])
		taken += n
	}
	return first, taken, ref
}

// offerAll gives those at the front of entries, which are some, the next free slots, as many as one
// record holds; or it says why not even the first got one.
func (r *Replica) offerAll(entries []Entry) (took int, ref Refusal) {
	s := r.next
	began, ref, why := r.begin(entries)
	if began > 0 {
		took = r.votes(r.proposer.ballot, s, entries[:began])
		ref, why = Full, RefusedFull
	}
	for at := s + Slot(took); at < r.next; at++ {
		r.fates.forgo(at)
	}
	r.next = s + Slot(took)
	if took > 0 {
		return took, Taken
	}
	r.counts[why]++
	return 0, ref
}

// begin notes those at the front of entries that may be proposed in the slots from the next one on,
// all of one configuration, and moves next behind them. It returns how many these are, and why not
// the one after them.
func (r *Replica) begin(entries []Entry) (n int, ref Refusal, why Counter) {
	top := r.applied + r.log.mask + 2
	end := min(top, r.eras.end(r.eras.at(r.next)))
	for n < len(entries) {
		e := &entries[n]
		if ref, why = r.refuses(e); ref != Taken {
			break
		}
		if r.next >= end || !r.fates.free(r.next) {
			return n, Full, RefusedFull
		}
		r.fates.begin(r.next, e)
		r.next++
		n++
	}
	return n, ref, why
}

// offer gives e, which is sound, the next free slot.
func (r *Replica) offer(e *Entry) (Slot, Refusal) {
	s := r.next
	if s > r.applied+r.log.mask+1 || !r.fates.free(s) || !r.vote(r.proposer.ballot, s, e) {
		r.counts[RefusedFull]++
		return 0, Full
	}
	r.next = s + 1
	r.fates.begin(s, e)
	return s, Taken
}

func (r *Replica) refuses(e *Entry) (Refusal, Counter) {
	switch {
	case e.Client == 0 || e.Kind != Value:
		return Malformed, RefusedMalformed
	case len(e.Data) > r.config.Genesis.Limits.EntryBytes:
		return TooLarge, RefusedTooLarge
	case r.role == Leader && r.fates.under > 0 && r.fates.has(e):
		return Duplicate, RefusedDuplicate
	}
	return r.leads()
}

// leads says whether this node may propose now: it leads, what phase 1 found is proposed again, and
// phase 1 is complete in the configuration of the next slot.
func (r *Replica) leads() (Refusal, Counter) {
	switch {
	case r.role == Leader && r.fill > r.fillTo && r.next < r.proposer.limit:
		return Taken, 0
	case r.role == Follower && r.elector.leader != NoNode:
		return NotLeader, RefusedNotLeader
	}
	return Electing, RefusedElecting
}

// vote lets the own acceptor accept e, if it and the journal have room.
func (r *Replica) vote(b Ballot, s Slot, e *Entry) bool {
	j := &r.journal
	lsn := j.lsn + 1
	if !j.alone(s) {
		lsn = j.place(Accepted, b, s, len(e.Data), r.eras.starts(s))
	}
	if lsn == 0 || s <= r.log.base || !r.log.put(s, b, lsn, e) {
		return false
	}
	if r.acceptor.lengthens(b, s) {
		r.acceptor.run.Hi++
	} else {
		r.acceptor.voteIn(b, s, lsn)
	}
	j.put(Accepted, b, s, len(e.Data), lsn)
	return true
}

// votes lets the own acceptor accept entries in the slots from s on, which one configuration
// governs. It returns how many it did: it stops where there is no room, where the record is full,
// and at a slot that needs no vote.
func (r *Replica) votes(b Ballot, s Slot, entries []Entry) int {
	switch {
	case !r.vote(b, s, &entries[0]):
		return 0
	case len(entries) == 1:
		return 1
	}
	return 1 + r.follow(b, s+1, entries[1:])
}

// follow does as votes does for entries that follow one whose record is the last.
func (r *Replica) follow(b Ballot, s Slot, entries []Entry) int {
	more, bytes := r.journal.takes(s, entries)
	n := r.acceptor.votes(b, s, more, bytes, r.journal.lsn)
	r.journal.extend(n, bytes-dataBytes(more[n:]))
	return n
}

// onAccept lets the acceptor judge a 2a. What is accepted is acknowledged when it is durable.
func (r *Replica) onAccept(m *Message) {
	switch {
	case !r.voter:
		r.counts[DropLearner]++
		r.behind(m.From, m.Chosen, r.config.Beat/4)
		return
	case m.Ballot < r.acceptor.promised:
		r.nack(m)
		return
	case !r.log.limits.carries(m):
		r.counts[DropMalformed]++
		return
	}
	if r.elector.hears(m.Ballot, r.now) {
		r.turnTo(m.Ballot)
	}
	if e := &r.eras; (e.n > 1 || e.list[0].Era != m.Era) && !r.governs(m) {
		r.certify(m)
		return
	}
	was := r.acceptor.run.Hi
	for i := 0; i < len(m.Entries); i++ {
		s := m.Span.Lo + Slot(i)
		if s <= r.log.high && r.acceptor.voteless(s, m.Ballot) {
			r.news = true
			continue
		}
		if !r.vote(m.Ballot, s, &m.Entries[i]) {
			r.counts[DropWindow]++
			break
		}
		if i+1 < len(m.Entries) {
			i += r.follow(m.Ballot, s+1, m.Entries[i+1:])
		}
	}
	if r.acceptor.run.Hi <= was {
		r.news = true // nothing that must be durable first
	}
	r.owe(m)
	r.certify(m)
}

// governs reports whether m's slots that are not chosen here are of one configuration, the one that
// m says, and it names this node, a voter: only then does a vote mean something. Where there is one
// configuration, and m says it, that is so.
func (r *Replica) governs(m *Message) bool {
	open := max(m.Span.Lo, r.log.prefix+1)
	if open >= m.Span.Hi {
		return true
	}
	i := r.eras.at(open)
	e := &r.eras.list[i]
	switch {
	case e.Era != m.Era || m.Span.Hi > r.eras.end(i):
		r.counts[DropEra]++
		return false
	case !e.Members.Names(r.config.Node, r.life):
		r.counts[DropLearner]++
		return false
	}
	return true
}

// owe notes that m's sender is to be told what is accepted at its ballot.
func (r *Replica) owe(m *Message) {
	from := m.From % MaxNodes
	if a := &r.acks[from]; a.ballot != m.Ballot || a.echo != m.Life {
		*a = reply{ballot: m.Ballot, echo: m.Life}
		r.news = true
	}
	r.owed = r.owed.With(from)
}

// certify learns from a leader's chosen prefix: a slot up to it is chosen here if it was accepted
// at exactly that leader's ballot, and nothing else is (B-28). The rest must be fetched.
func (r *Replica) certify(m *Message) {
	if m.Chosen > r.log.prefix {
		r.certified(m)
	}
}

func (r *Replica) certified(m *Message) {
	a, p := &r.acceptor, r.log.prefix
	if m.Ballot == a.voted && a.run.Has(p+1) {
		p = min(m.Chosen, a.run.Hi-1)
	}
	if p < m.Chosen {
		p = a.heldTo(p, m.Chosen, m.Ballot)
	}
	if p > r.log.prefix {
		r.learned(p)
	}
	if p < m.Chosen {
		r.behind(m.From, m.Chosen, r.config.Beat/4)
	}
}

// onAccepted counts a 2b.
func (r *Replica) onAccepted(m *Message) {
	if r.role != Leader || m.Ballot != r.proposer.ballot {
		r.counts[DropStale]++
		return
	}
	if m.Span.Hi > r.proposer.next {
		r.counts[DropMalformed]++
		return
	}
	if chosen := r.proposer.count(m.From, m.Life, m.Span); chosen.Hi > chosen.Lo {
		r.learned(chosen.Hi - 1)
	}
	if m.Chosen > r.log.prefix {
		r.behind(m.From, m.Chosen, 0)
	}
}

// Persisted tells that every record up to LSN to is durable. Answers that waited for them leave at
// the next Drain, and the own vote counts now, not before (B-01).
func (r *Replica) Persisted(to LSN) {
	if to <= r.journal.durable || to > r.journal.sealed {
		return
	}
	r.journal.durable, r.news = to, r.owed != 0
	r.outbox.Persisted(to)
	if r.role == Leader && r.acceptor.voted == r.proposer.ballot {
		run := r.acceptor.acknowledged(to)
		if chosen := r.proposer.count(r.config.Node, r.life, run); chosen.Hi > chosen.Lo {
			r.learned(chosen.Hi - 1)
		}
	}
}
