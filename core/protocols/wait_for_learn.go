package protocols

import "github.com/synodlab/synod/core/sim"

// waitForLearn is Meling's WaitForLearn (M-22 … M-36): the leader executes and answers only when
// another server has learnt the command, so whoever takes over knows it. Two servers still go on
// alone when they suspect each other, which a partition makes both do (M-27). With a third, one
// learn of two is enough, and whoever can get none executes nothing; the first server that is not
// suspected takes over. One failure at a time breaks no order, two do (M-34). Nothing tells a
// successor what it lacks: if the third has executed a command that it has not, it stands still.
var waitForLearn = Protocol{
	Name:    "wait-for-learn",
	Title:   "The leader waits for a learn before it executes",
	Seeds:   []string{"A-M7", "A-M8"},
	Options: retransAccept.Options[:1],
	Kinds:   retransAccept.Kinds,
	Rows:    leaderAccept.Rows,
	Timers:  leaderAccept.Timers,
	Checks:  orderChecks,
	To:      retransAccept.To,
	Client:  true,
	Open: func(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
		if n := len(p.With(sim.Server)); n != 2 && n != 3 {
			return nil, Error("wait-for-learn has two or three servers: servers S1 S2 S3")
		}
		return openOrdered(&orderRules{takeover: true,
			again: parseWait(o.Word("retransmit")).r}, p), nil
	},
}

// successor returns the first server that this one does not suspect.
func (s *orderer) successor() sim.Node {
	for _, n := range s.servers {
		if n == s.self || s.suspected>>n&1 == 0 {
			return n
		}
	}
	return s.self
}

// takeOver makes this server the leader. It cannot know what the others lack, and sends them all
// that it has: who has executed that says so again.
func (s *orderer) takeOver(out *sim.Out) {
	s.leader = s.self
	s.rewind()
	out.Lead(s.id())
	s.claimed = s.ids
	for _, to := range s.servers {
		if s.claimed {
			s.claim(to, out)
		}
		s.tell(to, out)
	}
	s.pump(out)
}
