package protocols

import (
	"slices"

	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// leadership is what a server holds while it leads or wants to: its number, the promises and their
// reports, and its proposals.
type leadership struct {
	number     int64 // sim.NoNumber if it never began
	ready      bool  // phase 1 is complete
	leads      bool
	promises   quorum
	got        [][]int64 // by node: the slots of the parts of its promise that came; 0: it has none
	reported   []line    // by slot: the report of the highest number
	proposals  []proposed
	unproposed []sim.Value // what comes next, behind what was reported
}

// proposed is the proposal in one slot; its value is 0 if there is none.
type proposed struct {
	value  sim.Value
	votes  quorum
	chosen bool
}

// lead begins phase 1 because somebody says so. Its own promise is durable before it asks: no later
// life takes the number again (B-15).
func (s *scribe) lead(n int64, out *sim.Out) string {
	if n == sim.NoNumber {
		n = s.numbers.after(s.seen, s.self)
	} else if why := s.numbers.refuse(n, s.self); why != "" {
		return why
	} else if n <= s.seen {
		return "it has seen a number as high"
	}
	s.stepDown(out)
	s.leadership = leadership{number: n, got: make([][]int64, len(s.ledger.place.Nodes))}
	s.seen, s.promised = n, n
	s.record(out, recordPromise, n, 0, 0)
	out.Round(n)
	m := sim.NewMessage(kindBookPrepare)
	m.N = n
	out.Broadcast(s.servers, m)
	return ""
}

// see remembers the highest number, and stops leading when there is one above its own.
func (s *scribe) see(n int64, out *sim.Out) {
	if s.seen = max(s.seen, n); s.seen > s.number {
		s.stepDown(out)
	}
}

func (s *scribe) stepDown(out *sim.Out) {
	if s.leads {
		s.leads = false
		s.reading = reading{}
		out.StepDown(s.number)
	}
}

// onPromise takes in one part of a promise. Its sender counts when all parts are here (B-24).
func (s *scribe) onPromise(m *sim.Message, out *sim.Out) {
	if m.N == sim.NoNumber || m.N != s.number || m.Seq > maxSlots {
		return
	}
	slot := max(m.Seq, 0)
	if slot > 0 && m.NA != sim.NoNumber {
		s.report(slot, m)
	}
	got := &s.got[m.From]
	if !slices.Contains(*got, slot) {
		*got = append(*got, slot)
	}
	if s.parts == "all" && uint64(len(*got)) < max(lifeOf(m), 1) {
		return
	}
	s.promises.add(m.From)
	switch {
	case s.ready:
		s.pump(out)
	case s.promises.majorityOf(s.members(int64(s.executed) + 1)):
		s.ready = true
		s.take(out)
	}
}

// report keeps what was accepted in a slot under the highest number (P2c).
func (s *scribe) report(slot int64, m *sim.Message) {
	if l := s.reportedAt(slot); m.NA > l.n {
		l.n, l.value = m.NA, m.VA
	}
}

func (s *scribe) reportedAt(slot int64) *line {
	for int64(len(s.reported)) < slot {
		s.reported = append(s.reported, line{n: sim.NoNumber})
	}
	return &s.reported[slot-1]
}

// take is the beginning of a leadership: what was reported is proposed again, in its slot and under
// the new number (B-25), the gaps between are filled (B-26), and then comes what waits here.
func (s *scribe) take(out *sim.Out) {
	s.leads = s.seen == s.number
	if s.leads {
		out.Lead(s.number)
		s.beat(out)
	}
	for i := range s.log {
		if l := &s.log[i]; l.chosen {
			s.reportedAt(int64(i + 1)).value = l.value
		}
	}
	if s.gaps == "compact" {
		s.reported = slices.DeleteFunc(s.reported, func(l line) bool { return l.value == 0 })
	}
	s.unproposed = append(s.unproposed, s.queue...)
	s.queue = nil
	s.pump(out)
}

// next returns what is to be proposed in a slot, which is the first that has no proposal, and
// whether there is anything: a value of 0 leaves the slot open. Members of a later configuration
// may report after this server began to lead.
func (s *scribe) next(slot int64) (sim.Value, bool) {
	switch {
	case slot > int64(len(s.reported)) && len(s.unproposed) > 0:
		return s.unproposed[0], true
	case slot > int64(len(s.reported)):
		return 0, false
	}
	v := s.reported[slot-1].value
	if v == 0 && s.gaps != "leave" {
		v = s.noOp()
	}
	return v, true
}

// pump proposes what comes next, as far as may be. What this server knows to be chosen, in a slot
// whose members have not promised, is left as it is.
func (s *scribe) pump(out *sim.Out) {
	for s.ready {
		slot := int64(len(s.proposals) + 1)
		may := s.mayPropose(slot)
		known := slot <= int64(len(s.log)) && s.at(slot).chosen
		v, any := s.next(slot)
		if !any || v != 0 && !may && !known {
			return
		}
		if slot > int64(len(s.reported)) {
			s.unproposed = s.unproposed[1:]
		}
		s.proposals = append(s.proposals, proposed{value: v, chosen: !may})
		if v != 0 && may {
			m := sim.NewMessage(kindBookAccept)
			m.N, m.V, m.Seq = s.number, v, slot
			to := s.members(slot)
			if named, ok := s.config(v); ok && s.governs == "appended" {
				to = named
			}
			out.Broadcast(nodesOf(to), m)
		}
	}
}

// onAccepted counts a 2b of one slot, and announces what is chosen.
func (s *scribe) onAccepted(m *sim.Message, out *sim.Out) {
	if !s.ready || m.N != s.number || m.Seq > int64(len(s.proposals)) {
		return
	}
	p := &s.proposals[m.Seq-1]
	p.votes.add(m.From)
	if p.chosen || p.value == 0 || !p.votes.majorityOf(s.members(m.Seq)) {
		return
	}
	p.chosen = true
	for _, to := range s.servers {
		if to != s.self {
			c := sim.NewMessage(kindBookChosen)
			c.N, c.Seq = s.number, m.Seq
			out.Send(to, c)
		}
	}
	s.learn(m.Seq, p.value, out)
	s.pump(out)
}

// request takes in a client's command: it is answered again if it was executed, proposed if this
// server leads, and waits otherwise.
func (s *scribe) request(v sim.Value, out *sim.Out) {
	switch {
	case s.done(v) && !s.twice:
		s.reply(out, v)
	case (s.leads || s.anywhere()) && s.isRead(v):
		s.read(v, out)
	case slices.Contains(s.asked, v):
	default:
		s.asked = append(s.asked, v)
		if s.leads {
			s.unproposed = append(s.unproposed, v)
			s.pump(out)
		} else {
			s.queue = append(s.queue, v)
		}
	}
}

// appendState appends all that can make a later step differ.
func (l *leadership) appendState(dst []byte, names *trace.Names) []byte {
	dst = appendUint64(appendUint64(dst, uint64(l.number)), l.promises.from)
	if l.ready {
		dst = append(dst, 'r')
	}
	if l.leads {
		dst = append(dst, 'l')
	}
	for _, slots := range l.got {
		dst = append(dst, byte(len(slots)))
		for _, slot := range slots {
			dst = appendUint64(dst, uint64(slot))
		}
	}
	for i := range l.reported {
		dst = appendUint64(append(dst, names.Bytes(l.reported[i].value)...),
			uint64(l.reported[i].n))
	}
	for i := range l.proposals {
		p := &l.proposals[i]
		dst = appendUint64(append(append(dst, 0), names.Bytes(p.value)...), p.votes.from)
	}
	for _, v := range l.unproposed {
		dst = append(append(dst, '+'), names.Bytes(v)...)
	}
	return dst
}
