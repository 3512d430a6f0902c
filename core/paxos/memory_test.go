package paxos

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// tick lets time pass by a beat on all nodes.
func (l *lane) tick() {
	l.now += 10 * millisecond
	for i, r := range l.nodes {
		r.Tick(l.now)
		l.stepped[i] = true
	}
	l.settle()
}

// read has the leader confirm one.
func (l *lane) read() {
	if _, ref := l.nodes[0].Read(l.now); ref != Taken {
		panic("read: " + ref.String())
	}
	l.stepped[0] = true
	l.settle()
	l.reads++
}

// checkpoint has every node end its log in a snapshot.
func (l *lane) checkpoint() {
	for _, r := range l.nodes {
		if !r.Checkpoint(&l.record) {
			panic("no checkpoint")
		}
		r.Snapshotted(l.record.Chosen)
		r.Header(&l.record)
	}
}

// reconfigure has the next configuration decided, and govern.
func (l *lane) reconfigure(m *Members) {
	base := l.nodes[0].Era().Era
	if _, ref := l.nodes[0].Reconfigure(base, m); ref != Taken {
		panic("reconfigure: " + ref.String())
	}
	l.stepped[0] = true
	l.settle()
	for range 20 {
		if l.tick(); l.nodes[0].log.prefix >= l.nodes[0].Era().From {
			break
		}
		l.commit(16)
	}
}

// Nothing is allocated after Open: not by commands, beats, reads, snapshots, or configurations that
// follow each other, on any node.
func TestNothingIsAllocatedWhateverACommandIs(t *testing.T) {
	for _, n := range []int{3, 5} {
		limits := laneLimits(16)
		limits.Window = 16
		l := newLane(t, n, limits)
		var sets [2]Members
		for i := range sets {
			g := genesisOf(n, limits)
			g.Prepare, g.Accept = n-i, n/2+1
			m, err := g.Members()
			require.NoError(t, err)
			sets[i] = m
		}
		for range 3 {
			l.tick()
		}
		for name, act := range map[string]func(){
			"commands":  func() { l.commit(16) },
			"beats":     func() { l.tick() },
			"reads":     func() { l.commit(1); l.read(); l.read() },
			"snapshots": func() { l.commit(3); l.checkpoint() },
			"configurations": func() {
				l.reconfigure(&sets[l.nodes[0].Era().Era%2])
				l.read()
				l.checkpoint()
			},
		} {
			t.Run(fmt.Sprint(name, " of ", n), func(t *testing.T) {
				era, reads := l.nodes[0].Era().Era, l.reads
				act()
				require.Zero(t, testing.AllocsPerRun(50, act))
				if name == "configurations" {
					require.Equal(t, era+52, l.nodes[n-1].Era().Era)
					require.Equal(t, reads+52, l.reads)
				}
			})
		}
		for i := range l.nodes {
			require.Equal(t, l.executed[0], l.executed[i])
		}
		require.Equal(t, l.reads, l.confirmed)
	}
}

// A replica that is opened again, with whatever sizes, knows no more than a new one, has room for
// no more, and needs no memory but what its sizes need more.
func TestAReplicaThatIsReopenedIsAsNew(t *testing.T) {
	worn := newLane(t, 3, laneLimits(16))
	for range 5 {
		worn.commit(8)
		worn.tick()
		worn.read()
		worn.checkpoint()
	}
	r := worn.nodes[0]
	for _, limits := range []Limits{smallLimits(), laneLimits(16), smallLimits()} {
		c := configOf(3, 0, limits, 1)
		require.NoError(t, r.Reopen(&c))
		fresh, err := Open(&c)
		require.NoError(t, err)
		require.Equal(t, fresh.AppendState(nil), r.AppendState(nil))
		require.Equal(t, cap(fresh.journal.waiting), cap(r.journal.waiting))
		require.Equal(t, cap(fresh.out.Send), cap(r.out.Send))
		require.Equal(t, cap(fresh.out.views), cap(r.out.views))
		require.Equal(t, cap(fresh.log.arena), cap(r.log.arena))
		require.Equal(t, cap(fresh.proposer.adopted.other), cap(r.proposer.adopted.other))
	}
	c := configOf(3, 0, smallLimits(), 1)
	require.Zero(t, testing.AllocsPerRun(10, func() {
		if r.Reopen(&c) != nil {
			panic("refused")
		}
	}))
	r.Start(7)
	state := r.AppendState(nil)
	wrong := c
	wrong.Node = MaxNodes
	require.ErrorIs(t, r.Reopen(&wrong), errConfigNode)
	require.Equal(t, state, r.AppendState(nil))
}

// What is behind comes back without an allocation too: a fetch, entries from the driver's log, a
// snapshot, and what is accepted above it.
func TestCatchingUpAllocatesNothing(t *testing.T) {
	s := newFollower(t, 0)
	s.chosen(1, value(9, 1, "a"))
	s.drain()
	s.execute()
	other := newFollower(t, 2)
	entries := []Entry{value(9, 1, "x")}
	m := Message{Kind: Chosen, From: 1, Life: 1, Echo: 1, Era: 1, Entries: entries}
	var rec Record
	bring := func(s *solo) {
		m.To = s.r.Node()
		m.Span = Span{s.r.Prefix() + 1, s.r.Prefix() + 2}
		m.Chosen = m.Span.Lo
		s.r.Step(s.now, &m)
		s.out = s.r.Drain()
		s.r.Persisted(s.r.Written())
		s.r.Applied(s.r.delivered)
	}
	require.Zero(t, testing.AllocsPerRun(100, func() {
		bring(s)
		bring(s)
		bring(s)
		if !s.r.Checkpoint(&rec) || other.r.Installed(&rec) != nil {
			panic("no snapshot")
		}
		bring(other)
		ask := Message{Kind: Fetch, From: 2, To: 0, Life: 1, Span: Span{1, s.r.Prefix()}}
		s.r.Step(s.now, &ask)
		s.out = s.r.Drain()
		bring(s)
	}))
	require.Equal(t, s.r.Prefix(), other.r.Prefix())
}

// Agents that are renewed, with whatever sizes, know no more than new ones, have room for no more,
// and need no memory but what their sizes need more.
func TestAgentsThatAreRenewedAreAsNew(t *testing.T) {
	w := newOne(t, 3)
	p, a := w.proposer(0), w.acceptors[0]
	require.True(t, w.prepare(p, 1, 0, 1))
	red := w.propose(p, "red")
	answer, ok := w.accept(p, 0, red)
	require.True(t, ok)
	require.Zero(t, p.Accepted(&answer).Len())
	l, err := NewLearner(w.members, OneSlot(16))
	require.NoError(t, err)
	b, err := NewOutbox(2, 1, 16)
	require.NoError(t, err)
	answer.Entries = []Entry{red}
	l.Learn(&answer)
	require.True(t, b.Hold(&answer, 7))

	for _, size := range []int{16, 64, 4} {
		limits := OneSlot(size)
		renew := func() {
			must(a.Renew(3, 2, limits))
			must(p.Renew(4, 2, w.members, limits))
			must(l.Renew(w.members, limits))
			must(b.Renew(3, 1, size))
		}
		renew()
		require.Zero(t, testing.AllocsPerRun(10, renew))
		newA, errA := NewAcceptor(3, 2, limits)
		newP, errP := NewProposer(4, 2, w.members, limits)
		newL, errL := NewLearner(w.members, limits)
		newB, errB := NewOutbox(3, 1, size)
		require.NoError(t, errors.Join(errA, errP, errL, errB))
		require.Equal(t, newA.AppendState(nil), a.AppendState(nil))
		require.Equal(t, newP.AppendState(nil), p.AppendState(nil))
		require.Equal(t, newL.AppendState(nil), l.AppendState(nil))
		require.Equal(t, newB.AppendState(nil), b.AppendState(nil))
		require.Equal(t, cap(newA.log.arena), cap(a.log.arena))
		full := Message{Entries: []Entry{{Kind: Value, Data: make([]byte, size)}}}
		for range 3 {
			require.True(t, b.Hold(&full, 1))
		}
		require.False(t, b.Hold(&full, 1))
		full.Entries[0].Data = make([]byte, size+1)
		must(b.Renew(3, 1, size))
		require.False(t, b.Hold(&full, 1))
	}

	states := [][]byte{a.AppendState(nil), p.AppendState(nil), l.AppendState(nil)}
	require.ErrorIs(t, a.Renew(0, 1, Limits{}), errWindow)
	require.ErrorIs(t, p.Renew(0, 1, w.members, Limits{}), errWindow)
	require.ErrorIs(t, p.Renew(0, 1, Members{}, OneSlot(4)), errNoVoters)
	require.ErrorIs(t, l.Renew(w.members, Limits{}), errWindow)
	require.ErrorIs(t, l.Renew(Members{}, OneSlot(4)), errNoVoters)
	require.ErrorIs(t, b.Renew(0, 1, 1), errOutbox)
	require.Equal(t, states, [][]byte{a.AppendState(nil), p.AppendState(nil), l.AppendState(nil)})
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
