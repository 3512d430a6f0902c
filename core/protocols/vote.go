package protocols

import (
	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// voteProtocol is what Lin tries before promises (examples 1 to 4, L-02 … L-06): a value has a
// number, and a majority that votes for it chooses it. Acceptors that stick to their first vote may
// split for ever; those that vote for all that comes choose two values; and proposers that ask
// first, and adopt the vote with the largest number, may have asked too early. What is missing is
// that acceptors remember being asked.
var voteProtocol = Protocol{
	Name:  "vote",
	Title: "A majority votes, and nobody promises",
	Seeds: []string{"A-L1", "A-L2", "A-L3"},
	Options: []Option{{Name: "mode", Values: []string{"stick", "many", "adopt"},
		Doc: "an acceptor votes once; for all that comes; or once, and a proposer first asks " +
			"a majority for its votes and adopts the one with the largest number"}},
	Kinds: []Kind{prepareKind, promiseKind, acceptKind, acceptedKind},
	Rows:  []Row{rowAccepted, rowAcceptedValue, rowNumber, rowProposed, rowValue},
	Tables: [6][]string{
		2: {"accepted", "accepted_value", "value"},
	},
	Fields: []string{"accepted", "n", "value"},
	Checks: []string{"agree", "chosen-once", "valid", "learn", "stable", "unique", "decides",
		"no-progress"},
	MaxNodes: paxos.MaxNodes,
	Judged: func(p *sim.Place, _ Options) Judged {
		acceptors := p.With(sim.Acceptor)
		return Judged{Acceptors: acceptors, Quorum: len(acceptors)/2 + 1, Accept: voteAccept + 1}
	},
	Open: openVote,
}

const (
	votePrepare uint8 = iota
	votePromise
	voteAccept
	voteAccepted
)

const (
	voteFieldAccepted uint8 = iota
	voteFieldNumber
	voteFieldValue
)

// polls are what all nodes of one run share.
type polls struct {
	place     *sim.Place
	mode      string
	numbers   *numbers
	acceptors []sim.Node
	listeners []sim.Node // who hears every vote
}

func openVote(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
	s := &polls{place: p, mode: o.Word("mode"), acceptors: p.With(sim.Acceptor),
		listeners: p.With(sim.Learner | sim.Proposer)}
	if len(s.acceptors) == 0 || len(p.With(sim.Proposer)) == 0 {
		return nil, Error("vote needs a proposer and an acceptor: servers S1 S2 S3, " +
			"or proposers P1 and acceptors A1 A2 A3")
	}
	var err error
	s.numbers, err = newNumbers(p, "plain")
	return func(n sim.Node) sim.Process { return &voter{polls: s, self: n} }, err
}
