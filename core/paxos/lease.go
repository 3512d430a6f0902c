package paxos

// A lease lets a leader answer reads without a round: acceptors that answered a round promise
// nothing to another node for a while, so nobody else can lead meanwhile. It is off unless
// Config.Lease says how long, because it is as safe as the clocks are: each node measures on its
// own, from before the question at the leader and from the answer at the acceptor, and Config.Drift
// must cover how far their rates differ (B-43 of PITFALLS.md).
//
// An acceptor that restarts has forgotten whom it promised what, so it waits for a whole lease
// before it promises anything. A configuration that becomes known ends the lease: its members have
// granted nothing.
type lease struct {
	until   Time   // a leader's; 0: it has none
	holder  Ballot // to whom this acceptor granted one
	granted Time   // until when
}

// grants notes that this acceptor answers a round of ballot b now.
func (r *Replica) grants(b Ballot) {
	if r.config.Lease > 0 {
		r.lease.holder, r.lease.granted = b, r.now+r.config.Lease
	}
}

// bound reports whether this acceptor may not promise b yet.
func (r *Replica) bound(b Ballot) bool {
	l := &r.lease
	return r.now < l.granted && (l.holder.Node() != b.Node() || l.holder.Life() != b.Life())
}

// released notes that the holder of the lease gave up to lead, in favour of this node.
func (r *Replica) released(b Ballot) {
	if r.lease.holder == b {
		r.lease.granted = 0
	}
}

// renew begins a round with every beat, so that the lease does not end while the leader lives.
func (r *Replica) renew() {
	if r.config.Lease > 0 && r.reader.n == 0 && r.knows() {
		r.reader.open = true
	}
}

// extend notes that a round that began then is confirmed.
func (r *Replica) extend(began Time) {
	if r.config.Lease > 0 {
		r.lease.until = max(r.lease.until, began+r.config.Lease-r.config.Drift)
	}
}

// leased reports whether reads need no round now.
func (r *Replica) leased() bool {
	return r.config.Lease > 0 && r.now < r.lease.until && r.knows()
}
