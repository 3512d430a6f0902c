package node

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/synodlab/synod/core/kv"
	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/disk"
)

// keptSnapshots is how many snapshots are kept. The log is kept from the oldest of them on, so that
// a damaged one costs nothing but time.
const keptSnapshots = 2

// image is a snapshot in memory: the state of the store after a slot, and what belongs to it. As a
// file, its bytes are: length of the record (4), the record, the highest client id (8), the store.
type image struct {
	rec     paxos.Record // of kind Snapshot; owned
	highest uint64       // client id in the log up to there
	store   *kv.Store
}

// archive writes snapshots, in a goroutine of its own, and knows which there are.
type archive struct {
	n      *Node
	files  *disk.Snapshots
	orders chan *image
	once   sync.Once

	changing sync.Mutex // held while files come and go

	mu     sync.Mutex
	sound  []paxos.Slot // newest first
	damage error        // of those that were passed over
}

func newArchive(n *Node) *archive { return &archive{n: n, orders: make(chan *image, 1)} }

func (a *archive) close() { a.once.Do(func() { close(a.orders) }) }

// run writes what is ordered. A snapshot that cannot be written is given up: the log stays.
func (a *archive) run() {
	for im := range a.orders {
		err := a.write(im)
		if err != nil && !a.n.inbox.ended() {
			a.n.cfg.Logger.Error("a snapshot could not be written", "slot", im.rec.Chosen,
				"err", err)
		}
		a.n.inbox.put(func(b *batch) { b.archived = true })
	}
}

// write makes an image durable.
func (a *archive) write(im *image) error {
	w, err := a.files.Create(uint64(im.rec.Chosen))
	if err != nil {
		return err
	}
	if err := im.writeTo(w, a.n.stopped.Done()); err != nil {
		return errors.Join(err, w.Abort())
	}
	return a.commit(im.rec.Chosen, w.Commit)
}

var errStopping = errors.New("node: the node stops")

// writeTo writes an image a chunk at a time, unless the node stops.
func (im *image) writeTo(w io.Writer, stopped <-chan struct{}) error {
	rec := paxos.AppendRecord(nil, &im.rec)
	b := append(le.AppendUint32(nil, uint32(len(rec))), rec...)
	b = le.AppendUint64(b, im.highest)
	p := im.store.Snapshot()
	for more := true; more; {
		if _, err := w.Write(b); err != nil {
			return err
		}
		select {
		case <-stopped:
			return errStopping
		default:
		}
		b, more = p.Append(b[:0])
	}
	_, err := w.Write(b)
	return err
}

// maxImageHead bounds what stands before the store.
const maxImageHead = 1 << 20

// readImage reads what writeTo wrote, to its end.
func readImage(r io.Reader) (*image, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := le.Uint32(size[:])
	if n > maxImageHead {
		return nil, fmt.Errorf("node: snapshot: a record of %d bytes", n)
	}
	b := make([]byte, n+8)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	im := &image{highest: le.Uint64(b[n:])}
	used, err := paxos.DecodeRecord(b[:n], &im.rec, make([]paxos.Entry, 1))
	if err == nil && (used != int(n) || im.rec.Kind != paxos.Snapshot) {
		err = errors.New("node: snapshot: it does not begin with its record")
	}
	if err != nil {
		return nil, err
	}
	l := kv.NewLoader()
	if _, err := io.Copy(l, r); err != nil {
		return nil, err
	}
	im.store, err = l.Store()
	return im, err
}

// commit makes a snapshot durable, and removes those that are not needed any more.
func (a *archive) commit(slot paxos.Slot, durable func() error) error {
	a.changing.Lock()
	defer a.changing.Unlock()
	if err := durable(); err != nil {
		return err
	}
	a.mu.Lock()
	if len(a.sound) == 0 || slot > a.sound[0] {
		a.sound = append([]paxos.Slot{slot}, a.sound...)
	}
	a.sound = a.sound[:min(len(a.sound), keptSnapshots)]
	var kept []uint64
	for _, s := range a.sound {
		kept = append(kept, uint64(s))
	}
	a.mu.Unlock()
	return a.files.Keep(kept...)
}

// newest returns the slot of the newest snapshot, 0 if there is none, and oldest that of the oldest
// one, up to which the log is not needed.
func (a *archive) newest() paxos.Slot {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.sound) == 0 {
		return 0
	}
	return a.sound[0]
}

func (a *archive) oldest() paxos.Slot {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.sound) < keptSnapshots {
		return 0
	}
	return a.sound[len(a.sound)-1]
}

// recover reads the newest sound snapshot, for a log that lacks the slots up to least. A damaged
// one is passed over if one before it will do; if none does, the error names the damage. It returns
// nil if there is none and none is needed.
func (a *archive) recover(least paxos.Slot) (im *image, err error) {
	all, err := a.files.List()
	if err != nil {
		return nil, err
	}
	for _, number := range all {
		if paxos.Slot(number) < least {
			break
		}
		found, err := a.read(number)
		if err != nil {
			a.tell(err)
			a.damage = errors.Join(a.damage, err)
			continue
		}
		if im == nil {
			im = found
		}
		a.mu.Lock()
		a.sound = append(a.sound, paxos.Slot(number))
		a.mu.Unlock()
		break
	}
	switch {
	case im != nil || least == 0:
		return im, nil
	case a.damage != nil:
		return nil, a.damage
	}
	return nil, &disk.CorruptError{File: disk.SnapshotName(uint64(least)), What: "missing: the " +
		"log does not hold the slots up to there any more, and a snapshot of it or of a later " +
		"slot is expected"}
}

// tell logs that a snapshot is damaged. What that means for the node is not known yet.
func (a *archive) tell(err error) {
	why := err.Error()
	if damage := (*disk.CorruptError)(nil); errors.As(err, &damage) {
		why = damage.Finding()
	}
	a.n.cfg.Logger.Error("a snapshot is damaged", "dir", a.n.cfg.Dir, "err", why)
}

func (a *archive) read(number uint64) (*image, error) {
	r, err := a.files.Open(number)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return a.judge(readImage(r))(number)
}

// judge makes damage of an image that cannot be read, or is another than its name says.
func (a *archive) judge(im *image, err error) func(number uint64) (*image, error) {
	return func(number uint64) (*image, error) {
		var known *disk.CorruptError
		if err == nil && uint64(im.rec.Chosen) != number {
			err = fmt.Errorf("it is that of slot %d", im.rec.Chosen)
		}
		if err == nil && im.store.Limits() != kv.New(storeLimits).Limits() {
			err = errors.New("its store has other limits")
		}
		if err != nil && !errors.As(err, &known) {
			err = &disk.CorruptError{File: disk.SnapshotName(number), What: err.Error()}
		}
		return im, err
	}
}
