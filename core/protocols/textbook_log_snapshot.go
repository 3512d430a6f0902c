package protocols

import (
	"bytes"
	"strings"

	"github.com/synodlab/synod/core/sim"
)

// snapshots reports whether a server that lacks slots is given all that another has executed.
func (s *scribe) snapshots() bool { return strings.HasSuffix(s.taken, "snapshot") }

// snapshot returns the message that says what was executed here, slot by slot.
func (s *scribe) snapshot() sim.Message {
	m := sim.NewMessage(kindBookSnapshot)
	m.Seq = int64(s.executed)
	s.bytes = s.bytes[:0]
	for i := range s.executed {
		s.bytes = append(append(s.bytes, s.ledger.place.Log.Names.Bytes(s.log[i].value)...), 0)
	}
	m.Body = s.bytes
	return m
}

// onSnapshot takes in a snapshot. One that is not ahead of this server is nothing new. By the wrong
// rule its state becomes this server's all the same, which goes on from where it was: of what lies
// between, the state knows nothing (B-37).
func (s *scribe) onSnapshot(m *sim.Message, out *sim.Out) {
	ahead := m.Seq > int64(s.executed)
	if !ahead && s.taken == "any-snapshot" {
		twice := s.twice
		s.service = newService(s.ledger.place, s.self)
		s.twice = twice
	}
	for slot, b := int64(1), m.Body; len(b) > 0; slot++ {
		text, rest, _ := bytes.Cut(b, []byte{0})
		v := s.ledger.place.Log.Names.OfBytes(text)
		switch b = rest; {
		case ahead:
			s.learn(slot, v, out)
		case s.taken == "any-snapshot" && s.isCommand(v):
			s.carryOut(v, slot)
		}
	}
}
