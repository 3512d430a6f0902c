package paxos

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const testLease = 200 * millisecond

func newLeased(t *testing.T, id NodeID) *solo {
	c := configOf(3, id, smallLimits(), 1)
	c.Lease, c.Drift = testLease, 10*millisecond
	return soloOf(t, 3, c)
}

// ask has a Prepare of node 2 arrive, and reports whether it is promised.
func (s *solo) ask(round uint64) bool {
	s.step(Message{Kind: Prepare, From: 2, To: 0, Life: 1, Ballot: NewBallot(round, 1, 2),
		Span: Span{s.r.Prefix() + 1, Forever}})
	s.persist()
	return s.kinds(Promise) == 1
}

// B-43: who confirmed a leader promises nothing to another while the lease lasts, measured from its
// own answer; nor after a restart, when it has forgotten to whom it granted one.
func TestAnAcceptorKeepsTheLeaseThatItGranted(t *testing.T) {
	s := newLeased(t, 0)
	require.False(t, s.ask(1), "it may have granted a lease before it started")
	s.now = testLease
	require.True(t, s.ask(1))
	s.step(Message{Kind: Read, From: 1, To: 0, Life: 1, Ballot: NewBallot(2, 1, 1), Round: 1})
	s.persist()
	require.Equal(t, 1, s.kinds(ReadOK))
	s.now += testLease - 1
	require.False(t, s.ask(3))
	require.Equal(t, Electing, s.r.Campaign(), "nor does it promise itself")
	s.now++
	require.True(t, s.ask(3))
}

// elected makes node 0 the leader, with a lease from node 1 that ends testLease - Drift after now.
func (s *solo) elected() {
	s.now = testLease
	s.elect(1)
	s.persist()
	s.step(s.accepted(1, 1, 2))
	s.persist()
	_, ref := s.r.Read(s.now)
	require.Equal(s.t, Taken, ref)
	s.drain()
	require.Equal(s.t, 2, s.kinds(Read))
	require.Empty(s.t, s.out.Reads)
	s.step(Message{Kind: ReadOK, From: 1, To: 0, Life: 1, Echo: 1, Ballot: s.r.Ballot(),
		VBallot: s.r.Ballot(), Round: s.r.reader.round})
	s.drain()
	require.Len(s.t, s.out.Reads, 1)
	require.Equal(s.t, Never, s.out.Reads[0].Until, "this one had a round")
}

// readOnce asks for a read, and returns what comes of it without an answer of anybody.
func (s *solo) readOnce() []Confirmed {
	_, ref := s.r.Read(s.now)
	require.Equal(s.t, Taken, ref)
	s.drain()
	return s.out.Reads
}

func TestALeaderReadsWithoutARoundUntilItsLeaseEnds(t *testing.T) {
	s := newLeased(t, 0)
	s.elected()
	until := s.now + testLease - 10*millisecond
	s.now = until - 1
	got := s.readOnce()
	require.Len(t, got, 1)
	require.Equal(t, until, got[0].Until, "counted from before the question, less the drift")
	s.now = until
	require.Empty(t, s.readOnce())
	require.Equal(t, 2, s.kinds(Read))
}

func TestALeaseEndsWithTheLead(t *testing.T) {
	s := newLeased(t, 0)
	s.elected()
	require.Len(t, s.readOnce(), 1)
	s.r.lease.until = Never - 1
	s.step(Message{Kind: Nack, From: 1, To: 0, Life: 1, Echo: 1, Ballot: s.r.Ballot(),
		VBallot: NewBallot(9, 1, 1)})
	require.Equal(t, Follower, s.r.Role())
	require.Zero(t, s.r.lease.until)
}

// B-43, B-44: the members of a new configuration granted nothing, and may elect another at once.
func TestANewConfigurationEndsTheLease(t *testing.T) {
	c := configOf(3, 0, roomyLimits(), 1)
	c.Lease, c.Drift = testLease, 10*millisecond
	s := soloOf(t, 3, c)
	s.elected()
	require.Len(t, s.readOnce(), 1)
	s.reconfigure(members(t, 0, 1, 3))
	require.Empty(t, s.readOnce())
	require.Len(t, s.sent(Read, 3), 1, "it is asked instead")
}

func TestALeaseLongerThanItsBeatsIsRequired(t *testing.T) {
	c := configOf(3, 0, smallLimits(), 1)
	c.Lease = 2 * c.Beat
	_, err := Open(&c)
	require.ErrorIs(t, err, errConfigLease)
}
