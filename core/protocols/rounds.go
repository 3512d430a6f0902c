package protocols

import (
	"math/bits"
	"slices"

	"github.com/synodlab/synod/core/sim"
)

// roundsProtocol is Meling's way from leader identifiers to Multi-Paxos (M-40 … M-54): rounds that
// are numbered and owned in turns, a prepare that asks to lead one and a promise to accept nothing
// of a lower one. A bare promise does not help (M-44); one that tells what was accepted does. With
// five servers it matters too who may execute when (M-51). The first server leads round 1 without
// asking: nobody can have promised more.
var roundsProtocol = Protocol{
	Name:  "rounds",
	Title: "Rounds, prepares and promises",
	Seeds: []string{"A-M10", "A-M11", "A-M12", "A-M13", "A-M14"},
	Options: []Option{
		{Name: "promise", Values: []string{"values", "bare", "others"},
			Doc: "what a promise tells: all that was accepted; nothing (M-44); or what was " +
				"accepted from others, and not what the server itself proposed (M-48)"},
		{Name: "learn", Values: []string{"on-accept", "all-to-all", "commit"},
			Doc: "when those who do not lead execute: when they accept, which is too early with " +
				"five servers (M-51); when a majority has told them that it accepted (M-52); or " +
				"when the leader says so (M-53)"},
	},
	Kinds: []Kind{requestKind, replyKind, prepareKind, promiseKind, acceptKind, acceptedKind,
		{Name: "chosen", Words: chosenKind.Words, Fields: []string{"n", "v", "seq"}}},
	Rows: []Row{rowPromised, rowAccepted, rowAcceptedValue, rowLeader, rowLog, rowState,
		rowAnswer},
	Tables: [6][]string{5: {"promised", "accepted", "accepted_value", "log", "state", "answer"}},
	Timers: leaderAccept.Timers,
	Checks: append([]string{"chosen-once", "valid", "learn", "promise", "unique", "safe-proposal",
		"decides", "livelock"}, orderChecks...),
	To:     "the first server that the client does not suspect",
	Client: true,
	Judged: func(p *sim.Place, _ Options) Judged {
		servers := p.With(sim.Server)
		return Judged{Acceptors: servers, Quorum: len(servers)/2 + 1,
			Accept: kindRoundAccept + 1, AcceptPromises: true}
	},
	Open: openRounds,
}

// The kinds of rounds.
const (
	kindRoundPrepare uint8 = iota + kindReply + 1
	kindRoundPromise
	kindRoundAccept
	kindRoundLearn
	kindRoundCommit
)

// The rows of rounds.
const (
	rowRoundPromised = iota
	rowRoundAccepted
	rowRoundValue
	rowRoundLeader
	rowRoundLog
	rowRoundState
	rowRoundAnswer
	rowRoundMachine
)

// rounds is what all servers of one run share.
type rounds struct {
	servers []sim.Node
	numbers *numbers
	promise string
	learn   string
	again   sim.Range
}

func openRounds(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
	r := &rounds{servers: p.With(sim.Server), promise: o.Word("promise"), learn: o.Word("learn"),
		again: parseWait(retransAccept.Options[0].Values[0]).r}
	if len(r.servers) < 2 || len(p.With(sim.Proposer)) != len(r.servers) {
		return nil, Error("rounds needs servers, two or more: servers S1 S2 S3")
	}
	var err error
	if r.numbers, err = newNumbers(p, "modular"); err != nil {
		return nil, err
	}
	return func(n sim.Node) sim.Process {
		if p.Roles[n]&sim.Server == 0 {
			c := newClient(p, r.servers)
			c.toOne = true
			return &rowedClient{c, rowRoundAnswer}
		}
		return &rounder{service: newService(p, n), rounds: r, self: n, promised: 1,
			heading: heading{next: make([]int64, len(p.Nodes))}}
	}, nil
}

// rounder is one server of rounds: an acceptor and a learner of every sequence number, and, while
// it leads, the proposer of one round. Nothing of it is on disk: who crashes is out of the game.
type rounder struct {
	*service
	*rounds
	self      sim.Node
	promised  int64  // rnd
	log       []vote // by sequence number, from 1, without a gap
	executed  int
	queue     []sim.Value // asked for here, and not executed here
	suspected uint64      // set of nodes
	heading
}

// vote is what a server knows of one sequence number.
type vote struct {
	rnd    int64     // vrnd: the round in which it accepted last; 0: it has not
	value  sim.Value // vval
	told   int64     // the highest round of which it was told that somebody accepted
	about  sim.Value // what
	from   quorum    // and who, itself among them
	chosen sim.Value // what it takes for chosen; 0 if nothing
}

// owner returns whose a round is.
func (r *rounds) owner(n int64) sim.Node { return r.numbers.owner(n, r.servers[0]) }

// most reports whether these are a majority.
func (r *rounds) most(q *quorum) bool {
	return bits.OnesCount64(q.from)*2 > len(r.servers)
}

// Step implements sim.Process.
func (s *rounder) Step(in *sim.Input, out *sim.Out) string {
	switch in.Kind {
	case sim.Boot:
		if s.self == s.servers[0] {
			s.number, s.ready = 1, true
			s.rewind()
			out.Lead(1)
		}
	case sim.Durable:
	case sim.Suspect, sim.Trust:
		s.detect(in, out)
	case sim.Lead:
		return s.told(in.N, out)
	case sim.Propose:
		return s.proposes(in, out)
	case sim.Deliver:
		s.deliver(in.Message, out)
	case sim.Fired:
		s.retransmit(out)
	default:
		return "its servers lead when they are told to: S2 leads"
	}
	return ""
}

func (s *rounder) deliver(m *sim.Message, out *sim.Out) {
	if m.Kind == kindRequest {
		s.request(m.V, out)
	}
	if !slices.Contains(s.servers, m.From) || m.From == s.self {
		return
	}
	m.N, m.NA = judged(m.N), judged(m.NA)
	switch m.Kind {
	case kindRoundPrepare:
		s.onPrepare(m, out)
	case kindRoundPromise:
		s.onPromise(m, out)
	}
	if m.Seq < 1 || m.Seq > int64(len(s.log))+1 || m.V == 0 {
		return // what comes early is thrown away
	}
	switch m.Kind {
	case kindRoundAccept:
		s.onAccept(m, out)
	case kindRoundLearn:
		s.onLearn(m, out)
	case kindRoundCommit:
		if l := s.at(m.Seq); l.rnd == m.N && l.value == m.V { // B-28
			s.learnt(m.Seq, m.V, out)
		}
	}
}

// at returns the vote of a sequence number, which is at most the next one.
func (s *rounder) at(seq int64) *vote {
	if seq > int64(len(s.log)) {
		s.log = append(s.log, vote{})
	}
	return &s.log[seq-1]
}

// request takes in a command. Who does not lead keeps it, for it may come to lead.
func (s *rounder) request(v sim.Value, out *sim.Out) {
	switch {
	case s.done(v):
		s.reply(out, v)
	case !slices.Contains(s.queue, v):
		s.queue = append(s.queue, v)
		s.pump(out)
	}
}

// onPrepare promises to accept nothing of a lower round, and tells what was accepted. One that is
// repeated is answered until its round has begun.
func (s *rounder) onPrepare(m *sim.Message, out *sim.Out) {
	if m.N == sim.NoNumber || m.N < s.promised || s.owner(m.N) != m.From {
		out.Refuse(m.From, m.N, s.promised)
		return
	}
	for i := range s.log {
		if s.log[i].rnd == m.N {
			return
		}
	}
	if m.N > s.promised {
		s.promised = m.N
		s.yield(out)
	}
	out.Promise(m.N, sim.NoNumber)
	answer := sim.NewMessage(kindRoundPromise)
	answer.N = m.N
	s.report(max(m.Seq, 0), &answer)
	out.Send(m.From, answer)
}

// onAccept accepts, unless a higher round is promised (M-42), and tells the leader or everybody.
func (s *rounder) onAccept(m *sim.Message, out *sim.Out) {
	if m.N == sim.NoNumber || m.N < s.promised || s.owner(m.N) != m.From {
		out.Refuse(m.From, m.N, s.promised)
		return
	}
	if m.N > s.promised {
		s.promised = m.N
		s.yield(out)
	}
	s.accept(m.N, m.Seq, m.V, out)
	s.count(m.Seq, m.N, m.V, m.From) // the accept says that its leader has accepted
	learn := sim.NewMessage(kindRoundLearn)
	learn.N, learn.V, learn.Seq = m.N, m.V, m.Seq
	if s.learn != "all-to-all" {
		out.Send(m.From, learn)
	} else {
		s.others(learn, out)
	}
	if s.learn == "on-accept" {
		s.learnt(m.Seq, m.V, out)
	}
	s.judge(m.Seq, out)
}

// accept makes v what this server has accepted last under a sequence number.
func (s *rounder) accept(n, seq int64, v sim.Value, out *sim.Out) {
	l := s.at(seq)
	if l.rnd != n || l.value != v {
		out.Accept(n, seq, v)
	}
	l.rnd, l.value = n, v
	s.count(seq, n, v, s.self)
}

// count takes in that a server has accepted.
func (s *rounder) count(seq, n int64, v sim.Value, from sim.Node) {
	l := s.at(seq)
	if n > l.told {
		l.told, l.about, l.from = n, v, quorum{}
	}
	if n == l.told && v == l.about {
		l.from.from |= 1 << from
	}
}

// onLearn counts who has accepted. Only a leader and, with all-to-all, everybody acts on it.
func (s *rounder) onLearn(m *sim.Message, out *sim.Out) {
	if m.N == sim.NoNumber {
		return
	}
	s.count(m.Seq, m.N, m.V, m.From)
	s.judge(m.Seq, out)
	s.hears(m, out)
}

// judge learns what a majority has accepted in one round. A server without the accept waits for it.
func (s *rounder) judge(seq int64, out *sim.Out) {
	l := s.at(seq)
	if s.most(&l.from) && l.rnd != 0 && (s.leads() || s.learn == "all-to-all") {
		s.learnt(seq, l.about, out)
	}
}

// learnt takes v for chosen, and executes and answers what has its turn. Who executes on an accept
// that is not yet a majority's says nothing of a choice: it does not know of one (M-51).
func (s *rounder) learnt(seq int64, v sim.Value, out *sim.Out) {
	l := s.at(seq)
	if l.chosen != 0 {
		return
	}
	l.chosen = v
	if s.most(&l.from) || s.learn == "commit" {
		out.Chosen(seq, v)
	}
	s.commit(seq, out)
	for s.executed < len(s.log) && s.log[s.executed].chosen != 0 {
		v := s.log[s.executed].chosen
		s.executed++
		s.execute(out, v, int64(s.executed))
		s.reply(out, v)
		s.queue = slices.DeleteFunc(s.queue, func(x sim.Value) bool { return x == v })
	}
	s.pump(out)
}

// others sends m to every other server.
func (s *rounder) others(m sim.Message, out *sim.Out) {
	for _, to := range s.servers {
		if to != s.self {
			out.Send(to, m)
		}
	}
}

// AppendState implements sim.Process.
func (s *rounder) AppendState(dst []byte) []byte {
	names := &s.place.Log.Names
	dst = appendUint64(s.appendState(dst), uint64(s.promised))
	dst = appendUint64(appendUint64(dst, uint64(s.executed)), s.suspected)
	for i := range s.log {
		l := &s.log[i]
		dst = appendUint64(appendUint64(append(dst, '\n'), uint64(l.rnd)), uint64(l.told))
		dst = appendUint64(dst, l.from.from)
		for _, v := range [3]sim.Value{l.value, l.about, l.chosen} {
			dst = append(append(dst, names.Bytes(v)...), ' ')
		}
	}
	return s.appendLead(appendLog(dst, s.place, s.queue, '?'))
}

// Rows implements sim.Process.
func (s *rounder) Rows(cells []sim.Cell) {
	log := make([]sim.Value, len(s.log))
	cells[rowRoundAccepted], cells[rowRoundValue] = sim.Empty, sim.Empty
	for i := range s.log {
		l := &s.log[i]
		if log[i] = l.chosen; l.chosen == 0 {
			log[i] = l.value
		}
		if l.rnd != 0 {
			cells[rowRoundAccepted] = sim.NumberCell(l.rnd)
			cells[rowRoundValue] = sim.ValueCell(l.value)
		}
	}
	cells[rowRoundPromised] = sim.NumberCell(s.promised)
	cells[rowRoundLeader] = nodeCell(s.place, s.owner(s.promised))
	cells[rowRoundLog] = logCell(s.place, log, s.executed)
	cells[rowRoundState] = sim.HistoryCell(s.history)
	s.machine.rows(cells[rowRoundMachine:])
}
