package paxos

// An elector decides when to stand. It is about liveness alone: it may be wrong at will, and
// nothing that it does can make two values chosen.
type elector struct {
	leader    NodeID // NoNode if unknown
	following Ballot // highest ballot that a leader was heard at, or the own attempt
	round     uint64 // highest round seen from a voter
	heard     Time   // when the leader was heard last, or a promise given
	patience  Time   // silence after which to stand
	repeatAt  Time   // when to beat, or to ask again for promises
	prepare   bool   // own promise is durable: prepares may go at the next Drain
	durable   bool   // own promise at following is durable
	beats     uint64
	beat      bool // beats go at the next Drain
	silent    NodeSet
	match     [MaxNodes]Slot // of each peer at the last beat
	asked     Slot           // first slot that was not proposed by then
	random    splitMix
}

// maxJump bounds how far above all rounds seen a ballot may be: beyond it a damaged or hostile
// sender would use up the rounds (B-23 of PITFALLS.md).
const maxJump = 1 << 20

// near reports whether the round of b is believable, and notes it.
func (r *Replica) near(b Ballot) bool {
	if b.Round() > r.elector.round+maxJump {
		r.counts[DropJump]++
		return false
	}
	r.elector.round = max(r.elector.round, b.Round())
	return true
}

// awaitLeader starts waiting for a leader, with a new draw of patience.
func (r *Replica) awaitLeader() {
	e := &r.elector
	e.heard = r.now
	e.patience = r.config.Election + Time(e.random.next()%uint64(r.config.Election))
}

// heardFrom notes that the leader at ballot b lives, and follows it if it is newer.
func (r *Replica) heardFrom(b Ballot) {
	if b > r.elector.following {
		r.stepDown()
		r.elector.following = b
	}
	if b == r.elector.following {
		r.elector.leader, r.elector.heard = b.Node(), r.now
	}
}

// stepDown ends any attempt to lead. Commands under way keep their slots; their fates come when
// these are known to be chosen.
func (r *Replica) stepDown() {
	r.role = Follower
	r.elector.leader = NoNode
	r.elector.prepare, r.elector.beat = false, false
	r.elector.silent = 0
	r.awaitLeader()
}

// tick does what is due.
func (r *Replica) tick() {
	e := &r.elector
	switch {
	case r.role == Leader && r.now >= e.repeatAt:
		e.repeatAt = r.now + r.config.Beat
		e.beat = true
		r.findSilent()
	case r.role == Candidate && r.now >= e.repeatAt:
		e.repeatAt = r.now + r.config.Beat
		e.prepare = e.durable
	}
	if r.role != Leader && r.now-e.heard >= e.patience {
		r.campaign()
	}
}

// findSilent finds the peers that acknowledged nothing new since the last beat though they lacked
// something by then: it was lost, or its answer. What was proposed since may be on its way.
func (r *Replica) findSilent() {
	p := r.proposer
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
	b := NewBallot(round, r.config.Life, r.config.Node)
	if round > MaxRound || r.journal.full() || !r.proposer.Begin(b, r.log.prefix) {
		r.counts[DropBusy]++
		return
	}
	r.counts[Campaigns]++
	e.round = round
	e.following, e.leader = b, NoNode
	e.durable = false
	e.repeatAt = r.now + r.config.Beat
	r.role = Candidate
	r.acceptor.promised = b
	r.journal.promised(b)
	own := Message{Kind: Prepare, From: r.config.Node, To: r.config.Node, Ballot: b}
	r.hold(&own)
}

// hold keeps an answer back until every record made so far is durable.
func (r *Replica) hold(m *Message) {
	if !r.outbox.Hold(m, r.journal.lsn) {
		r.counts[DropBusy]++
	}
}

// release passes on what the outbox no longer holds.
func (r *Replica) release() {
	var m Message
	for r.outbox.Next(&m) {
		switch {
		case m.Kind == Nack:
			r.send(&m)
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
	r.elector.durable, r.elector.prepare = true, true
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
	case m.Ballot > r.acceptor.promised && r.journal.full():
		r.counts[DropBusy]++
		return
	}
	if m.Ballot > r.acceptor.promised {
		r.acceptor.promised = m.Ballot
		r.journal.promised(m.Ballot)
		if r.elector.following < m.Ballot {
			r.stepDown()
			r.elector.following = m.Ballot
		}
	}
	r.elector.heard = r.now
	answer := *m
	m.answer(Promise, r.config.Life, &answer)
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
	if r.role != Candidate || m.Ballot != r.proposer.ballot {
		r.counts[DropStale]++
		return
	}
	if r.proposer.Promise(m) {
		r.lead()
	}
	if m.Chosen > r.log.prefix {
		r.behind(m.From, m.Chosen, 0)
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
	r.role = Leader
	e := &r.elector
	e.leader = r.config.Node
	e.prepare, e.beat = false, true
	e.repeatAt = r.now + r.config.Beat
	e.match, e.asked = r.proposer.match, 0
	r.told = 0
	r.fill, r.next = r.log.prefix+1, r.log.prefix+1
	r.fillTo = r.proposer.reported
	r.refill()
}

// refill proposes what phase 1 found, as far as there is room now.
func (r *Replica) refill() {
	r.fill = max(r.fill, r.log.prefix+1)
	for ; r.fill <= r.fillTo; r.fill++ {
		var entry Entry
		r.proposer.Adopted(r.fill, &entry)
		if !r.vote(r.proposer.ballot, r.fill, &entry) {
			break
		}
	}
	r.next = max(r.next, r.fill)
}
