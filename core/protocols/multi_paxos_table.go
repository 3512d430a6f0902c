package protocols

import (
	"bytes"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// Rows implements sim.Process.
func (m *member) Rows(cells []sim.Cell) {
	names := &m.place.Log.Names
	cells[rowLogPromised] = sim.NumberCell(m.numbers.number(m.replica.Promised()))
	cells[rowLogBallot] = sim.NumberCell(m.numbers.number(m.replica.Ballot()))
	cells[rowLogLeader] = sim.Empty
	if l := m.replica.Leader(); l != paxos.NoNode {
		cells[rowLogLeader] = sim.ValueCell(names.Of(m.place.Nodes[l]))
	}
	cells[rowLogLog] = sim.ValueCell(m.shownLog())
	cells[rowLogExecuted] = sim.NumberCell(int64(m.replica.AppliedTo()))
	cells[rowLogState] = sim.HistoryCell(m.history)
	m.machine.rows(cells[rowLogMachine:])
}

// shownSlots is how many slots of its log a table shows.
const shownSlots = 8

// shown is what a table shows of the log, until the log goes on: a vote is a record, too.
type shown struct {
	prefix, base paxos.Slot
	written      paxos.LSN
	text         sim.Value
}

// shownLog returns the newest slots of the log, written out.
func (m *member) shownLog() sim.Value {
	now := shown{m.replica.Prefix(), m.base, m.replica.Written(), m.shown.text}
	if now != m.shown {
		m.bytes = m.appendLog(m.bytes[:0], now.prefix)
		now.text = m.place.Log.Names.OfBytes(m.bytes)
		m.shown = now
	}
	return now.text
}

// appendLog writes out the slots around the end of the prefix: what is chosen, what is accepted in
// brackets, holes as a dot.
func (m *member) appendLog(dst []byte, prefix paxos.Slot) []byte {
	first := max(prefix, shownSlots) - shownSlots + 1
	if first > 1 {
		dst = append(dst, "… "...)
	}
	hole := 0
	for s := first; s < first+2*shownSlots; s++ {
		var e paxos.Entry
		text := ""
		if m.replica.Accepted(s, &e) != 0 {
			text = m.place.Log.Names.Text(m.value(&e))
		}
		if text == "" && s > prefix {
			hole++
			continue
		}
		for ; hole > 0; hole-- {
			dst = append(dst, ". "...)
		}
		if s > prefix {
			text = "[" + text + "]"
		}
		dst = append(append(dst, text...), ' ')
	}
	return bytes.TrimSpace(dst)
}
