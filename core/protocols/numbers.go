package protocols

import (
	"slices"
	"strconv"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// numbers is a scheme of proposal numbers: how a ballot of the core, which is a round of a node,
// is printed, and which numbers are a node's own (K-17, M-40, L-04). The schemes keep the order.
//
//	plain    a proposer may be given any number; by itself it takes turns: 1, 2, … as modular
//	karp     the round with the node's own digit behind it: 10, 11, 14, then 20, 21, …
//	modular  node i of N takes i+1, i+1+N, …: S1 1 4 7, S2 2 5 8, S3 3 6 9
type numbers struct {
	place     *sim.Place
	scheme    string
	proposers []sim.Node
	taken     map[int64]sim.Node // plain: who was given or took a number; looked up only
	top       int64              // modular: highest round that was printed
	wide      int64              // from this round on there are numbers for each life; -1: not yet
}

// lives is how many lives of a node have numbers of their own in a wide round.
const lives = 16

const lifeOne paxos.Life = 1

// maxNumber bounds the numbers that a scenario may force or forge, so that every number above it
// that a proposer then takes still is a ballot.
const maxNumber = 1 << 32

func newNumbers(p *sim.Place, scheme string) (*numbers, error) {
	s := &numbers{place: p, scheme: scheme, proposers: p.With(sim.Proposer),
		taken: map[int64]sim.Node{}, wide: -1}
	if scheme == "karp" && len(p.Nodes) > 10 {
		return nil, Error("numbers=karp has one digit for the node: at most 10 nodes")
	}
	return s, nil
}

// ballot returns the ballot that number n of node is. Round 0 of a scheme is round 1 of the core,
// in which ballot 0 is none.
func (s *numbers) ballot(n int64, node sim.Node) paxos.Ballot {
	round := n
	switch s.scheme {
	case "karp":
		round = n / 10
	case "modular":
		round = (n - 1) / int64(len(s.proposers))
	}
	return paxos.NewBallot(uint64(round)+1, lifeOne, paxos.NodeID(node))
}

// number returns how ballot b is printed.
func (s *numbers) number(b paxos.Ballot) int64 {
	if b == 0 {
		return sim.NoNumber
	}
	round := int64(b.Round()) - 1
	switch s.scheme {
	case "karp":
		return round*10 + int64(b.Node())
	case "modular":
		return s.modular(round, int64(min(b.Life(), lives))-1, int64(s.index(sim.Node(b.Node()))))
	}
	return round
}

// modular prints a ballot. As soon as a node is seen in a second life, rounds become wide enough to
// keep the order of ballots, which is by round, then life, then node.
func (s *numbers) modular(round, life, index int64) int64 {
	s.top = max(s.top, round)
	if life > 0 && s.wide < 0 {
		s.wide = s.top
	}
	n := int64(len(s.proposers))
	if s.wide < 0 || round < s.wide {
		return round*n + index + 1
	}
	return s.wide*n + (round-s.wide)*lives*n + life*n + index + 1
}

func (s *numbers) index(node sim.Node) int { return slices.Index(s.proposers, node) }

// next takes the least number of node that is above every ballot up to b and that no other node was
// given.
func (s *numbers) next(b paxos.Ballot, node sim.Node) int64 {
	n := s.above(b, node)
	if s.scheme == "plain" {
		for s.claim(n, node) != "" {
			n += int64(len(s.proposers))
		}
	}
	return n
}

// owner returns the node whose number n is, as far as n alone tells; else it is taken to be node.
func (s *numbers) owner(n int64, node sim.Node) sim.Node {
	switch {
	case s.scheme == "karp" && n%10 < int64(len(s.place.Nodes)):
		return sim.Node(n % 10)
	case s.scheme == "modular" && n > 0:
		return s.proposers[(n-1)%int64(len(s.proposers))]
	case s.scheme == "plain":
		if first, ok := s.taken[n]; ok {
			return first
		}
	}
	return node
}

// above returns the least number of node that is above every ballot up to b.
func (s *numbers) above(b paxos.Ballot, node sim.Node) int64 {
	seen := s.number(b)
	switch s.scheme {
	case "karp":
		return max(seen/10+1, 1)*10 + int64(node)
	default:
		n := int64(s.index(node)) + 1
		step := int64(len(s.proposers))
		if seen >= n {
			n += (seen-n)/step*step + step
		}
		return n
	}
}

// refuse returns why node may not use number n, "" if it may.
func (s *numbers) refuse(n int64, node sim.Node) string {
	text := strconv.FormatInt(n, 10)
	switch {
	case n < 0 || n > maxNumber:
		return "the number " + text + " is not between 0 and " + strconv.FormatInt(maxNumber, 10)
	case s.scheme == "karp" && n%10 != int64(node):
		return text + " does not end in the digit of node " + s.place.Nodes[node] + ", which is " +
			strconv.Itoa(int(node))
	case s.scheme == "modular" && (n < 1 || (n-1)%int64(len(s.proposers)) != int64(s.index(node))):
		return text + " is not one of the numbers of " + s.place.Nodes[node] + ": " +
			strconv.FormatInt(int64(s.index(node))+1, 10) + " and every " +
			strconv.Itoa(len(s.proposers)) + "th after it"
	case s.scheme == "plain":
		return s.claim(n, node)
	}
	return ""
}

// claim gives a plain number to the first node that is told to use it: numbers are unique.
func (s *numbers) claim(n int64, node sim.Node) string {
	first, ok := s.taken[n]
	if !ok {
		s.taken[n] = node
	} else if first != node {
		return "the number " + strconv.FormatInt(n, 10) + " is already that of " +
			s.place.Nodes[first] + ": numbers are unique"
	}
	return ""
}
