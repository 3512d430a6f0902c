package paxos

import (
	"math/rand"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReplicasAgreeThroughEveryReconfiguration is the first claim again, while members come and go,
// disks are wiped and replaced, logs end in snapshots, leaders are moved, and reads are asked for
// (B-05, B-11, B-33, B-34, B-38 to B-41, B-44 to B-47 of PITFALLS.md).
func TestReplicasAgreeThroughEveryReconfiguration(t *testing.T) {
	first, seeds := campaign(300)
	var sum deeds
	for seed := first; seed < first+seeds; seed++ {
		w := newNetwork(t, 1+seed%4, roomyLimits(), int64(seed))
		if seed%3 == 2 {
			w.lease = 150 * millisecond
			w.restart()
		}
		for len(w.nodes) < 6 {
			w.start(w.add(DiskID{byte(len(w.nodes) + 1)}))
		}
		churn(w)
		sum.add(w)
	}
	sum.require(t, seeds, 10, 5, 3)
	require.Greater(t, sum.leased, seeds)
}

// TestReplicasAgreeOnEveryGround is that claim for clusters of one to seven founders and up to
// twelve nodes, with any quorums that meet, windows of one slot and more, entries and batches as
// large as they may be; and while clocks leap, nodes pause, and links work in one direction alone
// (B-50, B-52 of PITFALLS.md).
func TestReplicasAgreeOnEveryGround(t *testing.T) {
	first, seeds := campaign(200)
	var sum deeds
	for seed := first; seed < first+seeds; seed++ {
		rng := rand.New(rand.NewSource(int64(seed) + 1<<32))
		w := newNetworkOn(t, anyGround(rng), int64(seed))
		w.rough, w.longest = true, w.limits.EntryBytes
		for more := 1 + rng.Intn(5); more > 0; more-- {
			w.start(w.add(DiskID{byte(len(w.nodes) + 1)}))
		}
		churn(w)
		sum.add(w)
	}
	sum.require(t, seeds, 5, 1, 1)
}

// restart lets all nodes begin again, as they are configured now.
func (w *network) restart() {
	w.queue = nil
	for _, nd := range w.nodes {
		nd.log, nd.durable = nil, 0
		w.start(nd)
	}
}

// campaign returns the seeds to run: so many from 0, or what PAXOS_FIRST and PAXOS_SEEDS say.
func campaign(seeds int) (first, n int) {
	if testing.Short() {
		seeds /= 4
	}
	if s := os.Getenv("PAXOS_SEEDS"); s != "" {
		seeds, _ = strconv.Atoi(s)
	}
	first, _ = strconv.Atoi(os.Getenv("PAXOS_FIRST"))
	return first, seeds
}

// deeds sums up what runs did.
type deeds struct{ commands, reads, leased, eras, events int }

func (s *deeds) add(w *network) {
	s.commands += len(w.acked)
	s.reads += w.reads
	s.leased += w.leased
	s.eras += len(w.eras) - 1
	s.events += w.events
}

// require sees that the runs were not idle: so much of each in each run.
func (s *deeds) require(t *testing.T, runs, commands, reads, eras int) {
	t.Logf("%d runs: %d commands, %d reads, %d configurations, %d events", runs, s.commands,
		s.reads, s.eras, s.events)
	require.Greater(t, s.commands, commands*runs)
	require.Greater(t, s.reads, reads*runs)
	require.Greater(t, s.eras, eras*runs)
}

func anyGround(rng *rand.Rand) ground {
	n := 1 + rng.Intn(7)
	g := ground{founders: n}
	if rng.Intn(3) > 0 {
		g.accept = 1 + rng.Intn(n)
		g.prepare = n + 1 - g.accept + rng.Intn(g.accept)
	}
	l := &g.limits
	l.Window = 1 << rng.Intn(5)
	l.BatchEntries = 1 + rng.Intn(min(l.Window, 4))
	l.EntryBytes = 4 + membersBytes + 16*(1+rng.Intn(5)) // a configuration of so many just fits
	l.WindowBytes = l.EntryBytes * (2 + rng.Intn(3))
	l.BatchBytes = l.EntryBytes + rng.Intn(l.WindowBytes-l.EntryBytes+1)
	return g
}

// churn lets everything happen that may.
func churn(w *network) {
	w.loss, w.dup = w.rng.Intn(20), w.rng.Intn(10)
	w.spread = millisecond * Time(1+w.rng.Intn(15))
	w.sync = millisecond * Time(1+w.rng.Intn(15))
	for range 80 {
		nd := w.nodes[w.rng.Intn(len(w.nodes))]
		lead := w.leader()
		switch w.rng.Intn(16) {
		case 0:
			if nd.up {
				w.crash(nd)
			}
		case 1, 2:
			if !nd.up {
				w.start(nd)
			}
		case 3:
			side := NodeSet(w.rng.Intn(1 << len(w.nodes)))
			w.cut = func(a, b NodeID) bool { return side.Has(a) != side.Has(b) }
		case 4, 5:
			w.cut = nil
		case 6:
			if w.mayWipe(nd) {
				w.wipe(nd)
				w.start(nd)
			}
		case 7, 8, 9:
			if lead != nil {
				w.anyMembers(lead)
			}
		case 10:
			if nd.up {
				w.checkpoint(nd)
			}
		case 11:
			if lead != nil {
				w.transfer(lead, nd.id)
			}
		default:
			for range w.rng.Intn(12) {
				if nd.up && w.rng.Intn(3) == 0 {
					w.propose(nd)
				}
				if lead != nil && lead.up {
					w.propose(lead)
				}
				for _, other := range w.nodes {
					if other.up && other.r.Role() == Leader {
						w.read(other)
					}
				}
				w.step(w.now + millisecond)
			}
		}
		if w.rough {
			w.upset(w.nodes[w.rng.Intn(len(w.nodes))])
		}
		w.run(w.after(60 * millisecond))
	}
	w.heal()
	w.check()
}

// mayWipe reports whether a cluster can lose the disk of nd for ever: every configuration that
// anyone may still need keeps its quorums, and the others know durably everything that it knows.
func (w *network) mayWipe(nd *node) bool {
	var newest *node
	for _, other := range w.nodes {
		if newest == nil || other.r.Prefix() > newest.r.Prefix() {
			newest = other
		}
	}
	members := newest.r.Era().Members
	for v := members.Voters().Next(0); v != NoNode; v = members.Voters().Next(v + 1) {
		other := w.nodes[v]
		if other != nd && other.disk == members.Disk(v) && (!other.up ||
			other.r.Prefix() < newest.r.Prefix() || other.durable < len(other.log)) {
			return false
		}
	}
	needed := append([]Governed(nil), newest.r.Governing(nil)...)
	for _, g := range w.offers {
		if g.Era >= newest.r.Era().Era {
			needed = append(needed, g)
		}
	}
	for _, g := range needed {
		m := g.Members
		lost := 0
		for v := m.Voters().Next(0); v != NoNode; v = m.Voters().Next(v + 1) {
			if w.nodes[v].disk != m.Disk(v) || v == nd.id {
				lost++
			}
		}
		named := m.Disk(nd.id) == nd.disk
		if named && m.Voters().Len()-lost < max(m.Prepare(), m.Accept()) {
			return false
		}
	}
	return true
}

// anyMembers asks for some configuration, mostly a sound one.
func (w *network) anyMembers(lead *node) {
	n := min(1+w.rng.Intn(5), len(w.nodes))
	ids := w.rng.Perm(len(w.nodes))[:n]
	var set []NodeID
	for _, id := range ids {
		set = append(set, NodeID(id))
	}
	accept := 1 + w.rng.Intn(n)
	if w.rng.Intn(2) == 0 {
		accept = n/2 + 1
	}
	w.reconfigure(lead, n+1-accept, accept, set...)
}

// upset does to a node what no other node can see: its clock leaps, it stands still for a while, or
// it is heard and does not hear.
func (w *network) upset(nd *node) {
	switch w.rng.Intn(12) {
	case 0:
		nd.ahead += w.after(1000 * millisecond)
	case 1:
		nd.ahead += w.after(30 * millisecond)
	case 2, 3:
		nd.until = w.now + w.after(300*millisecond)
	case 4:
		deaf := nd.id
		w.cut = func(_, to NodeID) bool { return to == deaf }
	case 5:
		from, to := nd.id, NodeID(w.rng.Intn(len(w.nodes)))
		w.cut = func(a, b NodeID) bool { return a == from && b == to }
	case 6:
		hub := nd.id
		w.cut = func(a, b NodeID) bool { return a != hub && b != hub }
	}
}
