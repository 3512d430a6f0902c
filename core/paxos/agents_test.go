package paxos

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

// one is a single-decree setting: n acceptors, proposers by node, values as strings.
type one struct {
	t         *testing.T
	members   Members
	acceptors []*Acceptor
}

func newOne(t *testing.T, n int) *one {
	members, err := Founders(n)
	require.NoError(t, err)
	w := &one{t: t, members: members}
	for i := 0; i < n; i++ {
		a, err := NewAcceptor(NodeID(i), 1, OneSlot(16))
		require.NoError(t, err)
		w.acceptors = append(w.acceptors, a)
	}
	return w
}

func (w *one) proposer(id NodeID) *Proposer {
	p, err := NewProposer(id, 1, w.members, OneSlot(16))
	require.NoError(w.t, err)
	return p
}

// prepare runs phase 1 of p at a round with the acceptors named and reports readiness.
func (w *one) prepare(p *Proposer, round uint64, who ...NodeID) bool {
	require.True(w.t, p.Begin(NewBallot(round, 1, p.node), 0))
	ready := false
	for _, id := range who {
		var q, r Message
		p.Prepare(id, &q)
		if w.acceptors[id].Prepare(&q, &r) {
			ready = p.Promise(&r) || ready
		}
	}
	return ready
}

// propose returns the value that p proposes, own unless one was reported.
func (w *one) propose(p *Proposer, own string) Entry {
	var e Entry
	if p.Adopted(1, &e) == 0 {
		e = value(1, uint64(p.node), own)
	}
	return e
}

// accept asks one acceptor and returns its answer.
func (w *one) accept(p *Proposer, id NodeID, e Entry) (Message, bool) {
	var q, r Message
	require.True(w.t, p.Accept(id, 1, []Entry{e}, &q))
	ok := w.acceptors[id].Accept(&q, &r)
	return r, ok
}

func value(client, seq uint64, data string) Entry {
	return Entry{Kind: Value, Client: client, Seq: seq, Data: []byte(data)}
}

func TestAValueIsChosenByAnAcceptQuorum(t *testing.T) {
	w := newOne(t, 3)
	p := w.proposer(0)
	require.True(t, w.prepare(p, 1, 0, 1))
	e := w.propose(p, "red")
	a, ok := w.accept(p, 0, e)
	require.True(t, ok)
	chosen := p.Accepted(&a)
	require.Zero(t, chosen.Len())
	a, ok = w.accept(p, 2, e)
	require.True(t, ok)
	require.Equal(t, Span{1, 2}, p.Accepted(&a))
	require.Zero(t, p.Accepted(&a).Len(), "a duplicate chooses nothing again")
}

// P2c: the reported value with the highest ballot is proposed again (B-25).
func TestTheReportedValueOfTheHighestBallotIsAdopted(t *testing.T) {
	w := newOne(t, 3)
	p0, p1, p2 := w.proposer(0), w.proposer(1), w.proposer(2)
	require.True(t, w.prepare(p0, 1, 0, 1))
	_, ok := w.accept(p0, 0, w.propose(p0, "red"))
	require.True(t, ok)
	require.True(t, w.prepare(p1, 2, 1, 2))
	require.Equal(t, "blue", string(w.propose(p1, "blue").Data))
	_, ok = w.accept(p1, 1, w.propose(p1, "blue"))
	require.True(t, ok)
	require.True(t, w.prepare(p2, 3, 0, 1))
	require.Equal(t, "blue", string(w.propose(p2, "green").Data))
	var q Message
	require.False(t, p2.Accept(0, 1, []Entry{value(1, 2, "green")}, &q), "P2c is kept by force")
}

// B-14, T-12: an accept raises the promise.
func TestAcceptRaisesThePromise(t *testing.T) {
	w := newOne(t, 3)
	p0, p1 := w.proposer(0), w.proposer(1)
	require.True(t, w.prepare(p0, 1, 0, 1))
	require.True(t, w.prepare(p1, 2, 0, 1))
	_, ok := w.accept(p1, 2, w.propose(p1, "blue"))
	require.True(t, ok)
	require.Equal(t, p1.Ballot(), w.acceptors[2].Promised())
	_, ok = w.accept(p0, 2, w.propose(p0, "red"))
	require.False(t, ok)
	var e Entry
	require.Equal(t, p1.Ballot(), w.acceptors[2].Accepted(1, &e))
	require.Equal(t, "blue", string(e.Data))
}

// B-18: an acceptor accepts at the ballot that it promised, and repeats a lost promise; once
// something is accepted at the ballot it does not.
func TestARepeatedPrepareIsAnsweredAlikeUntilSomethingIsAcceptedAtItsBallot(t *testing.T) {
	w := newOne(t, 3)
	p0, p1 := w.proposer(0), w.proposer(1)
	require.True(t, w.prepare(p0, 1, 0, 1))
	_, ok := w.accept(p0, 0, w.propose(p0, "red"))
	require.True(t, ok)
	require.True(t, p1.Begin(NewBallot(2, 1, 1), 0))
	var q, first, again Message
	p1.Prepare(0, &q)
	require.True(t, w.acceptors[0].Prepare(&q, &first))
	bytes := AppendMessage(nil, &first)
	require.True(t, w.acceptors[0].Prepare(&q, &again))
	require.Equal(t, bytes, AppendMessage(nil, &again))
	require.False(t, p1.Promise(&first))
	p1.Prepare(1, &q)
	require.True(t, w.acceptors[1].Prepare(&q, &again))
	require.True(t, p1.Promise(&again))
	_, ok = w.accept(p1, 0, w.propose(p1, "blue"))
	require.True(t, ok)
	p1.Prepare(0, &q)
	require.False(t, w.acceptors[0].Prepare(&q, &again))
}

// B-16, B-21: late promises, of an older ballot or to another life, do not count.
func TestAPromiseOfAnotherBallotOrLifeDoesNotCount(t *testing.T) {
	w := newOne(t, 3)
	p := w.proposer(0)
	require.False(t, w.prepare(p, 1, 1))
	var q, late Message
	p.Prepare(2, &q)
	require.True(t, w.acceptors[2].Prepare(&q, &late))
	require.False(t, w.prepare(p, 2, 1))
	require.False(t, p.Promise(&late), "older ballot")
	p.Prepare(2, &q)
	require.True(t, w.acceptors[2].Prepare(&q, &late))
	for name, spoil := range map[string]func(m *Message){
		"echo of another life":   func(m *Message) { m.Echo = 2 },
		"sender of another life": func(m *Message) { m.Life = 2 },
		"sender not a voter":     func(m *Message) { m.From = 7 },
		"to another node":        func(m *Message) { m.To = 1 },
		"kind":                   func(m *Message) { m.Kind = Accepted },
	} {
		bad := late
		spoil(&bad)
		require.False(t, p.Promise(&bad), name)
	}
	require.True(t, p.Promise(&late))
}

// B-17: a quorum is a set of acceptors.
func TestADuplicateAnswerIsCountedOnce(t *testing.T) {
	w := newOne(t, 5)
	p := w.proposer(0)
	require.True(t, p.Begin(NewBallot(1, 1, 0), 0))
	var q, r Message
	p.Prepare(1, &q)
	require.True(t, w.acceptors[1].Prepare(&q, &r))
	for range 5 {
		require.False(t, p.Promise(&r))
	}
	require.Equal(t, 1, p.Promises().Len())
	require.False(t, p.Accept(1, 1, []Entry{value(1, 1, "x")}, &q), "no 2a before phase 1")
}

// B-19: the ballot of the promise never hides the ballot of the entry.
func TestPromisedAndAcceptedBallotsAreReportedSeparately(t *testing.T) {
	w := newOne(t, 3)
	p0, p1 := w.proposer(0), w.proposer(1)
	require.True(t, w.prepare(p0, 1, 0, 1))
	_, ok := w.accept(p0, 0, w.propose(p0, "red"))
	require.True(t, ok)
	require.True(t, p1.Begin(NewBallot(9, 1, 1), 0))
	var q, r Message
	p1.Prepare(0, &q)
	require.True(t, w.acceptors[0].Prepare(&q, &r))
	require.Equal(t, p1.Ballot(), r.Ballot)
	require.Equal(t, p0.Ballot(), r.VBallot)
}

// B-15: no ballot is begun twice.
func TestABallotIsBegunOnce(t *testing.T) {
	w := newOne(t, 3)
	p := w.proposer(0)
	require.True(t, p.Begin(NewBallot(3, 1, 0), 0))
	require.False(t, p.Begin(NewBallot(3, 1, 0), 0))
	require.False(t, p.Begin(NewBallot(2, 1, 0), 0))
	require.False(t, p.Begin(NewBallot(4, 1, 1), 0), "another node's")
	require.False(t, p.Begin(NewBallot(4, 2, 0), 0), "another life's")
}

// B-06: an accept record implies the promise; B-05: so nothing needs the Promised record besides.
func TestAnAcceptorIsRestoredFromItsRecords(t *testing.T) {
	a, err := NewAcceptor(0, 1, OneSlot(16))
	require.NoError(t, err)
	b := NewBallot(4, 1, 2)
	rec := Record{Kind: Accepted, LSN: 1, Ballot: b, Span: Span{1, 2}, Entries: []Entry{value(1, 1,
		"v")}}
	require.NoError(t, a.Restore(&rec))
	require.Equal(t, b, a.Promised())
	higher := Record{Kind: Promised, LSN: 2, Ballot: NewBallot(5, 1, 1)}
	require.NoError(t, a.Restore(&higher))
	var q, r Message
	q = Message{Kind: Accept, From: 2, Life: 1, Ballot: b, Span: Span{1, 2}, Entries: rec.Entries}
	require.False(t, a.Accept(&q, &r))
	a.Nack(&q, &r)
	require.Equal(t, Nack, r.Kind)
	require.Equal(t, b, r.Ballot)
	require.Equal(t, higher.Ballot, r.VBallot)
	require.Equal(t, NodeID(2), r.To)
	require.Error(t, a.Restore(&rec), "below what was promised: the stream is out of order")
}

func TestAMalformedAcceptIsRefused(t *testing.T) {
	a, err := NewAcceptor(0, 1, OneSlot(4))
	require.NoError(t, err)
	b := NewBallot(1, 1, 1)
	var out Message
	for name, m := range map[string]Message{
		"kind": {Kind: Prepare, Ballot: b, Span: Span{1, 2}, Entries: []Entry{value(1, 1,
			"v")}},
		"no ballot": {Kind: Accept, Span: Span{1, 2}, Entries: []Entry{value(1, 1, "v")}},
		"slot 0": {Kind: Accept, Ballot: b, Span: Span{0, 1}, Entries: []Entry{value(1, 1,
			"v")}},
		"no entries": {Kind: Accept, Ballot: b, Span: Span{1, 2}},
		"backwards":  {Kind: Accept, Ballot: b, Span: Span{2, 1}},
		"too large": {Kind: Accept, Ballot: b, Span: Span{1, 2}, Entries: []Entry{value(1, 1,
			"large")}},
		"beyond": {Kind: Accept, Ballot: b, Span: Span{2, 3}, Entries: []Entry{value(1, 1,
			"v")}},
		"entry kind": {Kind: Accept, Ballot: b, Span: Span{1, 2},
			Entries: []Entry{{Kind: Accept}}},
		"loaded noop": {Kind: Accept, Ballot: b, Span: Span{1, 2}, Entries: []Entry{{Kind: Noop,
			Seq: 1}}},
	} {
		require.False(t, a.Accept(&m, &out), name)
		require.Zero(t, a.Promised(), name)
	}
}

// B-50: the two quorums must meet; two quorums of one kind need not.
func TestQuorumsOfTheTwoPhasesMustMeet(t *testing.T) {
	four := []Member{{Life: 1}, {Node: 1, Life: 1}, {Node: 2, Life: 1}, {Node: 3, Life: 1}}
	_, err := NewMembers(2, 2, four...)
	require.ErrorIs(t, err, errDisjoint)
	m, err := NewMembers(3, 2, four...)
	require.NoError(t, err)
	require.Equal(t, 3, m.Prepare())
	require.Equal(t, 2, m.Accept())
	again, err := DecodeMembers(m.AppendTo(nil))
	require.NoError(t, err)
	require.Equal(t, m, again)
	for _, bad := range [][]Member{nil, {{Node: 16, Life: 1}}, {{Node: 1}},
		{{Node: 1, Life: 1}, {Node: 1, Life: 2}}} {
		_, err := Majority(bad...)
		require.Error(t, err)
	}
}

// A vote of another life, or of a node that the configuration does not name, never counts (B-11).
func TestAVoteOfAnotherLifeIsNotAVote(t *testing.T) {
	members, err := Majority(Member{Node: 0, Life: 1}, Member{Node: 1, Life: 2},
		Member{Node: 2, Life: 1})
	require.NoError(t, err)
	p, err := NewProposer(0, 1, members, OneSlot(8))
	require.NoError(t, err)
	require.True(t, p.Begin(NewBallot(1, 1, 0), 0))
	promise := Message{Kind: Promise, From: 0, Life: 1, Echo: 1, Ballot: p.Ballot(), Span: Span{1,
		Forever}}
	require.False(t, p.Promise(&promise))
	promise.From = 1
	require.False(t, p.Promise(&promise), "node 1 votes in life 2 only")
	promise.Life = 2
	require.True(t, p.Promise(&promise))
	var q Message
	require.True(t, p.Accept(1, 1, []Entry{value(1, 1, "v")}, &q))
	vote := Message{Kind: Accepted, From: 0, Life: 1, Echo: 1, Ballot: p.Ballot(), Span: Span{1, 2}}
	require.Zero(t, p.Accepted(&vote).Len())
	vote.From = 1
	require.Zero(t, p.Accepted(&vote).Len())
	vote.Life = 2
	require.EqualValues(t, 1, p.Accepted(&vote).Len())
}

// B-20: votes are counted per slot and ballot; it takes four ballots to see the difference.
func TestALearnerDoesNotAddVotesOfDifferentBallots(t *testing.T) {
	members, err := Founders(3)
	require.NoError(t, err)
	l, err := NewLearner(members, OneSlot(8))
	require.NoError(t, err)
	vote := func(from NodeID, round uint64, v string) Slot {
		return l.Learn(&Message{
			Kind: Accepted, From: from, Life: 1, Ballot: NewBallot(round, 1, 0),
			Span: Span{1, 2}, Entries: []Entry{value(1, round, v)},
		})
	}
	require.Zero(t, vote(2, 1, "v0"))
	require.Zero(t, vote(2, 2, "v1"))
	require.Zero(t, vote(1, 4, "v1"))
	require.Zero(t, vote(1, 3, "v0"))
	require.Zero(t, vote(1, 3, "v0"), "one acceptor twice")
	require.EqualValues(t, 1, vote(0, 4, "v1"))
	var e Entry
	require.True(t, l.Chosen(1, &e))
	require.Equal(t, "v1", string(e.Data))
}

// B-28: Chosen certifies what was accepted at its ballot and nothing else; entries certify
// themselves.
func TestChosenCertifiesOnlyWhatWasAcceptedAtItsBallot(t *testing.T) {
	members, err := Founders(3)
	require.NoError(t, err)
	limits := Limits{Window: 4, EntryBytes: 8, WindowBytes: 64, BatchEntries: 4, BatchBytes: 32}
	l, err := NewLearner(members, limits)
	require.NoError(t, err)
	b := NewBallot(2, 1, 0)
	l.Learn(&Message{Kind: Accepted, From: 1, Life: 1, Ballot: b, Span: Span{1, 3},
		Entries: []Entry{value(1, 1, "a"), value(1, 2, "b")}})
	require.Zero(t, l.Learn(&Message{Kind: Chosen, Ballot: NewBallot(3, 1, 1), Span: Span{1, 3}}))
	require.EqualValues(t, 2, l.Learn(&Message{Kind: Chosen, Ballot: b, Span: Span{1, 4}}))
	// B-29: slot 4 is known before slot 3 and waits for it.
	require.EqualValues(t, 2, l.Learn(&Message{Kind: Chosen, Span: Span{4, 5},
		Entries: []Entry{value(1, 4, "d")}}))
	require.EqualValues(t, 4, l.Learn(&Message{Kind: Chosen, Span: Span{3, 4},
		Entries: []Entry{value(1, 3, "c")}}))
}

// B-24: a promise counts when its parts cover all that was asked, whatever order they come in.
func TestAPromiseCountsWhenItsPartsCoverAllThatWasAsked(t *testing.T) {
	limits := Limits{Window: 8, EntryBytes: 8, WindowBytes: 64, BatchEntries: 2, BatchBytes: 16}
	members, err := Founders(1)
	require.NoError(t, err)
	a, err := NewAcceptor(0, 1, limits)
	require.NoError(t, err)
	var out Message
	for _, s := range []Slot{1, 2, 3, 5, 8} { // 4, 6, 7 stay empty
		m := Message{Kind: Accept, Life: 1, Ballot: NewBallot(1+uint64(s)/3, 1, 0),
			Span: Span{s, s + 1}, Entries: []Entry{value(1, uint64(s), "v")}}
		require.True(t, a.Accept(&m, &out))
	}
	p, err := NewProposer(0, 1, members, limits)
	require.NoError(t, err)
	require.True(t, p.Begin(NewBallot(9, 1, 0), 0))
	var q Message
	var parts []Message
	p.Prepare(0, &q)
	require.True(t, a.Prepare(&q, &out))
	for {
		out.Entries = append([]Entry(nil), out.Entries...)
		parts = append(parts, out)
		if out.Span.Hi == Forever {
			break
		}
		a.Report(&q, out.Span.Hi, &out)
	}
	require.Greater(t, len(parts), 2)
	for i := len(parts) - 1; i > 0; i-- {
		require.False(t, p.Promise(&parts[i]), "a part beyond a gap does not count")
	}
	for i := range parts {
		require.Equal(t, i == len(parts)-1, p.Promise(&parts[i]))
	}
	require.EqualValues(t, 8, p.Reported())
	for s := Slot(1); s <= 8; s++ {
		var e Entry
		b := p.Adopted(s, &e)
		require.Equal(t, s == 4 || s == 6 || s == 7, b == 0)
		require.Equal(t, b == 0, e.Kind == Noop, "B-26: a gap gets a noop")
	}
}

// B-33: an acceptor whose slots are chosen, and perhaps gone, never reports them as empty.
func TestAnAskerWhoIsBehindIsShownThePrefixAndNothingElse(t *testing.T) {
	limits := Limits{Window: 4, EntryBytes: 8, WindowBytes: 64, BatchEntries: 4, BatchBytes: 32}
	members, err := Founders(1)
	require.NoError(t, err)
	a, err := NewAcceptor(0, 1, limits)
	require.NoError(t, err)
	a.log.prefix, a.log.base = 3, 3
	p, err := NewProposer(0, 1, members, limits)
	require.NoError(t, err)
	require.True(t, p.Begin(NewBallot(1, 1, 0), 0))
	var q, r Message
	p.Prepare(0, &q)
	require.True(t, a.Prepare(&q, &r))
	require.False(t, p.Promise(&r))
	require.EqualValues(t, 3, p.Behind())
	p.Learned(3)
	require.Zero(t, p.Behind())
	p.Prepare(0, &q)
	require.EqualValues(t, 4, q.Span.Lo)
	require.True(t, a.Prepare(&q, &r))
	require.True(t, p.Promise(&r))
}

// An Accepted states the longest run at exactly its ballot: what came early waits for the gap.
func TestACumulativeAcknowledgementEndsAtAGap(t *testing.T) {
	limits := Limits{Window: 8, EntryBytes: 8, WindowBytes: 64, BatchEntries: 4, BatchBytes: 32}
	a, err := NewAcceptor(0, 1, limits)
	require.NoError(t, err)
	send := func(b Ballot, s Slot) Span {
		m := Message{Kind: Accept, Ballot: b, Span: Span{s, s + 1}, Entries: []Entry{value(1, 1,
			"v")}}
		var out Message
		require.True(t, a.Accept(&m, &out))
		return out.Span
	}
	low, high := NewBallot(1, 1, 1), NewBallot(2, 1, 1)
	require.Equal(t, Span{1, 2}, send(low, 1))
	require.Equal(t, Span{1, 3}, send(low, 2))
	require.Equal(t, Span{3, 4}, send(high, 3), "not the slots below, which are of a lower ballot")
	require.Equal(t, Span{3, 4}, send(high, 5))
	require.Equal(t, Span{3, 6}, send(high, 4))
	require.Equal(t, Span{1, 2}, send(high, 1), "a lower first slot begins the run anew")
	require.Equal(t, Span{1, 6}, send(high, 2))
}

// TestAgentsAgreeWhateverTheNetworkAndDiskDo runs single-decree Paxos under loss, duplication,
// reordering and restarts that lose what was not synced, for many seeds, and counts what is chosen.
func TestAgentsAgreeWhateverTheNetworkAndDiskDo(t *testing.T) {
	decided := 0
	for seed := int64(0); seed < 4000; seed++ {
		if runAgents(t, seed) {
			decided++
		}
	}
	require.Greater(t, decided, 500)
}

func runAgents(t *testing.T, seed int64) bool {
	rng := rand.New(rand.NewSource(seed))
	n := 3 + rng.Intn(3)
	w := newOne(t, n)
	proposers := []*Proposer{w.proposer(0), w.proposer(1)}
	logs := make([][]Record, n)   // durable
	boxes := make([]*Outbox, n)   // answers that wait
	queued := make([][]Record, n) // not durable
	for i := range boxes {
		boxes[i], _ = NewOutbox(16, 1, 16)
	}
	var net []Message
	chosen := map[string]bool{}
	post := func(m Message) {
		for i := range m.Entries {
			m.Entries = append([]Entry(nil), m.Entries...)
			m.Entries[i].Data = append([]byte(nil), m.Entries[i].Data...)
		}
		if rng.Intn(10) > 0 {
			net = append(net, m)
		}
		if rng.Intn(10) == 0 {
			net = append(net, m)
		}
	}
	last := func(id NodeID) LSN { return LSN(len(logs[id]) + len(queued[id])) }
	for step := 0; step < 400; step++ {
		switch act := rng.Intn(20); {
		case act == 0:
			p := proposers[rng.Intn(2)]
			p.Begin(NewBallot(p.Ballot().Round()+1+uint64(rng.Intn(2)), 1, p.node), 0)
			for id := range w.acceptors {
				var q Message
				p.Prepare(NodeID(id), &q)
				post(q)
			}
		case act < 3: // restart: what was not synced never was
			id := NodeID(rng.Intn(n))
			w.acceptors[id], _ = NewAcceptor(id, 1, OneSlot(16))
			for i := range logs[id] {
				require.NoError(t, w.acceptors[id].Restore(&logs[id][i]))
			}
			queued[id] = nil
			boxes[id], _ = NewOutbox(16, 1, 16)
		case act < 5:
			id := rng.Intn(n)
			logs[id] = append(logs[id], queued[id]...)
			queued[id] = nil
			boxes[id].Persisted(LSN(len(logs[id])))
			var m Message
			for boxes[id].Next(&m) {
				post(m)
			}
		case len(net) > 0:
			i := rng.Intn(len(net))
			m := net[i]
			net = append(net[:i], net[i+1:]...)
			var out Message
			switch m.Kind {
			case Prepare:
				a := w.acceptors[m.To]
				was := a.Promised()
				if a.Prepare(&m, &out) {
					if a.Promised() != was {
						queued[m.To] = append(queued[m.To], Record{Kind: Promised,
							LSN: last(m.To) + 1, Ballot: m.Ballot})
					}
					boxes[m.To].Hold(&out, last(m.To))
				}
			case Accept:
				if w.acceptors[m.To].Accept(&m, &out) {
					queued[m.To] = append(queued[m.To], Record{Kind: Accepted, LSN: last(m.To) + 1,
						Ballot: m.Ballot, Span: m.Span, Entries: m.Entries})
					boxes[m.To].Hold(&out, last(m.To))
				}
			case Promise:
				if p := proposers[m.To]; p.Promise(&m) {
					e := w.propose(p, fmt.Sprint("own", p.node, p.Ballot().Round()))
					for id := range w.acceptors {
						require.True(t, p.Accept(NodeID(id), 1, []Entry{e}, &out))
						post(out)
					}
				}
			case Accepted:
				p := proposers[m.To]
				if p.Accepted(&m).Len() > 0 {
					var e Entry
					b := w.acceptors[m.From].Accepted(1, &e)
					require.GreaterOrEqual(t, b, m.Ballot)
					chosen[string(e.Data)] = true
				}
			}
		}
	}
	require.LessOrEqual(t, len(chosen), 1, "seed %d", seed)
	return len(chosen) == 1
}

func TestAgentsAllocateNothing(t *testing.T) {
	members, err := Founders(1)
	require.NoError(t, err)
	a, err := NewAcceptor(0, 1, OneSlot(16))
	require.NoError(t, err)
	p, err := NewProposer(0, 1, members, OneSlot(16))
	require.NoError(t, err)
	l, err := NewLearner(members, OneSlot(16))
	require.NoError(t, err)
	box, err := NewOutbox(2, 1, 16)
	require.NoError(t, err)
	entries := []Entry{value(1, 1, "some value")}
	var q, r Message
	round := uint64(0)
	allocs := testing.AllocsPerRun(100, func() {
		round++
		p.Begin(NewBallot(round, 1, 0), 0)
		p.Prepare(0, &q)
		a.Prepare(&q, &r)
		box.Hold(&r, LSN(round))
		box.Persisted(LSN(round))
		box.Next(&r)
		if !p.Promise(&r) {
			panic("not ready")
		}
		p.Adopted(1, &entries[0])
		if entries[0].Kind == Noop {
			entries[0] = Entry{Kind: Value, Client: 1}
		}
		p.Accept(0, 1, entries, &q)
		a.Accept(&q, &r)
		if p.Accepted(&r).Len() != 1 {
			panic("not chosen")
		}
		r.Entries = entries
		l.Learn(&r)
	})
	require.Zero(t, allocs)
	require.EqualValues(t, 1, l.Prefix())
}
