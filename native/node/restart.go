package node

import (
	"errors"
	"fmt"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/disk"
)

// The header of each segment of the log: who keeps it, known before the first record and repeated
// when older records are gone (B-05).
//
//	offset  bytes
//	0       8      "synodnd1"
//	8       1      node
//	9       2      life
//	11      16     cluster id, zero before genesis
//	27      8      highest ballot promised
//	35      …      name of the cluster
const (
	headerMagic = "synodnd1"
	headerFixed = 35
)

// header appends the header record. The promise in it may be made by a record that is not durable
// yet: to remember a promise too early is to refuse more, which is safe.
func (d *driver) header(dst []byte) []byte {
	var cluster paxos.ClusterID
	var promised paxos.Ballot
	if d.replica != nil {
		cluster, promised = d.replica.Cluster(), d.replica.Promised()
	}
	dst = append(append(dst, headerMagic...), byte(d.n.cfg.Node))
	dst = le.AppendUint16(dst, uint16(firstLife))
	dst = append(dst, cluster[:]...)
	dst = le.AppendUint64(dst, uint64(promised))
	return append(dst, d.n.cfg.Cluster...)
}

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
	if len(b) < headerFixed || string(b[:8]) != headerMagic {
		return &MismatchError{c.Dir, "it holds a log, but not that of a node"}
	}
	if node, name := b[8], string(b[headerFixed:]); node != byte(c.Node) || name != c.Cluster {
		return &MismatchError{c.Dir, fmt.Sprintf("it belongs to node %d of cluster %q, "+
			"expected node %d of cluster %q", node, name, c.Node, c.Cluster)}
	}
	return nil
}

// restart reads the log: the replica remembers what it promised and accepted, the store executes
// again what was chosen.
func (d *driver) restart() error {
	if err := d.script.begin(d.n.cfg.Record); err != nil {
		return err
	}
	if err := d.n.log.Replay(nil, d.replay); err != nil {
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
	d.script.replay(&rec)
	if err := d.replica.Replay(&rec); err != nil {
		return fmt.Errorf("node: record %d of %s: %w", lsn, d.n.cfg.Dir, err)
	}
	d.slots.note(&rec)
	return d.drain()
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
