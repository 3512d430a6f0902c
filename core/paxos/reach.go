package paxos

// A node leads only where it can choose, and nobody stands where somebody does. To know either,
// every node beats to every node that it knows, and says what it sees of the others: so a link that
// works in one direction alone counts for none, and a leader that can be heard and cannot hear
// gives up (B-51, B-52 of PITFALLS.md). All of it is liveness: it may be wrong at will.

// presence is what a beat says of its sender, packed into Message.Round:
//
//	bits 0      it follows a leader whom it hears, or leads
//	     1      it follows one, or hears a node that does
//	     2      the addressee is to lead: the sender gave up for it
//	     16..31 the nodes that it hears
type presence uint64

const (
	follows presence = 1 << iota
	content
	heir
)

const hearsShift = 16

func (p presence) hears() NodeSet { return NodeSet(p >> hearsShift) }

// peer is what is known of another node's presence.
type peer struct {
	at    Time // when it was heard last
	life  Life
	known bool // it was heard since Start
	says  presence
	next  Slot // the chosen prefix that it told last
}

// hear notes that m's sender can be heard. Another disk has said nothing yet.
func (r *Replica) hear(m *Message) {
	p := &r.elector.peers[m.From]
	if p.life != m.Life {
		*p = peer{life: m.Life}
	}
	p.at, p.known = r.now, true
	if m.Chosen > p.next {
		p.next = m.Chosen
	}
}

// lately is how long a beat tells what is so.
func (r *Replica) lately() Time { return r.config.Election / 4 * 3 }

// hears returns the peers that were heard within so long.
func (r *Replica) hears(within Time) (set NodeSet) {
	for n := r.peers.Next(0); n != NoNode; n = r.peers.Next(n + 1) {
		if p := &r.elector.peers[n]; p.known && r.now-p.at < within {
			set = set.With(n)
		}
	}
	return set
}

// reaches reports whether this node hears, and is heard by, a prepare and an accept quorum of every
// configuration that governs an open slot: with less it could win and choose nothing. It hears them
// as lately as it asks them for content: whoever is cut off loses both at once, and does not stand
// in between (B-23).
func (r *Replica) reaches() bool {
	hears := r.hears(r.lately())
	list := r.eras.from(r.log.prefix + 1)
	for i := range list {
		m := &list[i].Members
		n := 0
		for v := m.voters.Next(0); v != NoNode; v = m.voters.Next(v + 1) {
			p := &r.elector.peers[v]
			mutual := hears.Has(v) && m.Names(v, p.life) && p.says.hears().Has(r.config.Node)
			if mutual || v == r.config.Node && m.Names(v, r.life) {
				n++
			}
		}
		if n < max(m.Prepare(), m.Accept()) {
			return false
		}
	}
	return true
}

// presence returns what this node says of itself now.
func (r *Replica) presence() presence {
	e := &r.elector
	p := presence(r.hears(r.config.Election)) << hearsShift
	if r.role == Leader || e.leader != NoNode && r.now-e.heard < r.lately() {
		return p | follows | content
	}
	if r.hearsOf(follows) {
		p |= content
	}
	return p
}

// hearsOf reports whether a peer that was heard of late says what is asked.
func (r *Replica) hearsOf(what presence) bool {
	hears := r.hears(r.lately())
	for n := hears.Next(0); n != NoNode; n = hears.Next(n + 1) {
		if r.elector.peers[n].says&what != 0 {
			return true
		}
	}
	return false
}

// onBeat takes in a presence. That of a leader is followed. It is answered with what was accepted
// at its ballot if that goes beyond what the leader knows to be chosen: the answer to its accepts
// may have been lost.
func (r *Replica) onBeat(m *Message) {
	e := &r.elector
	says := presence(m.Round)
	e.peers[m.From].says = says
	if m.Ballot.Node() != m.From || m.Ballot.Life() != m.Life || m.Ballot == 0 {
		if m.Chosen > r.log.prefix {
			r.behind(m.From, m.Chosen, r.config.Beat)
		}
		return
	}
	if !r.voter { // its promises bind nobody any more, itself included
		e.leader, e.following, e.heard, e.happy = m.From, m.Ballot, r.now, r.now
		r.certify(m)
		return
	}
	if m.Ballot < r.acceptor.promised {
		r.nack(m)
		return
	}
	if r.elector.hears(m.Ballot, r.now) {
		r.turnTo(m.Ballot)
	}
	if r.acceptor.voted == m.Ballot && r.acceptor.run.Hi > m.Chosen+1 {
		r.owe(m)
	}
	r.certify(m)
	if says&heir != 0 && r.voter {
		r.released(m.Ballot)
		r.campaign()
	}
}

// strangers are the nodes beyond those known to vote that were heard of late: learners, who would
// otherwise not hear who leads.
func (r *Replica) strangers() (set NodeSet) {
	for n := range r.elector.peers {
		if p := &r.elector.peers[n]; p.known && r.now-p.at < r.config.Election {
			set = set.With(NodeID(n))
		}
	}
	return set
}

// beats tells everyone that this node is here.
func (r *Replica) beats() {
	e := &r.elector
	e.beat = false
	m := Message{Kind: Beat, Chosen: r.log.prefix, Round: uint64(r.presence())}
	if r.role == Leader {
		m.Ballot = r.proposer.ballot
		r.told = r.log.prefix
	} else if e.leader != NoNode {
		m.Ballot = e.following
	}
	all := (r.peers | r.config.Contacts | r.strangers()).Without(r.config.Node)
	for n := all.Next(0); n != NoNode; n = all.Next(n + 1) {
		m.To = n
		*r.out.message() = m
		r.send()
	}
	if e.heir != NoNode {
		m.To, m.Ballot, m.Round = e.heir, e.gave, m.Round|uint64(heir)
		*r.out.message() = m
		r.send()
		e.heir = NoNode
	}
}
