package protocols

import (
	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// logged is a record of the stream: where it lies, and the end of the slots that it names.
type logged struct {
	at  sim.LSN
	lsn paxos.LSN
	hi  paxos.Slot
}

// voted is a vote that is told when its record is durable.
type voted struct {
	lsn    paxos.LSN
	ballot paxos.Ballot
	slot   paxos.Slot
	value  sim.Value // 0: a promise
}

// write puts a record on the disk and remembers what it states until it is durable.
func (m *member) write(out *sim.Out, rec *paxos.Record) {
	m.bytes = paxos.AppendRecord(m.bytes[:0], rec)
	at := out.Write(sim.Stream, m.bytes)
	m.lsns = append(m.lsns, logged{at, rec.LSN, rec.Span.Hi})
	m.unsynced = append(m.unsynced, logged{at, rec.LSN, rec.Span.Hi})
	switch rec.Kind {
	case paxos.Promised:
		m.written = append(m.written, voted{lsn: rec.LSN, ballot: rec.Ballot})
	case paxos.Accepted:
		for i := range rec.Entries {
			m.written = append(m.written, voted{lsn: rec.LSN, ballot: rec.Ballot,
				slot: rec.Span.Lo + paxos.Slot(i), value: m.value(&rec.Entries[i])})
		}
	}
}

// persisted lets the replica and the trace know of the records up to a position of the disk: now
// they are durable.
func (m *member) persisted(to sim.LSN, out *sim.Out) {
	n := 0
	for n < len(m.unsynced) && m.unsynced[n].at <= to {
		n++
	}
	if n > 0 {
		lsn := m.unsynced[n-1].lsn
		m.replica.Persisted(lsn)
		m.tell(lsn, out)
		m.unsynced = append(m.unsynced[:0], m.unsynced[n:]...)
	}
}

// tell tells the trace what has become durable: now it may be said (B-01).
func (m *member) tell(to paxos.LSN, out *sim.Out) {
	n := 0
	for n < len(m.written) && m.written[n].lsn <= to {
		v := &m.written[n]
		if v.value == 0 {
			out.Promise(m.numbers.number(v.ballot), sim.NoNumber)
		} else {
			out.Accept(m.numbers.number(v.ballot), int64(v.slot), v.value)
		}
		n++
	}
	m.written = append(m.written[:0], m.written[n:]...)
}
