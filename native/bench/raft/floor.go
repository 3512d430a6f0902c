package main

// Sizes of what the floor keeps and hands over.
const (
	floorRing     = 1024 // slots that a node remembers, a power of two
	floorMailbox  = 1024 // messages that wait for a node, a power of two
	floorSlotData = 104  // bytes of a slot for a command, which are copied whole
)

// floorCluster is the least work that replicating memory can take: three copies of
// fixed slots, one message for each proposal and follower, cumulative answers, the
// commit index on the next accept. It has one fixed ballot, no timers, no gaps and
// no recovery: a ruler, not a protocol.
type floorCluster struct {
	nodes    []floorNode
	acked    []uint64 // by follower: all slots below are stored there
	told     uint64   // commit index that the followers were last sent
	next     floorSlot
	messages uint64
}

type floorNode struct {
	ring    [floorRing]floorSlot
	mail    [floorMailbox]floorMessage
	read    uint64 // messages taken from mail
	written uint64 // and put into it
	end     uint64 // next slot to store
	applied uint64
	state   [payloadBytes]byte
}

// floorSlot is what every node keeps of a command: 128 bytes.
type floorSlot struct {
	client, seq, size uint64
	data              [floorSlotData]byte
}

// floorMessage is an accept of slots [lo, hi) with a commit index, an answer that
// all below hi is stored, or a bare commit index (lo = hi): 48 bytes.
type floorMessage struct {
	from, to, ballot uint64
	lo, hi, commit   uint64
}

func newFloor(size int) *floorCluster {
	c := &floorCluster{nodes: make([]floorNode, size), acked: make([]uint64, size)}
	c.next.client, c.next.size = 1, payloadBytes
	for i := range payloadBytes {
		c.next.data[i] = byte(i)
	}
	return c
}

func (c *floorCluster) propose(commands int) {
	for range commands {
		c.proposeBatch(1)
	}
}

func (c *floorCluster) proposeBatch(commands int) {
	leader := &c.nodes[0]
	lo := leader.end
	for range commands {
		c.next.seq++
		leader.ring[leader.end%floorRing] = c.next
		leader.end++
	}
	c.broadcast(lo, leader.end, leader.applied)
}

func (c *floorCluster) broadcast(lo, hi, commit uint64) {
	for i := 1; i < len(c.nodes); i++ {
		c.send(floorMessage{to: uint64(i), ballot: 1, lo: lo, hi: hi, commit: commit})
	}
	c.told = commit
}

func (c *floorCluster) send(m floorMessage) {
	n := &c.nodes[m.to]
	n.mail[n.written%floorMailbox] = m
	n.written++
	c.messages++
}

func (c *floorCluster) turn() {
	c.lead()
	for i := 1; i < len(c.nodes); i++ {
		c.follow(i)
	}
}

// lead counts the answers, applies what a majority stores, and tells the followers
// if nothing else will.
func (c *floorCluster) lead() {
	leader := &c.nodes[0]
	for ; leader.read < leader.written; leader.read++ {
		m := &leader.mail[leader.read%floorMailbox]
		c.acked[m.from] = m.hi
	}
	for leader.applied < leader.end && c.stored(leader.applied) {
		leader.apply()
	}
	if leader.applied == leader.end && c.told < leader.applied {
		c.broadcast(leader.end, leader.end, leader.applied)
	}
}

// stored tells whether a majority, the leader among it, has the slot.
func (c *floorCluster) stored(slot uint64) bool {
	copies := 1
	for i := 1; i < len(c.nodes); i++ {
		if c.acked[i] > slot {
			copies++
		}
	}
	return copies > len(c.nodes)/2
}

func (c *floorCluster) follow(i int) {
	n, leader := &c.nodes[i], &c.nodes[0]
	before := n.end
	for ; n.read < n.written; n.read++ {
		m := &n.mail[n.read%floorMailbox]
		for slot := m.lo; slot < m.hi; slot++ {
			n.ring[slot%floorRing] = leader.ring[slot%floorRing]
		}
		n.end = max(n.end, m.hi)
		for n.applied < min(m.commit, n.end) {
			n.apply()
		}
	}
	if n.end > before {
		c.send(floorMessage{from: uint64(i), ballot: 1, hi: n.end})
	}
}

func (n *floorNode) apply() {
	value := &n.ring[n.applied%floorRing]
	for i := range n.state {
		n.state[i] ^= value.data[i]
	}
	n.applied++
}

func (c *floorCluster) leaderApplied() uint64 { return c.nodes[0].applied }

func (c *floorCluster) allApplied() uint64 {
	low := c.nodes[0].applied
	for i := range c.nodes {
		low = min(low, c.nodes[i].applied)
	}
	return low
}

func (c *floorCluster) sent() uint64 { return c.messages }
