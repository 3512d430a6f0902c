package node

import (
	"net"
	"time"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/wire"
)

// strangerPatience is how long a node is dialed that does not answer, is not among the configured
// peers, and does not vote.
const strangerPatience = time.Minute

// crew is what the loop knows of the other nodes, whether they vote or not.
type crew struct {
	mates  [paxos.MaxNodes]mate
	dialed paxos.NodeSet
	was    [4]paxos.Slot // the own chosen prefix at the last reports, newest first
}

// mate is one other node, as its handshakes and beats told.
type mate struct {
	disk    paxos.DiskID // that is, or was last, connected; zero if none was
	address string       // where it says that it is dialed
	prefix  paxos.Slot   // chosen prefix that this disk told last
	at      paxos.Time   // when
	up      paxos.Time   // when it was last seen to be connected
	told    paxos.DiskID // of which the log said that it does not vote
}

// greeted notes who was met. Where a node says that it is dialed, it is looked for too.
func (d *driver) greeted(h *wire.Hello) {
	id := paxos.NodeID(h.Node)
	m := &d.crew.mates[id]
	if m.disk != paxos.DiskID(h.Disk) {
		*m = mate{disk: paxos.DiskID(h.Disk), told: m.told}
	}
	m.up = d.n.now()
	d.statusAt = m.up // the others are told now
	if dialable(h.Address) {
		m.address = h.Address
		d.dial(id, h.Address)
	}
	d.warnOf(id)
}

// dial adds an address of a node.
func (d *driver) dial(id paxos.NodeID, address string) {
	d.crew.dialed = d.crew.dialed.With(id)
	_ = d.n.peers.Offer(uint8(id), "ws://"+address+wire.PeerPath) // not closed: no error
}

// dialable reports whether what a peer told can be an address.
func dialable(address string) bool {
	_, port, err := net.SplitHostPort(address)
	return err == nil && port != "0" && len(address) <= maxAboutBytes
}

// warnOf tells the log, once, that another disk than the one that votes goes by a number.
func (d *driver) warnOf(id paxos.NodeID) {
	if d.replica == nil || id == d.n.cfg.Node {
		return
	}
	m, era := &d.crew.mates[id], d.replica.Era()
	named := era.Members.Disk(id)
	if named == (paxos.DiskID{}) || m.disk == (paxos.DiskID{}) || named == m.disk ||
		m.told == m.disk {
		return
	}
	m.told = m.disk
	d.n.cfg.Logger.Warn("a node comes with another disk than the one that votes: wiped or "+
		"replaced, it learns, and cannot vote until `synod member replace` admits it",
		"node", id, "disk", brief(m.disk), "votes", brief(named))
}

// heard notes the prefix that a node told.
func (d *driver) heard(now paxos.Time, m *paxos.Message) {
	if m.Kind == paxos.Beat {
		mate := &d.crew.mates[m.From]
		mate.prefix, mate.at = max(mate.prefix, m.Chosen), now
	}
}

// behind returns by how many slots a connected node is not up to date, 0 if it is: within a window,
// or it has all that was chosen a second ago, however fast the log grows. lately reports whether it
// was heard.
func (d *driver) behind(now paxos.Time, id paxos.NodeID) (slots paxos.Slot, lately bool) {
	m, prefix := &d.crew.mates[id], d.replica.Prefix()
	if now-m.at > 2*paxos.Time(d.n.cfg.Election) {
		return 0, false
	}
	window := paxos.Slot(d.n.cfg.Limits.Window)
	if m.prefix+window >= prefix || m.prefix >= d.crew.was[len(d.crew.was)-1] {
		return 0, true
	}
	return prefix - m.prefix, true
}

// muster looks who is connected, tells everyone where they are, and lets go of strangers that are
// gone for good.
func (d *driver) muster(peers []wire.PeerStatus) {
	c, now := &d.crew, d.n.now()
	if d.replica != nil {
		copy(c.was[1:], c.was[:])
		c.was[0] = d.replica.Prefix()
	}
	var voters paxos.NodeSet
	if d.replica != nil {
		era := d.replica.Era()
		voters = era.Members.Voters()
	}
	d.frame = beginFrame(d.frame[:0], frameCrew, d.tag)
	for i := range peers {
		id := paxos.NodeID(peers[i].Node)
		m := &c.mates[id]
		_, configured := d.n.cfg.Peers[id]
		switch {
		case peers[i].Up:
			m.up = now
			d.frame = appendMate(d.frame, id, m.address)
		case !configured && !voters.Has(id) && now-m.up > paxos.Time(strangerPatience):
			d.n.peers.Disconnect(uint8(id))
			c.dialed = c.dialed.Without(id)
		}
	}
	for i := range peers {
		d.post(paxos.NodeID(peers[i].Node), wire.Bulk, d.frame)
	}
}

// introduced begins to dial nodes that a peer knows and this node does not.
func (d *driver) introduced(f *frame) {
	for id, address := range eachMate(f.body) {
		if id != d.n.cfg.Node && id != 0 && id < paxos.MaxNodes && dialable(address) &&
			!d.crew.dialed.Has(id) {
			d.crew.mates[id].up = d.n.now()
			d.dial(id, address)
		}
	}
}
