package paxos

import (
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func roomyLimits() Limits {
	return Limits{Window: 8, EntryBytes: 160, WindowBytes: 1024, BatchEntries: 4, BatchBytes: 320}
}

// TestReplicasAgreeThroughEveryReconfiguration is the first claim again, while members come and go,
// disks are wiped and replaced, logs end in snapshots, leaders are moved, and reads are asked for
// (B-05, B-11, B-33, B-34, B-38 to B-41, B-44 to B-47 of PITFALLS.md).
func TestReplicasAgreeThroughEveryReconfiguration(t *testing.T) {
	seeds := 300
	if s := os.Getenv("PAXOS_SEEDS"); s != "" {
		seeds, _ = strconv.Atoi(s)
	}
	first, _ := strconv.Atoi(os.Getenv("PAXOS_FIRST"))
	commands, reads, leased, eras := 0, 0, 0, 0
	for seed := first; seed < first+seeds; seed++ {
		w := newNetwork(t, 1+seed%4, roomyLimits(), int64(seed))
		if seed%3 == 2 {
			w.lease = 150 * millisecond
			w.stop()
		}
		for len(w.nodes) < 6 {
			w.start(w.add(DiskID{byte(len(w.nodes) + 1)}))
		}
		churn(w)
		commands += len(w.acked)
		reads += w.reads
		leased += w.leased
		eras += len(w.eras) - 1
	}
	require.Greater(t, commands, 10*seeds, "the runs must not be idle")
	require.Greater(t, reads, 5*seeds)
	require.Greater(t, leased, seeds)
	require.Greater(t, eras, 3*seeds)
}

// stop ends what began when the network was made: nodes start again, as it is configured now.
func (w *network) stop() {
	w.queue = nil
	for _, nd := range w.nodes {
		nd.log, nd.durable = nil, 0
		w.start(nd)
	}
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
		w.run(w.after(60 * millisecond))
	}
	w.heal()
	w.check()
}

// mayWipe reports whether a cluster can lose the disk of nd for ever: it votes nowhere, or it is
// the only voter lost in every configuration that anyone may still need, of three or more; and the
// others know durably everything that it knows.
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
	n := 1 + w.rng.Intn(5)
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
