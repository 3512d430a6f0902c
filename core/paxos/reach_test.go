package paxos

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// joined cuts every link but those between the pairs.
func joined(pairs ...[2]NodeID) func(a, b NodeID) bool {
	return func(a, b NodeID) bool {
		for _, p := range pairs {
			if p == [2]NodeID{a, b} || p == [2]NodeID{b, a} {
				return false
			}
		}
		return true
	}
}

// star joins everyone to hub alone.
func star(hub NodeID) func(a, b NodeID) bool {
	return func(a, b NodeID) bool { return a != hub && b != hub }
}

// round returns the highest round that anyone promised.
func (w *network) round() (round uint64) {
	for _, nd := range w.nodes {
		round = max(round, nd.r.Promised().Round())
	}
	return round
}

// progress offers commands until one is chosen, and returns how long that took.
func (w *network) progress(within Time) Time {
	was, began := len(w.acked), w.now
	for len(w.acked) == was {
		w.must(w.now-began < within, "no progress in %v: %s", within, w.describe())
		for _, nd := range w.nodes {
			if nd.up && nd.r.Role() == Leader {
				w.propose(nd)
			}
		}
		w.run(5 * millisecond)
	}
	return w.now - began
}

// steady requires that one node leads on for a long while, at one ballot, and is of use.
func (w *network) steady() *node {
	lead, round, abdications := w.lead(), w.round(), w.abdications()
	for range 20 {
		w.progress(100 * millisecond)
		w.run(250 * millisecond)
		w.must(w.leader() == lead, "another leader: %s", w.describe())
	}
	w.must(w.round() == round, "ballots rose from %d to %d", round, w.round())
	w.must(w.abdications() == abdications, "leaders gave up")
	return lead
}

func (w *network) abdications() (n uint64) {
	for _, nd := range w.nodes {
		n += nd.r.Counter(Abdications)
	}
	return n
}

// others returns the other nodes, lowest first.
func (w *network) others(not ...*node) (ids []NodeID) {
	for _, nd := range w.nodes {
		if nd.up {
			ids = append(ids, nd.id)
		}
		for _, x := range not {
			if x == nd {
				ids = ids[:len(ids)-1]
			}
		}
	}
	return ids
}

// B-51, quorum loss: every link is cut but those to A. The leader still reaches A and A alone: it
// can choose nothing, and A, who hears it, must take over all the same.
func TestTheOnlyNodeThatReachesAQuorumTakesOver(t *testing.T) {
	for seed := range int64(20) {
		w := newNetwork(t, 5, smallLimits(), seed)
		old := w.lead()
		w.commit(3)
		hub, round := w.others(old)[seed%4], w.round()
		w.cut = star(hub)
		w.progress(1000 * millisecond)
		require.Equal(t, hub, w.leader().id)
		require.LessOrEqual(t, w.round(), round+2, "no leapfrogging")
		w.run(300 * millisecond)
		require.Equal(t, hub, w.steady().id)
		w.heal()
	}
}

func TestANodeIsLedAsLongAsItHearsOfALeader(t *testing.T) {
	w := newNetwork(t, 3, smallLimits(), 1)
	lead := w.lead()
	ends := w.others(lead)
	near, far := ends[0], ends[1]
	w.commit(3)
	w.cut = func(a, b NodeID) bool { return a == far && b == lead.id || a == lead.id && b == far }
	w.run(3000 * millisecond)
	require.True(t, w.nodes[far].r.Led(), "it hears one who follows the leader")
	w.cut = func(a, b NodeID) bool { return a == far || b == far }
	w.run(3000 * millisecond)
	require.False(t, w.nodes[far].r.Led())
	require.Equal(t, lead.id, w.nodes[far].r.Leader(), "a hint of whom it followed")
	require.True(t, w.nodes[near].r.Led())
	require.True(t, lead.r.Led())
}

// B-51, constrained election: only A is connected to a quorum, and A missed what was chosen last.
// It may be elected, and learns in phase 1.
func TestTheOnlyNodeThatReachesAQuorumMayHaveAnOldLog(t *testing.T) {
	for seed := range int64(20) {
		w := newNetwork(t, 5, smallLimits(), seed)
		old := w.lead()
		hub := w.others(old)[seed%4]
		w.cut = func(a, b NodeID) bool { return a == hub || b == hub }
		w.commit(30)
		require.Less(t, w.nodes[hub].executed, Slot(10))
		round := w.round()
		w.cut = func(a, b NodeID) bool { return star(hub)(a, b) || a == old.id || b == old.id }
		w.progress(2000 * millisecond)
		require.Equal(t, hub, w.leader().id)
		require.LessOrEqual(t, w.round(), round+3)
		w.run(300 * millisecond)
		require.Equal(t, hub, w.steady().id)
		w.check()
		w.heal()
	}
}

// B-51, chained: each node of a chain hears its neighbours alone. Whoever leads, the far end must
// not leapfrog it: it hears of the leader from one who follows it.
func TestAChainDoesNotLeapfrog(t *testing.T) {
	for seed := range int64(20) {
		w := newNetwork(t, 3, smallLimits(), seed)
		lead := w.lead()
		ends := w.others(lead)
		w.run(200 * millisecond)
		if seed%2 == 0 { // the leader is an end of the chain
			w.cut = joined([2]NodeID{lead.id, ends[0]}, [2]NodeID{ends[0], ends[1]})
		} else {
			w.cut = joined([2]NodeID{lead.id, ends[0]}, [2]NodeID{lead.id, ends[1]})
		}
		require.Equal(t, lead, w.steady())

		w.crash(w.nodes[ends[1]])
		w.crash(lead)
		w.start(w.nodes[ends[1]])
		w.start(lead)
		w.progress(1500 * millisecond)
		w.run(500 * millisecond)
		w.steady()
	}
}

// B-51: a leader that is the hub of a star stays.
func TestAHubThatLeadsStays(t *testing.T) {
	for seed := range int64(10) {
		w := newNetwork(t, 5, smallLimits(), seed)
		lead := w.lead()
		w.run(200 * millisecond)
		w.cut = star(lead.id)
		require.Equal(t, lead, w.steady())
	}
}

// B-52: a link that works in one direction alone counts for none: a leader that can be heard and
// hears nobody gives up, one that hears and is not heard is replaced, and a follower that is deaf
// or dumb disturbs nobody.
func TestALinkThatWorksOneWayCountsForNone(t *testing.T) {
	for name, cut := range map[string]func(lead, other NodeID) func(a, b NodeID) bool{
		"the leader hears nobody": func(l, _ NodeID) func(a, b NodeID) bool {
			return func(_, to NodeID) bool { return to == l }
		},
		"nobody hears the leader": func(l, _ NodeID) func(a, b NodeID) bool {
			return func(from, _ NodeID) bool { return from == l }
		},
		"a follower hears nobody": func(_, o NodeID) func(a, b NodeID) bool {
			return func(_, to NodeID) bool { return to == o }
		},
		"nobody hears a follower": func(_, o NodeID) func(a, b NodeID) bool {
			return func(from, _ NodeID) bool { return from == o }
		},
		"a follower does not hear the leader": func(l, o NodeID) func(a, b NodeID) bool {
			return func(from, to NodeID) bool { return from == l && to == o }
		},
		"the leader does not hear a follower": func(l, o NodeID) func(a, b NodeID) bool {
			return func(from, to NodeID) bool { return from == o && to == l }
		},
	} {
		for seed := range int64(10) {
			w := newNetwork(t, 3, smallLimits(), seed)
			lead := w.lead()
			w.commit(2)
			round := w.round()
			w.cut = cut(lead.id, w.others(lead)[seed%2])
			w.run(400 * millisecond)
			w.progress(1000 * millisecond)
			w.run(300 * millisecond)
			require.LessOrEqual(t, w.round(), round+2, name)
			next := w.steady()
			require.Equal(t, name[:3] == "the" && name[11:] == "hears nobody" ||
				name[:3] == "nob" && name[13:] == "the leader", next != lead, name)
			w.heal()
		}
	}
}

// B-52: whoever stands, and then hears nobody, gives up: its questions would keep the others
// waiting for it for ever, because they promised.
func TestACandidateThatHearsNobodyGivesUp(t *testing.T) {
	for seed := range int64(10) {
		w := newNetwork(t, 3, smallLimits(), seed)
		lead := w.lead()
		w.run(200 * millisecond)
		deaf := w.nodes[w.others(lead)[seed%2]]
		w.cut = func(_, to NodeID) bool { return to == deaf.id }
		require.Equal(t, Taken, deaf.r.Campaign())
		w.drain(deaf)
		w.run(50 * millisecond)
		require.NotEqual(t, Leader, lead.r.Role())
		w.progress(1000 * millisecond)
		require.Equal(t, Follower, deaf.r.Role())
		w.steady()
		w.heal()
	}
}

// B-52: a node that hears all and that nobody hears does not stand, whoever is silent: its ballots
// would choose nothing, and unseat the leader when it is heard again.
func TestANodeThatNobodyHearsDoesNotStand(t *testing.T) {
	for seed := range int64(20) {
		w := newNetwork(t, 3, smallLimits(), seed)
		dumb := w.nodes[seed%3]
		w.cut = func(from, _ NodeID) bool { return from == dumb.id }
		lead := w.lead()
		w.run(200 * millisecond)
		w.cut = func(from, _ NodeID) bool { return from == dumb.id || from == lead.id }
		w.run(2000 * millisecond) // one is left that is heard, and reaches nobody
		require.Zero(t, dumb.r.Counter(Campaigns))
		w.heal()
	}
}

// B-23: who is cut off raises no ballot, however long, because nobody could use it; and comes back
// to the leader that is there.
func TestAnIsolatedNodeRaisesNoBallotAndUnseatsNobody(t *testing.T) {
	w := newNetwork(t, 3, smallLimits(), 2)
	lead := w.lead()
	w.run(200 * millisecond)
	away := w.nodes[w.others(lead)[0]]
	round, promised := w.round(), away.r.Promised()
	w.cut = func(a, b NodeID) bool { return a == away.id || b == away.id }
	w.run(600_000 * millisecond)
	require.Equal(t, promised, away.r.Promised())
	require.Zero(t, away.r.Counter(Campaigns))
	w.cut = nil
	require.Equal(t, lead, w.steady())
	require.Equal(t, round, w.round())
}

// With prepare 2 and accept 4 of five, two nodes could elect a leader that can choose nothing:
// nobody stands who does not reach both quorums, and a leader who no longer does gives up.
func TestNobodyStandsWhoCouldWinAndNotChoose(t *testing.T) {
	w := newNetworkOn(t, ground{founders: 5, limits: smallLimits(), prepare: 2, accept: 4}, 3)
	lead := w.lead()
	w.commit(3)
	round := w.round()
	gone := w.others(lead)[:2]
	w.cut = func(a, b NodeID) bool {
		return a == gone[0] || b == gone[0] || a == gone[1] || b == gone[1]
	}
	w.run(3000 * millisecond)
	require.Nil(t, w.leader(), "it reaches three, and needs four to choose")
	require.EqualValues(t, 1, w.abdications())
	require.Equal(t, round, w.round(), "three could promise, and none asked")
	w.cut = func(a, b NodeID) bool { return a == gone[0] || b == gone[0] }
	w.progress(1000 * millisecond)
	w.steady()
	w.heal()
}

// A leader whose disk stands still beats on, and must not keep the cluster waiting: where the
// others make an accept quorum they choose without its vote; where they do not, it gives up.
func TestALeaderWithAStalledDiskDoesNotStopTheCluster(t *testing.T) {
	w := newNetwork(t, 3, smallLimits(), 5)
	lead := w.lead()
	w.commit(2)
	w.stalled = NodeSet(0).With(lead.id)
	w.progress(100 * millisecond)
	w.commit(30)
	require.EqualValues(t, 0, w.abdications())

	idle := w.nodes[w.others(lead)[0]]
	w.crash(idle) // now nothing is chosen without the leader's own vote
	w.propose(lead)
	w.run(300 * millisecond)
	require.NotEqual(t, Leader, lead.r.Role(), "it beats, and nothing moves")
	w.start(idle)
	w.progress(2000 * millisecond)
	w.stalled = 0
	w.heal()
}

// A transfer names an heir, who stands at once while the others wait longer than ever: one ballot
// is begun, and no election timeout passes.
func TestAnHeirAloneStandsAtOnce(t *testing.T) {
	for seed := range int64(20) {
		w := newNetwork(t, 5, smallLimits(), seed)
		lead := w.lead()
		w.commit(3)
		round := w.round()
		to := w.others(lead)[seed%4]
		require.Equal(t, Taken, w.transfer(lead, to))
		w.run(25 * millisecond) // Election is 100
		require.Equal(t, to, w.leader().id)
		require.Equal(t, round+1, w.round())
		require.Equal(t, to, w.steady().id)
	}
	w := newNetwork(t, 3, smallLimits(), 1)
	lead := w.lead()
	w.run(100 * millisecond)
	require.Equal(t, Taken, w.transfer(lead, lead.id))
	require.Equal(t, Leader, lead.r.Role())
	require.Equal(t, Malformed, w.transfer(lead, 9))
	gone := w.nodes[w.others(lead)[0]]
	w.crash(gone)
	w.run(300 * millisecond)
	require.Equal(t, Malformed, w.transfer(lead, gone.id), "nothing was heard of it lately")
	require.Equal(t, NotLeader, w.transfer(w.nodes[w.others(lead)[0]], lead.id))
}

// The word to lead is the leader's, of a ballot that nobody overtook: late, or from anyone else, it
// unseats nobody.
func TestALateWordToLeadUnseatsNobody(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.step(s.accept(1, NewBallot(5, 1, 1), 1, 0, "x"))
	s.persist()
	for _, b := range []Ballot{NewBallot(4, 1, 2), NewBallot(9, 1, 1), 0} {
		m := s.beat(2, heir)
		m.Ballot = b
		s.step(m)
		s.persist()
		require.Equal(t, Follower, s.r.Role())
		require.Zero(t, s.kinds(Prepare))
	}
	m := s.beat(1, heir)
	m.Ballot = NewBallot(5, 1, 1)
	s.step(m)
	s.persist()
	require.Equal(t, Candidate, s.r.Role())
	require.Equal(t, 2, s.kinds(Prepare))
}

// A node with a Delay leads only where no other can.
func TestADelayedNodeLeadsOnlyIfNoOtherCan(t *testing.T) {
	for seed := range int64(20) {
		w := newNetwork(t, 3, smallLimits(), seed)
		w.nodes, w.queue = nil, nil
		first := NodeID(seed % 3)
		for id := range NodeID(3) {
			if id != first {
				w.delay[id] = 300 * millisecond
			}
		}
		for i := range 3 {
			w.start(w.add(DiskID{byte(i + 1)}))
		}
		require.Equal(t, first, w.lead().id)
		w.run(100 * millisecond)
		w.crash(w.nodes[first])
		w.run(150 * millisecond)
		require.Nil(t, w.leader())
		w.progress(1000 * millisecond)
		w.start(w.nodes[first])
		w.steady()
	}
}
