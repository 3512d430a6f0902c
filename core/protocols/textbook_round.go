package protocols

import "github.com/synodlab/synod/core/sim"

// When a node that goes by the book begins a round, and what it shows of itself. Safety asks one
// thing of it: that a number is the node's own, and used once.

// told starts a round because a person or a scenario says so.
func (t *reader) told(in *sim.Input, out *sim.Out) string {
	if !t.proposes {
		return "it is no proposer"
	}
	if in.N != sim.NoNumber {
		if in.N >= 0 && in.N <= maxNumber && in.N <= t.used {
			return "it has used a number as high before: every attempt takes a higher one"
		}
		if why := t.mayUse(in.N); why != "" {
			return why
		}
	}
	if in.Value != 0 {
		out.Note(sim.Proposes, in.Value)
		t.want = in.Value
	}
	if in.Kind == sim.Propose && t.elected && t.leader() != t.self {
		t.forward(t.leader(), t.want, out)
		return ""
	}
	t.begin(in.N, out)
	return ""
}

// mayUse returns why this node may not use number n, "" if it may. Tickets are counted from 1.
func (t *reader) mayUse(n int64) string {
	if t.counter && n == 0 {
		return "tickets are counted from 1"
	}
	return t.numbers.refuse(n, t.self)
}

// concerned reports whether a node has a reason to begin a round by itself: a value to propose, one
// that it accepted, a round that it began before, or a view to make.
func (t *reader) concerned() bool {
	return t.want != 0 || t.views || t.used != sim.NoNumber ||
		len(t.place.With(sim.Client)) == 0 || t.votes && t.accepted != sim.NoNumber
}

// detect takes in a verdict of the detector.
func (t *reader) detect(in *sim.Input, out *sim.Out) {
	led := t.leader()
	for _, p := range in.Peers {
		if in.Kind == sim.Suspect {
			t.suspected |= 1 << p
		} else {
			t.suspected &^= 1 << p
		}
	}
	if !t.proposes || t.learnt != 0 || in.Kind == sim.Trust {
		return
	}
	takesOver := t.elected && led != t.self && t.leader() == t.self
	switch {
	case t.elected && !takesOver:
	case t.delay.set:
		out.Set(timerStart, t.delay.of(t.self))
	case takesOver && t.concerned():
		t.begin(sim.NoNumber, out)
	}
}

// Rows implements sim.Process: the table of paxos.
func (t *reader) Rows(cells []sim.Cell) {
	if t.votes {
		cells[rowPaxosPromised] = sim.NumberCell(t.promised)
		cells[rowPaxosAccepted] = sim.NumberCell(t.acceptor.accepted)
		cells[rowPaxosAcceptedValue] = sim.ValueCell(t.value)
	}
	if t.proposes {
		cells[rowPaxosNumber] = sim.NumberCell(t.n)
		cells[rowPaxosProposed] = sim.ValueCell(t.proposedV)
	}
	learntRows(cells, &t.place.Log.Names, t.learnt)
}

// AppendState implements sim.Process.
func (t *reader) AppendState(dst []byte) []byte {
	seen := t.seen
	if !t.proposes {
		seen = t.promised // only who takes numbers asks how high they are
	}
	for _, x := range [...]int64{t.promised, t.accepted, t.n, t.adopted, seen, t.used} {
		dst = appendUint64(dst, uint64(x))
	}
	for _, x := range [...]uint64{t.asker.life, uint64(t.asker.node), t.promises.from,
		t.accepts.from, t.asked, t.life, t.suspected, t.waits(t.rests)} {
		dst = appendUint64(dst, x)
	}
	if t.byMessage {
		dst = append(dst, byte(t.promises.messages), byte(t.accepts.messages))
	}
	flags := [...]bool{t.votes, t.proposes, t.ready, t.proposer.chosen, t.alive, t.leads}
	for _, on := range flags {
		if on {
			dst = append(dst, 1)
		} else {
			dst = append(dst, 0)
		}
	}
	for _, v := range append([]sim.Value{t.value, t.adoptedV, t.proposedV, t.learnt, t.want},
		t.waiting...) {
		dst = t.appendValue(dst, v)
	}
	for i := range t.tallies {
		x := &t.tallies[i]
		dst = t.appendValue(appendUint64(appendUint64(dst, uint64(x.n)), x.votes.from), x.value)
	}
	for i := range t.outbox {
		h := &t.outbox[i]
		dst = append(dst, h.message.Kind, byte(h.to))
		dst = appendUint64(appendUint64(dst, uint64(h.message.N)), t.waits(h.lsn))
		dst = t.appendValue(t.appendValue(dst, h.message.V), h.message.VA)
	}
	return dst
}

// waits returns how many writes are between the disk and lsn.
func (t *reader) waits(lsn sim.LSN) uint64 { return uint64(max(lsn, t.durable) - t.durable) }

func (t *reader) appendValue(dst []byte, v sim.Value) []byte {
	return append(append(dst, t.place.Log.Names.Bytes(v)...), 0)
}
