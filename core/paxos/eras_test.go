package paxos

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// newRoomy is a leader of three whose entries can hold configurations, with α = 8.
func newRoomy(t *testing.T) *solo {
	s := soloOf(t, 3, configOf(3, 0, roomyLimits(), 1))
	s.elect(1)
	return s
}

// reconfigure has the leader get m chosen in its next slot.
func (s *solo) reconfigure(m Members) {
	slot, ref := s.r.Reconfigure(s.r.Era().Era, &m)
	require.Equal(s.t, Taken, ref)
	s.persist()
	s.step(s.accepted(2, s.r.proposer.chosen, slot+1))
	require.Equal(s.t, slot, s.r.Prefix())
	s.drain()
	s.execute()
}

// B-44f: two configurations worked out from one base: the one chosen second is a no-op, on every
// node alike, and whoever asked for it is told. Else the first change would be lost.
func TestTheSecondConfigurationOnOneBaseIsANoOpEverywhere(t *testing.T) {
	s := newRoomy(t)
	first, second := members(t, 0, 1, 3), members(t, 0, 1, 4)
	for i, m := range []Members{first, second} {
		slot, ref := s.r.Reconfigure(1, &m)
		require.Equal(t, Taken, ref)
		require.EqualValues(t, i+1, slot)
	}
	s.persist()
	s.step(s.accepted(2, 1, 3))
	s.drain()
	b := uint64(s.r.Ballot())
	require.Equal(t, []Fate{{Configure, b, 1, 1, Decided}, {Configure, b, 2, 2, Superseded}},
		s.out.Fates)
	want := Governed{From: 1 + 8, Era: 2, Members: first}
	require.Equal(t, want, s.r.Era())
	other := soloOf(t, 3, configOf(3, 2, roomyLimits(), 1))
	other.chosen(0, s.out.Chosen...)
	require.Equal(t, want, other.r.Era())
	require.EqualValues(t, 1, other.r.Counter(Superseding))
	_, ref := s.r.Reconfigure(1, &second)
	require.Equal(t, Stale, ref)
}

// B-44a, B-44g: decided in slot i, a configuration governs slot i+α and none before: each slot is
// chosen by the quorum of its own configuration, whatever is known of newer ones.
func TestASlotIsChosenByTheQuorumOfItsOwnConfiguration(t *testing.T) {
	begin := func() *solo {
		s := newRoomy(t)
		s.reconfigure(members(t, 0, 3, 4))
		s.promise(3, s.nothing())
		s.offer(8) // slots 2 to 9; the new configuration begins with 9
		return s
	}
	s := begin()
	s.step(s.accepted(3, 2, 10))
	s.step(s.accepted(4, 2, 10))
	require.EqualValues(t, 1, s.r.Prefix(), "the new members do not decide what the old ones do")
	s = begin()
	s.step(s.accepted(1, 2, 10))
	s.step(s.accepted(2, 2, 10))
	require.EqualValues(t, 8, s.r.Prefix(), "the old members do not decide what the new ones do")
	s.step(s.accepted(3, 9, 10))
	require.EqualValues(t, 9, s.r.Prefix())
	m := s.r.Members()
	require.Equal(t, NodeSet(0b11001), m.Voters())
}

// B-44: nothing crosses from one configuration's slots to the next one's: no accept, because its
// receivers are others; no record; and an acceptor takes no span that would.
func TestNoAcceptAndNoRecordCrossesAConfigurationsBoundary(t *testing.T) {
	s := newRoomy(t)
	s.reconfigure(members(t, 0, 3, 4))
	s.promise(3, s.nothing())
	s.offer(5)
	s.step(s.accepted(1, 2, 7))
	s.drain()
	s.execute()
	for range 3 { // slots 7 to 9; the new configuration begins with 9
		s.seq++
		e := value(1, s.seq, "x")
		_, ref := s.r.Propose(&e)
		require.Equal(t, Taken, ref)
	}
	s.drain()
	var spans []Span
	for _, rec := range s.out.Write {
		if rec.Kind == Accepted {
			spans = append(spans, rec.Span)
		}
	}
	require.Equal(t, []Span{{7, 9}, {9, 10}}, spans)
	for to, want := range map[NodeID]Span{1: {7, 9}, 2: {7, 9}, 3: {9, 10}, 4: {9, 10}} {
		got := s.sent(Accept, to)
		require.Len(t, got, 1)
		require.Equal(t, want, got[0].Span)
		require.EqualValues(t, 1+to/3, got[0].Era)
	}

	acceptor := soloOf(t, 3, configOf(3, 1, roomyLimits(), 1))
	acceptor.chosen(0, configuration(1, members(t, 0, 1, 3)))
	for name, spoil := range map[string]func(m *Message){
		"across": func(m *Message) {},
		"of an era that does not govern yet": func(m *Message) {
			m.Span.Hi, m.Entries, m.Era = 9, m.Entries[:1], 2
		},
		"of an era that governs no longer": func(m *Message) {
			m.Span.Lo, m.Entries = 9, m.Entries[1:]
		},
	} {
		m := acceptor.accept(0, NewBallot(5, 1, 0), 8, 1, "x", "y")
		spoil(&m)
		acceptor.step(m)
		require.Zero(t, acceptor.r.acceptor.voted, name)
	}
	require.EqualValues(t, 3, acceptor.r.Counter(DropEra))
	removed := soloOf(t, 3, configOf(3, 2, roomyLimits(), 1))
	removed.chosen(0, configuration(1, members(t, 0, 1, 3)))
	removed.persist()
	m := removed.accept(0, NewBallot(5, 1, 0), 9, 1, "x")
	m.Era = 2
	removed.step(m)
	require.Zero(t, removed.r.acceptor.voted, "whom the slot's configuration does not name")
}

// B-44a: slot i+α is not proposed before slot i is known to be chosen, and applied: its own
// configuration may be the command in slot i.
func TestSlotIPlusAlphaWaitsForSlotI(t *testing.T) {
	for _, alpha := range []int{1, 2, 4} {
		limits := roomyLimits()
		limits.Window, limits.BatchEntries = alpha, 1
		s := soloOf(t, 3, configOf(3, 0, limits, 1))
		s.elect(1)
		propose := func() Refusal {
			s.seq++
			e := value(1, s.seq, "x")
			_, ref := s.r.Propose(&e)
			s.persist()
			return ref
		}
		for range alpha {
			require.Equal(t, Taken, propose())
		}
		require.Equal(t, Full, propose())
		s.step(s.accepted(1, 1, 2))
		s.drain()
		require.Equal(t, Full, propose(), "chosen, but not applied")
		s.execute()
		require.Equal(t, Taken, propose())
		require.Equal(t, Full, propose())
	}
}

// B-44b: phase 1 needs a prepare quorum in every configuration that governs a slot of the ring.
func TestPhase1NeedsAPrepareQuorumInEveryConfigurationOfTheRing(t *testing.T) {
	for _, order := range [][]NodeID{{1, 2, 3}, {3, 4, 2}} {
		s := soloOf(t, 3, configOf(3, 0, roomyLimits(), 1))
		s.chosen(1, configuration(1, members(t, 0, 3, 4)))
		require.Equal(t, Taken, s.r.Campaign())
		s.persist()
		require.Equal(t, 4, s.kinds(Prepare))
		for _, n := range order[:2] {
			s.promise(n, s.nothing())
			require.Equal(t, Candidate, s.r.Role())
		}
		s.promise(order[2], s.nothing())
		require.Equal(t, Leader, s.r.Role())
	}
}

// B-44b: so does a sitting leader before it uses a configuration that it learnt. It asks at once,
// keeps proposing where it may, and does not wait for what a member promised before.
func TestASittingLeaderPreparesBeforeItUsesANewConfiguration(t *testing.T) {
	s := newRoomy(t)
	m := members(t, 0, 3, 4)
	_, ref := s.r.Reconfigure(1, &m)
	require.Equal(t, Taken, ref)
	s.persist()
	s.step(s.accepted(2, 1, 2))
	s.drain()
	s.execute()
	require.Len(t, s.sent(Prepare, 3), 1)
	require.Len(t, s.sent(Prepare, 4), 1)
	s.offer(7) // slots 2 to 8
	s.step(s.accepted(2, 2, 5))
	s.drain()
	s.execute()
	e := value(1, 99, "x")
	_, ref = s.r.Propose(&e)
	require.Equal(t, Electing, ref, "slot 9 has other members, of whom none promised")
	s.promise(3, Message{Span: Span{s.r.Prefix() + 1, Forever}})
	slot, ref := s.r.Propose(&e)
	require.Equal(t, Taken, ref)
	require.EqualValues(t, 9, slot)
}

// A late promise in a new configuration reports what was accepted there: it is proposed again, and
// not something new.
func TestWhatANewMemberReportsIsProposedAgain(t *testing.T) {
	s := newRoomy(t)
	s.reconfigure(members(t, 0, 3, 4))
	s.offer(7)
	s.step(s.accepted(2, 2, 5))
	s.drain()
	s.execute()
	s.promise(3, Message{Span: Span{5, 9}})
	s.promise(3, Message{Span: Span{9, Forever}, VBallot: NewBallot(0, 1, 4),
		Entries: []Entry{value(9, 9, "theirs")}})
	s.drain()
	got := s.sent(Accept, 3)
	require.Len(t, got, 1)
	require.Equal(t, Span{9, 10}, got[0].Span)
	require.Equal(t, "theirs", string(got[0].Entries[0].Data))
}

// However many configurations may follow each other within one window is bounded, by the log alone:
// a leader refuses, and one that was chosen nevertheless is a no-op everywhere.
func TestAtMostSixConfigurationsPend(t *testing.T) {
	s := newRoomy(t)
	sets := []Members{members(t, 0, 1, 2), members(t, 0, 1, 2, 3)}
	for i := range maxPending {
		s.reconfigure(sets[i%2])
	}
	require.EqualValues(t, 7, s.r.Era().Era)
	_, ref := s.r.Reconfigure(7, &sets[0])
	require.Equal(t, Full, ref)
	s.chosen(1, configuration(7, sets[0]))
	require.EqualValues(t, 7, s.r.Era().Era)
	require.EqualValues(t, 1, s.r.Counter(Superseding))
	s.drain()
	s.chosen(1, Entry{Kind: Noop}, configuration(7, sets[0])) // slot 9 is governed: one less pends
	require.EqualValues(t, 8, s.r.Era().Era)
}

// B-11, B-47: a disk has one life for ever and a life one disk, also where it was removed
// meanwhile, so that a disk that was wiped is never taken for the one that voted.
func TestADiskHasOneLifeForEver(t *testing.T) {
	disk := func(b ...byte) (d DiskID) { copy(d[:], b); return d }
	old, fresh := disk(3), disk(3, 1)
	rest := []Member{{0, 1, disk(1)}, {1, 1, disk(2)}}
	with := func(more ...Member) Members {
		m, err := Majority(append(rest, more...)...)
		require.NoError(t, err)
		return m
	}
	s := newRoomy(t)
	judge := func(when string, want map[Member]Refusal) {
		for member, ref := range want {
			m := with(member)
			require.Equal(t, ref == Taken, s.r.eras.judges(&m), "%s: %v", when, member)
			_, got := s.r.Reconfigure(s.r.Era().Era, &m)
			require.Equal(t, ref, got, "%s: %v", when, member)
		}
	}
	judge("a founder", map[Member]Refusal{
		{2, 2, old}: Malformed, {2, 1, fresh}: Malformed, {2, 3, DiskID{}}: Malformed,
	})
	require.Equal(t, Member{2, 2, fresh}, s.r.Voter(2, fresh))
	require.Equal(t, Member{2, 1, old}, s.r.Voter(2, old))
	other := newFollower(t, 1)
	other.chosen(0, configuration(1, with(Member{2, 1, fresh})))
	require.EqualValues(t, 1, other.r.Era().Era, "chosen nevertheless, it is a no-op")
	s.reconfigure(with())
	judge("removed", map[Member]Refusal{{2, 1, fresh}: Malformed, {2, 2, old}: Malformed})
	s.reconfigure(with(Member{2, 2, fresh}))
	judge("replaced", map[Member]Refusal{
		{2, 1, old}: Malformed, {2, 2, old}: Malformed, {2, 1, fresh}: Malformed,
		{2, 3, fresh}: Malformed, {2, 3, old}: Taken,
	})
	require.Equal(t, Member{2, 2, fresh}, s.r.Voter(2, fresh))
}

// Two nodes that differ in α, or in any size or quorum, are not of one cluster: neither opens what
// the other wrote, and no handshake brings them together.
func TestNodesThatDifferInAlphaAreNotOfOneCluster(t *testing.T) {
	write := func(c Config) (ClusterID, Record) {
		r, err := Open(&c)
		require.NoError(t, err)
		r.Start(0)
		rec := r.Drain().Write[0]
		rec.Entries = cloneEntries(rec.Entries)
		return r.Cluster(), rec
	}
	id, rec := write(configOf(3, 0, smallLimits(), 1))
	for name, change := range map[string]func(g *Genesis){
		"alpha":   func(g *Genesis) { g.Limits.Window *= 2 },
		"entries": func(g *Genesis) { g.Limits.EntryBytes-- },
		"batches": func(g *Genesis) { g.Limits.BatchEntries-- },
		"quorums": func(g *Genesis) { g.Prepare, g.Accept = 1, 3 },
		"disks":   func(g *Genesis) { g.Founders[2] = DiskID{99} },
	} {
		c := configOf(3, 0, smallLimits(), 1)
		change(&c.Genesis)
		other, _ := write(c)
		require.NotEqual(t, id, other, name)
		r, err := Open(&c)
		require.NoError(t, err)
		require.ErrorIs(t, r.Replay(&rec), errFormat, name)
	}
	c := configOf(3, 0, smallLimits(), 1)
	c.Genesis.Limits.Window = 12
	_, err := Open(&c)
	require.ErrorIs(t, err, errWindow)
}
