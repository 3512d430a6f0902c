package paxos

// AppendTo appends the canonical encoding of the output: each list behind its length in four bytes,
// in the order of the fields.
func (o *Output) AppendTo(dst []byte) []byte {
	dst = order.AppendUint32(dst, uint32(len(o.Send)))
	for i := range o.Send {
		dst = AppendMessage(dst, &o.Send[i])
	}
	dst = order.AppendUint32(dst, uint32(len(o.Write)))
	for i := range o.Write {
		dst = AppendRecord(dst, &o.Write[i])
	}
	dst = appendBool(dst, o.Sync)
	dst = order.AppendUint64(dst, uint64(o.First))
	dst = appendEntries(dst, o.Chosen)
	dst = order.AppendUint32(dst, uint32(len(o.Fates)))
	for _, f := range o.Fates {
		dst = appendWords(dst, uint64(f.Kind), f.Client, f.Seq, uint64(f.Slot), uint64(f.Outcome))
	}
	dst = order.AppendUint32(dst, uint32(len(o.Reads)))
	for _, c := range o.Reads {
		dst = appendWords(dst, c.Round, uint64(c.Index), uint64(c.Until), uint64(c.Refusal))
	}
	dst = order.AppendUint32(dst, uint32(len(o.Supply)))
	for i := range o.Supply {
		dst = o.Supply[i].appendTo(dst)
	}
	dst = order.AppendUint64(dst, uint64(o.WakeAt))
	return appendBool(dst, o.More)
}

func (s *Supply) appendTo(dst []byte) []byte {
	dst = append(dst, byte(s.To))
	dst = order.AppendUint16(dst, uint16(s.Life))
	return appendBool(appendWords(dst, uint64(s.Span.Lo), uint64(s.Span.Hi)), s.Snapshot)
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// AppendState appends everything that decides what the replica will do, in canonical bytes:
// replicas with equal bytes behave equally, for ever, to equal inputs; but where payloads lie in
// memory is not part of it, nor are the counters. It is for hashes, comparisons and dumps, and
// changes nothing.
func (r *Replica) AppendState(dst []byte) []byte {
	e, c, j := &r.elector, &r.catchup, &r.journal
	dst = append(dst, byte(r.config.Node), byte(r.role), byte(e.leader), byte(c.from))
	dst = appendBool(dst, r.started)
	dst = appendWords(dst, uint64(r.now), uint64(r.next), uint64(r.fill), uint64(r.fillTo),
		uint64(r.told), uint64(r.delivered), uint64(r.applied))
	dst = r.acceptor.AppendState(dst)
	dst = r.proposer.AppendState(dst)
	dst = append(order.AppendUint16(dst, uint16(r.life)), byte(e.heir))
	dst = r.eras.appendTo(dst, r.delivered)
	dst = appendWords(dst, uint64(e.following), e.round, uint64(e.heard), uint64(e.happy),
		uint64(e.patience), uint64(e.beatAt), uint64(e.repeatAt), uint64(e.reachedAt),
		uint64(e.movedAt), uint64(e.askedAt), uint64(e.gave), uint64(e.prepare), uint64(e.ended),
		uint64(e.silent), uint64(e.asked), uint64(e.random), uint64(r.acceptor.since),
		uint64(r.acceptor.kept))
	dst = appendBool(appendBool(dst, e.durable), e.beat)
	dst = appendBool(dst, r.renamed)
	for _, s := range e.counted {
		dst = appendWords(dst, uint64(s))
	}
	for i := range e.peers {
		if p := &e.peers[i]; p.known {
			dst = append(dst, byte(i))
			dst = appendWords(dst, uint64(p.at), uint64(p.life), uint64(p.says), uint64(p.next))
		}
	}
	dst = appendWords(append(dst, 255), uint64(r.lease.until), uint64(r.lease.holder),
		uint64(r.lease.granted))
	dst = r.reader.appendState(dst)
	dst = appendWords(dst, uint64(j.lsn), uint64(j.sealed), uint64(j.durable), uint64(j.told),
		uint64(j.delivered))
	dst = order.AppendUint32(dst, uint32(len(j.waiting)))
	for _, p := range j.waiting {
		dst = append(dst, byte(p.Kind))
		dst = appendWords(dst, uint64(p.LSN), uint64(p.Ballot), uint64(p.Span.Lo),
			uint64(p.Span.Hi))
	}
	dst = r.outbox.AppendState(dst)
	for s := r.log.base + 1; s < r.log.top(); s++ {
		if c := r.log.at(s); c != nil && c.lsn > j.durable {
			dst = appendWords(dst, uint64(s), uint64(c.lsn))
		}
	}
	dst = appendReplies(dst, r.owed, &r.acks)
	dst = appendReplies(dst, r.giving, &r.promises)
	dst = appendWords(dst, uint64(c.to), uint64(c.at), uint64(c.vain), uint64(c.asked),
		uint64(c.blind))
	for n := c.asked.Next(0); n != NoNode; n = c.asked.Next(n + 1) {
		s := Supply{To: n, Life: c.wanted[n].life, Span: c.wanted[n].span}
		dst = s.appendTo(dst)
	}
	for n := r.peers.Next(0); n != NoNode; n = r.peers.Next(n + 1) {
		dst = appendWords(dst, uint64(e.match[n]))
	}
	dst = order.AppendUint16(dst, uint16(c.hints))
	for n := c.hints.Next(0); n != NoNode; n = c.hints.Next(n + 1) {
		dst = order.AppendUint16(dst, uint16(c.hinted[n]))
	}
	return r.fates.appendState(dst)
}

// appendReplies appends whom each answer is for. What was acknowledged is remembered after it, so
// it is part of the state though nothing is owed.
func appendReplies(dst []byte, set NodeSet, replies *[MaxNodes]reply) []byte {
	dst = order.AppendUint16(dst, uint16(set))
	for i := range replies {
		if p := &replies[i]; *p != (reply{}) {
			dst = append(dst, byte(i))
			dst = appendWords(dst, uint64(p.ballot), uint64(p.echo), uint64(p.from))
		}
	}
	return append(dst, 255)
}

func (f *fates) appendState(dst []byte) []byte {
	dst = appendWords(dst, uint64(f.under), uint64(len(f.ended)))
	for i := range f.bySlot {
		if m := &f.bySlot[i]; m.slot != 0 {
			dst = appendWords(dst, uint64(m.slot), m.client, m.seq, uint64(m.kind))
		}
	}
	for _, e := range f.ended {
		dst = appendWords(dst, uint64(e.Kind), e.Client, e.Seq, uint64(e.Slot), uint64(e.Outcome))
	}
	return dst
}

func (d *reader) appendState(dst []byte) []byte {
	dst = appendBool(appendBool(dst, d.open), d.ask)
	dst = appendWords(dst, d.round, uint64(d.n))
	for i := range d.n {
		c := &d.waiting[(d.first+i)%maxRounds]
		dst = appendWords(dst, c.Round, uint64(c.Index), uint64(d.began[(d.first+i)%maxRounds]))
	}
	for i := range d.said {
		if d.said[i] != 0 {
			dst = appendWords(append(dst, byte(i)), uint64(d.said[i]), uint64(d.lives[i]))
		}
	}
	dst = append(dst, 255, byte(d.ended))
	for _, c := range d.done[d.half][:d.ended] {
		dst = appendWords(dst, c.Round, uint64(c.Index), uint64(c.Until), uint64(c.Refusal))
	}
	return dst
}
