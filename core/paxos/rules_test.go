package paxos

import (
	"bytes"
	"hash/fnv"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// B-01: no promise and no accepted leaves before its record is durable; a repeated question waits
// for the first one's record.
func TestNothingIsSaidBeforeItsRecordIsDurable(t *testing.T) {
	s := newSolo(t, 3, 0)
	b := NewBallot(1, 1, 1)
	ask := Message{Kind: Prepare, From: 1, To: 0, Life: 1, Ballot: b, Span: Span{1, Forever}}
	s.step(ask)
	s.drain()
	require.True(t, s.out.Sync)
	require.Empty(t, s.out.Send)
	s.step(ask)
	s.drain()
	require.Empty(t, s.out.Send, "the repeated question waits too")
	require.Empty(t, s.out.Write)
	s.persist()
	require.Equal(t, 1, s.kinds(Promise))
	s.step(s.accept(1, b, 1, 0, "x"))
	s.drain()
	require.Zero(t, s.kinds(Accepted))
	s.step(s.accept(1, b, 1, 0, "x"))
	s.drain()
	require.Zero(t, s.kinds(Accepted), "the repeated question waits too")
	s.persist()
	require.Equal(t, 1, s.kinds(Accepted))
	require.Equal(t, Span{1, 2}, s.out.Send[0].Span)
	low := Message{Kind: Prepare, From: 2, To: 0, Life: 1, Ballot: b - 1<<24, Span: Span{1,
		Forever}}
	low.Ballot = NewBallot(0, 1, 2)
	s.step(low)
	s.drain()
	require.Equal(t, 1, s.kinds(Nack))
}

// B-01: a node's own vote counts only after its own sync (etcd #14370 is this bug).
func TestTheOwnVoteCountsOnlyWhenDurable(t *testing.T) {
	s := newSolo(t, 1, 0)
	s.r.Tick(s.now + 1)
	s.persist()
	require.Equal(t, Leader, s.r.Role())
	e := value(1, 1, "x")
	_, ref := s.r.Propose(&e)
	require.Equal(t, Taken, ref)
	s.drain()
	require.Empty(t, s.out.Chosen)
	require.Empty(t, s.out.Fates)
	s.persist()
	require.Len(t, s.out.Chosen, 1)
	require.Equal(t, []Fate{{Value, 1, 1, 1, Decided}}, s.out.Fates)
}

func TestTheOwnPromiseIsDurableBeforeTheFirstPrepareLeaves(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.now = 300 * millisecond
	s.present(0)
	for range 5 {
		s.now += 5 * millisecond
		s.r.Tick(s.now)
		s.drain()
		require.Zero(t, s.kinds(Prepare))
	}
	require.Equal(t, Candidate, s.r.Role())
	s.persist()
	require.Equal(t, 2, s.kinds(Prepare))
}

// B-15: after a restart a node leads above every ballot that it ever began.
func TestARestartedNodeNeverLeadsAtAnOldBallot(t *testing.T) {
	w := newNetwork(t, 3, smallLimits(), 5)
	seen := map[Ballot]int{}
	for range 20 {
		w.run(400 * millisecond)
		lead := w.leader()
		if lead == nil {
			continue
		}
		require.Zero(t, seen[lead.r.Ballot()], "led twice at one ballot")
		seen[lead.r.Ballot()]++
		w.crash(lead)
		w.start(lead)
		require.NotEqual(t, Leader, lead.r.Role())
	}
	require.Greater(t, len(seen), 10)
}

// An acknowledgement covers only what is durable at exactly that ballot, without a gap.
func TestAnAcknowledgementEndsAtAGapAndAtWhatIsNotDurable(t *testing.T) {
	s := newSolo(t, 3, 0)
	low, high := NewBallot(1, 1, 1), NewBallot(2, 1, 2)
	s.step(s.accept(1, low, 1, 0, "a", "b", "c"))
	s.persist()
	require.Equal(t, Span{1, 4}, s.out.Send[0].Span)
	s.step(s.accept(2, high, 2, 0, "b"))
	s.step(s.accept(2, high, 4, 0, "d"))
	s.persist()
	require.Equal(t, Span{2, 3}, s.out.Send[0].Span, "slot 1 is of another ballot, 3 is missing")
	s.step(s.accept(2, high, 3, 0, "c"))
	s.drain()
	require.Zero(t, s.kinds(Accepted), "nothing new is durable")
	s.persist()
	require.Equal(t, Span{2, 5}, s.out.Send[0].Span)
}

// B-13: a leader that does not know what was accepted at its ballot is told again with its next
// beat; the entries need not be sent again for that.
func TestALostAcknowledgementIsRepeatedAtTheNextBeat(t *testing.T) {
	s := newSolo(t, 3, 0)
	b := NewBallot(1, 1, 1)
	s.step(s.accept(1, b, 1, 0, "a", "b"))
	s.persist()
	require.Len(t, s.sent(Accepted, 1), 1)
	m := s.beat(1, follows|content)
	for chosen, again := range []int{1, 1, 0} {
		m.Ballot, m.Chosen = b, Slot(chosen)
		s.step(m)
		s.drain()
		require.Len(t, s.sent(Accepted, 1), again)
	}
}

// What a peer did not acknowledge from one beat to the next is sent again, at the same ballot; what
// is chosen by then is not: the peer can fetch it.
func TestAnAcceptWithoutAnAnswerIsSentAgainAfterABeat(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.elect(1)
	s.offer(2)
	beat := func() []Message {
		s.now += 10 * millisecond
		s.r.Tick(s.now)
		s.drain()
		return append(s.sent(Accept, 1), s.sent(Accept, 2)...)
	}
	require.Empty(t, beat(), "the answer may be on its way")
	for range 2 {
		again := beat()
		require.Len(t, again, 2)
		for _, m := range again {
			require.Equal(t, s.r.Ballot(), m.Ballot)
			require.Equal(t, Span{1, 3}, m.Span)
		}
	}
	s.step(s.accepted(1, 1, 3))
	require.Empty(t, beat())
}

// B-11, B-21: a vote of another life, an answer to another life, and a stranger are dropped.
func TestAVoteOfAnotherLifeIsDropped(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.elect(1)
	e := value(1, 1, "x")
	_, ref := s.r.Propose(&e)
	require.Equal(t, Taken, ref)
	s.persist()
	for _, spoil := range []func(m *Message){
		func(m *Message) { m.Life = 2 }, func(m *Message) { m.Echo = 2 },
		func(m *Message) { m.From = 7 },
	} {
		m := s.accepted(1, 1, 2)
		spoil(&m)
		s.step(m)
		s.drain()
		require.Zero(t, s.r.Prefix())
	}
	require.EqualValues(t, 3, s.r.Counter(DropLife))
	s.step(s.accepted(1, 1, 2))
	require.EqualValues(t, 1, s.r.Prefix())
}

// B-11: a founder whose disk was wiped does not open as itself; in its next life, which no
// configuration names, it learns and never votes.
func TestAWipedDiskIsALearner(t *testing.T) {
	c := configOf(3, 2, smallLimits(), 1)
	c.Disk = DiskID{77}
	_, err := Open(&c)
	require.ErrorIs(t, err, errConfigDisk)
	c.Life = 2
	r, err := Open(&c)
	require.NoError(t, err)
	require.False(t, r.Votes())
	r.Start(0)
	s := &solo{t: t, n: 3, r: r}
	s.persist()
	b := NewBallot(1, 1, 1)
	s.step(Message{Kind: Prepare, From: 1, To: 2, Life: 1, Ballot: b, Span: Span{1, Forever}})
	s.step(s.accept(1, b, 1, 0, "x"))
	s.now += 900 * millisecond
	s.r.Tick(s.now)
	s.persist()
	require.Empty(t, s.out.Send)
	require.Zero(t, r.Promised())
	require.Equal(t, NotLeader, r.Campaign())
	s.step(Message{Kind: Beat, From: 1, To: 2, Life: 1, Ballot: b, Chosen: 1})
	s.now += 900 * millisecond
	s.r.Tick(s.now)
	s.drain()
	require.Equal(t, 1, s.kinds(Fetch))
	require.EqualValues(t, 2, s.out.Send[0].Life)
	s.step(Message{Kind: Chosen, From: 1, To: 2, Life: 1, Echo: 2, Span: Span{1, 2}, Chosen: 1,
		Entries: []Entry{value(9, 1, "x")}})
	s.drain()
	require.Len(t, s.out.Chosen, 1)
}

// B-33: a promise of a node that knows more to be chosen does not count before that was fetched.
func TestACandidateWhoIsBehindFetchesBeforeItLeads(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.stand()
	promise := Message{Kind: Promise, From: 1, To: 0, Life: 1, Echo: 1, Era: 1,
		Ballot: s.r.Ballot(),
		Span:   Span{1, Forever}, Chosen: 2}
	s.step(promise)
	s.drain()
	require.Equal(t, Candidate, s.r.Role())
	require.Equal(t, 1, s.kinds(Fetch))
	s.step(Message{Kind: Chosen, From: 1, To: 0, Life: 1, Echo: 1, Span: Span{1, 3}, Chosen: 2,
		Entries: []Entry{value(9, 1, "a"), value(9, 2, "b")}})
	s.drain()
	require.Equal(t, 2, s.kinds(Prepare))
	require.EqualValues(t, 3, s.out.Send[0].Span.Lo)
	promise.Span.Lo = 3
	s.step(promise)
	require.Equal(t, Leader, s.r.Role())
}

// B-28: a prefix certifies what was accepted at that leader's ballot; a stale entry is fetched
// over.
func TestAStaleEntryIsNotTakenForTheChosenOne(t *testing.T) {
	s := newSolo(t, 3, 0)
	old, b := NewBallot(2, 1, 1), NewBallot(3, 1, 2)
	s.step(s.accept(1, old, 1, 0, "stale"))
	s.persist()
	s.step(Message{Kind: Chosen, From: 2, To: 0, Life: 1, Ballot: b, Chosen: 1})
	s.drain()
	require.Zero(t, s.r.Prefix())
	s.now += 50 * millisecond
	s.r.Tick(s.now)
	s.drain()
	require.Equal(t, 1, s.kinds(Fetch))
	s.step(Message{Kind: Chosen, From: 2, To: 0, Life: 1, Echo: 1, Span: Span{1, 2}, Chosen: 1,
		Entries: []Entry{value(9, 1, "fresh")}})
	s.drain()
	require.Equal(t, "fresh", string(s.out.Chosen[0].Data))
	require.Equal(t, Chosen, s.out.Write[0].Kind)
}

// B-29: chosen entries that come before those below them, or again, are not taken.
func TestChosenEntriesAreTakenInOrderOnly(t *testing.T) {
	s := newSolo(t, 3, 0)
	bring := func(slot Slot, v string) int {
		s.step(Message{Kind: Chosen, From: 1, To: 0, Life: 1, Echo: 1, Span: Span{slot, slot + 1},
			Chosen: 3, Entries: []Entry{value(9, uint64(slot), v)}})
		return len(s.drain().Chosen)
	}
	require.Zero(t, bring(3, "c"))
	require.Equal(t, 1, bring(1, "a"))
	require.Zero(t, bring(1, "a"))
	require.Zero(t, bring(3, "c"))
	require.Equal(t, 1, bring(2, "b"))
	require.Equal(t, 1, bring(3, "c"))
	require.EqualValues(t, 3, s.r.Prefix())
}

// B-23: a round far above all seen is dropped and counted; one within the jump is believed.
func TestABallotFarAboveAllSeenIsDropped(t *testing.T) {
	s := newSolo(t, 3, 0)
	ask := Message{Kind: Prepare, From: 1, To: 0, Life: 1, Span: Span{1, Forever}}
	ask.Ballot = NewBallot(maxJump+1, 1, 1)
	s.step(ask)
	require.Zero(t, s.r.Promised())
	require.EqualValues(t, 1, s.r.Counter(DropJump))
	ask.Ballot = NewBallot(maxJump, 1, 1)
	s.step(ask)
	require.Equal(t, ask.Ballot, s.r.Promised())
}

// A ballot may be used by its owner alone.
func TestABallotIsUsedByItsOwnerAlone(t *testing.T) {
	s := newSolo(t, 3, 0)
	for _, b := range []Ballot{NewBallot(1, 1, 2), NewBallot(1, 2, 1)} {
		s.step(s.accept(1, b, 1, 0, "x"))
	}
	require.EqualValues(t, 2, s.r.Counter(DropOwner))
	require.Zero(t, s.r.Promised())
}

// B-25, B-26: what was reported is proposed again at the new ballot, gaps get noops, and new
// commands come after.
func TestANewLeaderProposesWhatWasReportedAndNoopsInTheGaps(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.step(s.accept(1, NewBallot(1, 1, 1), 1, 0, "low"))
	s.persist()
	s.elect(2,
		Message{Span: Span{1, 3}, VBallot: NewBallot(1, 1, 2), Entries: []Entry{value(9, 1,
			"high")}},
		Message{Span: Span{3, Forever}, VBallot: NewBallot(1, 1, 1), Entries: []Entry{value(9, 3,
			"third")}})
	e := value(1, 1, "new")
	slot, ref := s.r.Propose(&e)
	require.Equal(t, Taken, ref)
	require.EqualValues(t, 4, slot)
	s.drain()
	require.Equal(t, 2, s.kinds(Accept), "one message to each peer")
	var got []string
	for i := range s.out.Send {
		if m := &s.out.Send[i]; m.Kind == Accept && m.To == 1 {
			for k := range m.Entries {
				got = append(got, m.Entries[k].Kind.String()+" "+string(m.Entries[k].Data))
			}
		}
	}
	require.Equal(t, []string{"value high", "noop ", "value third", "value new"}, got)
	require.Len(t, s.out.Write, 1, "one record")
}

// Each refusal is a value, and a refused command leaves no trace.
func TestEachRefusalIsAValue(t *testing.T) {
	s := newSolo(t, 3, 0)
	propose := func(e Entry) Refusal {
		_, ref := s.r.Propose(&e)
		return ref
	}
	require.Equal(t, Electing, propose(value(1, 1, "x")))
	s.step(Message{Kind: Beat, From: 1, To: 0, Life: 1, Ballot: NewBallot(1, 1, 1)})
	require.Equal(t, NotLeader, propose(value(1, 1, "x")))
	require.Equal(t, NodeID(1), s.r.Leader())
	s.elect(1)
	require.Equal(t, Malformed, propose(value(0, 1, "x")))
	require.Equal(t, Malformed, propose(Entry{Kind: Noop, Client: 1}))
	require.Equal(t, TooLarge, propose(value(1, 1, string(make([]byte, 33)))))
	require.Equal(t, Taken, propose(value(1, 1, "x")))
	require.Equal(t, Duplicate, propose(value(1, 1, "x")))
	// B-44a: slot s is proposed only when s-α is chosen and applied here.
	for seq := uint64(2); seq <= 16; seq++ {
		require.Equal(t, Taken, propose(value(1, seq, "x")))
	}
	require.Equal(t, Full, propose(value(1, 17, "x")))
	s.persist()
	s.step(s.accepted(1, 1, 17))
	s.drain()
	require.Len(t, s.out.Fates, 16)
	require.Equal(t, Full, propose(value(1, 17, "x")), "chosen, but not applied")
	s.r.Applied(3)
	require.Equal(t, Taken, propose(value(1, 1, "x")), "its fate was told: no longer a duplicate")
}

// B-22: a command that a new leader displaced is lost, and says so once its slot is known.
func TestADisplacedCommandIsLost(t *testing.T) {
	s := newSolo(t, 3, 0)
	s.elect(1)
	e := value(1, 1, "mine")
	_, ref := s.r.Propose(&e)
	require.Equal(t, Taken, ref)
	s.persist()
	b := NewBallot(s.r.Ballot().Round()+1, 1, 2)
	s.step(s.accept(2, b, 1, 0, "theirs"))
	s.persist()
	require.Equal(t, Follower, s.r.Role())
	require.Empty(t, s.out.Fates)
	s.step(Message{Kind: Chosen, From: 2, To: 0, Life: 1, Ballot: b, Chosen: 1})
	s.drain()
	require.Equal(t, []Fate{{Value, 1, 1, 1, Lost}}, s.out.Fates)
}

// A node that was away for longer than memory reaches back catches up from slot 1, by way of its
// peers' logs.
func TestANodeThatWasAwayCatchesUpFromTheFirstSlot(t *testing.T) {
	w := newNetwork(t, 3, smallLimits(), 3)
	w.crash(w.nodes[2])
	w.nodes[2].log, w.nodes[2].durable = nil, 0 // it had not even begun
	for len(w.log) < 300 {
		if lead := w.leader(); lead != nil {
			w.propose(lead)
		}
		w.run(2 * millisecond)
	}
	w.start(w.nodes[2])
	w.run(2000 * millisecond)
	require.GreaterOrEqual(t, w.nodes[2].executed, Slot(300))
	require.Positive(t, w.nodes[0].r.Counter(Supplies)+w.nodes[1].r.Counter(Supplies))
	w.heal()
}

// B-13: everyone promises, crashes before it is said, and remembers having promised; a repeated
// question is answered from what is remembered.
func TestARestartSwallowsNoAnswerForEver(t *testing.T) {
	w := newNetwork(t, 3, smallLimits(), 8)
	for range 30 {
		w.run(130 * millisecond)
		for _, nd := range w.nodes {
			nd.durable = len(nd.log)
			w.crash(nd)
			w.start(nd)
		}
	}
	w.heal()
}

func TestALogOfAnotherDiskIsRefused(t *testing.T) {
	w := newNetwork(t, 3, smallLimits(), 1)
	w.run(1000 * millisecond)
	w.propose(w.leader())
	w.run(100 * millisecond)
	log := w.nodes[0].log
	require.Greater(t, len(log), 2)
	open := func(change func(c *Config)) *Replica {
		c := configOf(3, 0, smallLimits(), 1)
		change(&c)
		r, err := Open(&c)
		require.NoError(t, err)
		return r
	}
	same := func(*Config) {}
	require.NoError(t, open(same).Replay(&log[0]))
	require.ErrorIs(t, open(same).Replay(&log[1]), errNoFormat)
	for name, change := range map[string]func(c *Config){
		"node":    func(c *Config) { c.Node, c.Disk = 1, DiskID{2} },
		"life":    func(c *Config) { c.Life = 2 },
		"cluster": func(c *Config) { c.Genesis.Name = "other" },
		"alpha":   func(c *Config) { c.Genesis.Limits.Window = 32 },
		"quorums": func(c *Config) { c.Genesis.Prepare, c.Genesis.Accept = 3, 1 },
	} {
		require.ErrorIs(t, open(change).Replay(&log[0]), errFormat, name)
	}
	r := open(same)
	require.NoError(t, r.Replay(&log[0]))
	require.ErrorIs(t, r.Replay(&Record{Kind: Promised, LSN: 1, Ballot: 1 << 24}), errLSN)
	gap := Record{Kind: Promised, LSN: 2, Ballot: 1 << 24, Chosen: 5}
	require.ErrorIs(t, r.Replay(&gap), errGap)
	r.Start(0)
	require.ErrorIs(t, r.Replay(&log[1]), errStarted)
}

// What an Output lends does not change before the next Drain, whatever arrives.
func TestWhatIsLentStaysUntilTheNextDrain(t *testing.T) {
	s := newSolo(t, 3, 0)
	b := NewBallot(1, 1, 1)
	next := Slot(1)
	for range 200 {
		s.step(s.accept(1, b, next, next-1, "0123456789012345678901234567890", "0123456789"))
		next += 2
		s.drain()
		before := s.out.AppendTo(nil)
		for i := range 12 { // more than there is room for
			v := string(bytes.Repeat([]byte{byte(i)}, 31))
			s.step(s.accept(1, b, next, next-1, v, v))
			next += 2
		}
		require.Equal(t, before, s.out.AppendTo(nil))
		s.r.Persisted(s.r.Written())
		s.drain()
		s.r.Applied(s.r.Prefix())
		next = s.r.Prefix() + 1
		for s.r.acceptor.heldAt(next, b) {
			next++
		}
	}
	require.Greater(t, s.r.Prefix(), Slot(400))
}

// A forged or damaged message of any content changes no agreement and ends in no panic.
func FuzzStep(f *testing.F) {
	f.Add([]byte{}, uint8(0))
	f.Add(AppendMessage(nil, &Message{Kind: Accept, From: 1, To: 0, Life: 1, Era: 1,
		Ballot: NewBallot(1, 1, 1), Span: Span{1, 2}, Entries: []Entry{value(1, 1, "x")}}),
		uint8(1))
	f.Add(AppendMessage(nil, &Message{Kind: Promise, From: 1, To: 0, Life: 1, Echo: 1,
		Ballot: NewBallot(1, 1, 0), Span: Span{1, Forever}}), uint8(2))
	f.Fuzz(func(t *testing.T, b []byte, when uint8) {
		s := newSolo(t, 3, 0)
		arena := make([]Entry, 8)
		for i := 0; len(b) > 0 && i < 32; i++ {
			if s.now += 30 * millisecond; i == int(when%8) {
				s.now += 300 * millisecond
			}
			s.r.Tick(s.now)
			var m Message
			n, err := DecodeMessage(b, &m, arena)
			if err != nil {
				return
			}
			b = b[n:]
			s.r.Step(s.now, &m)
			s.persist()
			s.r.Applied(s.r.Prefix())
		}
	})
}

// One command at a time costs six messages at three nodes, the explicit Chosen included. Of 64 at
// once, what came together leaves together; if the driver drains after each, an accept to each peer
// is two a command, and 64 of them share two acknowledgements and two Chosen.
func TestMessagesPerDecision(t *testing.T) {
	l := newLane(t, 3, laneLimits(64))
	l.messages = 0
	for range 100 {
		l.commit(1)
	}
	require.Equal(t, 600, l.messages)
	l.messages = 0
	for range 100 {
		l.commit(64)
	}
	require.Equal(t, 600, l.messages)
	l.each = true
	l.messages = 0
	for range 100 {
		l.commit(64)
	}
	require.Equal(t, 100*(2*64+2+2), l.messages)
}

func TestTheSteadyStateAllocatesNothing(t *testing.T) {
	for _, n := range []int{1, 3, 5} {
		l := newLane(t, n, laneLimits(64))
		for _, each := range []bool{false, true} {
			l.each = each
			for _, outstanding := range []int{1, 64} {
				l.commit(outstanding)
				require.Zero(t, testing.AllocsPerRun(200, func() { l.commit(outstanding) }))
			}
		}
		for i := range l.nodes {
			require.Equal(t, l.executed[0], l.executed[i])
		}
	}
}

func TestBytesTellsWhatOpenTakes(t *testing.T) {
	for _, limits := range []Limits{smallLimits(), laneLimits(64)} {
		c := configOf(3, 0, limits, 1)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Open(&c)
		runtime.ReadMemStats(&after)
		require.NoError(t, err)
		require.InEpsilon(t, after.TotalAlloc-before.TotalAlloc, c.Bytes(), 0.5)
	}
}

func TestTheClusterIDIsTheHashOfTheGenesis(t *testing.T) {
	g := genesisOf(3, smallLimits())
	h := fnv.New128a()
	h.Write(g.AppendTo(nil))
	id := g.ID()
	require.Equal(t, h.Sum(nil), id[:])
	var again Genesis
	n, err := DecodeGenesis(g.AppendTo(nil), &again)
	require.NoError(t, err)
	require.Equal(t, g, again)
	require.Len(t, g.AppendTo(nil), n)
	again.Founders[1] = again.Founders[0]
	require.ErrorIs(t, again.check(), errSharedDisk)
}
