package paxos

import "errors"

// Config is what a replica is opened with.
type Config struct {
	Genesis  Genesis
	Node     NodeID
	Life     Life   // of this node's disk: 1 for a founder's first; 0 if none was given to it yet
	Disk     DiskID // of this node's data directory
	Seed     uint64 // of the randomness in its timeouts; the only randomness there is
	Election Time   // least silence of a leader after which to stand; most is about twice. 0: 1s
	Beat     Time   // between beats of a leader, and between repetitions. 0: Election / 10
	Delay    Time   // added to the patience of a node that should rather not lead; to an hour
	// Lease is how long an acceptor promises nothing to another node after it confirmed a
	// leader's reads; 0: there are no leases. It is equal on all nodes. Drift is the most by which
	// the clocks of two nodes can come apart within it.
	Lease, Drift Time
	// Contacts are nodes to tell that this one is here, besides those that it knows to vote: a disk
	// that no configuration names yet finds the cluster by them.
	Contacts NodeSet
}

const (
	defaultElection Time = 1_000_000_000
	anHour               = 3600 * defaultElection
)

var (
	errConfigNode = errors.New("paxos: config: Node is not below MaxNodes (16)")
	errConfigDisk = errors.New("paxos: config: this disk is not the founder's: " +
		"it was wiped or replaced, and may come back only in another life")
	errConfigTime = errors.New("paxos: config: Beat must be positive and below Election, " +
		"Election at most an hour, and Delay 0 to an hour")
	errConfigLease = errors.New("paxos: config: Lease must be above 2 x Beat + Drift and at most " +
		"an hour, and Drift not negative; or both are 0")
)

// check judges c and fills in the defaults.
func (c *Config) check() error {
	if c.Election == 0 {
		c.Election = defaultElection
	}
	if c.Beat == 0 {
		c.Beat = c.Election / 10
	}
	switch {
	case c.Node >= MaxNodes:
		return errConfigNode
	case c.Beat <= 0 || c.Beat >= c.Election || c.Election > anHour:
		return errConfigTime
	case c.Delay < 0 || c.Delay > anHour:
		return errConfigTime
	case (c.Lease != 0 || c.Drift != 0) &&
		(c.Drift < 0 || c.Lease > anHour || c.Lease <= 2*c.Beat+c.Drift):
		return errConfigLease
	}
	if err := c.Genesis.check(); err != nil {
		return err
	}
	founder := c.Genesis.Founders[c.Node]
	if c.Life == 1 && founder != (DiskID{}) && founder != c.Disk {
		return errConfigDisk
	}
	return nil
}

// Bytes returns about how much memory Open takes. It is all that a replica ever takes.
func (c *Config) Bytes() int {
	l := &c.Genesis.Limits
	perSlot := 64 + 64 + 48*2 + 24 + 8 + 24 // two rings, views and chosen, mine, index, fates
	fixed := 64 << 10
	return fixed + l.Window*perSlot + ringBytes(l) + ringBytes(adoptedLimits(l)) +
		pendings(l)*(2*72+MaxNodes*88) + sparePerDrain*l.BatchEntries*48
}

// format appends what a Format record says: this disk's identity and the genesis.
func (c *Config) format(dst []byte) []byte {
	dst = append(dst, byte(c.Node))
	dst = order.AppendUint16(dst, uint16(c.Life))
	dst = append(dst, c.Disk[:]...)
	return c.Genesis.AppendTo(dst)
}
