package protocols

import "github.com/synodlab/synod/core/sim"

// beatsPerTimeout is how often a leader beats in the shortest time after which it is given up.
const beatsPerTimeout = 4

// awaitLeader begins to wait for a leader anew, where servers stand by themselves. By that rule a
// beat is all that a leader needs to be believed in, whether or not it hears anybody, and who hears
// none stands, whether or not anybody could follow (B-52, B-54).
func (s *scribe) awaitLeader(out *sim.Out) {
	if s.stands {
		out.SetIdle(timerElection, s.ledger.place.Timeout)
	}
}

// fired is what a server does by itself.
func (s *scribe) fired(timer uint8, out *sim.Out) {
	if timer == timerBeat {
		s.beat(out)
		return
	}
	s.awaitLeader(out)
	if member := s.members(int64(s.executed)+1)>>s.self&1 == 1; member && !s.leads {
		s.lead(sim.NoNumber, out)
	}
}

// beat tells the others that this server leads.
func (s *scribe) beat(out *sim.Out) {
	if !s.stands || !s.leads {
		return
	}
	m := sim.NewMessage(kindBookBeat)
	m.N = s.number
	for _, to := range s.servers {
		if to != s.self {
			out.Send(to, m)
		}
	}
	every := max(s.ledger.place.Timeout.Lo/beatsPerTimeout, 1)
	out.SetIdle(timerBeat, sim.Range{Lo: every, Hi: every})
}
