package check

import "github.com/synodlab/synod/core/trace"

// promises1b judges promise where an acceptor promises: its promise never decreases, restarts
// included (Karp's n_h, Lin's max_proposal_number, ETH's T_max; B-02, B-05). A promise with a slot
// binds for that slot alone (E-39), one without binds for all.
func (j *Judge) promises1b(i int, r *trace.Record) {
	if r.Node >= trace.MaxNodes || r.Ballot == trace.NoNumber || !j.open(promise) {
		return
	}
	bound, at := j.bound(r)
	if r.Ballot < bound {
		j.breaks(promise, i, at, r.Node, " promises ", r.Ballot, " after it promised ", bound)
		return
	}
	j.promised1b(i, r, r.Slot)
}

// mayAccept judges promise where an acceptor accepts: never below its promise (Phase2b; K-20,
// K-35). Whether accepting promises too is the protocol's rule: see Config.AcceptPromises.
func (j *Judge) mayAccept(i int, r *trace.Record) {
	if r.Node >= trace.MaxNodes || r.Ballot == trace.NoNumber || !j.open(promise) {
		return
	}
	bound, at := j.bound(r)
	if r.Ballot < bound {
		j.breaks(promise, i, at, r.Node, " accepts ", r.Value, " under number ", r.Ballot,
			" after it promised ", bound)
		return
	}
	if j.cfg.AcceptPromises {
		j.promised1b(i, r, j.scope(r))
	}
}

// admits takes in that a new configuration names members: one whose disk was wiped votes from now
// on as another acceptor, which has promised nothing (B-11). Until then its old promise binds.
func (j *Judge) admits(members Set) {
	for again := members & j.votes.wiped; again != 0; again &= again - 1 {
		j.promised[again.first()] = mark{}
	}
	j.votes.again |= members & j.votes.wiped
	j.votes.wiped &^= members
}

// scope returns what an accept that promises binds: its slot if acceptors promise slot by slot in
// this run, else all. Some acceptor promises before any accepts.
func (j *Judge) scope(r *trace.Record) int64 {
	if len(j.promises.list) > 0 {
		return r.Slot
	}
	return trace.NoNumber
}

// bound returns the highest number that binds r.Node for r.Slot, and the record that set it.
func (j *Judge) bound(r *trace.Record) (number int64, event int) {
	number, event = trace.NoNumber, -1
	if m := &j.promised[r.Node]; m.set {
		number, event = m.number, int(m.event)
	}
	if l := j.promises.of(r.Slot, int64(r.Node)); l != nil && l.number > number {
		number, event = l.number, int(l.event)
	}
	return number, event
}

// promised1b keeps the promise that r makes.
func (j *Judge) promised1b(i int, r *trace.Record, slot int64) {
	if slot == trace.NoNumber {
		j.promised[r.Node] = mark{number: r.Ballot, event: int32(i), set: true}
		return
	}
	if l := j.promises.of(slot, int64(r.Node)); l != nil {
		l.number, l.event = r.Ballot, int32(i)
		return
	}
	j.promises.add(slot, int64(r.Node), learning{number: r.Ballot, event: int32(i)})
}
