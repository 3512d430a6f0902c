package node

import (
	"fmt"
	"sync"
	"time"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/disk"
)

// journal writes the replica's records. The loop appends, a goroutine of its own syncs: what is
// appended while it waits for the disk is the next sync's.
type journal struct {
	log    *disk.Log
	inbox  *inbox
	meters *meters
	bytes  []byte // of the record being appended
	since  int64  // bytes appended since a snapshot was ordered

	kick chan struct{} // holds one token while something is to be synced
	end  chan struct{}
	once sync.Once
}

func newJournal(n *Node) *journal {
	return &journal{inbox: n.inbox, meters: n.meters, kick: make(chan struct{}, 1),
		end: make(chan struct{})}
}

// append adds a record. The log counts as the replica does.
func (j *journal) append(rec *paxos.Record) error {
	j.bytes = paxos.AppendRecord(j.bytes[:0], rec)
	lsn, err := j.log.Append(j.bytes)
	j.since += int64(len(j.bytes))
	if err == nil && lsn != uint64(rec.LSN) {
		err = fmt.Errorf("node: record %d became record %d of the log", rec.LSN, lsn)
	}
	return err
}

// request has all that was appended synced.
func (j *journal) request() {
	select {
	case j.kick <- struct{}{}:
	default:
	}
}

// sync syncs until close. The first error ends it and stops the node: what is on the disk then only
// the next start can tell (B-08).
func (j *journal) sync() {
	for {
		select {
		case <-j.end:
			return
		case <-j.kick:
		}
		begin := time.Now()
		to, err := j.log.Sync()
		j.meters.synced(time.Since(begin))
		j.inbox.put(func(b *batch) {
			b.durable = max(b.durable, paxos.LSN(to))
			b.err = err
		})
		if err != nil {
			return
		}
	}
}

func (j *journal) close() { j.once.Do(func() { close(j.end) }) }

// slots remembers for each slot the last record that names it: 8 bytes a slot.
type slots struct {
	pages [][]paxos.LSN // nil for those that were released
	top   paxos.Slot    // highest slot that a record names
}

const pageSlots = 4096

func (x *slots) note(rec *paxos.Record) {
	if rec.Kind != paxos.Accepted && rec.Kind != paxos.Chosen {
		return
	}
	for i := range rec.Entries {
		s := rec.Span.Lo + paxos.Slot(i)
		x.top = max(x.top, s)
		page := x.page(s)
		if *page == nil {
			*page = make([]paxos.LSN, pageSlots)
		}
		(*page)[s%pageSlots] = rec.LSN
	}
}

// page finds the page of slot s. The list of pages, 24 bytes for each 4,096 slots that ever were,
// is not released.
func (x *slots) page(s paxos.Slot) *[]paxos.LSN {
	for s/pageSlots >= paxos.Slot(len(x.pages)) {
		x.pages = append(x.pages, nil)
	}
	return &x.pages[s/pageSlots]
}

// of returns the last record that names s, 0 if none does.
func (x *slots) of(s paxos.Slot) paxos.LSN {
	if s/pageSlots >= paxos.Slot(len(x.pages)) || x.pages[s/pageSlots] == nil {
		return 0
	}
	return x.pages[s/pageSlots][s%pageSlots]
}

// release forgets the pages that hold no slot above to.
func (x *slots) release(to paxos.Slot) {
	for i := paxos.Slot(0); i < (to+1)/pageSlots && i < paxos.Slot(len(x.pages)); i++ {
		x.pages[i] = nil
	}
}
