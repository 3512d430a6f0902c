package protocols

import (
	"slices"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// A server may be slow to execute: what it knows to be chosen waits, one slot at a time. Its log
// goes on until its window is full of what is not executed, and it answers a command only when it
// is its turn.

// overdue is a slot that waits to be executed.
type overdue struct {
	slot    paxos.Slot
	value   sim.Value
	command bool // for the machine: no no-op and no configuration
}

// slows reads which servers are slow, and how.
func (e *ensemble) slows(p *sim.Place, o Options) error {
	text := o.Word("apply")
	if text == "at-once" {
		return nil
	}
	e.apply = parseMicros(text)
	for _, n := range p.With(sim.Server | sim.Spare) {
		if o.Word("slow") == "every-server" || slices.Contains(o["slow"], p.Nodes[n]) {
			e.slow = e.slow.With(paxos.NodeID(n))
		}
	}
	if e.slow == 0 {
		return Error("slow names no server of this run")
	}
	return nil
}

// late reports whether what is chosen has to wait here. What a disk gives back does not.
func (m *member) late() bool {
	return m.apply > 0 && m.started && m.slow.Has(paxos.NodeID(m.self))
}

// delay lets a slot wait behind the others.
func (m *member) delay(x overdue, out *sim.Out) {
	if len(m.backlog) == 0 {
		out.Set(timerApply, sim.Range{Lo: m.apply, Hi: m.apply})
	}
	m.backlog = append(m.backlog, x)
}

// catchUp executes the slot that has waited longest.
func (m *member) catchUp(out *sim.Out) {
	if len(m.backlog) == 0 {
		return
	}
	x := m.backlog[0]
	m.backlog = append(m.backlog[:0], m.backlog[1:]...)
	if x.command {
		m.service.execute(out, x.value, int64(x.slot))
		m.settle(x.value, out)
	}
	m.replica.Applied(x.slot)
	if len(m.backlog) > 0 {
		out.Set(timerApply, sim.Range{Lo: m.apply, Hi: m.apply})
	}
}
