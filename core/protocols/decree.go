package protocols

import "github.com/synodlab/synod/core/sim"

// decree is what all nodes of one run of a single-decree Paxos share, on the shipping agents or by
// the textbook: who plays which part, and the options that both have.
type decree struct {
	place     *sim.Place
	numbers   *numbers
	acceptors []sim.Node
	proposers []sim.Node
	learners  []sim.Node // who is told what is chosen
	nack      bool
	toAll     bool
	learning  string
	views     bool
	elected   bool
	restarts  bool
	backoff   wait
	delay     wait
}

func newDecree(protocol string, p *sim.Place, o Options) (decree, error) {
	d := decree{place: p, acceptors: p.With(sim.Acceptor), proposers: p.With(sim.Proposer),
		learners: p.With(sim.Learner | sim.Proposer), nack: o.Word("refuse") == "nack",
		toAll: o.Word("accept-to") == "all", learning: o.Word("learn"),
		views:   o.Word("value") == "view",
		elected: o.Word("leader") == "elected", restarts: o.Word("restart") == "timeout",
		backoff: parseWait(o.Word("backoff")), delay: parseWait(o.Word("start-delay"))}
	if len(d.acceptors) == 0 || len(d.proposers) == 0 {
		return d, Error(protocol + " needs a proposer and an acceptor: servers S1 S2 S3, " +
			"or proposers P1 and acceptors A1 A2 A3")
	}
	var err error
	d.numbers, err = newNumbers(p, o.Word("numbers"))
	return d, err
}

// open returns the constructor of a run's nodes: clients, and what has part in the decree.
func (d *decree) open(part func(sim.Node) sim.Process) func(sim.Node) sim.Process {
	return func(n sim.Node) sim.Process {
		if d.place.Roles[n]&(sim.Proposer|sim.Acceptor|sim.Learner) == 0 {
			c := newClient(d.place, d.proposers)
			c.toOne = true
			return &rowedClient{c, rowPaxosAnswer}
		}
		return part(n)
	}
}

// trusts reports whether m is to be taken in: only a proposer may ask for promises and for votes,
// whoever else says so (E-38).
func (d *decree) trusts(m *sim.Message) bool {
	return m.Kind != kindPrepare && m.Kind != kindAccept ||
		d.place.Roles[m.From]&sim.Proposer != 0
}
