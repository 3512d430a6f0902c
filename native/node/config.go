package node

import (
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"maps"
	"net"
	"time"

	"github.com/synodlab/synod/core/kv"
	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/disk"
	"github.com/synodlab/synod/native/wire"
)

// Config is what a node is opened with.
type Config struct {
	Dir     string       // data directory; made if it does not exist
	Cluster string       // name of the cluster, 1 to 64 bytes
	Node    paxos.NodeID // number of this node, 1 to 15
	// Peers say where peer listeners are, this node's among them: host:port. In an empty directory
	// they are the founders, unless Join is set. Later they are addresses and no more: who votes
	// the log knows. A node that they do not name is found if it knows one that they do.
	Peers map[paxos.NodeID]string
	// Join has this node found nothing: it learns what the cluster is from its peers.
	Join bool

	Election time.Duration // shortest silence of a leader after which a node stands; 0: 1 s
	Beat     time.Duration // between beats of a leader; 0: a tenth of Election
	Limits   paxos.Limits  // equal on all nodes for ever; zero: DefaultLimits
	Buffered bool          // writes the log through the page cache; see disk.Options

	// SegmentBytes is the size of each file of the log; 0: disk.DefaultSegmentBytes.
	SegmentBytes int64
	// SnapshotBytes is how much is written to the log between two snapshots; 0: 64 MiB. The log is
	// kept from the one before the newest on.
	SnapshotBytes int64

	ClientURLs  []string   // where this node serves clients: told to clients of any node
	HTTPAddress string     // host:port of this node's HTTP listener: told to its peers
	Feed        *wire.Feed // is shown what the node does, if it is not nil
	TraceValues bool       // shows commands in Feed, not only their digests
	Record      string     // file that gets every input of the replica; "" is none
	Logger      *slog.Logger
}

const (
	// leaderWait bounds how long a command waits for a leader: less than the 5 s after which
	// etcd's tools give up, so that they hear why.
	leaderWait = 4 * time.Second
	// resendAfter is the silence after which a command is forwarded again, to the same leader.
	resendAfter = time.Second
	// pendingCommands bounds the commands of one node that have no answer yet.
	pendingCommands = 4096
	// pendingBytes bounds what they take: one is let in whatever its size.
	pendingBytes = 256 << 20
	// DefaultSnapshotBytes is what is written to the log between two snapshots, if it is left open.
	DefaultSnapshotBytes = 64 << 20
	// MaxNameBytes bounds the name of a cluster.
	MaxNameBytes = 64
)

// storeLimits are those of the key-value store: the same on every node, so they are in the digest
// of the limits that handshakes compare. Its window holds every command that one node may have
// pending.
var storeLimits = kv.Limits{Sessions: 64, Window: 2 * pendingCommands, ReplyBytes: 512}

// DefaultLimits are the limits of a cluster that sets none: commands as large as etcd's, a window
// of 1,024 slots.
func DefaultLimits() paxos.Limits {
	return paxos.Limits{
		Window: 1024, EntryBytes: kv.MaxCommandBytes, WindowBytes: 16 << 20,
		BatchEntries: 256, BatchBytes: 2 << 20,
	}
}

var errRoom = errors.New("node: the limits make messages or records that are too large: " +
	"lower BatchBytes or BatchEntries, or raise SegmentBytes")

// Check judges a configuration without opening anything.
func (c *Config) Check() error {
	copied := *c
	return copied.fill()
}

// fill sets what was left open and judges the rest.
func (c *Config) fill() error {
	c.Peers = maps.Clone(c.Peers)
	if c.Limits == (paxos.Limits{}) {
		c.Limits = DefaultLimits()
	}
	if c.SegmentBytes == 0 {
		c.SegmentBytes = disk.DefaultSegmentBytes
	}
	if c.SnapshotBytes == 0 {
		c.SnapshotBytes = DefaultSnapshotBytes
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Election == 0 {
		c.Election = time.Second
	}
	if c.Beat == 0 {
		c.Beat = c.Election / 10
	}
	switch {
	case c.Dir == "":
		return errors.New("node: no data directory is given")
	case c.Cluster == "" || len(c.Cluster) > MaxNameBytes:
		return fmt.Errorf("node: cluster name %q: 1 to %d bytes expected", c.Cluster, MaxNameBytes)
	case c.Limits.MessageBytes()+messageHead > wire.DefaultMaxMessageBytes:
		return errRoom
	case int64(c.Limits.RecordBytes()) > min(disk.DefaultBatchBytes, c.SegmentBytes/2)-1024:
		return errRoom
	}
	if err := c.checkPeers(); err != nil {
		return err
	}
	_, err := paxos.Open(c.rehearsal())
	return err
}

func (c *Config) checkPeers() error {
	if _, found := c.Peers[c.Node]; !found {
		return fmt.Errorf("node: node %d is not among the peers", c.Node)
	}
	if c.Join && len(c.Peers) == 1 {
		return errors.New("node: there is nobody to join: the peers are this node alone")
	}
	for id, address := range c.Peers {
		if id == 0 || id >= paxos.MaxNodes {
			return fmt.Errorf("node: peer %d: numbers from 1 to %d expected", id, paxos.MaxNodes-1)
		}
		if _, _, err := net.SplitHostPort(address); err != nil {
			return fmt.Errorf("node: address of peer %d: %w", id, err)
		}
	}
	return nil
}

// rehearsal is a configuration of the core with made-up disks, by which it judges limits and times
// before anything is written.
func (c *Config) rehearsal() *paxos.Config {
	g := c.genesis()
	for id := range c.Peers {
		if id != c.Node || !c.Join {
			g.Founders[id] = paxos.DiskID{byte(id)}
		}
	}
	return c.core(g, paxos.DiskID{byte(c.Node)}, 0)
}

// genesis is the genesis without the disks of the founders.
func (c *Config) genesis() paxos.Genesis {
	return paxos.Genesis{Name: c.Cluster, Limits: c.Limits}
}

func (c *Config) core(g paxos.Genesis, disk paxos.DiskID, seed uint64) *paxos.Config {
	core := &paxos.Config{
		Genesis: g, Node: c.Node, Disk: disk, Seed: seed,
		Election: paxos.Time(c.Election), Beat: paxos.Time(c.Beat),
	}
	if g.Founders[c.Node] == disk {
		core.Life = firstLife
	}
	for id := range c.Peers {
		core.Contacts = core.Contacts.With(id)
	}
	return core
}

// firstLife is the life of every founder's disk. Another disk has none, until a configuration names
// it.
const firstLife paxos.Life = 1

// digest is what handshakes compare: everything that all nodes must share and the cluster id of a
// young cluster does not hold yet.
func (c *Config) digest() uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%+v %+v %d", c.Limits, storeLimits, wire.DefaultMaxMessageBytes)
	return h.Sum64()
}
