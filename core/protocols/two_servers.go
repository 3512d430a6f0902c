package protocols

import "github.com/synodlab/synod/core/sim"

// twoServers is Meling's first attempt at fault tolerance (M-03 … M-05, and Theorem 1.7): clients
// send to both servers, and nobody orders what they receive. It works until two clients race.
var twoServers = Protocol{
	Name:   "two-servers",
	Title:  "Two servers, no order",
	Seeds:  []string{"A-M2"},
	Kinds:  []Kind{requestKind, replyKind},
	Rows:   []Row{rowState, rowAnswer},
	Timers: []string{"retry"},
	Checks: orderChecks,
	To:     "all servers",
	Client: true,
	Open: func(p *sim.Place, _ Options) (func(sim.Node) sim.Process, error) {
		servers := p.With(sim.Server)
		if len(servers) != 2 {
			return nil, Error("two-servers has exactly two servers: servers S1 S2")
		}
		return arrivalOrder(p, servers), nil
	},
}
