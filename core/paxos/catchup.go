package paxos

// catchup is what a node that is behind does, and what it does for others. Entries that are chosen
// may be taken from anyone: they cannot change.
type catchup struct {
	from   NodeID // who is ahead; NoNode if nobody is known to be
	to     Slot   // its chosen prefix
	at     Time   // when to ask
	vain   int    // times asked since something came
	asked  NodeSet
	wanted [MaxNodes]wanted // by peer, of those in asked
	blind  Slot             // up to here the log does not tell what is chosen: a snapshot did
	hints  NodeSet          // strangers to be told that they are behind
	hinted [MaxNodes]Life
}

type wanted struct {
	life Life
	span Span
}

// A Supply asks the driver for chosen entries that left memory: a peer lacks the slots of Span. The
// driver reads the last record that names each slot, as many as a batch may hold, and passes them
// to Supplied; or it sends a snapshot that holds Span.Lo, which the peer's driver installs. With
// Snapshot only the latter is right: these slots came here with a snapshot, and what the log holds
// of them need not be what was chosen (B-34). It may as well ignore it: the peer asks again,
// perhaps someone else.
type Supply struct {
	To       NodeID
	Life     Life // of the peer
	Span     Span
	Snapshot bool
}

// onStranger hears one whom no configuration of an open slot names: this node is behind, or that
// one is. Whoever is must fetch, and so learns whether it votes. Nothing else is done for a
// stranger.
func (r *Replica) onStranger(m *Message) {
	r.stirred = true
	if m.Kind == Beat {
		r.hear(m)
	}
	switch {
	case m.Kind != Beat && m.Kind != Prepare && m.Kind != Accept:
		return
	case m.Chosen > r.log.prefix:
		r.behind(m.From, m.Chosen, r.config.Beat/4)
	case m.Chosen < r.log.prefix:
		r.catchup.hints = r.catchup.hints.With(m.From)
		r.catchup.hinted[m.From] = m.Life
	}
}

// hint tells strangers the chosen prefix.
func (r *Replica) hint() {
	c := &r.catchup
	for n := c.hints.Next(0); n != NoNode; n = c.hints.Next(n + 1) {
		*r.out.message() = Message{Kind: Chosen, To: n, Echo: c.hinted[n], Chosen: r.log.prefix}
		r.send()
	}
	c.hints = 0
}

// behind notes that node n knows every slot up to to to be chosen. It is asked after wait, because
// what is missing may be on its way.
func (r *Replica) behind(n NodeID, to Slot, wait Time) {
	c := &r.catchup
	switch {
	case to <= r.log.prefix:
		return
	case c.from == NoNode || c.to <= r.log.prefix:
		c.at, c.vain = r.now+wait, 0
	case to < c.to && c.vain == 0:
		return // whoever was heard of before knows more, and was not asked in vain yet
	}
	c.from, c.to = n, to
	r.stirred = true
}

// fetch asks whoever is ahead, at most once a beat.
func (r *Replica) fetch() {
	c := &r.catchup
	if c.from == NoNode {
		return
	}
	if c.to <= r.log.prefix {
		c.from = NoNode
		return
	}
	if r.now < c.at {
		return
	}
	c.at = r.now + r.config.Beat
	c.vain++
	r.counts[Fetches]++
	*r.out.message() = Message{Kind: Fetch, To: c.from, Span: Span{r.log.prefix + 1, c.to + 1}}
	r.send()
}

// onFetch notes what a peer wants.
func (r *Replica) onFetch(m *Message) {
	if m.Span.Lo == 0 || m.Span.Lo >= m.Span.Hi {
		r.counts[DropMalformed]++
		return
	}
	r.catchup.wanted[m.From] = wanted{m.Life, m.Span}
	r.catchup.asked = r.catchup.asked.With(m.From)
}

// serve answers who asked: from memory, or by way of the driver.
func (r *Replica) serve() {
	c := &r.catchup
	for n := c.asked.Next(0); n != NoNode; n = c.asked.Next(n + 1) {
		span := c.wanted[n].span
		span.Hi = min(span.Hi, r.log.prefix+1)
		if span.Lo >= span.Hi {
			continue
		}
		entries := r.recent(span)
		if entries == nil {
			s := Supply{n, c.wanted[n].life, span, span.Lo <= c.blind}
			r.out.Supply = append(r.out.Supply, s)
			r.counts[Supplies]++
			continue
		}
		*r.out.message() = Message{
			Kind: Chosen, To: n, Echo: c.wanted[n].life, Chosen: r.log.prefix, Entries: entries,
			Span: Span{span.Lo, span.Lo + Slot(len(entries))},
		}
		r.send()
	}
	c.asked = 0
}

// recent lends the entries at the front of span that are still in memory, at most a batch.
func (r *Replica) recent(span Span) []Entry {
	hi, bytes := span.Lo, 0
	for hi < span.Hi && hi-span.Lo < Slot(r.log.limits.BatchEntries) {
		if r.log.at(hi) == nil {
			break
		}
		if bytes += r.log.size(hi); bytes > r.log.limits.BatchBytes {
			break
		}
		hi++
	}
	return r.view(Span{span.Lo, hi})
}

// Supplied makes out the message that brings entries, the chosen ones of the slots from s.Span.Lo
// on, to the peer that lacks them; the driver sends it. It reports false if they are none, more
// than s asks for, or more than a batch may hold. out borrows entries; the replica keeps nothing.
func (r *Replica) Supplied(s *Supply, entries []Entry, out *Message) bool {
	hi := s.Span.Lo + Slot(len(entries))
	if len(entries) == 0 || s.Snapshot || hi > s.Span.Hi || !r.log.limits.batch(entries) {
		return false
	}
	*out = Message{
		Kind: Chosen, From: r.config.Node, To: s.To, Life: r.life, Echo: s.Life,
		Era:  r.eras.newest().Era,
		Span: Span{s.Span.Lo, hi}, Chosen: r.log.prefix, Entries: entries,
	}
	return true
}

// onChosen learns from a leader's word.
func (r *Replica) onChosen(m *Message) {
	if !r.voter {
		r.behind(m.From, m.Chosen, r.config.Beat/4)
		return
	}
	if m.Ballot >= r.acceptor.promised && r.elector.hears(m.Ballot, r.now) {
		r.turnTo(m.Ballot)
	}
	r.certify(m)
}

// onEntries learns from entries that are chosen whoever says so, or that there are some.
func (r *Replica) onEntries(m *Message) {
	switch {
	case m.Echo != r.life:
		r.counts[DropLife]++
	case len(m.Entries) > 0:
		r.install(m)
	default:
		r.behind(m.From, m.Chosen, 0)
	}
}

// install takes the chosen entries that follow the prefix. What this node accepted in their slots
// is replaced: the record that says so comes later in the log than the one that it replaces (B-12).
func (r *Replica) install(m *Message) {
	if !r.log.limits.carries(m) {
		r.counts[DropMalformed]++
		return
	}
	was := r.log.prefix
	r.stirred = true
	for i := range m.Entries {
		if s := m.Span.Lo + Slot(i); s == r.log.prefix+1 && !r.keep(s, &m.Entries[i]) {
			r.counts[DropWindow]++
			break
		}
	}
	if r.log.prefix > was {
		r.catchup.at, r.catchup.vain = r.now, 0
		if r.role == Candidate && r.elector.durable && r.proposer.behind == 0 {
			r.elector.prepare = r.peers
		}
	}
	if m.Chosen > r.log.prefix {
		r.behind(m.From, m.Chosen, 0)
	}
}

// keep stores e as chosen in slot s, the one after the prefix.
func (r *Replica) keep(s Slot, e *Entry) bool {
	lsn := r.journal.place(Chosen, 0, s, len(e.Data), false)
	if lsn == 0 || !r.log.open(s) || !r.log.put(s, Certain, lsn, e) {
		return false
	}
	r.journal.put(Chosen, 0, s, len(e.Data), lsn)
	r.learned(s)
	return true
}
