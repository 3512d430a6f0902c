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

	rec   paxos.Record // read last; its entries point into what the reader lent
	arena []paxos.Entry
}

// wanted is a peer's wish, and the record in which each slot from the first on is to be found.
type wanted struct {
	supply paxos.Supply
	lsns   []paxos.LSN
}

// supplied is its answer.
type supplied struct {
	supply  paxos.Supply
	entries []paxos.Entry
}

func newSupplier(n *Node) *supplier {
	return &supplier{inbox: n.inbox, cfg: &n.cfg, wanted: make(chan wanted, supplyQueue)}
}

// ask passes a wish on, or drops it.
func (s *supplier) ask(want *paxos.Supply, index *slots) {
	w := wanted{supply: *want}
	count := min(want.Span.Len(), uint64(s.cfg.Limits.BatchEntries))
	for i := range paxos.Slot(count) {
		w.lsns = append(w.lsns, index.of(want.Span.Lo+i))
	}
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
		entries, err := s.read(&w)
		if err != nil {
			s.cfg.Logger.Error("the log cannot supply a peer", "node", w.supply.To, "err", err)
		}
		if len(entries) > 0 {
			s.inbox.put(func(b *batch) {
				b.supplied = append(b.supplied, supplied{w.supply, entries})
			})
		}
	}
}

// read copies as many of the entries as one message may hold. A record that is not durable yet ends
// them without an error.
func (s *supplier) read(w *wanted) (entries []paxos.Entry, err error) {
	room := s.cfg.Limits.BatchBytes
	s.rec = paxos.Record{}
	for i, lsn := range w.lsns {
		if lsn == 0 {
			return entries, nil
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
