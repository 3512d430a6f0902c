package paxos

// Reconfigure offers m as the configuration that follows base, the newest that is decided, and
// returns the slot that the command was given; exactly one Fate will say how it ended. Chosen in
// slot i, it governs from slot i + α, unless another configuration was chosen on the same base
// before it: then it is a no-op everywhere (compare-and-set), and its fate is Superseded.
//
// A voter is named with its disk, as Voter makes it out; any set may follow any other. What the new
// voters need to know they should have learnt before: the cluster waits for those that it needs.
//
// Besides the refusals of Propose it returns Stale if a newer configuration is decided, and
// Malformed if m cannot follow it. m is borrowed until Reconfigure returns.
func (r *Replica) Reconfigure(base Era, m *Members) (Slot, Refusal) {
	ref, why := r.leads()
	switch {
	case ref != Taken:
	case base != r.eras.newest().Era:
		ref, why = Stale, RefusedStale
	case !r.eras.judges(m):
		ref, why = Malformed, RefusedMalformed
	case r.eras.full(r.next):
		ref, why = Full, RefusedFull
	case membersBytes+16*m.voters.Len()+4 > r.config.Genesis.Limits.EntryBytes:
		ref, why = TooLarge, RefusedTooLarge
	}
	if ref != Taken {
		r.counts[why]++
		return 0, ref
	}
	r.draft = m.AppendTo(order.AppendUint32(r.draft[:0], uint32(base)))
	e := Entry{Kind: Configure, Client: uint64(r.proposer.ballot), Seq: uint64(r.next),
		Data: r.draft}
	return r.offer(&e)
}

// decide judges the configuration in e, now that it is chosen in slot s. It reports whether it
// takes effect.
func (r *Replica) decide(s Slot, e *Entry) bool {
	if !r.eras.decide(s, e.Data) {
		r.counts[Superseding]++
		return false
	}
	return true
}

// reconsider finds what this node is, and what is to be done, now that the configurations of the
// open slots are others.
func (r *Replica) reconsider() {
	r.stirred = true
	r.count()
	if !r.started {
		return
	}
	if life := r.named(); life > r.life && !r.journal.full() && !r.renamed {
		r.live(life)
		r.renamed = true
		r.journal.writeFormat()
		r.count()
	}
	switch {
	case r.role == Leader && !r.voter:
		r.abdicate(r.best())
	case r.role == Candidate && !r.voter:
		r.stepDown()
	case r.role == Leader && r.proposer.limit != Forever && r.elector.prepare == 0:
		r.elector.prepare = r.peers
		r.elector.askedAt = r.now
	}
}

// count finds who votes in the open slots.
func (r *Replica) count() {
	open := r.log.prefix + 1
	r.peers = r.eras.voters(open).Without(r.config.Node)
	r.lives = r.eras.newest().Members.lives
	r.voter = false
	list := r.eras.from(open)
	for i := range list {
		m := &list[i].Members
		r.voter = r.voter || m.Names(r.config.Node, r.life) &&
			m.Disk(r.config.Node) == r.config.Disk
	}
}

// named returns the highest life that a configuration of an open slot gives to this node's disk; 0
// if none names it. A founder's disk is in the genesis.
func (r *Replica) named() (life Life) {
	list := r.eras.from(r.log.prefix + 1)
	for i := range list {
		if m := &list[i].Members; m.Disk(r.config.Node) == r.config.Disk {
			life = max(life, m.Life(r.config.Node))
		}
	}
	return life
}

// live makes life the one that this node lives.
func (r *Replica) live(life Life) {
	r.life, r.acceptor.life, r.proposer.life = life, life, life
	r.journal.rename(life)
}

// best returns the voter to leave the lead to: the one that acknowledged most.
func (r *Replica) best() NodeID {
	hears := r.hears(r.config.Election)
	best := NoNode
	for n := hears.Next(0); n != NoNode; n = hears.Next(n + 1) {
		if best == NoNode || r.proposer.match[n] > r.proposer.match[best] {
			best = n
		}
	}
	return best
}

// spread is what a sitting leader does, with each beat, about a configuration that is decided and
// does not govern yet: it asks its members for promises, and fills the slots up to it with noops if
// nothing else does (B-44). An acceptor that accepted at this ballot promises no more at it: if
// there is no quorum without, a higher ballot has one.
func (r *Replica) spread() {
	e, p := &r.elector, &r.proposer
	if p.limit != Forever {
		if r.now-e.askedAt > r.config.Election/2 {
			r.campaign()
			return
		}
		e.prepare = r.peers
	}
	if last := r.eras.newest().From; last > r.next && r.fill > r.fillTo {
		r.fill, r.fillTo = r.next, last-1
	}
}

// Governing appends the configurations that govern an open slot, oldest first.
func (r *Replica) Governing(dst []Governed) []Governed {
	list := r.eras.from(r.log.prefix + 1)
	for i := range list {
		dst = append(dst, list[i].Governed)
	}
	return dst
}

// Voter returns node n with this disk as a configuration may name it: in the life that this disk
// has, or in the first one that a new disk can have. It is no member as long as none names it.
func (r *Replica) Voter(n NodeID, disk DiskID) Member {
	last := r.eras.newest()
	if n >= MaxNodes {
		return Member{Node: n}
	}
	if last.disks[n] == disk {
		return Member{n, last.lives[n], disk}
	}
	return Member{n, last.lives[n] + 1, disk}
}

// Heard returns the chosen prefix that peer n told last, and whether it was heard of late.
func (r *Replica) Heard(n NodeID) (prefix Slot, lately bool) {
	if n >= MaxNodes {
		return 0, false
	}
	p := &r.elector.peers[n]
	return p.next, p.known && r.now-p.at < r.config.Election
}
