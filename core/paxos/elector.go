package paxos

// An elector decides when to stand, and when to give up. It is about liveness alone: it may be
// wrong at will, and nothing that it does can make two values chosen.
//
// A node stands when it has seen nobody follow a leader for a random while, everyone it hears says
// the same, and it reaches the quorums that a leader needs. So ballots rise only where somebody can
// use them: a node that was cut off comes back to the ballot that it left (B-23 of PITFALLS.md).
type elector struct {
	leader    NodeID         // NoNode if unknown
	following Ballot         // highest ballot that a leader was heard at, or the own attempt
	round     uint64         // highest round seen from a voter
	heard     Time           // when the leader was heard last
	happy     Time           // when a leader was seen or heard of last, or a promise given
	patience  Time           // how long after that to stand
	beatAt    Time           // when to beat
	repeatAt  Time           // when to ask again for promises
	reachedAt Time           // when a leader or candidate last reached its quorums
	movedAt   Time           // when its prefix last moved, or nothing was under way
	askedAt   Time           // since when it asks for promises in a configuration that it learnt
	durable   bool           // own promise at following is durable
	beat      bool           // beats go at the next Drain
	heir      NodeID         // to be told to lead, NoNode if nobody is
	gave      Ballot         // that was given up for it
	prepare   NodeSet        // to be asked for promises at the next Drain; the own one is durable
	ended     NodeSet        // whose promise has its last part here, and not all before
	counted   [MaxNodes]Slot // how much of their promises counted when asked on last
	silent    NodeSet
	match     [MaxNodes]Slot // of each peer at the last beat
	asked     Slot           // first slot that was not proposed by then
	random    splitMix
	peers     [MaxNodes]peer
}

// maxJump bounds how far above all rounds seen a ballot may be: beyond it a damaged or hostile
// sender would use up the rounds (B-23 of PITFALLS.md).
const maxJump = 1 << 20

// jumps reports whether the round of b, which is above all that were seen, is beyond belief; else
// it notes it.
func (r *Replica) jumps(b Ballot) bool {
	e, round := &r.elector, b.Round()
	if round > e.round+maxJump {
		r.counts[DropJump]++
		return true
	}
	e.round = round
	return false
}

// awaitLeader starts waiting for a leader, with a new draw of patience.
func (r *Replica) awaitLeader() {
	e := &r.elector
	e.happy = r.now
	e.patience = r.config.Election/4 + Time(e.random.next()%uint64(r.config.Election)) +
		r.config.Delay
}

// hears notes that the leader at ballot b lives, if it is the one that is followed. It reports
// whether b is newer: then the replica must turn to it.
func (e *elector) hears(b Ballot, now Time) (newer bool) {
	if b == e.following {
		e.leader, e.heard, e.happy = b.Node(), now, now
	}
	return b > e.following
}

// turnTo follows the leader at ballot b from now on.
func (r *Replica) turnTo(b Ballot) {
	r.stepDown()
	r.elector.following = b
	r.elector.hears(b, r.now)
}

// stepDown ends any attempt to lead. Reads that wait for it fail first. Commands under way keep
// their slots; their fates come when these are known to be chosen.
func (r *Replica) stepDown() {
	r.failReads()
	r.role = Follower
	r.elector.leader = NoNode
	r.elector.prepare = 0
	r.elector.silent = 0
	r.stirred = true
	r.awaitLeader()
}

// Transfer lets this leader give up for node to, which stands at once. It returns NotLeader or
// Electing if this node does not lead, Malformed if to does not vote or was not heard of late.
func (r *Replica) Transfer(to NodeID) Refusal {
	switch {
	case r.role != Leader:
		ref, _ := r.leads()
		return ref
	case to == r.config.Node:
		return Taken
	case to >= MaxNodes || !r.hears(r.config.Election).Has(to):
		return Malformed
	}
	r.abdicate(to)
	return Taken
}

// abdicate gives up to lead. The heir, if there is one, alone may stand at once.
func (r *Replica) abdicate(to NodeID) {
	e := &r.elector
	r.counts[Abdications]++
	r.stepDown()
	e.heir, e.gave = to, r.proposer.ballot
	e.beat = true
	e.patience += r.config.Election
}

// tick does what is due.
func (r *Replica) tick() {
	e := &r.elector
	if r.now >= e.beatAt {
		e.beat = true
		e.beatAt = r.now + r.config.Beat
		if r.role == Leader {
			r.lookAfter()
		} else if r.config.Beat <= r.config.Election/8 { // the others' matter less
			e.beatAt += r.config.Beat
		}
	}
	if r.role == Candidate && r.now >= e.repeatAt {
		r.askAgain()
	}
	if r.role != Leader && r.voter {
		r.consider()
	}
	if r.life < r.named() {
		r.reconsider()
	}
}

// askAgain repeats what a candidate asks, as long as it reaches those who could answer: its
// questions keep the others from standing, so a candidate that hears nobody must fall silent
// (B-52).
func (r *Replica) askAgain() {
	e := &r.elector
	if r.reaches() {
		e.reachedAt = r.now
	}
	if r.now-e.reachedAt > r.config.Election {
		r.stepDown()
		return
	}
	e.repeatAt = r.now + r.config.Beat
	if e.durable {
		e.prepare = r.peers
	}
}

// consider stands if it is time to.
func (r *Replica) consider() {
	e := &r.elector
	if r.hearsOf(follows) {
		e.happy = r.now
	}
	own := NewBallot(0, r.life, r.config.Node)
	if r.now-e.happy >= e.patience && !r.hearsOf(content) && r.reaches() && !r.bound(own) {
		r.campaign()
	}
}

// lookAfter is what a leader does with each beat. It gives up if it reaches no quorum any more, or
// if what it proposed is not chosen: its disk may stand still, or the others' (B-51).
func (r *Replica) lookAfter() {
	e, p := &r.elector, &r.proposer
	if r.reaches() {
		e.reachedAt = r.now
	}
	if p.next <= r.log.prefix+1 {
		e.movedAt = r.now
	}
	if patience := r.config.Election; r.now-e.reachedAt > patience || r.now-e.movedAt > patience {
		r.abdicate(NoNode)
		return
	}
	r.findSilent()
	r.renew()
	r.spread()
}

// findSilent finds the peers that acknowledged nothing new since the last beat though they lacked
// something by then: it was lost, or its answer. What was proposed since may be on its way.
func (r *Replica) findSilent() {
	p := &r.proposer
	for n := r.peers.Next(0); n != NoNode; n = r.peers.Next(n + 1) {
		if p.match[n] < r.elector.asked && p.match[n] == r.elector.match[n] {
			r.elector.silent = r.elector.silent.With(n)
		}
		r.elector.match[n] = p.match[n]
	}
	r.elector.asked = p.next
}

// campaign begins a ballot above every one seen. Its prepares leave when the own promise is
// durable: else this node could begin the same ballot again after a crash (B-15).
func (r *Replica) campaign() {
	e := &r.elector
	round := max(e.round, r.acceptor.promised.Round(), r.proposer.ballot.Round()) + 1
	r.stepDown()
	b := NewBallot(round, r.life, r.config.Node)
	if round > MaxRound || r.journal.full() || !r.proposer.Begin(b, r.log.prefix) {
		r.counts[DropBusy]++
		return
	}
	r.counts[Campaigns]++
	e.round = round
	e.following, e.leader = b, NoNode
	e.durable, e.ended, e.counted = false, 0, [MaxNodes]Slot{}
	e.repeatAt, e.reachedAt = r.now+r.config.Beat, r.now
	r.role = Candidate
	r.journal.promised(b)
	r.acceptor.promised, r.acceptor.since = b, r.journal.lsn
	own := Message{Kind: Prepare, From: r.config.Node, To: r.config.Node, Ballot: b}
	r.hold(&own)
}

// hold keeps an answer back until every record made so far is durable.
func (r *Replica) hold(m *Message) {
	r.stirred = true
	if !r.outbox.Hold(m, r.journal.lsn) {
		r.counts[DropBusy]++
	}
}

// release passes on what the outbox no longer holds.
func (r *Replica) release() {
	for {
		m := r.out.message()
		if !r.outbox.Next(m) {
			return
		}
		switch {
		case m.Kind == Nack || m.Kind == ReadOK:
			r.send()
		case m.To == r.config.Node:
			r.promisedMyself(m.Ballot)
		default:
			r.promises[m.To] = reply{ballot: m.Ballot, echo: m.Echo, from: m.Span.Lo}
			r.giving = r.giving.With(m.To)
		}
	}
}

// promisedMyself takes in the own promise at b, now that it is durable, and lets the prepares go.
func (r *Replica) promisedMyself(b Ballot) {
	if r.role != Candidate || r.proposer.ballot != b {
		return
	}
	r.elector.durable, r.elector.prepare = true, r.peers
	var ask, part Message
	r.proposer.Prepare(r.config.Node, &ask)
	for s := ask.Span.Lo; s != Forever; s = part.Span.Hi {
		r.acceptor.Report(&ask, s, &part)
		if r.proposer.Promise(&part) {
			r.lead()
		}
	}
}

// onPrepare answers a candidate. Acceptors answer every prepare, whoever leads: liveness is the
// candidate's business.
func (r *Replica) onPrepare(m *Message) {
	switch {
	case !r.voter:
		r.counts[DropLearner]++
		return
	case m.Ballot < r.acceptor.promised:
		r.nack(m)
		return
	case !r.acceptor.promises(m):
		r.counts[DropRepeated]++
		return
	case r.bound(m.Ballot):
		r.counts[DropLeased]++
		return
	case m.Ballot > r.acceptor.promised && r.journal.full():
		r.counts[DropBusy]++
		return
	}
	if m.Ballot > r.acceptor.promised {
		r.journal.promised(m.Ballot)
		r.acceptor.promised, r.acceptor.since = m.Ballot, r.journal.lsn
		if r.elector.following < m.Ballot {
			r.stepDown()
			r.elector.following = m.Ballot
		}
	}
	r.elector.happy = r.now
	answer := *m
	m.answer(Promise, r.life, &answer)
	answer.Span = m.Span
	r.hold(&answer)
}

// nack holds the refusal of m.
func (r *Replica) nack(m *Message) {
	var out Message
	r.acceptor.Nack(m, &out)
	r.counts[Nacked]++
	r.hold(&out)
}

// onPromise takes in a part of a promise.
func (r *Replica) onPromise(m *Message) {
	if r.role == Follower || m.Ballot != r.proposer.ballot {
		r.counts[DropStale]++
		return
	}
	if r.proposer.Promise(m) && r.role == Candidate {
		r.lead()
	} else if r.role == Leader {
		r.readopt()
	}
	if m.Chosen > r.log.prefix {
		r.behind(m.From, m.Chosen, 0)
	} else {
		r.askOn(m)
	}
}

// askOn asks a node at once for what is missing of its promise, if the last part is here: parts
// that overtook others do not count, and to wait for a beat each time takes longer than the others
// have patience. It does so only if more counts than when it did so last.
func (r *Replica) askOn(m *Message) {
	e, n := &r.elector, m.From
	if m.Span.Hi == Forever {
		e.ended = e.ended.With(n)
	}
	switch counts := r.proposer.covered[n]; {
	case counts == Forever:
		e.ended, e.counted[n] = e.ended.Without(n), 0
	case e.ended.Has(n) && counts > e.counted[n]:
		e.ended, e.counted[n] = e.ended.Without(n), counts
		e.prepare, r.stirred = e.prepare.With(n), true
	}
}

// onNack gives up the ballot that was refused.
func (r *Replica) onNack(m *Message) {
	if r.role == Follower || m.Ballot != r.proposer.ballot || m.VBallot <= m.Ballot {
		r.counts[DropStale]++
		return
	}
	r.stepDown()
}

// lead begins phase 2: what phase 1 reported is proposed again at the own ballot, with noops in the
// gaps (B-25, B-26).
func (r *Replica) lead() {
	r.counts[Leads]++
	r.role, r.stirred = Leader, true
	e := &r.elector
	e.leader = r.config.Node
	e.prepare, e.beat = 0, true
	e.beatAt = r.now + r.config.Beat
	e.reachedAt, e.movedAt, e.askedAt = r.now, r.now, r.now
	e.match, e.asked = r.proposer.match, 0
	r.told = 0
	r.fill, r.next = r.log.prefix+1, r.log.prefix+1
	r.fillTo = r.proposer.reported
	r.refill()
}

// readopt lets a sitting leader propose what a late promise reported above its proposals.
func (r *Replica) readopt() {
	if r.fill > r.fillTo {
		r.fill = r.next
	}
	r.fillTo = max(r.fillTo, r.proposer.reported)
}

// refill proposes what phase 1 found, as far as there is room now and phase 1 is complete.
func (r *Replica) refill() {
	r.fill = max(r.fill, r.log.prefix+1)
	for ; r.fill <= r.fillTo && r.fill < r.proposer.limit; r.fill++ {
		var entry Entry
		r.proposer.Adopted(r.fill, &entry)
		if !r.vote(r.proposer.ballot, r.fill, &entry) {
			break
		}
	}
	r.next = max(r.next, r.fill)
}
