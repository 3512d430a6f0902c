package node

import (
	"github.com/synodlab/synod/core/paxos"
)

// hear takes in what peers sent. A peer is judged by what its handshake said: it speaks for no
// other node, in no other life, and of no other cluster (B-21). What does not fit is dropped and
// counted. The error is of the replica that a genesis opens.
func (d *driver) hear(now paxos.Time, b *batch) error {
	for i := range b.letters {
		l := &b.letters[i]
		f, err := decodeFrame(b.data[l.lo:l.hi:l.hi])
		switch {
		case err != nil || l.from >= paxos.MaxNodes:
			d.n.meters.dropped(dropGarbage)
		case f.kind == frameAbout:
			d.n.board.about(l.from, f.address, f.clients)
		case f.kind == frameGenesis:
			if err := d.informed(&f); err != nil {
				return err
			}
		case d.replica == nil:
			d.n.meters.dropped(dropEarly)
		case f.kind == frameInquiry:
			d.inform(l.from)
		case f.tag != d.tag:
			d.n.meters.dropped(dropCluster)
		default:
			d.deal(now, l, &f)
		}
	}
	return nil
}

// deal hands a frame of this cluster to whom it is for.
func (d *driver) deal(now paxos.Time, l *letter, f *frame) {
	switch f.kind {
	case frameMessage:
		d.step(now, l, f)
	case frameForward:
		d.desk.forwardedHere(now, l.from, f)
	case frameForwarded:
		d.desk.returned(now, l.from, f)
	case frameAsk:
		d.reads.askedHere(now, l.from, f)
	case frameConfirmed:
		d.reads.told(now, f)
	case frameWant:
		to := paxos.Supply{To: l.from}
		d.supplier.want(wanted{supply: to, tag: d.tag, slot: f.slot, at: f.at})
	case framePiece:
		d.fetches(l.from, f)
	case frameCrew:
		d.introduced(f)
	case frameChange:
		d.changes.sentHere(now, l.from, f)
	case frameChanged:
		d.changes.answered(f)
	}
}

// step hands the replica a message.
func (d *driver) step(now paxos.Time, l *letter, f *frame) {
	var m paxos.Message
	n, err := paxos.DecodeMessage(f.body, &m, d.arena)
	switch {
	case err != nil || n != len(f.body):
		d.n.meters.dropped(dropGarbage)
		return
	case m.From != l.from || m.Life != l.life:
		d.n.meters.dropped(dropSender)
		return
	}
	d.heard(now, &m)
	d.events.message(deliverEvent, f.number, &m)
	d.script.step(now, &m)
	d.replica.Step(now, &m)
}
