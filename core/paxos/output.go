package paxos

// An Output is what a driver has to do. It and all that it points to belong to the replica, which
// lends them until the next Drain.
type Output struct {
	Send   []Message   // may go at once, in this order to each peer, before Write is written
	Write  []Record    // to be appended to the log, in this order
	Sync   bool        // Write must become durable; then Persisted is called with its last LSN
	First  Slot        // of Chosen
	Chosen []Entry     // chosen in First and the slots that follow; each slot is handed out once
	Fates  []Fate      // how commands that Propose took here ended
	Reads  []Confirmed // which reads may be answered, or must be asked again, in this order
	Supply []Supply    // entries wanted from the driver's log
	WakeAt Time        // when Tick is due; Never if it is not
	More   bool        // there was no room for everything: drain again
}

// sparePerDrain is how many batches one Drain may lend besides what it writes.
const sparePerDrain = 8

// partsPerDrain is how many parts of one promise leave with one Drain.
const partsPerDrain = 2

// outputs is the Output and the memory behind it. What it holds is made where it stays: to make a
// message or a record elsewhere, and copy it, costs as much as everything else that is done for it.
type outputs struct {
	Output         // the capacity of Send is one more than may be sent
	views  []Entry // that messages and records lend
}

// renew empties o, with room for what one Drain may give.
func (o *outputs) renew(l *Limits) {
	*o = outputs{
		Output: Output{
			Send:   reuse(o.Send, MaxNodes*(pendings(l)+8)+1)[:0],
			Write:  reuse(o.Write, pendings(l))[:0],
			Chosen: reuse(o.Chosen, l.Window)[:0],
			Supply: reuse(o.Supply, MaxNodes)[:0],
		},
		views: reuse(o.views, l.Window+sparePerDrain*l.BatchEntries)[:0],
	}
}

// reset empties what was lent.
func (o *outputs) reset() {
	o.Send, o.Write, o.Chosen = o.Send[:0], o.Write[:0], o.Chosen[:0]
	o.Fates, o.Reads, o.Supply = o.Fates[:0], o.Reads[:0], o.Supply[:0]
	o.views = o.views[:0]
	o.More = false
}

// message returns the place of the next message, for send. There always is one.
func (o *outputs) message() *Message { return &o.Send[:len(o.Send)+1][len(o.Send)] }

// Drain ends the loan of what it gave before, and makes out everything that is to be done now.
// What was chosen is told if nothing else will: while proposals are under way, the next accept or
// beat carries it.
func (r *Replica) Drain() *Output {
	o := &r.out
	r.log.unlock()
	o.reset()
	if r.stirred {
		r.resume()
	}
	if len(r.journal.waiting) > 0 && r.started {
		r.writeRecords()
	}
	if r.stirred {
		r.sayRest()
	}
	if r.role == Leader && r.told < r.log.prefix && r.log.prefix+1 == r.next {
		r.sayChosen()
	}
	if r.owed != 0 && (r.news || r.stirred) {
		r.sayAccepted()
	}
	if r.delivered < r.log.prefix {
		r.deliver()
	}
	if len(r.fates.ended) > 0 {
		o.Fates = r.fates.take()
	}
	o.Sync = len(o.Write) > 0
	o.First = r.delivered + 1 - Slot(len(o.Chosen))
	o.WakeAt = r.wakeAt()
	if r.stirred {
		r.fetch()
		r.serve()
		o.Reads = r.reader.take()
		o.WakeAt = r.wakeRest(o.WakeAt)
		r.stirred = r.restless()
	}
	return &o.Output
}

// resume goes on with what waited for the disk, or for room.
func (r *Replica) resume() {
	r.release()
	if r.role == Leader && r.fill <= r.fillTo {
		r.refill()
		r.out.More = r.fill <= r.fillTo && len(r.journal.waiting) > 0
	}
}

// restless reports whether there is more to do than phase 2: only then a Drain looks for it. What
// may bring any of this about sets stirred.
func (r *Replica) restless() bool {
	e, c, d := &r.elector, &r.catchup, &r.reader
	switch {
	case !r.started, r.role == Candidate, r.out.More, r.outbox.n > 0:
	case r.role == Leader && r.fill <= r.fillTo:
	case r.giving|e.prepare|e.silent|c.hints|c.asked != 0, c.from != NoNode:
	case e.beat, d.open, d.ask, d.n > 0, d.ended > 0:
	default:
		return false
	}
	return true
}

// writeRecords makes out the records that wait. Those of a leader's own proposals are its accepts
// too: the same entries go to the disk and to the peers, side by side.
func (r *Replica) writeRecords() {
	j := &r.journal
	r.out.Write, j.waiting = j.waiting, r.out.Write
	write := r.out.Write
	for i := range write {
		rec := &write[i]
		rec.Chosen = r.delivered
		if rec.Kind == Format {
			rec.Entries = j.who()
		} else {
			rec.Entries = r.view(rec.Span)
		}
		if rec.Kind == Accepted && r.role == Leader && rec.Ballot == r.proposer.ballot {
			e := r.eras.of(rec.Span.Lo)
			r.proposeTo(e.Members.voters.Without(r.config.Node), e.Era, rec.Span.Lo, rec.Entries)
			r.told = r.log.prefix
		}
	}
	j.told = r.log.prefix // every slot up to it is in the last record or before
	write[len(write)-1].Chosen = j.told
	r.renamed = false
	j.sealed, r.log.sealed = j.lsn, j.lsn
}

// proposeTo sends an accept, of slots that era governs, to each of the nodes.
func (r *Replica) proposeTo(nodes NodeSet, era Era, lo Slot, entries []Entry) {
	r.proposer.proposed(lo + Slot(len(entries)))
	if m := r.out.message(); r.proposer.Accept(NoNode, lo, entries, m) {
		m.Era = era
		r.broadcast(nodes, m)
	}
}

// sayRest makes out what is not part of phase 2.
func (r *Replica) sayRest() {
	r.sayPromises()
	e, d := &r.elector, &r.reader
	if e.prepare != 0 {
		r.sayPrepare()
	}
	if r.role == Leader {
		r.repeat()
		if d.open {
			r.beginRound()
		}
		if d.ask || d.n > 0 && e.beat {
			r.sayRead()
		}
	}
	if e.beat {
		r.beats()
	}
	r.hint()
}

// sayPromises sends the next parts of the promises that are durable, unless they are void by now.
func (r *Replica) sayPromises() {
	for n := r.giving.Next(0); n != NoNode; n = r.giving.Next(n + 1) {
		p := &r.promises[n]
		ask := Message{
			Kind: Prepare, From: n, To: r.config.Node, Life: p.echo, Ballot: p.ballot,
			Span: Span{p.from, Forever},
		}
		for range partsPerDrain {
			if p.ballot != r.acceptor.promised || !r.acceptor.promises(&ask) {
				r.giving = r.giving.Without(n)
				break
			}
			part := r.out.message()
			r.acceptor.Report(&ask, p.from, part)
			if !r.lend(part) {
				break
			}
			r.send()
			p.from = part.Span.Hi
			if part.Span.Hi == Forever || part.Span.Len() == 0 {
				r.giving = r.giving.Without(n)
				break
			}
		}
	}
	r.out.More = r.out.More || r.giving != 0
}

// lend moves a message's entries to where they stay until the next Drain.
func (r *Replica) lend(m *Message) bool {
	at := len(r.out.views)
	if at+len(m.Entries) > cap(r.out.views) {
		return false
	}
	r.out.views = append(r.out.views, m.Entries...)
	if len(m.Entries) > 0 {
		m.Entries = r.out.views[at:len(r.out.views):len(r.out.views)]
	}
	return true
}

// sayPrepare asks those for promises that did not promise in full.
func (r *Replica) sayPrepare() {
	to := r.elector.prepare & r.peers
	r.elector.prepare = 0
	for n := to.Next(0); n != NoNode; n = to.Next(n + 1) {
		if r.proposer.promised.Has(n) && r.proposer.lives[n] == r.eras.life(n) {
			continue
		}
		r.proposer.Prepare(n, r.out.message())
		r.send()
	}
}

// sayChosen tells what is chosen.
func (r *Replica) sayChosen() {
	r.told = r.log.prefix
	m := r.out.message()
	*m = Message{}
	m.Kind, m.Era = Chosen, r.eras.newest().Era
	m.Ballot, m.Chosen = r.proposer.ballot, r.log.prefix
	r.broadcast(r.peers, m)
}

// repeat sends the first batch again that a silent peer did not acknowledge. What is chosen it can
// fetch.
func (r *Replica) repeat() {
	e := &r.elector
	for n := e.silent.Next(0); n != NoNode; n = e.silent.Next(n + 1) {
		lo := max(r.proposer.match[n], r.log.prefix+1)
		lo = max(lo, r.eras.first(n, r.eras.life(n), lo))
		if lo >= r.proposer.next {
			continue
		}
		i := r.eras.at(lo)
		end := min(r.proposer.next, r.eras.end(i))
		if entries := r.recent(Span{lo, end}); entries != nil {
			r.counts[Resent]++
			r.proposeTo(NodeSet(0).With(n), r.eras.list[i].Era, lo, entries)
		}
	}
	e.silent = 0
}

// sayAccepted acknowledges what is durable, once; the rest stays owed until it is.
func (r *Replica) sayAccepted() {
	a := &r.acceptor
	r.news = false
	for set := r.owed; set != 0; set = set.rest() {
		n := set.first()
		owed := &r.acks[n]
		var held Span
		waits := false
		if owed.ballot == a.voted {
			held = a.acknowledged(r.journal.durable)
			waits = held.Hi < a.run.Hi
		}
		if held.Lo == held.Hi {
			held = Span{}
		}
		if !waits {
			r.owed = r.owed.Without(n)
		} else if held.Hi <= owed.from {
			continue
		}
		owed.from = held.Hi
		if owed.ballot >= a.promised {
			m := r.out.message()
			*m = Message{}
			m.Kind, m.To, m.Echo, m.Ballot = Accepted, n, owed.echo, owed.ballot
			m.Era, m.Span, m.Chosen = r.eras.newest().Era, held, r.log.prefix
			r.stamp(m)
			r.queue()
		}
	}
}

// send stamps and queues what was made in the place of the next message. If there is no room it is
// as if the network had lost it.
func (r *Replica) send() {
	m := r.out.message()
	m.Era = r.eras.newest().Era
	r.stamp(m)
	r.queue()
}

// stamp says who sends m.
func (r *Replica) stamp(m *Message) { m.From, m.Life = r.config.Node, r.life }

// queue keeps the message in the place of the next one, if there is room for one after it.
func (r *Replica) queue() {
	o := &r.out
	if n := len(o.Send) + 1; n < cap(o.Send) {
		o.Send = o.Send[:n]
	} else {
		r.counts[DropBusy]++
	}
}

// broadcast sends m, which was made in the place of the next message, to each of the nodes.
func (r *Replica) broadcast(nodes NodeSet, m *Message) {
	r.stamp(m)
	for nodes != 0 {
		m.To = nodes.first()
		r.queue()
		if nodes = nodes.rest(); nodes == 0 {
			return
		}
		if next := r.out.message(); next != m { // else there was no room
			*next = *m
			m = next
		}
	}
}

// view lends the entries of a span that is in memory; nil if there is no room for them.
func (r *Replica) view(span Span) []Entry {
	o, n := &r.out, uint(span.Len())
	at := uint(len(o.views))
	if n == 0 || n > uint(cap(o.views))-at {
		return nil
	}
	v := o.views[at : at+n : at+n]
	o.views = o.views[:at+n]
	r.log.lend(span.Lo, v)
	return v
}

// deliver hands out what is chosen and was not handed out: a contiguous run (B-29). Their slots
// need not be kept any longer.
func (r *Replica) deliver() {
	o, to := &r.out, r.log.prefix
	o.Chosen = o.Chosen[:to-r.delivered]
	r.log.lend(r.delivered+1, o.Chosen)
	r.log.released(to, o.Chosen)
	r.delivered, r.journal.delivered = to, to
	if r.eras.n > 1 {
		r.eras.release(to)
	}
}

// wakeAt returns when Tick is due for beats, and for who waits for a leader.
func (r *Replica) wakeAt() Time {
	e := &r.elector
	at := e.beatAt
	if r.role != Leader && r.voter {
		if due := e.happy + e.patience; due < at && due > r.now {
			at = due
		}
	}
	return at
}

// wakeRest returns when Tick is due for anything: at at, or before.
func (r *Replica) wakeRest(at Time) Time {
	if !r.started {
		return Never
	}
	if r.role == Candidate {
		at = min(at, r.elector.repeatAt)
	}
	if r.catchup.from != NoNode {
		at = min(at, r.catchup.at)
	}
	return at
}
