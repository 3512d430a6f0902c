package protocols

import (
	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// Rows of paxos, in the order of its table.
const (
	rowPaxosPromised = iota
	rowPaxosAccepted
	rowPaxosAcceptedValue
	rowPaxosNumber
	rowPaxosProposed
	rowPaxosDone
	rowPaxosValue
	rowPaxosView
	rowPaxosPrimary
	rowPaxosAnswer
)

// Rows implements sim.Process. A value that is proposed and accepted by nobody yet stands in row v
// and never in v_a: v_a is something exactly if n_a is (K-15).
func (a *agents) Rows(cells []sim.Cell) {
	a.ready()
	names := &a.place.Log.Names
	if a.acceptor != nil {
		var e paxos.Entry
		b := a.acceptor.Accepted(1, &e)
		cells[rowPaxosPromised] = sim.NumberCell(a.numbers.number(a.acceptor.Promised()))
		cells[rowPaxosAccepted] = sim.NumberCell(a.numbers.number(b))
		cells[rowPaxosAcceptedValue] = sim.Empty
		if b != 0 {
			cells[rowPaxosAcceptedValue] = sim.ValueCell(names.OfBytes(e.Data))
		}
	}
	if a.proposer != nil {
		cells[rowPaxosNumber] = sim.NumberCell(a.numbers.number(a.proposer.Ballot()))
		cells[rowPaxosProposed] = sim.ValueCell(a.proposed)
	}
	learntRows(cells, names, a.learnt)
}

// learntRows fills the rows of what is learnt, and of the view that it may be.
func learntRows(cells []sim.Cell, names *trace.Names, learnt sim.Value) {
	cells[rowPaxosDone] = sim.ValueCell(names.Of("F"))
	if learnt != 0 {
		cells[rowPaxosDone] = sim.ValueCell(names.Of("T"))
	}
	cells[rowPaxosValue] = sim.ValueCell(learnt)
	cells[rowPaxosView], cells[rowPaxosPrimary] = sim.Empty, sim.Empty
	if view, primary, ok := parseView(names.Text(learnt)); ok {
		cells[rowPaxosView] = sim.NumberCell(view)
		cells[rowPaxosPrimary] = sim.ValueCell(names.Of(primary))
	}
}

// AppendState implements sim.Process.
func (a *agents) AppendState(dst []byte) []byte {
	a.ready()
	names := &a.place.Log.Names
	if a.acceptor != nil {
		dst = a.acceptor.AppendState(dst)
	}
	if a.proposer != nil {
		dst = a.proposer.AppendState(dst)
	}
	dst = a.learner.AppendState(dst)
	dst = a.outbox.AppendState(dst)
	for _, x := range [...]uint64{uint64(a.seen), uint64(a.used), uint64(a.asked), a.suspected} {
		dst = appendUint64(dst, x)
	}
	for _, v := range append([]sim.Value{a.want, a.proposed, a.learnt}, a.waiting...) {
		dst = append(append(dst, names.Bytes(v)...), 0)
	}
	if a.leads {
		dst = append(dst, 1)
	}
	return dst
}

func appendUint64(dst []byte, x uint64) []byte {
	return append(dst, byte(x), byte(x>>8), byte(x>>16), byte(x>>24),
		byte(x>>32), byte(x>>40), byte(x>>48), byte(x>>56))
}

func getUint64(b []byte) uint64 {
	_ = b[7]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}
