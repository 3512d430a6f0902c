package node

import (
	"errors"
	"fmt"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/disk"
)

// openLog opens the data directory and sees that it is this node's.
func (d *driver) openLog() error {
	c := &d.n.cfg
	l, err := disk.Open(c.Dir, disk.Options{
		Header: d.header, Logger: c.Logger, Buffered: c.Buffered, SegmentBytes: c.SegmentBytes,
	})
	if err != nil {
		return c.place(err)
	}
	if err := d.checkHeader(l.Header()); err != nil {
		return errors.Join(err, l.Close())
	}
	d.n.log = l
	d.journal.log, d.supplier.reader = l, l.NewReader()
	d.archive.files = l.Snapshots()
	return nil
}

// place tells which directory is damaged: several nodes of one machine may say so at once.
func (c *Config) place(err error) error {
	if damage := (*disk.CorruptError)(nil); errors.As(err, &damage) {
		return fmt.Errorf("data directory %s: %w", c.Dir, err)
	}
	return err
}

func (d *driver) checkHeader(b []byte) error {
	c := &d.n.cfg
	h, err := parseHeader(b)
	if err != nil {
		return &MismatchError{c.Dir, err.Error()}
	}
	if h.node != c.Node || h.name != c.Cluster {
		return &MismatchError{c.Dir, fmt.Sprintf("it belongs to node %d of cluster %q, "+
			"expected node %d of cluster %q", h.node, h.name, c.Node, c.Cluster)}
	}
	return nil
}

// restart reads the log: the replica remembers what it promised and accepted, the store executes
// again what was chosen.
func (d *driver) restart() error {
	if err := d.script.begin(d.n.cfg.Record); err != nil {
		return err
	}
	if err := d.remember(); err != nil {
		return d.n.cfg.place(err)
	}
	if d.replica != nil {
		d.announced, d.life = true, d.replica.Life()
		d.n.roster.found(d.genesis, d.life)
		d.start()
		return nil
	}
	own := d.n.roster.say()
	return d.meet(own)
}

// remember reads the newest sound snapshot and the log: first who this disk is, from the log's
// first record or, if that is gone, from the header of its first segment; then the snapshot; then
// the other records.
func (d *driver) remember() error {
	first := d.n.log.Segments()[0]
	h, err := parseHeader(first.Head)
	if err != nil {
		return err
	}
	if d.recovered, err = d.archive.recover(h.top); err != nil {
		return err
	}
	d.slots.top = h.top
	if first.First > 1 {
		if err := d.replayHeader(paxos.LSN(first.First-1), h.record); err != nil {
			return err
		}
	}
	if err := d.n.log.Replay(nil, d.replay); err != nil {
		return errors.Join(d.archive.damage, err) // an older snapshot was not enough
	}
	return nil
}

// replayHeader takes back what the header of the first segment says of all that was before it.
func (d *driver) replayHeader(lsn paxos.LSN, b []byte) error {
	if err := d.replayGenesis(b); err != nil {
		return err
	}
	var rec paxos.Record
	if _, err := paxos.DecodeRecord(b, &rec, d.arena); err != nil {
		return err
	}
	rec.LSN = lsn // it may have been made out some records ahead
	if err := d.replayRecord(&rec); err != nil {
		return err
	}
	return d.replaySnapshot()
}

// replaySnapshot goes on from the snapshot, if there is one.
func (d *driver) replaySnapshot() error {
	im := d.recovered
	if im == nil {
		return nil
	}
	d.recovered = nil
	d.adopt(im)
	return d.replayRecord(&im.rec)
}

func (d *driver) replayRecord(rec *paxos.Record) error {
	d.script.replay(rec)
	if err := d.replica.Replay(rec); err != nil {
		return fmt.Errorf("node: %v record %d of %s: %w", rec.Kind, rec.LSN, d.n.cfg.Dir, err)
	}
	d.slots.note(rec)
	return d.drain()
}

// replay takes back one record.
func (d *driver) replay(lsn uint64, b []byte) error {
	var rec paxos.Record
	if d.replica == nil {
		if err := d.replayGenesis(b); err != nil {
			return err
		}
	}
	n, err := paxos.DecodeRecord(b, &rec, d.arena)
	if err == nil && (n != len(b) || uint64(rec.LSN) != lsn) {
		err = errors.New("it is not the record that was written in this place")
	}
	if err != nil {
		return fmt.Errorf("node: record %d of %s: %w", lsn, d.n.cfg.Dir, err)
	}
	if err := d.replayRecord(&rec); err != nil {
		return err
	}
	return d.replaySnapshot()
}

// replayGenesis opens the replica with what the first record says, and sees that the configuration
// says the same.
func (d *driver) replayGenesis(b []byte) error {
	c := &d.n.cfg
	var rec paxos.Record
	_, err := paxos.DecodeRecord(b, &rec, d.arena)
	if err != nil || rec.Kind != paxos.Format || len(rec.Entries) != 1 {
		return &MismatchError{c.Dir, "its log does not begin with a genesis"}
	}
	// A Format record's data is the node, its life and disk, then the genesis.
	const before = 1 + 2 + 16
	var g paxos.Genesis
	data := rec.Entries[0].Data
	if len(data) < before {
		return &MismatchError{c.Dir, "its genesis is cut short"}
	}
	if _, err := paxos.DecodeGenesis(data[before:], &g); err != nil {
		return &MismatchError{c.Dir, err.Error()}
	}
	if paxos.DiskID(data[3:before]) != paxos.DiskID(d.n.log.ID()) {
		return &MismatchError{c.Dir, "its log was written on another disk"}
	}
	if err := c.sameGenesis(&g); err != nil {
		return err
	}
	return d.open(&g)
}

// sameGenesis sees that the limits are those that the cluster was founded with. Who its members are
// the log knows better than the configuration.
func (c *Config) sameGenesis(g *paxos.Genesis) error {
	if g.Limits.Window != c.Limits.Window {
		return &MismatchError{c.Dir, fmt.Sprintf("the cluster was founded with a window of %d "+
			"slots, expected %d", g.Limits.Window, c.Limits.Window)}
	}
	if g.Limits != c.Limits {
		return &MismatchError{c.Dir, fmt.Sprintf("the cluster was founded with the limits %+v, "+
			"expected %+v", g.Limits, c.Limits)}
	}
	return nil
}
