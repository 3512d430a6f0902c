package paxos

// Campaign lets this node stand now, at a ballot above every one seen, without waiting for a
// silence: for a person who wants it to lead. It can unseat a sound leader, and cannot make
// anything unsafe. It returns Taken, also if the node leads already; NotLeader if it is no voter of
// the cluster or was not started; Electing while another holds a lease that this node granted.
func (r *Replica) Campaign() Refusal {
	switch {
	case !r.started || !r.voter:
		return NotLeader
	case r.bound(NewBallot(0, r.life, r.config.Node)):
		return Electing
	case r.role != Leader:
		r.campaign()
	}
	return Taken
}
