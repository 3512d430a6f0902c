package protocols

import (
	"slices"
	"strings"

	"github.com/synodlab/synod/core/sim"
)

// A configuration is a command like any other: the names of the members. Chosen in a slot, it
// governs the slots above that one, and a leader proposes nothing there before it is chosen: the
// window of Lamport, Malkhi and Zhou with α = 1 (B-44).

const configWord = "members "

// configure proposes that nodes are the members from the next slot on.
func (s *scribe) configure(nodes []sim.Node, out *sim.Out) string {
	if !s.leads {
		return "it does not lead"
	}
	text := configWord
	for i, n := range nodes {
		if s.ledger.place.Roles[n]&(sim.Server|sim.Spare) == 0 {
			return s.ledger.place.Nodes[n] + " is no server and no spare"
		}
		if i > 0 {
			text += " "
		}
		text += s.ledger.place.Nodes[n]
	}
	v := s.ledger.place.Log.Names.Of(text)
	out.Note(sim.Proposes, v)
	s.unproposed = append(s.unproposed, v)
	s.pump(out)
	return ""
}

// config returns the members that a value names, and whether it is a configuration.
func (s *scribe) config(v sim.Value) (members uint64, ok bool) {
	text, ok := strings.CutPrefix(s.ledger.place.Log.Names.Text(v), configWord)
	if !ok {
		return 0, false
	}
	for name := range strings.FieldsSeq(text) {
		if n := slices.Index(s.ledger.place.Nodes, name); n >= 0 {
			members |= 1 << n
		}
	}
	return members, members != 0
}

// wrote remembers that a slot holds a configuration.
func (s *scribe) wrote(slot int64, v sim.Value) {
	if _, ok := s.config(v); !ok {
		return
	}
	if at, found := slices.BinarySearch(s.configs, slot); !found {
		s.configs = slices.Insert(s.configs, at, slot)
	}
}

// members returns who governs a slot, as far as this server knows: the last configuration that is
// chosen below it. By the wrong rules it is the newest one, of whatever slot (B-47), or even one
// that is only accepted (B-45).
func (s *scribe) members(slot int64) uint64 {
	members := s.founders
	for _, at := range s.configs {
		l := s.at(at)
		named, ok := s.config(l.value)
		counts := l.chosen
		switch s.governs {
		case "slot":
			counts = counts && at < slot
		case "appended":
			counts = true
		}
		if ok && counts {
			members = named
		}
	}
	return members
}

// governed tells the trace of a configuration that was learnt.
func (s *scribe) governed(slot int64, v sim.Value, out *sim.Out) {
	if text, ok := strings.CutPrefix(s.ledger.place.Log.Names.Text(v), configWord); ok {
		out.Configure(slot+1, sim.NoNumber, s.ledger.place.Log.Names.Of(text))
	}
}

// mayVote reports whether this server's votes count: those of the first members, and of who has
// executed a configuration that names it and all that was chosen before, where that is the rule.
func (s *scribe) mayVote() bool {
	if !s.learns || s.founders>>s.self&1 == 1 {
		return true
	}
	for _, at := range s.configs {
		if named, _ := s.config(s.at(at).value); at <= int64(s.executed) && named>>s.self&1 == 1 {
			return true
		}
	}
	return false
}

// mayPropose reports whether the leader may propose in a slot: who governs it is settled, and most
// of them have promised.
func (s *scribe) mayPropose(slot int64) bool {
	if s.governs != "appended" {
		for i := range s.proposals {
			if _, ok := s.config(s.proposals[i].value); ok && !s.proposals[i].chosen {
				return false
			}
		}
	}
	return s.hasty || s.promises.majorityOf(s.members(slot))
}

// nodesOf returns a set of nodes as a list, in order.
func nodesOf(set uint64) (nodes []sim.Node) {
	for n := sim.Node(0); set>>n != 0; n++ {
		if set>>n&1 == 1 {
			nodes = append(nodes, n)
		}
	}
	return nodes
}
