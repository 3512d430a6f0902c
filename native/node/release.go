package node

import (
	"fmt"

	"github.com/synodlab/synod/core/paxos"
)

// checkpoint orders a snapshot when the log has grown by enough, if none is being written. It is
// called when all that was handed out is executed.
func (d *driver) checkpoint() {
	j := d.journal
	if j.since < d.n.cfg.SnapshotBytes || d.archiving {
		return
	}
	var rec paxos.Record
	if !d.replica.Checkpoint(&rec) || rec.Chosen <= d.archive.newest() {
		return
	}
	entry := rec.Entries[0]
	entry.Data = append([]byte(nil), entry.Data...)
	rec.Entries = []paxos.Entry{entry}
	d.n.machine.mu.Lock()
	im := &image{rec: rec, highest: d.highest, store: d.n.machine.store.Clone()}
	d.n.machine.mu.Unlock()
	d.archiving, j.since = true, 0
	d.archive.orders <- im
}

// release lets go of what the oldest snapshot covers: whole segments of the log whose records name
// no later slot, and the index of these slots. The header of the first segment that stays was
// durable before its first record (B-05); the manifest forgets the others before they go (B-09).
func (d *driver) release() error {
	to := d.archive.oldest()
	if d.replica == nil || to <= d.released {
		return nil
	}
	d.released = to
	d.script.snapshotted(to)
	d.replica.Snapshotted(to)
	segments := d.n.log.Segments()
	for i := len(segments) - 1; i > 0; i-- {
		h, err := parseHeader(segments[i].Head)
		if err != nil {
			return err
		}
		if h.top <= to {
			if err := d.n.log.Release(segments[i].First); err != nil {
				return err
			}
			break
		}
	}
	d.slots.release(to)
	return nil
}

// install takes over the state that came from a peer, which is durable here by now. Slots that were
// executed meanwhile are not taken back (B-37).
func (d *driver) install(im *image) error {
	if im.rec.Chosen <= d.replica.AppliedTo() {
		return nil
	}
	if err := d.drain(); err != nil {
		return err
	}
	if im.rec.Chosen <= d.replica.AppliedTo() {
		return nil
	}
	d.script.installed(&im.rec)
	if err := d.replica.Installed(&im.rec); err != nil {
		d.n.cfg.Logger.Error("a snapshot of a peer does not fit", "err", err)
		return nil
	}
	d.adopt(im)
	d.n.cfg.Logger.Info("a snapshot was installed", "slot", im.rec.Chosen)
	return d.drain()
}

// adopt makes the state of an image that of the store.
func (d *driver) adopt(im *image) {
	m := d.n.machine
	m.mu.Lock()
	m.store = im.store
	m.mu.Unlock()
	d.highest = max(d.highest, im.highest)
}

// The header record of each segment of the log: who keeps it, known before the first record, and
// what must outlive the segments before it (B-05).
//
//	offset  bytes
//	0       8      "synodnd2"
//	8       1      node
//	9       8      highest slot that a record before this segment names
//	17      1      length n of the cluster's name
//	18      n      name of the cluster
//	18+n    …      Format record of the replica; nothing before genesis
const (
	headerMagic = "synodnd2"
	headerFixed = 18
)

type header struct {
	node   paxos.NodeID
	top    paxos.Slot
	name   string
	record []byte
}

// header appends the header record. The promise and the life in it may be made by a record that is
// not durable yet: to remember a promise too early is to refuse more, which is safe, and a life is
// given by a configuration that is chosen.
func (d *driver) header(dst []byte) []byte {
	dst = append(append(dst, headerMagic...), byte(d.n.cfg.Node))
	dst = le.AppendUint64(dst, uint64(d.slots.top))
	dst = append(append(dst, byte(len(d.n.cfg.Cluster))), d.n.cfg.Cluster...)
	if d.replica == nil {
		return dst
	}
	var rec paxos.Record
	d.replica.Header(&rec)
	return paxos.AppendRecord(dst, &rec)
}

func parseHeader(b []byte) (h header, err error) {
	if len(b) < headerFixed || string(b[:8]) != headerMagic || len(b) < headerFixed+int(b[17]) {
		return h, fmt.Errorf("node: the header of a segment is not that of a node of this version")
	}
	n := headerFixed + int(b[17])
	return header{paxos.NodeID(b[8]), paxos.Slot(le.Uint64(b[9:])), string(b[headerFixed:n]),
		b[n:]}, nil
}
