package node

import (
	"encoding/hex"
	"fmt"
	"sync"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/disk"
	"github.com/synodlab/synod/native/wire"
)

// roster knows who the founders are: connections ask it, the loop tells it.
type roster struct {
	mu      sync.Mutex
	hello   wire.Hello
	expect  map[paxos.NodeID]string
	genesis *paxos.Genesis // nil before genesis
}

func newRoster(c *Config, disk disk.ID) *roster {
	return &roster{expect: c.Peers, hello: wire.Hello{
		Cluster: c.Cluster, Node: uint8(c.Node), Life: uint16(firstLife), Disk: disk,
		Alpha: uint32(c.Limits.Window), Limits: c.digest(),
	}}
}

// say is this node's hello. It names the cluster once the genesis is durable.
func (r *roster) say() wire.Hello {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hello
}

// judge refuses whoever is no founder, and whoever comes with another disk than the founder's: it
// has forgotten what it promised (B-11).
func (r *roster) judge(h wire.Hello) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := paxos.NodeID(h.Node)
	if _, found := r.expect[id]; !found || id >= paxos.MaxNodes {
		return fmt.Errorf("node %d is not among the peers of node %d", h.Node, r.hello.Node)
	}
	if h.Life != uint16(firstLife) {
		return fmt.Errorf("node %d comes in life %d, expected %d", h.Node, h.Life, firstLife)
	}
	if r.genesis == nil || r.genesis.Founders[id] == paxos.DiskID(h.Disk) {
		return nil
	}
	return fmt.Errorf("disk %s of node %d is not the founder's (%s): wiped or replaced, "+
		"it cannot vote", brief(h.Disk), h.Node, brief(r.genesis.Founders[id]))
}

// found tells who the founders are; durable, that this is so for ever.
func (r *roster) found(g *paxos.Genesis, durable bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.genesis = g
	if durable {
		id := g.ID()
		copy(r.hello.ClusterID[:], id[:])
	}
}

func brief(id [16]byte) string { return hex.EncodeToString(id[:4]) }

// founding is what the loop knows before genesis.
type founding struct {
	hellos  [paxos.MaxNodes]wire.Hello
	known   paxos.NodeSet
	refused bool // it was said that the cluster was founded without this disk
}

// meet notes the disk of a founder, learnt from itself, and founds the cluster when all are known.
func (d *driver) meet(h wire.Hello) error {
	if d.replica != nil {
		return nil
	}
	f := &d.founding
	f.hellos[h.Node] = h
	f.known = f.known.With(paxos.NodeID(h.Node))
	return d.found()
}

// found founds the cluster if this node knows the disks of all founders. A founder that says it
// was founded with other disks is believed: then this disk can never belong to it.
func (d *driver) found() error {
	f, c := &d.founding, &d.n.cfg
	g := c.genesis()
	for id := range c.Peers {
		if !f.known.Has(id) {
			return nil
		}
		g.Founders[id] = paxos.DiskID(f.hellos[id].Disk)
	}
	id := g.ID()
	for n := range c.Peers {
		var none [32]byte
		if theirs := f.hellos[n].ClusterID; theirs != none && paxos.ClusterID(theirs[:16]) != id {
			d.outcast(n)
			return nil
		}
	}
	if err := d.open(&g); err != nil {
		return err
	}
	d.n.roster.found(&g, false)
	d.start()
	c.Logger.Info("the cluster is founded", "cluster", hex.EncodeToString(id[:]))
	return nil
}

// outcast says, once, that the cluster exists without this disk.
func (d *driver) outcast(by paxos.NodeID) {
	if d.founding.refused {
		return
	}
	d.founding.refused = true
	d.n.cfg.Logger.Error("this data directory is not a founder's: the cluster was founded with "+
		"another disk of this node, or with other disks; it was wiped or replaced, and cannot vote",
		"dir", d.n.cfg.Dir, "disk", d.n.log.ID().String(), "said by node", by)
}

// announce makes the genesis known when the record that holds it is durable: handshakes begin again
// with the cluster's id.
func (d *driver) announce() {
	if d.announced || d.replica.Durable() == 0 {
		return
	}
	d.announced = true
	d.n.roster.found(d.genesis, true)
	if d.founding.known != 0 {
		d.n.work.Go(d.n.peers.Refresh)
	}
}

// open makes the replica.
func (d *driver) open(g *paxos.Genesis) error {
	c := d.n.cfg.core(*g, paxos.DiskID(d.n.log.ID()), seed())
	r, err := paxos.Open(c)
	if err != nil {
		return fmt.Errorf("node: opening the replica: %w", err)
	}
	d.script.open(c)
	d.replica, d.genesis, d.tag = r, g, tagOf(g.ID())
	d.arena = make([]paxos.Entry, max(g.Limits.BatchEntries, 1))
	return nil
}

// start begins to take part, with what the log told or with nothing.
func (d *driver) start() {
	now := d.n.now()
	d.script.start(now)
	d.replica.Start(now)
	d.client = mint(d.highest, d.n.cfg.Node)
	d.wakeAt = now
}
