package paxos

// A reader confirms that this node still leads, so that it may answer from its own state without a
// slot of the log: a round of questions, begun after the reads arrived, that an accept quorum of
// every configuration answers while it has promised nothing higher (B-38 to B-41 of PITFALLS.md).
//
// No higher ballot was prepared before those answers, so nothing was chosen at one before the reads
// arrived; and everything that was chosen at lower ballots is up to the index, because phase 1
// found it and it is chosen again.
type reader struct {
	open    bool // reads arrived since the last round began
	ask     bool // the question goes at the next Drain
	round   uint64
	first   int // oldest of waiting
	n       int
	waiting [maxRounds]Confirmed
	began   [maxRounds]Time
	said    [MaxNodes]Slot // highest round that each node answered
	lives   [MaxNodes]Life // in which it did
	done    [2][maxEnded]Confirmed
	half    int // which of done is added to; the other is lent
	ended   int // in it, since the last Drain
}

// maxRounds bounds the rounds that are under way. Reads that arrive meanwhile share the next one.
const maxRounds = 16

// maxEnded bounds what ends between two Drains. Beyond it reads fail that need not have.
const maxEnded = 8

// Confirmed ends the reads of one round and of all before it. With Taken they may be answered from
// any state in which Index is executed, whoever has it, while the own clock is below Until. After
// that, and otherwise, they must be asked again, of the one who leads.
type Confirmed struct {
	Round   uint64
	Index   Slot
	Until   Time    // Never, but with a lease: the time of the answer counts, not of the check
	Refusal Refusal // Taken, or NotLeader
}

// Read asks for a read that is as new as its arrival, and returns the round that will confirm it:
// Output.Reads tells when. Reads between two Drains share a round. It refuses with NotLeader, or
// with Electing as long as this node does not know everything that was chosen before it led, in
// every configuration of an open slot.
func (r *Replica) Read(now Time) (round uint64, ref Refusal) {
	r.now = max(r.now, now)
	switch ref, why := r.leads(); {
	case r.role != Leader:
		r.counts[why]++
		return 0, ref
	case !r.knows():
		r.counts[RefusedElecting]++
		return 0, Electing
	}
	r.reader.open, r.stirred = true, true
	return r.reader.round + 1, Taken
}

// knows reports whether everything that can have been chosen at lower ballots is known to be chosen
// here: phase 1 is complete in every configuration, and so is what it reported.
func (r *Replica) knows() bool {
	return r.proposer.limit == Forever && r.log.prefix >= r.proposer.reported
}

// beginRound closes the round that reads joined, and asks.
func (r *Replica) beginRound() {
	d := &r.reader
	if d.n == maxRounds {
		return
	}
	d.open = false
	d.round++
	c := Confirmed{Round: d.round, Index: r.log.prefix, Until: Never}
	if r.leased() && d.n == 0 {
		c.Until = r.lease.until
		d.end(c)
		return
	}
	d.ask = true
	at := (d.first + d.n) % maxRounds
	d.waiting[at], d.began[at] = c, r.now
	d.n++
	r.confirm()
}

// sayRead asks everyone who votes in an open slot.
func (r *Replica) sayRead() {
	r.reader.ask = false
	m := Message{Kind: Read, Ballot: r.proposer.ballot, Chosen: r.log.prefix,
		Round: r.reader.round}
	for n := r.peers.Next(0); n != NoNode; n = r.peers.Next(n + 1) {
		m.To = n
		*r.out.message() = m
		r.send()
	}
}

// onRead says that nothing higher is promised here, when the promise that makes it true is durable;
// or refuses. Whoever promised less promises this first: else an idle cluster could confirm nothing
// after a member missed the election.
func (r *Replica) onRead(m *Message) {
	switch {
	case !r.voter:
		r.counts[DropLearner]++
		return
	case m.Ballot < r.acceptor.promised:
		r.nack(m)
		return
	case m.Ballot > r.acceptor.promised && r.journal.full():
		r.counts[DropBusy]++
		return
	case m.Ballot > r.acceptor.promised:
		r.journal.promised(m.Ballot)
		r.acceptor.promised, r.acceptor.since = m.Ballot, r.journal.lsn
	}
	if r.elector.hears(m.Ballot, r.now) {
		r.turnTo(m.Ballot)
	}
	r.grants(m.Ballot)
	var out Message
	m.answer(ReadOK, r.life, &out)
	out.VBallot, out.Chosen, out.Round = r.acceptor.promised, r.log.prefix, m.Round
	if !r.outbox.Hold(&out, r.acceptor.since) {
		r.counts[DropBusy]++
	}
}

// onReadOK counts an answer: it must be to this ballot, and from one that promised exactly it.
func (r *Replica) onReadOK(m *Message) {
	d := &r.reader
	if r.role != Leader || m.Ballot != r.proposer.ballot || m.VBallot != m.Ballot ||
		m.Round > d.round {
		r.counts[DropStale]++
		return
	}
	if d.lives[m.From] != m.Life {
		d.lives[m.From], d.said[m.From] = m.Life, 0
	}
	d.said[m.From] = max(d.said[m.From], Slot(m.Round))
	r.confirm()
}

// confirm ends the rounds that have their quorums: in every configuration of an open slot, also in
// one that was learnt while they waited.
func (r *Replica) confirm() {
	d := &r.reader
	if d.n == 0 || !r.knows() {
		return
	}
	if r.acceptor.promised == r.proposer.ballot {
		d.said[r.config.Node], d.lives[r.config.Node] = Slot(d.round), r.life
		r.grants(r.proposer.ballot)
	}
	list := r.eras.from(r.log.prefix + 1)
	to := Slot(d.round)
	for i := range list {
		to = list[i].Members.reached(&d.said, &d.lives, 0, to)
	}
	r.endRounds(to)
}

// endRounds confirms the rounds up to to. The index of the last is as good for those before.
func (r *Replica) endRounds(to Slot) {
	d := &r.reader
	var last Confirmed
	for d.n > 0 && Slot(d.waiting[d.first].Round) <= to && d.ended < maxEnded {
		last = d.waiting[d.first]
		r.extend(d.began[d.first])
		d.first = (d.first + 1) % maxRounds
		d.n--
	}
	if last.Round != 0 {
		d.end(last)
	}
}

// failReads ends all reads that wait, before anything else is said of this leadership's end.
func (r *Replica) failReads() {
	d := &r.reader
	if d.open {
		d.open = false
		d.round++
		d.n++
	}
	if d.n > 0 {
		d.end(Confirmed{Round: d.round, Refusal: NotLeader})
	}
	d.n, d.ask = 0, false
	r.lease.until = 0
	clear(d.said[:])
}

// end notes that a round and all before it ended.
func (d *reader) end(c Confirmed) {
	if d.ended == maxEnded { // to fail a read is always right
		d.ended--
		c.Refusal = NotLeader
	}
	d.done[d.half][d.ended] = c
	d.ended++
}

// take lends what ended since it was called last.
func (d *reader) take() []Confirmed {
	if d.ended == 0 {
		return nil
	}
	ended := d.done[d.half][:d.ended]
	d.half, d.ended = 1-d.half, 0
	return ended
}
