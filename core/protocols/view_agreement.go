package protocols

import (
	"math/bits"

	"github.com/synodlab/synod/core/sim"
)

// How the servers of view-change agree on the next view: Karp's three phases, line by line (K-15 …
// K-20). All that a node keeps is per view; a new view begins with nothing seen and nothing
// accepted.

// agreement is what every node keeps for the view that is decided: n_h, n_a and v_a, and done.
type agreement struct {
	deciding int64 // number of that view
	high     int64 // n_h: greatest n seen in a Q1
	at       int64 // n_a: greatest n accepted
	value    sim.Value
	done     bool // agreement is reached: the view is in use
}

// campaign is what a leader keeps.
type campaign struct {
	n         int64 // its proposal number
	used      int64 // the greatest that it used for this view, restarts included
	voters    uint64
	promises  uint64
	accepts   uint64
	best      int64 // the greatest n_a that an R1 told of, and its value
	adopted   sim.Value
	proposed  sim.Value
	announced bool
}

func newAgreement(view int64) agreement {
	return agreement{deciding: view, high: sim.NoNumber, at: sim.NoNumber}
}

func newCampaign() campaign {
	return campaign{n: sim.NoNumber, used: sim.NoNumber, best: sim.NoNumber}
}

// turn begins to decide the view behind the present one, unless that has begun.
func (s *participant) turn() {
	if s.deciding <= s.view {
		s.agreement, s.campaign = newAgreement(s.view+1), newCampaign()
	}
}

// recall takes back what the disk says about the view that is decided.
func (s *participant) recall(d *sim.Disk) {
	s.agreement, s.campaign = newAgreement(s.view+1), newCampaign()
	about := func(field uint8) (n int64, text []byte, ok bool) {
		b := d.Field(field)
		if len(b) < 16 || int64(getUint64(b)) != s.deciding {
			return 0, nil, false
		}
		return int64(getUint64(b[8:])), b[16:], true
	}
	if n, _, ok := about(fieldViewPromised); ok {
		s.high = n
	}
	if n, text, ok := about(fieldViewAccepted); ok {
		s.at, s.high, s.value = n, max(s.high, n), s.place.Log.Names.OfBytes(text)
	}
	if n, _, ok := about(fieldViewNumber); ok {
		s.used = n
	}
}

// write puts n, and a value, on disk for the view that is decided.
func (s *participant) write(field uint8, n int64, v sim.Value, out *sim.Out) {
	record := appendUint64(appendUint64(nil, uint64(s.deciding)), uint64(n))
	out.Write(field, append(record, s.place.Log.Names.Bytes(v)...))
}

// told leads because a person or a scenario says so.
func (s *participant) told(in *sim.Input, out *sim.Out) string {
	if in.Value != 0 {
		return "what is proposed is the next view: `0 leads`"
	}
	s.turn()
	if in.N != sim.NoNumber {
		if why := s.numbers.refuse(in.N, s.self); why != "" {
			return why
		}
		if in.N <= s.used {
			return "it has used a number as high before: every attempt takes a higher one"
		}
	}
	s.begin(in.N, out)
	return ""
}

// begin is the first step of a leader: a number above all it knows, and Q1 to all.
func (s *participant) begin(n int64, out *sim.Out) {
	s.turn()
	if s.local {
		s.alone(out)
		return
	}
	if n == sim.NoNumber {
		n = s.numbers.after(max(s.used, s.high), s.self)
	}
	s.campaign = newCampaign()
	s.n, s.used, s.voters = n, n, s.electorate()
	out.Stop(timerDelay)
	s.write(fieldViewNumber, n, 0, out)
	out.Round(n)
	s.send(kindPrepare, s.voters, out)
	out.Set(timerPhase, s.place.Timeout)
}

// alone installs a view that nobody else has agreed to.
func (s *participant) alone(out *sim.Out) {
	v := s.place.Log.Names.Of(viewText(s.place, s.deciding, s.pingable()))
	out.Note(sim.Proposes, v)
	s.install(v, out)
}

// electorate returns of whom a majority must agree. All servers, or all of the present view, also
// those that cannot be reached: any two majorities share a node. Of those that can be reached, two
// sides of a wall each have one.
func (s *participant) electorate() uint64 {
	switch s.majority {
	case "view":
		return setOf(s.members)
	case "reachable":
		return setOf(s.pingable())
	}
	return setOf(s.servers)
}

func (s *participant) carries(set uint64) bool {
	return 2*bits.OnesCount64(set) > bits.OnesCount64(s.voters)
}

// send sends a message of this campaign to each node of a set.
func (s *participant) send(kind uint8, to uint64, out *sim.Out) {
	m := sim.NewMessage(kind)
	m.N, m.Seq, m.V = s.n, s.deciding, s.proposed
	for _, n := range s.servers {
		if to>>n&1 == 1 {
			out.Send(n, m)
		}
	}
}

// agrees takes in a message about the view that is decided. Who is behind hears what is in use.
func (s *participant) agrees(m *sim.Message, out *sim.Out) {
	if m.Seq <= s.view && m.Kind != kindPrepare || m.Seq > s.view+1 || judged(m.N) < 0 {
		return
	}
	if m.Seq <= s.view {
		current := sim.NewMessage(kindChosen)
		current.Seq = s.view
		current.V = s.place.Log.Names.Of(viewText(s.place, s.view, s.members))
		out.Send(m.From, current)
		return
	}
	s.turn()
	switch m.Kind {
	case kindPrepare:
		s.onQ1(m, out)
	case kindPromise:
		s.onR1(m, out)
	case kindAccept:
		s.onQ2(m, out)
	case kindAccepted:
		s.onR2(m, out)
	}
}

// onQ1 answers if n > n_h.
func (s *participant) onQ1(m *sim.Message, out *sim.Out) {
	if m.N <= s.high {
		if m.N < s.high {
			out.Refuse(m.From, m.N, s.high)
		}
		return
	}
	s.high = m.N
	s.write(fieldViewPromised, m.N, 0, out)
	out.Promise(m.N, s.deciding)
	s.awaits(out)
	r := sim.NewMessage(kindPromise)
	r.N, r.NA, r.VA, r.Seq = m.N, s.at, s.value, s.deciding
	out.Send(m.From, r)
}

// awaits waits for the end of a round that somebody leads.
func (s *participant) awaits(out *sim.Out) {
	out.Stop(timerDelay)
	out.Set(timerPhase, s.place.Timeout)
}

// onR1 proposes once a majority has answered: the value that came with the highest n, else the next
// view. Q2 goes to all who answered, also to those who do so later.
func (s *participant) onR1(m *sim.Message, out *sim.Out) {
	from := uint64(1) << m.From & s.voters &^ s.promises
	if m.N != s.n || from == 0 {
		return
	}
	s.promises |= from
	if s.proposed != 0 {
		s.send(kindAccept, from, out)
		return
	}
	if m.VA != 0 && m.NA > s.best {
		s.best, s.adopted = m.NA, m.VA
	}
	if !s.carries(s.promises) {
		return
	}
	if s.proposed = s.adopted; s.proposed == 0 {
		s.proposed = s.place.Log.Names.Of(viewText(s.place, s.deciding, s.pingable()))
		out.Note(sim.Proposes, s.proposed)
	}
	s.send(kindAccept, s.promises, out)
}

// onQ2 accepts if n >= n_h; then n_h and n_a are both n.
func (s *participant) onQ2(m *sim.Message, out *sim.Out) {
	if m.N < s.high || m.V == 0 {
		out.Refuse(m.From, m.N, s.high)
		return
	}
	s.high, s.at, s.value = m.N, m.N, m.V
	s.write(fieldViewAccepted, m.N, m.V, out)
	out.Accept(m.N, s.deciding, m.V)
	s.awaits(out)
	r := sim.NewMessage(kindAccepted)
	r.N, r.V, r.Seq = m.N, m.V, s.deciding
	out.Send(m.From, r)
}

// onR2 announces the view to all once a majority has accepted it.
func (s *participant) onR2(m *sim.Message, out *sim.Out) {
	if m.N != s.n || s.proposed == 0 || s.announced {
		return
	}
	s.accepts |= 1 << m.From & s.voters
	if s.carries(s.accepts) {
		s.announced = true
		all := ^uint64(0)
		s.send(kindChosen, all, out)
	}
}
