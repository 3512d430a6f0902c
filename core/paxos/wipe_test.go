package paxos

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// replaced is the configuration of the founders in which node 1 has a new disk.
func replaced(t *testing.T) Members {
	m, err := Majority(Member{0, 1, DiskID{1}}, Member{1, 2, DiskID{2, 1}}, Member{2, 1, DiskID{3}})
	require.NoError(t, err)
	return m
}

// B-11, B-47: the new disk of node 1 votes in the configuration that names it and in none before:
// the old disk's vote there is lost with it, and the new one never gave it.
func TestAnAcceptOfAReplacedDiskDoesNotCountInTheOldConfiguration(t *testing.T) {
	s := newRoomy(t)
	s.promise(2, s.nothing())
	s.reconfigure(replaced(t))
	s.offer(8)
	late := s.accepted(1, 2, 10)
	late.Life = 2
	s.step(late)
	require.EqualValues(t, 1, s.r.Prefix(), "slots 2 to 8 are of the old disk")
	s.step(s.accepted(2, 2, 9))
	require.EqualValues(t, 9, s.r.Prefix(), "slot 9 is of the new one")
}

func TestAPromiseOfAReplacedDiskDoesNotCountInTheOldConfiguration(t *testing.T) {
	s := soloOf(t, 3, configOf(3, 0, roomyLimits(), 1))
	s.chosen(1, configuration(1, replaced(t)))
	require.Equal(t, Taken, s.r.Campaign())
	s.persist()
	fresh := s.nothing()
	fresh.Life = 2
	s.promise(1, fresh)
	require.Equal(t, Candidate, s.r.Role())
	s.promise(1, s.nothing())
	require.Equal(t, Candidate, s.r.Role(), "the disk before it is gone")
	s.promise(2, s.nothing())
	require.Equal(t, Leader, s.r.Role())
}

// B-11, B-24: what the old disk promised in full is not the new one's, of which one part came.
func TestAPromiseOfAReplacedDiskIsNotItsSuccessors(t *testing.T) {
	s := soloOf(t, 3, configOf(3, 0, roomyLimits(), 1))
	next, err := Majority(
		Member{0, 1, DiskID{1}}, Member{1, 2, DiskID{2, 1}}, Member{3, 1, DiskID{4}})
	require.NoError(t, err)
	s.chosen(1, configuration(1, next))
	require.Equal(t, Taken, s.r.Campaign())
	s.persist()
	s.promise(1, s.nothing())
	s.promise(1, Message{Life: 2, Span: Span{2, 3}})
	s.promise(2, s.nothing())
	require.Equal(t, Candidate, s.r.Role(), "in the new configuration nobody else promised yet")
	s.promise(1, Message{Life: 2, Span: Span{3, Forever}})
	require.Equal(t, Leader, s.r.Role())
}

func TestAReadOKOfAReplacedDiskDoesNotCountInTheOldConfiguration(t *testing.T) {
	s := newRoomy(t)
	s.promise(2, s.nothing())
	s.reconfigure(replaced(t))
	round := s.read()
	fresh := s.readOK(1, round)
	fresh.Life = 2
	require.Empty(t, s.answers(fresh))
	require.Empty(t, s.answers(s.readOK(1, round)), "one node is not two, whatever its disks")
	require.Len(t, s.answers(s.readOK(2, round)), 1)
}

// B-11: a founder that lost its disk before, during or after the genesis and is started again with
// the same flags never becomes a second vote. What the core sees of it is the disk's name, which
// the genesis holds as that founder told it.
func TestAWipedFounderStartedWithTheSameFlagsNeverVotes(t *testing.T) {
	whole := configOf(3, 2, smallLimits(), 1)
	wiped := whole
	wiped.Disk = DiskID{3, 1}

	before := wiped // the others' founding went on with the new disk: another cluster
	before.Genesis.Founders[2] = wiped.Disk
	a, err := Open(&whole)
	require.NoError(t, err)
	b, err := Open(&before)
	require.NoError(t, err)
	require.NotEqual(t, a.Cluster(), b.Cluster())

	early := wiped // or it is not among the founders yet
	early.Genesis.Founders[2] = DiskID{}
	r, err := Open(&early)
	require.NoError(t, err)
	require.False(t, r.Votes())

	_, err = Open(&wiped) // after the others wrote down its old disk, whether or not it had
	require.ErrorIs(t, err, errConfigDisk)

	log := &soloOf(t, 3, whole).r.journal // nor does it take a copy of the old log for its own
	rec := Record{Kind: Format, LSN: 1, Entries: cloneEntries(log.who())}
	for life := Life(0); life < 3; life += 2 {
		wiped.Life = life
		r, err = Open(&wiped)
		require.NoError(t, err)
		require.ErrorIs(t, r.Replay(&rec), errFormat)
	}

	wiped.Life = 0 // it may come back as nobody, and learn
	s := soloOf(t, 3, wiped)
	b1 := NewBallot(1, 1, 1)
	s.step(Message{Kind: Prepare, From: 1, To: 2, Life: 1, Ballot: b1, Span: Span{1, Forever}})
	s.step(s.accept(1, b1, 1, 0, "x"))
	s.step(Message{Kind: Read, From: 1, To: 2, Life: 1, Era: 1, Ballot: b1, Round: 1})
	s.now += 3000 * millisecond
	s.present(0)
	s.r.Tick(s.now)
	s.persist()
	for _, k := range []Kind{Prepare, Promise, Accepted, ReadOK} {
		require.Zero(t, s.kinds(k), k)
	}
	require.Zero(t, s.r.Promised())
	require.Equal(t, NotLeader, s.r.Campaign())
}

// A life that its owner claims is worth nothing: what counts is the disk that the configuration
// names in it.
func TestAClaimedLifeDoesNotVote(t *testing.T) {
	c := configOf(3, 1, roomyLimits(), 1)
	c.Life, c.Disk = 2, DiskID{2, 7}
	s := soloOf(t, 3, c)
	s.chosen(0, configuration(1, replaced(t))) // names another disk in life 2
	require.False(t, s.r.Votes())
	b := NewBallot(1, 1, 0)
	s.step(Message{Kind: Prepare, From: 0, To: 1, Life: 1, Ballot: b, Span: Span{2, Forever}})
	s.persist()
	require.Zero(t, s.kinds(Promise))
	require.Zero(t, s.r.Promised())
}

// A new disk learns from the log that it votes, and in which life. It says nothing in that life
// before it is durable: started again it must not take itself for nobody, who never promised.
func TestANewDiskWritesItsLifeBeforeItVotes(t *testing.T) {
	c := configOf(3, 1, roomyLimits(), 1)
	c.Life, c.Disk = 0, DiskID{2, 1}
	s := soloOf(t, 3, c)
	s.chosen(0, configuration(1, replaced(t)))
	require.EqualValues(t, 2, s.r.Life())
	require.True(t, s.r.Votes())
	b := NewBallot(1, 1, 0)
	s.step(Message{Kind: Prepare, From: 0, To: 1, Life: 1, Ballot: b, Span: Span{2, Forever}})
	s.drain()
	require.Empty(t, s.sent(Promise, 0))
	var kinds []Kind
	for _, rec := range s.out.Write {
		kinds = append(kinds, rec.Kind)
	}
	require.Equal(t, []Kind{Chosen, Format, Promised}, kinds)
	format := s.out.Write[1]
	format.Entries = cloneEntries(format.Entries)
	s.persist()
	require.Len(t, s.sent(Promise, 0), 1)
	require.EqualValues(t, 2, s.sent(Promise, 0)[0].Life)
	again, err := Open(&c)
	require.NoError(t, err)
	require.NoError(t, again.Replay(&format))
	require.EqualValues(t, 2, again.Life())
}

// B-11: three of five disks are lost one after the other, each replaced by name before the next:
// every vote is of a disk that the slot's configuration names, and nothing chosen is lost.
func TestDisksAreReplacedOneAfterTheOther(t *testing.T) {
	w := newNetwork(t, 5, roomyLimits(), 11)
	w.commit(5)
	for id := NodeID(0); id < 3; id++ {
		w.wipe(w.nodes[id])
		w.start(w.nodes[id])
		require.Zero(t, w.nodes[id].r.Life())
		w.run(500 * millisecond)
		require.False(t, w.nodes[id].r.Votes())
		require.Equal(t, Taken, w.reconfigure(w.lead(), 3, 3, 0, 1, 2, 3, 4))
		w.run(500 * millisecond)
		require.True(t, w.nodes[id].r.Votes())
		require.EqualValues(t, 2, w.nodes[id].r.Life())
		w.commit(5)
	}
	w.crash(w.nodes[3])
	w.crash(w.nodes[4])
	w.commit(5)
	w.check()
}
