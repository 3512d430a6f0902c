package main

// A cluster is several replicas in one goroutine that hand messages over by
// slice. Its first node leads from the start, and nothing fails.
type cluster interface {
	propose(commands int)      // each as a proposal of its own, at the leader
	proposeBatch(commands int) // all in one proposal, at the leader
	turn()                     // each node acts once on what was sent to it
	leaderApplied() uint64     // commands that the leader has applied
	allApplied() uint64        // commands that every node has applied
	sent() uint64              // messages between nodes
}

// payloadBytes is the size of every command.
const payloadBytes = 16

// outstanding is how many commands the pipelined and batched shapes keep going.
const outstanding = 64

// turnMax ends a run that makes no progress: no shape needs a tenth of it.
const turnMax = 1000

// A shape is a way to load a cluster.
type shape struct {
	name string
	// commit has `commands` commands chosen and applied on all nodes.
	commit func(c cluster, commands int)
	faster float64 // goal: so many times as fast as etcd raft
	floors float64 // goal: at most so many times as long as the floor
}

var shapes = []shape{
	{"one at a time", serially, 15, 3.5},
	{"64 outstanding", pipelined, 30, 2},
	{"batches of 64", inBatches, 8, 2},
}

func serially(c cluster, commands int) {
	for range commands {
		before := c.allApplied()
		c.propose(1)
		drain(c, before+1)
	}
}

func inBatches(c cluster, commands int) {
	for commands > 0 {
		n := min(commands, outstanding)
		before := c.allApplied()
		c.proposeBatch(n)
		drain(c, before+uint64(n))
		commands -= n
	}
}

func pipelined(c cluster, commands int) {
	start := c.allApplied()
	end := start + uint64(commands)
	proposed := start
	for idle := 0; proposed < end; idle++ {
		room := outstanding - (proposed - c.leaderApplied())
		if n := min(room, end-proposed); n > 0 {
			c.propose(int(n))
			proposed += n
			idle = 0
		}
		c.turn()
		if idle > turnMax {
			panic("a pipelined cluster makes no progress")
		}
	}
	drain(c, end)
}

// drain turns the cluster until every node has applied so many commands.
func drain(c cluster, until uint64) {
	for turns := 0; c.allApplied() < until; turns++ {
		if turns > turnMax {
			panic("a cluster makes no progress")
		}
		c.turn()
	}
}
