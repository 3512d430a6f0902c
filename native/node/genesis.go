package node

import (
	"encoding/hex"
	"fmt"
	"sync"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/disk"
	"github.com/synodlab/synod/native/wire"
)

// roster knows whom to admit: connections ask it, the loop tells it.
type roster struct {
	mu      sync.Mutex
	hello   wire.Hello
	expect  map[paxos.NodeID]string // before genesis
	founded bool                    // the genesis is known
	members paxos.Members           // of the newest configuration, then
}

func newRoster(c *Config, disk disk.ID) *roster {
	return &roster{expect: c.Peers, hello: wire.Hello{
		Cluster: c.Cluster, Node: uint8(c.Node), Disk: disk, Address: c.Peers[c.Node],
		Alpha: uint32(c.Limits.Window), Limits: c.digest(),
	}}
}

// say is this node's hello. It names the cluster and the life of the disk once the genesis is
// durable.
func (r *roster) say() wire.Hello {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hello
}

// judge admits every disk of the cluster: one that no configuration names learns, and can do no
// harm, since no vote of it counts. A disk that claims the life of another is refused. Before
// genesis only founders are let in, and those who know the genesis.
func (r *roster) judge(h wire.Hello) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := paxos.NodeID(h.Node)
	if id == 0 || id >= paxos.MaxNodes {
		return fmt.Errorf("node %d: numbers from 1 to %d expected", h.Node, paxos.MaxNodes-1)
	}
	_, expected := r.expect[id]
	if !r.founded && !expected && h.ClusterID == [32]byte{} {
		return fmt.Errorf("node %d is not among the peers of node %d, and the cluster is not "+
			"founded yet", h.Node, r.hello.Node)
	}
	m := r.members.Member(id)
	if r.founded && h.Life != 0 && m.Life == paxos.Life(h.Life) && m.Disk != paxos.DiskID(h.Disk) {
		return fmt.Errorf("disk %s of node %d comes in life %d, which is that of disk %s",
			brief(h.Disk), h.Node, h.Life, brief(m.Disk))
	}
	return nil
}

// prefers reports whether a disk has its number by right: it is the one that votes.
func (r *roster) prefers(h wire.Hello) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return h.Disk != [16]byte{} && r.members.Disk(paxos.NodeID(h.Node)) == paxos.DiskID(h.Disk)
}

// found tells that the genesis is durable, and what this disk is in the cluster.
func (r *roster) found(g *paxos.Genesis, life paxos.Life) {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := g.ID()
	copy(r.hello.ClusterID[:], id[:])
	r.hello.Life = uint16(life)
}

// configure tells which configuration is the newest.
func (r *roster) configure(m paxos.Members) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.founded, r.members = true, m
}

func brief(id [16]byte) string { return hex.EncodeToString(id[:4]) }

// founding is what the loop knows before genesis.
type founding struct {
	hellos [paxos.MaxNodes]wire.Hello
	known  paxos.NodeSet
	met    bool // somebody was met before the genesis was announced
}

// meet notes the disk of a founder, learnt from itself, and founds the cluster when all are known.
// Whoever belongs to a cluster already is asked for its genesis.
func (d *driver) meet(h wire.Hello) error {
	f := &d.founding
	if paxos.NodeID(h.Node) != d.n.cfg.Node {
		f.met = true
	}
	if d.replica != nil {
		return nil
	}
	if _, found := d.n.cfg.Peers[paxos.NodeID(h.Node)]; !found || d.n.cfg.Join {
		d.inquire()
		return nil
	}
	f.hellos[h.Node] = h
	f.known = f.known.With(paxos.NodeID(h.Node))
	return d.found()
}

// found founds the cluster if this node knows the disks of all founders. If one of them says that
// it was founded with other disks, that is the cluster, and this disk may learn in it.
func (d *driver) found() error {
	f, c := &d.founding, &d.n.cfg
	g := c.genesis()
	for id := range c.Peers {
		if !f.known.Has(id) {
			d.inquire()
			return nil
		}
		g.Founders[id] = paxos.DiskID(f.hellos[id].Disk)
	}
	id := g.ID()
	for n := range c.Peers {
		var none [32]byte
		if theirs := f.hellos[n].ClusterID; theirs != none && paxos.ClusterID(theirs[:16]) != id {
			d.inquire()
			return nil
		}
	}
	return d.begin(&g)
}

// begin takes part in the cluster of this genesis, from its first record on.
func (d *driver) begin(g *paxos.Genesis) error {
	if err := d.open(g); err != nil {
		return err
	}
	d.start()
	id := g.ID()
	d.n.cfg.Logger.Info("the cluster is founded", "cluster", hex.EncodeToString(id[:]))
	return nil
}

// inquire asks for the genesis whoever has one and is connected. It is repeated until one is known.
func (d *driver) inquire() {
	if d.n.peers == nil {
		return // nobody can be met yet
	}
	var none [32]byte
	for _, p := range d.n.peers.Status() {
		if p.Up && p.Hello.ClusterID != none {
			d.frame = beginFrame(d.frame[:0], frameInquiry, tag{})
			d.post(paxos.NodeID(p.Node), wire.Bulk, d.frame)
		}
	}
}

// inform answers who asked for the genesis, once it is durable here.
func (d *driver) inform(to paxos.NodeID) {
	if d.announced {
		d.frame = appendGenesis(d.frame[:0], d.tag, d.genesis)
		d.post(to, wire.Bulk, d.frame)
	}
}

// informed takes in the genesis of the cluster that a peer belongs to. If it names this disk, this
// node is a founder that missed it; if it does not, the node learns. A genesis is taken once and
// for ever: which one, if peers know different ones, is an operator's affair.
func (d *driver) informed(f *frame) error {
	c := &d.n.cfg
	if d.replica != nil {
		return nil
	}
	var g paxos.Genesis
	n, err := paxos.DecodeGenesis(f.body, &g)
	if err != nil || n != len(f.body) || f.tag != tagOf(g.ID()) || g.Name != c.Cluster ||
		g.Limits != c.Limits {
		d.n.meters.dropped(dropGarbage)
		return nil
	}
	return d.begin(&g)
}

// announce makes the genesis known when the record that holds it is durable, and the life of this
// disk whenever it is given one: handshakes begin again.
func (d *driver) announce() {
	life := d.replica.Life()
	if d.replica.Durable() == 0 || d.announced && life == d.life {
		return
	}
	again := d.announced || d.founding.met
	d.announced, d.life = true, life
	d.n.roster.found(d.genesis, life)
	if again {
		d.n.work.Go(d.n.peers.Refresh)
	}
}

// open makes the replica. Only a founder's disk has a life from the beginning.
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
	d.configured()
}
