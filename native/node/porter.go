package node

import (
	"bytes"
	"errors"
	"sync"
	"time"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/disk"
	"github.com/synodlab/synod/native/wire"
)

const (
	// pieceBytes is how much of a snapshot one frame brings: little enough not to delay others.
	pieceBytes = 128 << 10
	// piecesAhead is how many pieces are asked for before the first of them came.
	piecesAhead = 4
	// pieceSilence is the silence after which a piece is asked for again, porterPatience the one
	// after which the snapshot is given up: whoever is asked next has perhaps a newer one.
	pieceSilence   = time.Second
	porterPatience = 10 * time.Second
	// porterQueue bounds what waits for the porter; what comes beyond it is asked for again.
	porterQueue = 16
)

// parcel is a frame of an offer, or of a piece, for the porter.
type parcel struct {
	from paxos.NodeID
	tag  tag
	slot paxos.Slot
	size int64
	at   int64
	data []byte // of a piece; nil for an offer
}

// porter fetches snapshots of peers, in a goroutine of its own: the receiver asks for each piece,
// so that neither the sender nor what lies between ever holds more than a few of them. Of what
// came nothing counts before all of it is durable and was read back.
type porter struct {
	n       *Node
	archive *archive
	in      chan parcel
	once    sync.Once

	part  *disk.SnapshotPart // nil if nothing is being fetched
	is    parcel             // the offer that it came of
	next  int64              // up to here all has come
	asked int64
	moved time.Time // when something came last
	again time.Time // when something was asked for last
}

func newPorter(n *Node, a *archive) *porter {
	return &porter{n: n, archive: a, in: make(chan parcel, porterQueue)}
}

// take passes a parcel on, or loses it.
func (p *porter) take(c parcel) {
	select {
	case p.in <- c:
	default:
	}
}

func (p *porter) close() { p.once.Do(func() { close(p.in) }) }

func (p *porter) run() {
	tick := time.NewTicker(pieceSilence / 4)
	defer tick.Stop()
	for {
		select {
		case c, open := <-p.in:
			if !open {
				p.drop()
				return
			}
			if c.data == nil {
				p.offered(c)
			} else {
				p.came(c)
			}
		case <-tick.C:
			p.nudge()
		}
	}
}

// offered begins to fetch what was offered, unless something is being fetched.
func (p *porter) offered(c parcel) {
	if p.part != nil || c.size <= 0 || c.slot <= p.archive.newest() || p.n.applied() >= c.slot {
		return
	}
	part, err := p.archive.files.Receive(uint64(c.slot))
	if err != nil {
		p.n.cfg.Logger.Error("a snapshot of a peer cannot be stored", "err", err)
		return
	}
	p.part, p.is, p.next, p.asked = part, c, 0, 0
	p.moved = time.Now()
	p.ask()
}

// ask asks for the pieces that may be under way.
func (p *porter) ask() {
	p.again = time.Now()
	for ; p.asked < p.is.size && p.asked < p.next+piecesAhead*pieceBytes; p.asked += pieceBytes {
		frame := appendWant(nil, p.is.tag, p.is.slot, p.asked)
		_ = p.n.peers.Send(uint8(p.is.from), wire.Bulk, frame) // what is lost is asked for again
	}
}

// came takes in a piece. Those of one connection come in order; any other is asked for again.
func (p *porter) came(c parcel) {
	if p.part == nil || c.from != p.is.from || c.slot != p.is.slot || c.size != p.is.size ||
		c.at != p.next || int64(len(c.data)) > c.size-c.at {
		return
	}
	if _, err := p.part.WriteAt(c.data, c.at); err != nil {
		p.n.cfg.Logger.Error("a snapshot of a peer cannot be stored", "err", err)
		p.drop()
		return
	}
	p.next += int64(len(c.data))
	p.moved = time.Now()
	if p.next < p.is.size {
		p.ask()
		return
	}
	if err := p.finish(); err != nil {
		p.n.cfg.Logger.Error("a snapshot of a peer is of no use", "node", p.is.from, "err", err)
		p.drop()
	}
}

// nudge asks again for what was lost, or gives up.
func (p *porter) nudge() {
	switch {
	case p.part == nil:
	case time.Since(p.moved) > porterPatience:
		p.drop()
	case time.Since(p.moved) > pieceSilence && time.Since(p.again) > pieceSilence:
		p.asked = p.next
		p.ask()
	}
}

// finish reads the whole back, makes it durable, and hands it to the loop.
func (p *porter) finish() error {
	r, err := p.part.Open()
	if err != nil {
		return err
	}
	im, err := p.archive.judge(readImage(r))(uint64(p.is.slot))
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	err, p.part = p.archive.commit(p.is.slot, p.part.Commit), nil
	if err != nil {
		return err
	}
	p.n.inbox.put(func(b *batch) { b.image = im })
	return nil
}

// drop gives up what is being fetched.
func (p *porter) drop() {
	if p.part != nil {
		_ = p.part.Abort() // the file is overwritten by the next one
		p.part = nil
	}
}

// piece sends a peer what it wants of a snapshot; if that is gone, what there is in its place.
func (s *supplier) piece(w *wanted) {
	if s.buf == nil {
		s.buf = make([]byte, pieceBytes)
	}
	n, size, err := s.archive.files.Piece(uint64(w.slot), w.at, s.buf)
	if disk.Missing(err) {
		s.offer(w.supply.To, w.tag)
		return
	}
	if err != nil || n == 0 {
		s.cfg.Logger.Error("a snapshot cannot be read", "slot", w.slot, "at", w.at, "err", err)
		return
	}
	s.frame = appendPiece(s.frame[:0], w.tag, w.slot, size, w.at, s.buf[:n])
	_ = s.archive.n.peers.Send(uint8(w.supply.To), wire.Bulk, s.frame) // it will be asked for again
}

// offer tells a peer of the newest snapshot.
func (s *supplier) offer(to paxos.NodeID, t tag) {
	slot := s.archive.newest()
	if slot == 0 {
		return
	}
	var b [1]byte
	_, size, err := s.archive.files.Piece(uint64(slot), 0, b[:])
	if err != nil {
		return // a newer one took its place just now; the peer asks again
	}
	s.frame = appendPiece(s.frame[:0], t, slot, size, 0, nil)
	_ = s.archive.n.peers.Send(uint8(to), wire.Bulk, s.frame) // the peer asks again
}

// The frames of snapshots.

const (
	wantSize  = frameHead + 8 + 8
	pieceHead = frameHead + 8 + 8 + 8
)

func appendWant(dst []byte, t tag, slot paxos.Slot, at int64) []byte {
	dst = le.AppendUint64(beginFrame(dst, frameWant, t), uint64(slot))
	return le.AppendUint64(dst, uint64(at))
}

// appendPiece appends a piece of a snapshot's file; without data it is an offer.
func appendPiece(dst []byte, t tag, slot paxos.Slot, size, at int64, data []byte) []byte {
	dst = le.AppendUint64(beginFrame(dst, framePiece, t), uint64(slot))
	dst = le.AppendUint64(le.AppendUint64(dst, uint64(size)), uint64(at))
	return append(dst, data...)
}

func (f *frame) decodeSnapshot(b []byte) error {
	b = b[frameHead:]
	f.slot = paxos.Slot(le.Uint64(b))
	if f.kind == frameWant {
		f.at = int64(le.Uint64(b[8:]))
		return nil
	}
	f.size, f.at, f.body = int64(le.Uint64(b[8:])), int64(le.Uint64(b[16:])), b[24:]
	if f.size < 0 || f.at < 0 || f.at > f.size {
		return errFrameShort
	}
	return nil
}

// fetches hands the porter a frame of a snapshot.
func (d *driver) fetches(from paxos.NodeID, f *frame) {
	c := parcel{from: from, tag: d.tag, slot: f.slot, size: f.size, at: f.at}
	if len(f.body) > 0 {
		c.data = bytes.Clone(f.body)
	}
	d.porter.take(c)
}
