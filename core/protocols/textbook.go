package protocols

import (
	"slices"
	"strconv"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// textbookProtocol is single-decree Paxos written out by hand, so that each of its rules can be
// replaced by the one that a document states, or that an implementation once had (A-T1, and the
// wrong rules of PITFALLS.md). As it stands it does event for event what paxos does, which runs the
// shipping agents; each option from raises on changes exactly one rule.
var textbookProtocol = Protocol{
	Name:     "textbook",
	Title:    "Paxos by the book, with rules to break",
	Seeds:    []string{"A-T1"},
	Options:  slices.Concat(textbookHabits(), textbookRules),
	Kinds:    paxosProtocol.Kinds,
	Rows:     paxosProtocol.Rows,
	Tables:   paxosTables,
	Timers:   paxosProtocol.Timers,
	Fields:   paxosProtocol.Fields,
	Checks:   paxosProtocol.Checks,
	To:       paxosProtocol.To,
	MaxNodes: paxos.MaxNodes,
	Decree:   paxosProtocol.Decree,
	Client:   true,
	Judged: func(p *sim.Place, o Options) Judged {
		acceptors := p.With(sim.Acceptor)
		_, quorum := quorums(o, len(acceptors))
		return Judged{Acceptors: acceptors, Quorum: quorum, Accept: kindAccept + 1,
			AcceptPromises: o.Word("raises") == "yes" && o.Word("accept") != "literal"}
	},
	Open: openTextbook,
}

// textbookHabits are the options of paxos, with the numbers of Algorithm 1.13 beside the others.
func textbookHabits() []Option {
	habits := slices.Clone(paxosProtocol.Options)
	for i := range habits {
		if habits[i].Name == "numbers" {
			habits[i].Values = append(slices.Clone(habits[i].Values), "counter")
		}
	}
	return habits
}

// book is what all nodes of one run share.
type book struct {
	rules
	decree
}

func openTextbook(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
	var b book
	var err error
	if b.decree, err = newDecree("textbook", p, o); err != nil {
		return nil, err
	}
	n := len(b.acceptors)
	b.rules = parseRules(o, n)
	if min(b.prepareQuorum, b.acceptQuorum) < 1 || max(b.prepareQuorum, b.acceptQuorum) > n {
		return nil, Error("a quorum is between 1 and the " + strconv.Itoa(n) + " acceptors")
	}
	return b.open(func(n sim.Node) sim.Process { return &reader{book: &b, self: n} }), nil
}

// next takes the number of a new round: the least of this node's own above all that it has seen.
// ETH's tickets count alike at every client: two may hold the same number.
func (b *book) next(seen int64, self sim.Node) int64 {
	if b.counter {
		return max(seen, 0) + 1
	}
	return b.numbers.after(seen, self)
}

// after takes the least number of a node that is above another, or its first.
func (s *numbers) after(seen int64, self sim.Node) int64 {
	if seen == sim.NoNumber {
		return s.next(0, self)
	}
	return s.next(s.ballot(seen, s.owner(seen, self)), self)
}

// judged returns a number of a message; one that no proposer can have is none.
func judged(n int64) int64 {
	if n < 0 || n > maxNumber {
		return sim.NoNumber
	}
	return n
}
