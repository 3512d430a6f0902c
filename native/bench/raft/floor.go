package main

// floorRing is how many slots a floor node remembers, a power of two.
const floorRing = 1024

// floorCluster is the least work that replicating memory can take: three copies,
// one message for each proposal and follower, cumulative answers, the commit index
// on the next accept. It has one fixed ballot, no timers, no gaps and no recovery:
// a ruler, not a protocol.
type floorCluster struct {
	nodes    []floorNode
	acked    []uint64 // by follower: all slots below are stored there
	told     uint64   // commit index that the followers were last sent
	payload  [payloadBytes]byte
	messages uint64
}

type floorNode struct {
	ring    [floorRing][payloadBytes]byte
	inbox   []floorMessage
	end     uint64 // next slot to store
	applied uint64
	state   [payloadBytes]byte
}

// floorMessage is an accept of slots [lo, hi) with a commit index, an answer that
// all below hi is stored, or a bare commit index (lo = hi).
type floorMessage struct {
	from           int
	lo, hi, commit uint64
}

func newFloor(size int) *floorCluster {
	c := &floorCluster{nodes: make([]floorNode, size), acked: make([]uint64, size)}
	for i := range c.payload {
		c.payload[i] = byte(i)
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
		leader.ring[leader.end%floorRing] = c.payload
		leader.end++
	}
	c.broadcast(floorMessage{lo: lo, hi: leader.end, commit: leader.applied})
}

func (c *floorCluster) broadcast(m floorMessage) {
	for i := 1; i < len(c.nodes); i++ {
		c.nodes[i].inbox = append(c.nodes[i].inbox, m)
	}
	c.messages += uint64(len(c.nodes) - 1)
	c.told = m.commit
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
	for _, m := range leader.inbox {
		c.acked[m.from] = m.hi
	}
	leader.inbox = leader.inbox[:0]
	for leader.applied < leader.end && c.stored(leader.applied) {
		leader.apply()
	}
	if leader.applied == leader.end && c.told < leader.applied {
		c.broadcast(floorMessage{lo: leader.end, hi: leader.end, commit: leader.applied})
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
	for _, m := range n.inbox {
		for slot := m.lo; slot < m.hi; slot++ {
			n.ring[slot%floorRing] = leader.ring[slot%floorRing]
		}
		n.end = max(n.end, m.hi)
		for n.applied < min(m.commit, n.end) {
			n.apply()
		}
	}
	n.inbox = n.inbox[:0]
	if n.end > before {
		leader.inbox = append(leader.inbox, floorMessage{from: i, hi: n.end})
		c.messages++
	}
}

func (n *floorNode) apply() {
	value := &n.ring[n.applied%floorRing]
	for i := range n.state {
		n.state[i] ^= value[i]
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
