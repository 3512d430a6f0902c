package node

import (
	"encoding/hex"
	"strconv"
	"strings"
	"sync"

	"github.com/synodlab/synod/core/kv"
	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/trace"
	"github.com/synodlab/synod/native/disk"
	"github.com/synodlab/synod/native/wire"
)

// Status is what a node knows of itself and its cluster.
type Status struct {
	Node     paxos.NodeID
	Cluster  paxos.ClusterID // zero before genesis
	Disk     disk.ID
	Role     paxos.Role
	Leader   paxos.NodeID // paxos.NoNode if none is known to live
	Ballot   paxos.Ballot // of the leader, or of the own attempt to lead
	Promised paxos.Ballot
	Chosen   paxos.Slot // chosen prefix
	Applied  paxos.Slot
	Store    kv.Stats
	LogBytes int64      // on disk
	Life     paxos.Life // of this disk, 0 if it was given none
	Votes    bool       // a configuration that governs names this disk
	Era      paxos.Era  // of the newest configuration; 0 before genesis
	From     paxos.Slot // first slot that it governs
	Prepare  int        // sizes of its quorums
	Accept   int
	Members  []Member // in the order of their numbers; shared, and never changed
	Troubles []string // what an operator should know, one line each; shared, and never changed
}

// Founded reports whether the node belongs to a cluster yet.
func (s *Status) Founded() bool { return s.Cluster != (paxos.ClusterID{}) }

// Member is a voter of the newest configuration, or another disk of the cluster that is connected:
// then it is a learner. Before genesis it is a founder.
type Member struct {
	Node        paxos.NodeID
	Disk        disk.ID    // zero before it was met
	Life        paxos.Life // in which it votes; 0: it learns
	PeerAddress string     // host:port
	HTTPAddress string     // "" until it told
	ClientURLs  []string   // empty until it told
	Up          bool       // this node reaches it, or is it
}

// Status tells how the node is. It costs a copy.
func (n *Node) Status() Status {
	n.board.mu.Lock()
	defer n.board.mu.Unlock()
	return n.board.status
}

// board is where the loop writes what others may read.
type board struct {
	mu     sync.Mutex
	status Status

	abouts [paxos.MaxNodes]about // of the loop alone
	cfg    *Config
}

// about is what a member told of itself.
type about struct {
	address string
	clients []string
}

func newBoard(c *Config, id disk.ID) *board {
	b := &board{cfg: c}
	b.status = Status{Node: c.Node, Disk: id, Leader: paxos.NoNode}
	b.abouts[c.Node] = about{c.HTTPAddress, c.ClientURLs}
	return b
}

func (b *board) about(from paxos.NodeID, address string, clients []string) {
	b.abouts[from] = about{address, clients}
}

// members lists the voters, and the learners that are there.
func (d *driver) members(peers []wire.PeerStatus) []Member {
	var out []Member
	var era paxos.Governed
	if d.replica != nil {
		era = d.replica.Era()
	}
	for id := range paxos.NodeID(paxos.MaxNodes) {
		m := d.member(id, &era, peers)
		_, configured := d.n.cfg.Peers[id]
		if m.Life != 0 || m.Up && d.replica != nil || configured && d.replica == nil {
			out = append(out, m)
		}
		if m.Life != 0 && m.Up && d.disk(id) != paxos.DiskID(m.Disk) {
			m.Disk, m.Life = disk.ID(d.disk(id)), 0 // another disk goes by its number
			out = append(out, m)
			out[len(out)-2].Up = false
		}
	}
	return out
}

// disk returns the disk that is, or was last, connected under a number.
func (d *driver) disk(id paxos.NodeID) paxos.DiskID {
	if id == d.n.cfg.Node {
		return paxos.DiskID(d.n.log.ID())
	}
	return d.crew.mates[id].disk
}

func (d *driver) member(id paxos.NodeID, era *paxos.Governed, peers []wire.PeerStatus) Member {
	a := &d.n.board.abouts[id]
	m := Member{Node: id, Disk: disk.ID(d.disk(id)), PeerAddress: d.n.cfg.Peers[id],
		HTTPAddress: a.address, ClientURLs: a.clients, Up: id == d.n.cfg.Node}
	if life := era.Members.Life(id); life != 0 {
		m.Life, m.Disk = life, disk.ID(era.Members.Disk(id))
	}
	for i := range peers {
		m.Up = m.Up || peers[i].Up && paxos.NodeID(peers[i].Node) == id
	}
	if address := d.crew.mates[id].address; address != "" {
		m.PeerAddress = address
	}
	return m
}

// refresh brings the numbers up to date, once a turn.
func (d *driver) refresh() {
	m := d.n.machine
	m.mu.Lock()
	store := m.store.Stats()
	m.mu.Unlock()
	b := d.n.board
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &b.status
	s.Store = store
	if r := d.replica; r != nil {
		s.Cluster = r.Cluster()
		s.Role, s.Leader = r.Role(), d.leader()
		s.Ballot, s.Promised = r.Ballot(), r.Promised()
		s.Chosen, s.Applied = r.Prefix(), r.AppliedTo()
		s.Life, s.Votes = r.Life(), r.Votes()
	}
}

// leader is whom this node follows, unless nobody has heard of that one for a while.
func (d *driver) leader() paxos.NodeID {
	if !d.replica.Led() {
		return paxos.NoNode
	}
	return d.replica.Leader()
}

// report is what the node does at times: it looks at its peers, tells them about itself, and
// shows and counts how it is.
func (d *driver) report() {
	b := d.n.board
	peers := d.n.peers.Status()
	if d.replica == nil {
		d.inquire()
	}
	d.muster(peers)
	members, troubles := d.members(peers), d.troubles(peers)
	files := d.n.log.Status().Files
	b.mu.Lock()
	b.status.Members, b.status.Troubles = members, troubles
	b.status.LogBytes = int64(files) * d.n.cfg.SegmentBytes
	s := b.status
	b.mu.Unlock()
	own := &b.abouts[d.n.cfg.Node]
	d.frame = appendAbout(d.frame[:0], d.tag, append([]string{own.address}, own.clients...))
	for i := range peers {
		d.post(paxos.NodeID(peers[i].Node), wire.Urgent, d.frame)
	}
	if d.n.cfg.Feed != nil {
		_ = d.n.cfg.Feed.Publish(s.appendLine(nil)) // never empty, and far below the bound
	}
	d.n.meters.copy(d)
}

// troubles lists what an operator should know.
func (d *driver) troubles(peers []wire.PeerStatus) (out []string) {
	if text := d.stands(); text != "" {
		out = append(out, text)
	}
	for i := range peers {
		if p := &peers[i]; !p.Up && strings.Contains(p.Why, "refused") &&
			!strings.Contains(p.Why, "connection refused") {
			out = append(out, "node "+strconv.Itoa(int(p.Node))+": "+p.Why)
		}
	}
	return out
}

// appendLine appends the status as one line of the feed, without its end.
func (s *Status) appendLine(dst []byte) []byte {
	dst = append(dst, `{"status":{"node":`...)
	dst = strconv.AppendUint(dst, uint64(s.Node), 10)
	dst = trace.AppendString(append(dst, `,"role":`...), s.Role.String())
	if s.Leader != paxos.NoNode {
		dst = strconv.AppendUint(append(dst, `,"leader":`...), uint64(s.Leader), 10)
	}
	dst = trace.AppendString(append(dst, `,"ballot":`...), ballotText(s.Ballot))
	dst = strconv.AppendUint(append(dst, `,"chosen":`...), uint64(s.Chosen), 10)
	dst = strconv.AppendUint(append(dst, `,"applied":`...), uint64(s.Applied), 10)
	dst = strconv.AppendInt(append(dst, `,"revision":`...), s.Store.Revision, 10)
	if s.Founded() {
		dst = trace.AppendString(append(dst, `,"cluster":`...), hex.EncodeToString(s.Cluster[:]))
	}
	return append(dst, "}}"...)
}

// AppendJSON appends the status as it stands in a line of the feed, as an object of its own.
func (s *Status) AppendJSON(dst []byte) []byte {
	line := s.appendLine(nil)
	const before = len(`{"status":`)
	return append(dst, line[before:len(line)-1]...)
}

// ballotText is a ballot for people: round.life.node.
func ballotText(b paxos.Ballot) string {
	if b == 0 {
		return "0"
	}
	return strconv.FormatUint(b.Round(), 10) + "." + strconv.Itoa(int(b.Life())) + "." +
		strconv.Itoa(int(b.Node()))
}
