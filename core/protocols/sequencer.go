package protocols

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/synodlab/synod/core/sim"
)

// sequencer is a server of primary and backups: as primary it numbers the operations, executes
// them, sends them on and answers; as backup it executes them in the order of their numbers. Nobody
// waits for the backups, and nothing is sent again: what a primary answered may die with it (K-05,
// K-40).
type sequencer struct {
	*service
	self    sim.Node
	servers []sim.Node
	primary sim.Node // whom it takes for the primary, sim.NoNode if nobody
	leads   bool
	last    int64       // number of the last operation executed
	early   []operation // operations of this primary that wait for one before them, by number
}

// operation is an operation with its number.
type operation struct {
	seq   int64
	value sim.Value
}

func newSequencer(p *sim.Place, self sim.Node, servers []sim.Node) sequencer {
	return sequencer{service: newService(p, self), self: self, servers: servers,
		primary: servers[0]}
}

// follow takes n for the primary, in a view if there are views; it may be the server itself.
func (s *sequencer) follow(n sim.Node, view int64, out *sim.Out) {
	if n == s.primary && s.leads == (n == s.self) && view == sim.NoNumber {
		return
	}
	s.resign(out)
	s.primary, s.early = n, nil
	if s.leads = n == s.self; s.leads {
		out.Lead(view)
	}
}

// resign ends being primary.
func (s *sequencer) resign(out *sim.Out) {
	if s.leads {
		s.leads, s.primary = false, sim.NoNode
		out.StepDown(sim.NoNumber)
	}
}

// request executes an operation, as primary, and lets the backups know; a backup passes on what a
// client sent to the wrong server.
func (s *sequencer) request(m *sim.Message, forward sim.Message, to []sim.Node, out *sim.Out) {
	fromClient := s.place.Roles[m.From]&sim.Client != 0
	switch {
	case m.V == 0:
	case !s.leads:
		if fromClient && s.primary != sim.NoNode && s.primary != s.self {
			passed := sim.NewMessage(kindRequest)
			passed.V = m.V
			out.Send(s.primary, passed)
		}
	case s.done(m.V):
		s.reply(out, m.V)
	default:
		s.last++
		s.execute(out, m.V, sim.NoNumber)
		forward.V, forward.Seq = m.V, s.last
		s.toAll(to, forward, out)
		s.reply(out, m.V)
	}
}

// ordered executes an operation of the primary, and those that waited for it.
func (s *sequencer) ordered(m *sim.Message, out *sim.Out) {
	at, known := slices.BinarySearchFunc(s.early, m.Seq, func(o operation, seq int64) int {
		return cmp.Compare(o.seq, seq)
	})
	if m.Seq <= s.last || known || m.V == 0 || s.leads {
		return
	}
	s.early = slices.Insert(s.early, at, operation{m.Seq, m.V})
	for len(s.early) > 0 && s.early[0].seq == s.last+1 {
		s.last++
		s.execute(out, s.early[0].value, sim.NoNumber)
		s.early = s.early[1:]
	}
}

func (s *sequencer) majorityOf(set uint64) bool {
	return 2*bits.OnesCount64(set) > len(s.servers)
}

// toAll sends m to each of nodes but itself.
func (s *sequencer) toAll(nodes []sim.Node, m sim.Message, out *sim.Out) {
	for _, n := range nodes {
		if n != s.self {
			out.Send(n, m)
		}
	}
}

func (s *sequencer) appendState(dst []byte) []byte {
	dst = s.service.appendState(dst)
	dst = appendUint64(append(dst, '|', byte(s.primary)), uint64(s.last))
	for _, o := range s.early {
		dst = appendUint64(dst, uint64(o.seq))
		dst = append(append(dst, s.place.Log.Names.Bytes(o.value)...), ' ')
	}
	return appendBool(dst, s.leads)
}

// primaryCell is what stands in row primary.
func (s *sequencer) primaryCell() sim.Cell {
	if s.primary == sim.NoNode {
		return sim.Empty
	}
	return sim.ValueCell(s.place.Log.Names.Of(s.place.Nodes[s.primary]))
}

func appendBool(dst []byte, is bool) []byte {
	if is {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// truth is how tables write it.
func truth(is bool) string {
	if is {
		return "T"
	}
	return "F"
}
