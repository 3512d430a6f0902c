package protocols

import (
	"strings"

	"github.com/synodlab/synod/core/sim"
)

// leaseOfTime is for how long one round of confirmations lets a leader read alone, and for how long
// a server remembers what it executed, where the rules say so.
const leaseOfTime = sim.Micros(100_000)

// reading is what a leader keeps of the reads that it answers without a slot of their own.
type reading struct {
	waiting []waitingRead
	round   int64      // that began last
	alone   sim.Micros // until when it may answer by itself
	checked bool       // it might at the event before, which by the wrong rule is enough
}

// waitingRead is a read that waits until a majority has confirmed that its leader still leads, and
// until what was proposed before it is executed (B-39).
type waitingRead struct {
	value sim.Value
	round int64 // the one that began when the read came
	since sim.Micros
	index int64 // slots that have to be executed: what the leader had, once it has said so
	votes quorum
}

// unknownIndex is more than a server can have executed.
const unknownIndex = maxSlots + 1

// leases reports whether a leader reads alone for a while.
func (s *scribe) leases() bool { return strings.HasSuffix(s.ledger.reads, "lease") }

// mayBelieve reports whether this server may read alone as far as it knows now, and by the wrong
// rule believes it at the next event, however much later that is (B-43).
func (s *scribe) mayBelieve() bool {
	return s.ledger.reads == "checked-lease" && s.now < s.alone
}

// anywhere reports whether every server answers reads.
func (s *scribe) anywhere() bool {
	return s.ledger.reads == "anywhere" || s.ledger.reads == "together"
}

// isRead reports whether v is a read that takes no slot.
func (s *scribe) isRead(v sim.Value) bool {
	return s.ledger.reads != "log" && strings.HasPrefix(s.ledger.place.Word(v), "get(")
}

// read takes in a read at a server that may answer it. By the wrong rule one that comes while
// others wait is answered with them, though the leader may have more by now (B-41).
func (s *scribe) read(v sim.Value, out *sim.Out) {
	if s.ledger.reads == "local" || s.now < s.alone || s.checked {
		s.readHere(v, out)
		return
	}
	if n := len(s.waiting); n > 0 && s.ledger.reads == "together" {
		with := s.waiting[n-1]
		with.value = v
		s.waiting = append(s.waiting, with)
		return
	}
	s.round++
	r := waitingRead{value: v, round: s.round, since: s.now, index: unknownIndex}
	if s.leads {
		r.index = s.end()
	}
	s.waiting = append(s.waiting, r)
	m := sim.NewMessage(kindBookConfirm)
	m.N, m.Seq = s.seen, s.round
	out.Broadcast(s.servers, m)
}

// end returns the last slot that this leader has given away.
func (s *scribe) end() int64 {
	return int64(max(len(s.proposals), len(s.reported)) + len(s.unproposed))
}

// onConfirm says that this server has promised nothing above the leader's number. It is bound to
// that for a while if the leader then reads alone.
func (s *scribe) onConfirm(m *sim.Message, out *sim.Out) {
	if m.N == sim.NoNumber || m.N < s.promised {
		return
	}
	if s.leases() {
		s.bound = s.now + leaseOfTime
	}
	answer := sim.NewMessage(kindBookConfirmed)
	answer.N, answer.Seq = m.N, m.Seq
	if s.leads && s.anywhere() {
		answer.Max = s.end()
	}
	out.Send(m.From, answer)
}

// onConfirmed counts a confirmation for the reads that were there when its round began; by the
// wrong rule for all that wait, though it may have been given before they came (B-40).
func (s *scribe) onConfirmed(m *sim.Message, out *sim.Out) {
	if m.N == sim.NoNumber || m.N != s.seen || !s.leads && !s.anywhere() {
		return
	}
	for i := range s.waiting {
		r := &s.waiting[i]
		if r.round > m.Seq && s.ledger.reads != "any-round" {
			continue
		}
		r.votes.add(m.From)
		if r.index == unknownIndex && m.Max >= 0 {
			r.index = m.Max
		}
		if since := r.since; s.leases() && s.confirmed(r) {
			if s.ledger.reads == "late-lease" {
				since = s.now
			}
			s.alone = max(s.alone, since+leaseOfTime)
		}
	}
	s.answerReads(out)
}

func (s *scribe) confirmed(r *waitingRead) bool {
	return r.votes.majorityOf(s.members(int64(s.executed) + 1))
}

// answerReads answers the reads that need not wait any more.
func (s *scribe) answerReads(out *sim.Out) {
	kept := s.waiting[:0]
	for _, r := range s.waiting {
		if s.confirmed(&r) && int64(s.executed) >= r.index {
			s.readHere(r.value, out)
		} else {
			kept = append(kept, r)
		}
	}
	s.waiting = kept
}

// readHere answers a read from this server's own state.
func (s *scribe) readHere(v sim.Value, out *sim.Out) {
	client, _ := s.ledger.place.Command(v)
	m := sim.NewMessage(kindReply)
	m.V, m.H = v, s.history
	m.VA = s.ledger.place.Log.Names.Of(s.perform(s.ledger.place.Word(v), s.nodeName(client)))
	out.Send(client, m)
}

// executed is a command of which this server knows that it was executed, and since when.
type executed struct {
	value sim.Value
	at    sim.Micros
}

// remember notes when v was executed, if that is to be forgotten.
func (s *scribe) remember(v sim.Value) {
	if s.once == "clock" {
		s.fresh = append(s.fresh, executed{v, s.now})
	}
}

// forget forgets what was executed too long ago by this server's clock: other servers forget it
// before or after another slot (B-36).
func (s *scribe) forget() {
	for len(s.fresh) > 0 && s.now-s.fresh[0].at >= leaseOfTime {
		delete(s.answered, s.fresh[0].value)
		s.fresh = s.fresh[1:]
	}
}

// appendReads appends what reads and forgetting can make differ.
func (s *scribe) appendReads(dst []byte) []byte {
	dst = appendUint64(appendUint64(dst, uint64(s.bound)), uint64(s.alone))
	if s.mayBelieve() {
		dst = append(dst, 'c')
	}
	for i := range s.waiting {
		r := &s.waiting[i]
		dst = appendUint64(appendUint64(dst, uint64(r.index)), r.votes.from)
		dst = append(append(appendUint64(dst, uint64(r.round)), '<'),
			s.ledger.place.Log.Names.Bytes(r.value)...)
	}
	for _, e := range s.fresh {
		dst = appendUint64(dst, uint64(e.at))
	}
	return dst
}
