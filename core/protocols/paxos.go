package protocols

import (
	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// paxosProtocol is single-decree Paxos on the shipping agents (A-M16, A-L4 … A-L6, A-K3, A-T2,
// A-E6, A-E7, A-E9): a proposer, an acceptor and a learner of core/paxos for each node that has
// the role. The options choose numbers, who answers whom, and when to try again. They are
// wrappers: they may drop what an agent says and say it to more nodes, and can break no rule.
var paxosProtocol = Protocol{
	Name:  "paxos",
	Title: "Paxos, one value",
	Seeds: []string{"A-M16", "A-K3", "A-L4", "A-L5", "A-L6", "A-T2", "A-E6", "A-E7", "A-E9"},
	Options: []Option{
		{Name: "numbers", Values: []string{"plain", "karp", "modular"},
			Doc: "how proposals are numbered"},
		{Name: "refuse", Values: []string{"silent", "nack"},
			Doc: "what an acceptor says to a lower number"},
		{Name: "accept-to", Values: []string{"all", "responders"},
			Doc: "whom a proposer asks to accept"},
		{Name: "learn", Values: []string{"leader", "acceptors", "all"},
			Doc: "who tells what is chosen: the leader, acceptors, or acceptors every node"},
		{Name: "value", Values: []string{"given", "view"},
			Doc: "what a free proposer proposes: what it was given, or the next view"},
		{Name: "leader", Values: []string{"anyone", "elected"}, Doc: "who may propose"},
		{Name: "backoff", Values: []string{"never", "RANGE"},
			Doc: "after a refusal: when to try again"},
		{Name: "restart", Values: []string{"never", "timeout"},
			Doc: "whether a round that takes too long begins anew"},
		{Name: "start-delay", Values: []string{"never", "RANGE", "id*RANGE"},
			Doc: "after the detector spoke: when to lead"},
	},
	Kinds: []Kind{requestKind, replyKind, prepareKind, promiseKind, acceptKind, acceptedKind,
		chosenKind, nackKind, forwardKind},
	Rows: []Row{rowPromised, rowAccepted, rowAcceptedValue, rowNumber, rowProposed, rowDone,
		rowValue, rowView, rowPrimary, rowAnswer},
	Tables: paxosTables,
	Timers: []string{"retry", "phase", "backoff", "start"},
	Fields: []string{"promised", "accepted", "n", "value"},
	Checks: []string{"agree", "chosen-once", "valid", "learn", "stable", "promise", "unique",
		"safe-proposal", "once", "prefix", "decides", "no-progress", "livelock"},
	To:       "the first proposer that is not suspected",
	MaxNodes: paxos.MaxNodes,
	Decree:   []uint8{kindPrepare, kindPromise, kindAccept, kindAccepted, kindChosen},
	Client:   true,
	Judged: func(p *sim.Place, _ Options) Judged {
		acceptors := p.With(sim.Acceptor)
		return Judged{Acceptors: acceptors, Quorum: len(acceptors)/2 + 1, Accept: kindAccept + 1,
			AcceptPromises: true}
	},
	Open: openPaxos,
}

// paxosTables are the tables as the documents draw them: Karp's n_a v_a n_h done (K-15), Lin's
// three variables (L-19), Algorithm 1.13 (E-28), Meling's vrnd and vval (M-49).
var paxosTables = [6][]string{
	1: {"accepted", "accepted_value", "promised", "done"},
	2: {"promised", "accepted", "accepted_value", "value"},
	3: {"promised", "accepted", "accepted_value", "value"},
	4: {"promised", "accepted_value", "accepted", "v", "n"},
	5: {"promised", "accepted", "accepted_value", "value"},
}

var forwardKind = Kind{Name: "forward", Words: Words{"forward"}, Fields: []string{"v"}}

const (
	kindPrepare uint8 = iota + kindReply + 1
	kindPromise
	kindAccept
	kindAccepted
	kindChosen
	kindNack
	kindForward
)

const (
	timerPhase = iota + timerRetry + 1
	timerBackoff
	timerStart
)

const (
	fieldPromised = iota
	fieldAccepted
	fieldNumber
	fieldValue
)

// maxValueBytes bounds a value: a word of a scenario.
const maxValueBytes = 1024

// agency is what all nodes of one run share.
type agency struct {
	decree
	members paxos.Members
}

func openPaxos(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
	var d agency
	var err error
	if d.decree, err = newDecree("paxos", p, o); err != nil {
		return nil, err
	}
	var voters []paxos.Member
	for _, n := range d.acceptors {
		voters = append(voters, paxos.Member{Node: paxos.NodeID(n), Life: lifeOne})
	}
	if d.members, err = paxos.Majority(voters...); err != nil {
		return nil, err
	}
	return d.open(func(n sim.Node) sim.Process { return &agents{agency: &d, self: n} }), nil
}
