package paxos

// A journal makes the records. What happens between two Drains and lies side by side becomes one
// record, up to the size of a batch.
type journal struct {
	lsn       LSN // of the last record made
	sealed    LSN // of the last record handed out
	durable   LSN
	waiting   []Record // made and not handed out, but for Chosen and Entries; fixed capacity
	bytes     int      // of payload in the last of these
	told      Slot     // the chosen prefix in the last record, or in one that waits
	delivered Slot     // as of the last Drain
	floor     Ballot   // promised when a segment's header was made; records after it may be lower
	formatted bool
	format    [2][]Entry // who this disk is; two, because one may be lent
	formats   int        // which one is true
	limits    Limits
}

// pendings returns how many records may wait for a Drain.
func pendings(l *Limits) int { return 2*(l.Window/l.BatchEntries) + 32 }

// renew makes j the journal of an empty log.
func (j *journal) renew(c *Config) {
	*j = journal{
		waiting: reuse(j.waiting, pendings(&c.Genesis.Limits))[:0],
		format:  j.format,
		limits:  c.Genesis.Limits,
	}
	for i := range j.format {
		e := reuse(j.format[i], 1)
		e[0] = Entry{Kind: Configure, Data: c.format(reuse(e[0].Data, maxFormatBytes)[:0])}
		j.format[i] = e
	}
}

// formatLife is where a Format record says the life, after the node.
const formatLife = 1

// who returns the entry of a Format record: who this disk is.
func (j *journal) who() []Entry { return j.format[j.formats] }

// rename makes life the one that Format records say from now on.
func (j *journal) rename(life Life) {
	from, to := j.who()[0].Data, j.format[1-j.formats][0].Data
	copy(to, from)
	order.PutUint16(to[formatLife:], uint16(life))
	j.formats = 1 - j.formats
}

func (j *journal) full() bool { return len(j.waiting) == cap(j.waiting) }

// writeFormat makes the record of who this disk is: the first of all, and another when it is given
// a life. Everything that this node says from then on waits for it.
func (j *journal) writeFormat() {
	j.formatted = true
	j.lsn++
	j.add(Format, j.lsn)
}

// promised makes the record of a promise. The caller saw that there is room.
func (j *journal) promised(b Ballot) {
	j.lsn++
	j.add(Promised, j.lsn).Ballot = b
}

// alone reports whether slot s will be in a new record, and no other before it.
func (j *journal) alone(s Slot) bool {
	return len(j.waiting) == 0 && s <= j.told+Slot(j.limits.Window)
}

// place returns the LSN of the record that slot s will be in: the last one if s continues it, else
// a new one; 0 if there is no room.
//
// A slot takes the place in memory of the one α before. If no record tells yet that this one is
// chosen, one that does goes first: else Replay could not follow.
//
// No record crosses the boundary of a configuration: fresh says that s begins one.
func (j *journal) place(k Kind, b Ballot, s Slot, bytes int, fresh bool) LSN {
	if s > j.told+Slot(j.limits.Window) {
		if len(j.waiting)+2 > cap(j.waiting) {
			return 0
		}
		return j.lsn + 2
	}
	if n := len(j.waiting); n > 0 {
		p := &j.waiting[n-1]
		if !fresh && p.Kind == k && p.Ballot == b && p.Span.Hi == s &&
			p.Span.Len() < uint64(j.limits.BatchEntries) && j.bytes+bytes <= j.limits.BatchBytes {
			return p.LSN
		}
	}
	if j.full() {
		return 0
	}
	return j.lsn + 1
}

// put adds slot s to the record that place named.
func (j *journal) put(k Kind, b Ballot, s Slot, bytes int, lsn LSN) {
	if lsn == j.lsn {
		j.extend(1, bytes)
		return
	}
	if lsn == j.lsn+2 {
		j.told = j.delivered
		j.add(Chosen, j.lsn+1)
	}
	j.lsn = lsn
	p := j.add(k, lsn)
	p.Ballot, p.Span, j.bytes = b, Span{s, s + 1}, bytes
}

// takes returns those of entries that the last record has room for, in the slots from s on, which
// follow it in its configuration, and their bytes.
func (j *journal) takes(s Slot, entries []Entry) (taken []Entry, bytes int) {
	p := &j.waiting[len(j.waiting)-1]
	room := min(j.limits.BatchEntries-int(p.Span.Len()), int(j.told+Slot(j.limits.Window)+1-s))
	if len(entries) > room {
		entries = entries[:room]
	}
	most := j.limits.BatchBytes - j.bytes
	for i := range entries {
		more := bytes + len(entries[i].Data)
		if more > most {
			return entries[:i], bytes
		}
		bytes = more
	}
	return entries, bytes
}

// extend adds n slots of so many bytes, which follow, to the last record.
func (j *journal) extend(n, bytes int) {
	j.waiting[len(j.waiting)-1].Span.Hi += Slot(n)
	j.bytes += bytes
}

// add adds a record that names no slot yet. The caller saw that there is room.
func (j *journal) add(k Kind, lsn LSN) *Record {
	n := len(j.waiting)
	j.waiting = j.waiting[:n+1]
	p := &j.waiting[n]
	p.Kind, p.LSN, p.Ballot, p.Span = k, lsn, 0, Span{}
	return p
}

// Replay takes back one record of this node's log, in the order of writing, before Start. After
// each call the driver drains, executes what Output.Chosen hands out, and calls Applied. An error
// says that the log is not this replica's, or not whole; the replica is then of no use. rec is
// borrowed until Replay returns, what was drained before only until Replay is called.
func (r *Replica) Replay(rec *Record) error {
	j := &r.journal
	switch {
	case r.started:
		return errStarted
	case rec.Kind == Snapshot && j.formatted:
		return r.Installed(rec)
	case rec.LSN <= j.lsn && rec.Kind != Format: // a header stands before records as old as it
		return errLSN
	case rec.Kind != Format && !j.formatted:
		return errNoFormat
	}
	if err := r.replay(rec); err != nil {
		return err
	}
	j.lsn = max(j.lsn, rec.LSN)
	j.sealed, j.durable, r.log.sealed = j.lsn, j.lsn, j.lsn
	r.outbox.Persisted(j.lsn)
	return r.replayPrefix(rec.Chosen)
}

func (r *Replica) replay(rec *Record) error {
	switch rec.Kind {
	case Format:
		return r.replayFormat(rec)
	case Promised:
		return r.acceptor.Restore(rec)
	case Chosen:
		if len(rec.Entries) == 0 {
			return nil
		}
		return r.replayEntries(rec)
	case Accepted:
		return r.replayEntries(rec)
	}
	return errRecordKind
}

// replayFormat sees that the log is this replica's, and takes back the life that its disk was given
// and, from a segment's header, the promise.
func (r *Replica) replayFormat(rec *Record) error {
	j := &r.journal
	if len(rec.Entries) != 1 {
		return errFormat
	}
	const after = formatLife + 2
	own, data := j.who()[0].Data, rec.Entries[0].Data
	if len(data) != len(own) || string(data[:formatLife]) != string(own[:formatLife]) ||
		string(data[after:]) != string(own[after:]) {
		return errFormat
	}
	switch life := Life(order.Uint16(data[formatLife:])); {
	case life < r.config.Life:
		return errFormat
	case life > r.life: // a header may say what only a later record gave
		r.live(life)
	}
	j.floor = max(j.floor, rec.Ballot)
	j.formatted = true
	return nil
}

// replayEntries puts the entries back into their slots. Of those that the state machine has
// already, only the promise matters.
func (r *Replica) replayEntries(rec *Record) error {
	m := Message{Span: rec.Span, Entries: rec.Entries}
	if !r.log.limits.carries(&m) {
		return errRecordSpan
	}
	if rec.Kind == Accepted {
		if rec.Ballot == 0 || rec.Ballot < r.acceptor.promised {
			return errRecordOrder
		}
		r.acceptor.promised = rec.Ballot
		r.acceptor.voted = max(r.acceptor.voted, rec.Ballot)
	}
	for i := range rec.Entries {
		s, e := rec.Span.Lo+Slot(i), &rec.Entries[i]
		b := rec.Ballot
		if rec.Kind == Chosen {
			b = Certain
		}
		if s > r.log.base && !r.log.put(s, b, 0, e) {
			return errDrain
		}
	}
	return nil
}

// replayPrefix moves the prefix to what a record says, if the log has every entry up to there.
func (r *Replica) replayPrefix(to Slot) error {
	for s := r.log.prefix + 1; s <= to; s++ {
		if r.log.at(s) == nil {
			return errGap
		}
		if e := r.log.of(s); e.Kind == Configure {
			r.decide(s, e)
		}
		r.log.prefix = s
	}
	r.journal.told = max(r.journal.told, to)
	return nil
}
