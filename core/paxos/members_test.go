package paxos

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// B-50: of all sizes of up to seven voters exactly those quorums are admitted that always meet, in
// every way to name them; and the cluster works with each.
func TestExactlyTheQuorumsThatMeetAreAdmitted(t *testing.T) {
	for n := 1; n <= 7; n++ {
		var voters []Member
		for i := range n {
			voters = append(voters, Member{NodeID(2*i + 1), 1, DiskID{byte(i + 1)}})
		}
		for prepare := -1; prepare <= 8; prepare++ {
			for accept := -1; accept <= 8; accept++ {
				m, err := NewMembers(prepare, accept, voters...)
				if meet(n, prepare, accept) {
					require.NoError(t, err)
					require.Equal(t, []int{n, prepare, accept}, []int{m.Voters().Len(),
						m.Prepare(), m.Accept()})
					again, err := DecodeMembers(m.AppendTo(nil))
					require.NoError(t, err)
					require.Equal(t, m, again)
					continue
				}
				require.Error(t, err, "%d voters, %d and %d", n, prepare, accept)
				if prepare >= 0 && accept >= 0 {
					forged := Members{lives: m.lives, voters: m.voters}
					forged, _ = NewMembers(n, n, voters...)
					forged.prepare, forged.accept = uint8(prepare), uint8(accept)
					_, err = DecodeMembers(forged.AppendTo(nil))
					require.Error(t, err, "nor decoded")
				}
			}
		}
	}
}

// meet tells by trying all pairs of sets, not by a sum, whether each set of one size shares a voter
// with each set of the other.
func meet(n, prepare, accept int) bool {
	found := [2]bool{}
	for p := range NodeSet(1 << n) {
		found[0] = found[0] || p.Len() == prepare && p != 0
		for a := range NodeSet(1 << n) {
			found[1] = found[1] || a.Len() == accept && a != 0
			if p.Len() == prepare && a.Len() == accept && p&a == 0 {
				return false
			}
		}
	}
	return found[0] && found[1]
}

// With every pair of quorums of up to seven voters replicas agree through every fault, and go on
// after it.
func TestReplicasAgreeWithEveryPairOfQuorums(t *testing.T) {
	for n := 1; n <= 7; n++ {
		for prepare := 1; prepare <= n; prepare++ {
			for accept := n + 1 - prepare; accept <= n; accept++ {
				t.Run(fmt.Sprintf("%d of %d and %d", n, prepare, accept), func(t *testing.T) {
					g := ground{n, smallLimits(), prepare, accept}
					seed := int64(100*n + 10*prepare + accept)
					require.Positive(t, chaosIn(newNetworkOn(t, g, seed)))
				})
			}
		}
	}
}

// A quorum counts each node once and in the life that votes: a name given twice, life 0, or a node
// that there cannot be, is no configuration.
func TestAVoterIsNamedOnceAndInALife(t *testing.T) {
	for name, voters := range map[string][]Member{
		"twice":      {{1, 1, DiskID{1}}, {1, 2, DiskID{2}}},
		"life 0":     {{1, 1, DiskID{1}}, {2, 0, DiskID{2}}},
		"too high":   {{1, 1, DiskID{1}}, {MaxNodes, 1, DiskID{2}}},
		"nobody":     {},
		"seventeen?": append(make([]Member, 16), Member{}),
	} {
		_, err := Majority(voters...)
		require.Error(t, err, name)
	}
}

// joinedBy adds nodes with empty disks until there are n.
func (w *network) joinedBy(n int) *network {
	for len(w.nodes) < n {
		w.start(w.add(DiskID{byte(len(w.nodes) + 1)}))
	}
	return w
}

func TestALearnerThatNobodyWasToldOfHearsWhoLeads(t *testing.T) {
	w := newNetwork(t, 3, roomyLimits(), 3).joinedBy(4)
	lead, learner := w.lead(), w.nodes[3]
	w.commit(3)
	w.run(500 * millisecond)
	require.True(t, learner.r.Led())
	require.Equal(t, lead.id, learner.r.Leader())
	w.crash(lead)
	w.run(3000 * millisecond)
	require.Equal(t, w.steady().id, learner.r.Leader())
}

// B-44c: an idle cluster fills the slots up to a new configuration with noops: else it would not
// come to govern before somebody wrote α commands.
func TestAnIdleClusterFillsUpToANewConfigurationWithNoops(t *testing.T) {
	w := newNetwork(t, 3, roomyLimits(), 3).joinedBy(4)
	lead := w.lead()
	require.Equal(t, Taken, w.reconfigure(lead, 3, 2, 0, 1, 2, 3))
	w.run(500 * millisecond)
	for _, nd := range w.nodes {
		require.Len(t, nd.r.Governing(nil), 1)
		require.EqualValues(t, 2, nd.r.Governing(nil)[0].Era)
	}
	require.Len(t, w.log, 8, "slots 2 to 8, and none beyond")
	require.EqualValues(t, 9, w.nodes[3].r.Governing(nil)[0].From)
}

// B-44d: a leader that removes itself leads until its last slot is chosen, then leaves the lead to
// another; its reads fail, and it goes on to learn.
func TestALeaderRemovesItself(t *testing.T) {
	for seed := range int64(10) {
		w := newNetwork(t, 3, roomyLimits(), seed)
		lead := w.lead()
		w.commit(2)
		require.Equal(t, Taken, w.reconfigure(lead, 2, 1, w.others(lead)...))
		for lead.r.Votes() {
			require.Equal(t, lead, w.leader())
			w.run(millisecond)
		}
		require.Equal(t, Follower, lead.r.Role())
		w.run(25 * millisecond) // Election is 100
		require.NotNil(t, w.leader(), "it named an heir")
		require.NotEqual(t, lead, w.leader())
		w.run(300 * millisecond)
		require.EqualValues(t, 1, lead.r.Counter(Abdications))
		_, ref := lead.r.Read(w.now)
		require.NotEqual(t, Taken, ref)
		require.Equal(t, NotLeader, lead.r.Campaign())
		w.commit(3)
		require.Len(t, w.log, int(lead.executed), "it learns on")
		w.crash(lead)
		w.commit(3)
		w.check()
	}
}

// Nodes that were removed while they were away come back, raise no ballot that counts, and learn
// from whoever hears them that they are out.
func TestARemovedNodeCannotDisturbAndLearnsThatItIsOut(t *testing.T) {
	for seed := range int64(10) {
		w := newNetwork(t, 5, roomyLimits(), seed)
		lead := w.lead()
		w.commit(2)
		away := w.others(lead)[:2]
		w.cut = func(a, b NodeID) bool {
			return a == away[0] || b == away[0] || a == away[1] || b == away[1]
		}
		stay := append(w.others(lead)[2:], lead.id)
		require.Equal(t, Taken, w.reconfigure(lead, 2, 2, stay...))
		w.commit(20)
		lead, round := w.lead(), w.leader().r.Promised().Round()
		w.nodes[away[0]].r.Campaign() // by hand, with what it knows
		w.cut = nil
		w.drain(w.nodes[away[0]])
		w.run(500 * millisecond)
		require.Equal(t, lead, w.steady())
		require.Equal(t, round, lead.r.Promised().Round())
		for _, id := range away {
			require.False(t, w.nodes[id].r.Votes())
			require.Len(t, w.log, int(w.nodes[id].executed))
			require.Equal(t, NotLeader, w.nodes[id].r.Campaign())
		}
	}
}

// What a node of no configuration says is not heard as a vote, a lead or a question to an acceptor;
// it is told how far the log is, once a Drain, so that it can find out.
func TestAStrangerIsOnlyToldHowFarTheLogIs(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.chosen(1, value(9, 1, "a"))
	s.persist()
	b := NewBallot(7, 1, 9)
	for _, m := range []Message{
		{Kind: Prepare, Ballot: b, Span: Span{1, Forever}},
		{Kind: Accept, Ballot: b, Span: Span{2, 3}, Entries: []Entry{value(9, 2, "x")}},
		{Kind: Read, Ballot: b, Round: 1},
		{Kind: Beat, Ballot: b, Round: uint64(follows | heir)},
	} {
		m.From, m.To, m.Life, m.Era = 9, 0, 1, 1
		s.step(m)
	}
	s.persist()
	require.Zero(t, s.r.Promised())
	require.Equal(t, NoNode, s.r.Leader())
	s.step(Message{Kind: Prepare, From: 9, To: 0, Life: 1, Ballot: b, Span: Span{1, Forever}})
	s.drain()
	require.Len(t, s.out.Send, 1)
	require.Equal(t, Message{Kind: Chosen, From: 0, To: 9, Life: 1, Echo: 1, Era: 1, Chosen: 1},
		s.out.Send[0])
	s.step(Message{Kind: Beat, From: 9, To: 0, Life: 1, Chosen: 5})
	s.now += 100 * millisecond
	s.r.Tick(s.now)
	s.drain()
	require.Len(t, s.sent(Fetch, 9), 1, "and if it is ahead, it is asked")
}

// B-44b: the configurations follow each other from a cluster to a wholly other one, one change
// within the window of another, while commands go on; then the founders' machines are taken away.
func TestAClusterMovesToOtherMachines(t *testing.T) {
	for seed := range int64(10) {
		w := newNetwork(t, 3, roomyLimits(), seed).joinedBy(6)
		w.commit(3)
		for _, ids := range [][]NodeID{{0, 1, 2, 3}, {1, 2, 3, 4}, {2, 3, 4, 5}, {3, 4, 5}} {
			for w.reconfigure(w.lead(), len(ids)/2+1, len(ids)/2+1, ids...) != Taken {
				w.run(5 * millisecond)
			}
			w.progress(1000 * millisecond)
		}
		for w.nodes[3].r.Governing(nil)[0].Era < 5 || w.nodes[4].r.Role()|w.nodes[5].r.Role()|
			w.nodes[3].r.Role() != Leader {
			w.run(10 * millisecond)
			w.must(w.now < 20_000*millisecond, "no move: %s", w.describe())
		}
		for _, nd := range w.nodes[:3] {
			w.crash(nd)
		}
		w.run(500 * millisecond)
		w.commit(5)
		w.check()
	}
}
