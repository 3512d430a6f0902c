package paxos

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// checkpoint takes a snapshot of everything that was handed out and applied.
func (s *solo) checkpoint() Record {
	var rec Record
	require.True(s.t, s.r.Checkpoint(&rec))
	rec.Entries = cloneEntries(rec.Entries)
	return rec
}

func newFollower(t *testing.T, id NodeID) *solo {
	return soloOf(t, 3, configOf(3, id, roomyLimits(), 1))
}

// snapshotOf returns the snapshot of a node that executed entries, the first one in slot 1.
func snapshotOf(t *testing.T, entries ...Entry) Record {
	s := newFollower(t, 0)
	s.chosen(1, entries...)
	s.drain()
	s.execute()
	return s.checkpoint()
}

// B-35, B-44: a configuration that is decided and does not govern yet is part of a snapshot: who
// starts from it must know who decides the slots to come.
func TestASnapshotTellsTheConfigurationStillToCome(t *testing.T) {
	s := newFollower(t, 0)
	s.chosen(1, configuration(1, members(t, 0, 3, 4)), value(9, 2, "x"))
	s.drain()
	s.execute()
	rec := s.checkpoint()
	require.Equal(t, Span{1, 3}, rec.Span)
	for _, started := range []bool{true, false} {
		c := configOf(3, 2, roomyLimits(), 1)
		r, err := Open(&c)
		require.NoError(t, err)
		if started {
			r.Start(0)
			r.Drain()
		}
		require.NoError(t, r.Installed(&rec))
		require.Equal(t, s.r.Governing(nil), r.Governing(nil))
		require.Equal(t, Governed{9, 2, members(t, 0, 3, 4)}, r.Era())
		require.EqualValues(t, 2, r.Prefix())
		require.True(t, r.Votes(), "in the slots up to 8")
	}
}

// What was decided after the last slot of a snapshot is not part of it, though known by then.
func TestASnapshotTellsNoConfigurationOfLaterSlots(t *testing.T) {
	s := newFollower(t, 0)
	s.chosen(1, value(9, 1, "x"))
	s.drain()
	s.execute()
	s.chosen(1, configuration(1, members(t, 0, 3, 4)))
	rec := s.checkpoint()
	other := newFollower(t, 2)
	require.NoError(t, other.r.Installed(&rec))
	require.EqualValues(t, 1, other.r.Era().Era)
	other.chosen(0, configuration(1, members(t, 0, 3, 4)))
	require.Equal(t, s.r.Era(), other.r.Era())
}

// B-34: what was accepted above a snapshot may be acknowledged, and stays; what lies below it may
// differ from what was chosen, and goes.
func TestAnInstallKeepsWhatIsAboveItAndDropsWhatIsBelow(t *testing.T) {
	rec := snapshotOf(t, value(9, 1, "a"), value(9, 2, "b"))
	s := newFollower(t, 2)
	b := NewBallot(1, 1, 1)
	s.step(s.accept(1, b, 1, 0, "not a", "not b", "c", "d"))
	s.persist()
	require.NoError(t, s.r.Installed(&rec))
	require.Empty(t, s.drain().Chosen, "what the snapshot holds is not handed out")
	var e Entry
	for slot, want := range map[Slot]Ballot{1: 0, 2: 0, 3: b, 4: b} {
		require.Equal(t, want, s.r.Accepted(slot, &e), slot)
	}
	s.step(Message{Kind: Prepare, From: 0, To: 2, Life: 1, Era: 1, Ballot: NewBallot(2, 1, 0),
		Span: Span{3, Forever}})
	s.persist()
	got := s.sent(Promise, 0)
	require.Len(t, got, 1)
	require.Equal(t, b, got[0].VBallot)
	require.Len(t, got[0].Entries, 2)
	require.Equal(t, "c", string(got[0].Entries[0].Data))
}

// A leader that is behind the snapshot which a follower got elsewhere proposes across its end.
func TestWhatLiesAboveASnapshotIsAcceptedWithWhatLiesBelow(t *testing.T) {
	rec := snapshotOf(t, value(9, 1, "a"), value(9, 2, "b"))
	s := newFollower(t, 2)
	require.NoError(t, s.r.Installed(&rec))
	s.persist()
	b := NewBallot(1, 1, 1)
	s.step(s.accept(1, b, 1, 0, "a", "b", "c"))
	s.persist()
	var e Entry
	require.Equal(t, b, s.r.Accepted(3, &e))
	require.Equal(t, "c", string(e.Data))
}

// B-34: a log may hold, below an installed snapshot, a record of what was accepted there and never
// chosen. Nobody is ever supplied from it, also after a restart: only the snapshot will do.
func TestNothingIsSuppliedFromBelowAnInstalledSnapshot(t *testing.T) {
	snapshot := snapshotOf(t, value(9, 1, "chosen"), value(9, 2, "b"))
	s := newFollower(t, 2)
	b := NewBallot(1, 1, 1)
	s.step(s.accept(1, b, 1, 0, "never chosen"))
	s.drain()
	record := s.out.Write[0]
	record.Entries = cloneEntries(record.Entries)
	s.persist()
	require.NoError(t, s.r.Installed(&snapshot))
	s.chosen(1, value(9, 3, "c"))

	c := configOf(3, 2, roomyLimits(), 1)
	r, err := Open(&c)
	require.NoError(t, err)
	var header Record
	s.r.Header(&header)
	header.LSN, header.Ballot = 1, 0
	require.NoError(t, r.Replay(&header))
	require.NoError(t, r.Replay(&snapshot))
	require.NoError(t, r.Replay(&record))
	require.Equal(t, b, r.Promised(), "the promise is of the log, whatever the snapshot covers")
	r.Start(0)
	restarted := &solo{t: t, n: 3, r: r}
	restarted.persist()

	for _, s := range []*solo{s, restarted} {
		s.step(Message{Kind: Fetch, From: 1, To: 2, Life: 1, Span: Span{1, 3}})
		s.drain()
		require.Zero(t, s.kinds(Chosen), "nor is it supplied from memory")
		require.Equal(t, []Supply{{1, 1, Span{1, 3}, true}}, s.out.Supply)
		var m Message
		require.False(t, s.r.Supplied(&s.out.Supply[0], record.Entries, &m))
	}
	s.step(Message{Kind: Fetch, From: 1, To: 2, Life: 1, Span: Span{3, 4}})
	s.drain()
	require.Empty(t, s.out.Supply)
	require.Len(t, s.sent(Chosen, 1), 1, "above the snapshot, what was learnt is supplied")
}

// B-37: a snapshot that is not ahead changes nothing, and neither does one that contradicts itself.
func TestAnOlderOrUnsoundSnapshotChangesNothing(t *testing.T) {
	s := newFollower(t, 0)
	s.chosen(1, value(9, 1, "a"))
	s.drain()
	s.execute()
	old := s.checkpoint()
	s.chosen(1, configuration(1, members(t, 0, 3, 4)))
	s.persist()
	before := s.r.AppendState(nil)
	require.NoError(t, s.r.Installed(&old))
	require.Equal(t, before, s.r.AppendState(nil))
	for name, spoil := range map[string]func(rec *Record){
		"another kind":      func(rec *Record) { rec.Kind = Chosen },
		"no slot":           func(rec *Record) { rec.Chosen, rec.Span = 0, Span{1, 1} },
		"another span":      func(rec *Record) { rec.Span.Lo = 2 },
		"no configurations": func(rec *Record) { rec.Entries = nil },
		"none that governs": func(rec *Record) { rec.Entries[0].Data[0] = 0 },
		"cut short":         func(rec *Record) { rec.Entries[0].Data = rec.Entries[0].Data[:99] },
		"bytes left over": func(rec *Record) {
			rec.Entries[0].Data = append(rec.Entries[0].Data, 0)
		},
		"governs too late":   func(rec *Record) { rec.Entries[0].Data[1] = 99 },
		"a life that is not": func(rec *Record) { rec.Entries[0].Data[13]++ },
	} {
		rec := old
		rec.Chosen, rec.Span.Hi = 5, 6
		rec.Entries = cloneEntries(old.Entries)
		spoil(&rec)
		require.Error(t, s.r.Installed(&rec), name)
		require.Equal(t, before, s.r.AppendState(nil), name)
	}
}

// A snapshot is of what was executed: not of what was only handed out.
func TestACheckpointWaitsUntilAllIsApplied(t *testing.T) {
	s := newFollower(t, 0)
	var rec Record
	require.False(t, s.r.Checkpoint(&rec), "of nothing")
	s.chosen(1, value(9, 1, "a"))
	s.drain()
	require.False(t, s.r.Checkpoint(&rec))
	s.execute()
	require.True(t, s.r.Checkpoint(&rec))
	s.chosen(1, value(9, 2, "b"))
	require.True(t, s.r.Checkpoint(&rec), "not handed out yet: no part of the state")
	require.EqualValues(t, 1, rec.Chosen)
}

// B-05: the promise survives that the segment with its record is let go of, whatever the records
// after the header say of lower ballots.
func TestAPromiseSurvivesTheEndOfItsSegment(t *testing.T) {
	s := newFollower(t, 0)
	low, high := NewBallot(2, 1, 1), NewBallot(9, 1, 2)
	s.step(s.accept(1, low, 1, 0, "a"))
	s.drain()
	record := s.out.Write[0]
	record.Entries = cloneEntries(record.Entries)
	s.step(Message{Kind: Prepare, From: 2, To: 0, Life: 1, Era: 1, Ballot: high,
		Span: Span{1, Forever}})
	s.persist()
	var header Record
	s.r.Header(&header)
	header.LSN = record.LSN - 1 // the segment begins before the accept

	c := configOf(3, 0, roomyLimits(), 1)
	r, err := Open(&c)
	require.NoError(t, err)
	require.NoError(t, r.Replay(&header))
	require.NoError(t, r.Replay(&record))
	r.Start(0)
	require.Equal(t, high, r.Promised())
	again := &solo{t: t, n: 3, r: r}
	again.step(again.accept(1, low, 2, 0, "b"))
	again.drain()
	require.Zero(t, again.kinds(Accepted))
	require.Equal(t, 1, again.kinds(Nack))
	again.now += 300 * millisecond
	require.Equal(t, Taken, r.Campaign())
	require.Greater(t, r.Ballot(), high, "nor is a ballot begun again (B-15)")
}

// B-33: an acceptor that let go of slots says so: who asks about them gets the chosen prefix, the
// first slot to be had entry by entry, and no claim that they are empty.
func TestAnAcceptorThatLetGoOfSlotsClaimsNothingAboutThem(t *testing.T) {
	s := newFollower(t, 0)
	s.chosen(1, value(9, 1, "a"), value(9, 2, "b"), value(9, 3, "c"))
	s.drain()
	s.execute()
	s.checkpoint()
	s.r.Snapshotted(2)
	s.step(Message{Kind: Prepare, From: 1, To: 0, Life: 1, Era: 1, Ballot: NewBallot(1, 1, 1),
		Span: Span{1, Forever}})
	s.persist()
	got := s.sent(Promise, 1)
	require.Len(t, got, 1)
	require.Zero(t, got[0].Span.Len())
	require.Empty(t, got[0].Entries)
	require.EqualValues(t, 3, got[0].Chosen)
	require.EqualValues(t, 3, got[0].Round)
	s.r.Snapshotted(99)
	require.EqualValues(t, 4, s.r.acceptor.kept, "no snapshot holds what was not handed out")
}

// B-22: a command of this node in a slot that a snapshot skips may have been chosen or not: that is
// its fate, and it has no second one.
func TestACommandBelowAnInstalledSnapshotEndsUnknown(t *testing.T) {
	source := newFollower(t, 2)
	source.chosen(1, value(7, 1, "theirs"), value(7, 2, "theirs"))
	source.drain()
	source.execute()
	rec := source.checkpoint()
	s := newRoomy(t)
	s.offer(3)
	b := s.r.Ballot()
	s.step(Message{Kind: Nack, From: 2, To: 0, Life: 1, Echo: 1, Ballot: b, VBallot: b + 1<<24})
	s.drain()
	require.NoError(t, s.r.Installed(&rec))
	require.Equal(t, []Fate{{Value, 1, 1, 1, Unknown}, {Value, 1, 2, 2, Unknown}}, s.drain().Fates)
	s.chosen(1, value(7, 3, "theirs"))
	require.Equal(t, []Fate{{Value, 1, 3, 3, Lost}}, s.drain().Fates)
}

// B-47: a node that joins after the logs were cut gets a snapshot, the configurations with it, and
// votes from there on, while every node that made the snapshot is gone.
func TestANewMemberStartsFromASnapshotAndOutlivesItsMakers(t *testing.T) {
	w := newNetwork(t, 3, roomyLimits(), 6)
	w.commit(40)
	for _, nd := range w.nodes {
		w.checkpoint(nd)
		require.NotNil(t, nd.header)
	}
	for len(w.nodes) < 6 {
		w.start(w.add(DiskID{byte(len(w.nodes) + 1)}))
	}
	require.Equal(t, Taken, w.reconfigure(w.lead(), 2, 2, 3, 4, 5))
	w.run(2000 * millisecond)
	for _, nd := range w.nodes[:3] {
		require.False(t, nd.r.Votes())
		w.crash(nd)
	}
	w.run(2000 * millisecond)
	for _, nd := range w.nodes[3:] {
		require.True(t, nd.r.Votes())
		require.NotNil(t, nd.snap)
	}
	w.commit(5)
	w.check()
}
