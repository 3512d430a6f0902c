package paxos

import "encoding/binary"

// AppendState appends the canonical bytes of all that the acceptor knows: equal bytes, equal
// answers for ever.
func (a *Acceptor) AppendState(dst []byte) []byte {
	dst = appendWords(dst, uint64(a.promised), uint64(a.voted), uint64(a.run.Lo), uint64(a.run.Hi),
		uint64(a.durable))
	return a.log.appendState(dst)
}

// AppendState appends the canonical bytes of all that the proposer knows.
func (p *Proposer) AppendState(dst []byte) []byte {
	dst = appendWords(dst, uint64(p.ballot), flag(p.ready), uint64(p.lo), uint64(p.prefix),
		uint64(p.behind), uint64(p.promised), uint64(p.reported), uint64(p.next), uint64(p.chosen),
		uint64(p.limit))
	for i := range p.covered {
		if p.eras.voters(0).Has(NodeID(i)) {
			dst = appendWords(dst, uint64(p.lives[i]), uint64(p.covered[i]), uint64(p.match[i]))
		}
	}
	return p.adopted.appendState(dst)
}

// AppendState appends the canonical bytes of all that the learner knows.
func (l *Learner) AppendState(dst []byte) []byte {
	for i := range l.tallies {
		if t := &l.tallies[i]; t.from != 0 {
			dst = appendWords(dst, uint64(i), uint64(t.slot), uint64(t.ballot), uint64(t.from))
		}
	}
	for i, s := range l.marks {
		if s != 0 {
			dst = appendWords(dst, uint64(i), uint64(s))
		}
	}
	return l.log.appendState(dst)
}

// AppendState appends the canonical bytes of what is withheld, and what each message waits for,
// counted from the durable position.
func (b *Outbox) AppendState(dst []byte) []byte {
	for i := range b.n {
		h := &b.held[(b.first+i)%len(b.held)]
		dst = appendWords(dst, uint64(h.lsn-min(h.lsn, b.durable)))
		dst = AppendMessage(dst, &h.m)
	}
	return dst
}

// appendState appends the prefix and the entries from the oldest slot on that is still open.
func (g *ring) appendState(dst []byte) []byte {
	dst = appendWords(dst, uint64(g.base), uint64(g.prefix))
	for s := g.base + 1; s < g.top(); s++ {
		c := g.at(s)
		if c == nil {
			continue
		}
		e := g.of(s)
		dst = appendWords(dst, uint64(s), uint64(c.ballot), uint64(e.Kind), e.Client, e.Seq,
			uint64(len(e.Data)))
		dst = append(dst, e.Data...)
	}
	return dst
}

func appendWords(dst []byte, words ...uint64) []byte {
	for _, w := range words {
		dst = binary.LittleEndian.AppendUint64(dst, w)
	}
	return dst
}

func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
