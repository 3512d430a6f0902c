package node

import (
	"bytes"
	"errors"
	"sync"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/disk"
)

// supplyQueue bounds the requests that wait for the supplier. Beyond it they are dropped: who is
// behind asks again.
const supplyQueue = 16

// supplier reads chosen entries that left memory from the log, for peers that lack them, so that
// the loop never waits for the disk.
type supplier struct {
	reader *disk.Reader
	inbox  *inbox
	cfg    *Config
	wanted chan wanted
	once   sync.Once

	archive *archive
	buf     []byte // of a piece
	frame   []byte

	rec   paxos.Record // read last; its entries point into what the reader lent
	arena []paxos.Entry
}

// wanted is a peer's wish, and the record in which each slot from the first on is to be found.
type wanted struct {
	supply paxos.Supply
	lsns   []paxos.LSN
	tag    tag
	slot   paxos.Slot // of the snapshot of which a piece is wanted; 0: entries are
	at     int64
}

// supplied is its answer.
type supplied struct {
	supply  paxos.Supply
	entries []paxos.Entry
}

func newSupplier(n *Node) *supplier {
	return &supplier{inbox: n.inbox, cfg: &n.cfg, wanted: make(chan wanted, supplyQueue)}
}

// ask passes a wish on, or drops it. Slots that came with a snapshot can be had with one only.
func (s *supplier) ask(want *paxos.Supply, index *slots, t tag) {
	w := wanted{supply: *want, tag: t}
	if want.Snapshot {
		s.want(w)
		return
	}
	count := min(want.Span.Len(), uint64(s.cfg.Limits.BatchEntries))
	for i := range paxos.Slot(count) {
		w.lsns = append(w.lsns, index.of(want.Span.Lo+i))
	}
	s.want(w)
}

func (s *supplier) want(w wanted) {
	select {
	case s.wanted <- w:
	default:
	}
}

func (s *supplier) close() { s.once.Do(func() { close(s.wanted) }) }

// run answers until close.
func (s *supplier) run() {
	s.arena = make([]paxos.Entry, s.cfg.Limits.BatchEntries)
	for w := range s.wanted {
		if w.slot != 0 {
			s.piece(&w)
			continue
		}
		entries, err := s.read(&w)
		switch {
		case len(entries) > 0:
			s.inbox.put(func(b *batch) {
				b.supplied = append(b.supplied, supplied{w.supply, entries})
			})
		case errors.Is(err, disk.ErrReleased):
			s.offer(w.supply.To, w.tag)
		}
		if err != nil && !errors.Is(err, disk.ErrReleased) {
			s.cfg.Logger.Error("the log cannot supply a peer", "node", w.supply.To, "err", err)
		}
	}
}

// read copies as many of the entries as one message may hold. A record that is not durable yet ends
// them without an error; one that was let go, or that never named the slot, with ErrReleased.
func (s *supplier) read(w *wanted) (entries []paxos.Entry, err error) {
	if w.supply.Snapshot {
		return nil, disk.ErrReleased
	}
	room := s.cfg.Limits.BatchBytes
	s.rec = paxos.Record{}
	for i, lsn := range w.lsns {
		if lsn == 0 {
			return entries, disk.ErrReleased
		}
		if err := s.load(lsn); err != nil {
			if errors.Is(err, disk.ErrNotDurable) || errors.Is(err, disk.ErrClosed) {
				err = nil
			}
			return entries, err
		}
		e := s.rec.Entries[w.supply.Span.Lo+paxos.Slot(i)-s.rec.Span.Lo]
		if room -= len(e.Data); room < 0 {
			return entries, nil
		}
		e.Data = bytes.Clone(e.Data)
		entries = append(entries, e)
	}
	return entries, nil
}

// load reads a record, unless it is the one that was read last.
func (s *supplier) load(lsn paxos.LSN) error {
	if s.rec.LSN == lsn {
		return nil
	}
	b, err := s.reader.Read(uint64(lsn))
	if err != nil {
		return err
	}
	_, err = paxos.DecodeRecord(b, &s.rec, s.arena)
	return err
}
