package protocols

import "github.com/synodlab/synod/core/sim"

// retransAccept is Meling's RetransAccept (M-12 … M-21): two servers, of which the leader executes,
// answers and sends the accept again until the learn comes; then it begins the next. With the
// Single Server Rule, who detects that the other has crashed goes on alone. It fails when the
// leader has answered a client and dies, and no accept got through (M-20).
var retransAccept = Protocol{
	Name:  "retrans-accept",
	Title: "Accepts are sent again until they are learnt",
	Seeds: []string{"A-M5", "A-M6"},
	Options: []Option{
		{Name: "retransmit", Values: []string{"50ms", "TIME"},
			Doc: "how long the leader waits for a learn before it sends the accept again"},
		{Name: "takeover", Values: []string{"single-server", "none"},
			Doc: "what a server does that suspects the other: it goes on as if it were the only " +
				"one (M-16), or nothing"},
	},
	Kinds:  []Kind{requestKind, replyKind, plainAcceptKind, plainLearnKind},
	Rows:   leaderAccept.Rows,
	Timers: leaderAccept.Timers,
	Checks: orderChecks,
	To:     "the first server that the client does not suspect",
	Client: true,
	Open: func(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
		if len(p.With(sim.Server)) != 2 {
			return nil, Error("retrans-accept has exactly two servers: servers S1 S2")
		}
		return openOrdered(&orderRules{eager: true, again: parseWait(o.Word("retransmit")).r,
			takeover: o.Word("takeover") != "none"}, p), nil
	},
}

// detect takes in a verdict of the detector, right or wrong (M-26). Trust changes nothing: there is
// no way back from a takeover.
func (s *orderer) detect(in *sim.Input, out *sim.Out) {
	for _, n := range in.Peers {
		if in.Kind == sim.Suspect {
			s.suspected |= 1 << n
		} else {
			s.suspected &^= 1 << n
		}
	}
	if in.Kind == sim.Trust || !s.takeover {
		return
	}
	if len(s.servers) == 2 {
		s.goAlone(out)
	} else if !s.leads() && s.suspected>>s.leader&1 == 1 && s.successor() == s.self {
		s.takeOver(out)
	}
}

// goAlone is the Single Server Rule: no accepts any more, and no learns to wait for (M-16, M-24).
func (s *orderer) goAlone(out *sim.Out) {
	other := s.servers[0] + s.servers[1] - s.self
	if s.alone || s.suspected>>other&1 == 0 {
		return
	}
	if !s.leads() {
		s.leader = s.self
		out.Lead(s.id())
	}
	s.alone = true
	out.Stop(timerRetransmit)
	s.advance(len(s.log), out)
	s.pump(out)
}
