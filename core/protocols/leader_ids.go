package protocols

import (
	"slices"

	"github.com/synodlab/synod/core/sim"
)

// leaderIDs is Meling's explicit leader change (M-37 … M-39): WaitForLearn, with the identifier of
// the leader in accepts and learns. Who takes over claims the lead, and who hears the claim ignores
// accepts of anybody else. That tells leaders apart, and not the first time that a server leads
// from the second: what S1 sent then is taken for what it sends now (M-39).
var leaderIDs = Protocol{
	Name:  "leader-ids",
	Title: "Accepts and learns name their leader",
	Seeds: []string{"A-M9"},
	Kinds: []Kind{requestKind, replyKind, acceptKind, acceptedKind,
		{Name: "claim", Words: Words{"claim"}, Fields: []string{"n"}}},
	Rows:   leaderAccept.Rows,
	Timers: leaderAccept.Timers,
	Checks: orderChecks,
	To:     retransAccept.To,
	Client: true,
	Open: func(p *sim.Place, _ Options) (func(sim.Node) sim.Process, error) {
		if len(p.With(sim.Server)) != 3 {
			return nil, Error("leader-ids has exactly three servers: servers S1 S2 S3")
		}
		return openOrdered(&orderRules{ids: true, takeover: true,
			again: parseWait(retransAccept.Options[0].Values[0]).r}, p), nil
	},
}

// idOf is the identifier of a server as leader: 1 for S1, 2 for S2.
func (s *orderer) idOf(n sim.Node) int64 { return int64(slices.Index(s.servers, n)) + 1 }

// told takes over because somebody says so.
func (s *orderer) told(in *sim.Input, out *sim.Out) string {
	switch {
	case len(s.servers) == 2:
		return "its servers take over when they suspect each other: S2 suspects S1"
	case in.N != sim.NoNumber:
		return "a leader has no number but its own place"
	}
	s.takeOver(out)
	return ""
}

// believes reports whether an accept is one of the leader whom this server follows. Under a number
// that it has executed, such a one can only be a repetition. The accept of a server that never led
// is as good as its claim.
func (s *orderer) believes(m *sim.Message) bool {
	return m.N == s.idOf(m.From) && (m.From == s.leader || s.led>>m.From&1 == 0)
}

// claim tells another server who leads now.
func (s *orderer) claim(to sim.Node, out *sim.Out) {
	if to != s.self {
		m := sim.NewMessage(kindOrderedClaim)
		m.N = s.id()
		out.Send(to, m)
	}
}

// onClaim follows whoever claims the lead last.
func (s *orderer) onClaim(m *sim.Message, out *sim.Out) {
	if s.ids && m.N == s.idOf(m.From) {
		s.follow(m.From, out)
	}
}
