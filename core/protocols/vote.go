package protocols

import (
	"cmp"
	"slices"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// voteProtocol is what Lin tries before promises (examples 1 to 4, L-02 … L-06): a value has a
// number, and a majority that votes for it chooses it. Acceptors that stick to their first vote may
// split for ever; those that vote for all that comes choose two values; and proposers that ask
// first, and adopt the vote with the largest number, may have asked too early. What is missing is
// that acceptors remember being asked.
var voteProtocol = Protocol{
	Name:  "vote",
	Title: "A majority votes, and nobody promises",
	Seeds: []string{"A-L1", "A-L2", "A-L3"},
	Options: []Option{{Name: "mode", Values: []string{"stick", "many", "adopt"},
		Doc: "an acceptor votes once; for all that comes; or once, and a proposer first asks " +
			"a majority for its votes and adopts the one with the largest number"}},
	Kinds: []Kind{prepareKind, promiseKind, acceptKind, acceptedKind},
	Rows:  []Row{rowAccepted, rowAcceptedValue, rowNumber, rowProposed, rowValue},
	Tables: [6][]string{
		2: {"accepted", "accepted_value", "value"},
	},
	Fields: []string{"accepted", "n", "value"},
	Checks: []string{"agree", "chosen-once", "valid", "learn", "stable", "unique", "decides",
		"no-progress"},
	MaxNodes: paxos.MaxNodes,
	Judged: func(p *sim.Place, _ Options) Judged {
		acceptors := p.With(sim.Acceptor)
		return Judged{Acceptors: acceptors, Quorum: len(acceptors)/2 + 1, Accept: voteAccept + 1}
	},
	Open: openVote,
}

const (
	votePrepare uint8 = iota
	votePromise
	voteAccept
	voteAccepted
)

const (
	voteFieldAccepted uint8 = iota
	voteFieldNumber
	voteFieldValue
)

// ballot is a value with its number; without a value it is none.
type ballot struct {
	n     int64
	value sim.Value
}

var noBallot = ballot{n: sim.NoNumber}

// polls are what all nodes of one run share.
type polls struct {
	place     *sim.Place
	mode      string
	numbers   *numbers
	acceptors []sim.Node
	listeners []sim.Node // who hears every vote
}

func openVote(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
	s := &polls{place: p, mode: o.Word("mode"), acceptors: p.With(sim.Acceptor),
		listeners: p.With(sim.Learner | sim.Proposer)}
	if len(s.acceptors) == 0 || len(p.With(sim.Proposer)) == 0 {
		return nil, Error("vote needs a proposer and an acceptor: servers S1 S2 S3, " +
			"or proposers P1 and acceptors A1 A2 A3")
	}
	var err error
	s.numbers, err = newNumbers(p, "plain")
	return func(n sim.Node) sim.Process { return &voter{polls: s, self: n} }, err
}

// voter is one node: it proposes, votes and counts votes, as its roles say.
type voter struct {
	*polls
	self     sim.Node
	votes    bool   // it is an acceptor
	accepted ballot // what it voted for last

	own      ballot // what it was given to propose, and the number of its last attempt
	asked    quorum // who answered that attempt
	adopted  ballot // the vote with the largest number among the answers
	proposed ballot
	seen     int64 // largest number seen

	tallies []tally // by number and value
	learnt  sim.Value
}

// Step implements sim.Process.
func (t *voter) Step(in *sim.Input, out *sim.Out) string {
	switch in.Kind {
	case sim.Boot:
		t.boot(in.Disk)
	case sim.Deliver:
		t.deliver(in.Message, out)
	case sim.Propose, sim.Lead:
		return t.told(in, out)
	case sim.Durable, sim.Suspect, sim.Trust:
	default:
		return "the nodes of vote propose and vote"
	}
	return ""
}

// boot takes back what the disk holds. Who lost its disk votes no more (B-11).
func (t *voter) boot(d *sim.Disk) {
	t.votes = t.place.Roles[t.self]&sim.Acceptor != 0 && d.Wipes() == 0
	t.accepted, t.own, t.adopted, t.proposed = noBallot, noBallot, noBallot, noBallot
	if b := d.Field(voteFieldAccepted); b != nil {
		t.accepted = ballot{int64(getUint64(b)), t.place.Log.Names.OfBytes(b[8:])}
	}
	t.seen = t.accepted.n
	if b := d.Field(voteFieldNumber); b != nil {
		t.own.n = int64(getUint64(b))
		t.seen = max(t.seen, t.own.n)
	}
	t.learnt = t.place.Log.Names.OfBytes(d.Field(voteFieldValue))
}

// told begins an attempt because a person or a scenario says so.
func (t *voter) told(in *sim.Input, out *sim.Out) string {
	if t.place.Roles[t.self]&sim.Proposer == 0 {
		return "it is no proposer"
	}
	if in.Value == 0 && t.own.value == 0 {
		return "it has no value to propose"
	}
	n := in.N
	if n == sim.NoNumber {
		n = t.numbers.after(max(t.seen, t.own.n), t.self)
	} else if n <= t.own.n {
		return "it has used a number as high before: every attempt takes a higher one"
	} else if why := t.numbers.refuse(n, t.self); why != "" {
		return why
	}
	if in.Value != 0 {
		out.Note(sim.Proposes, in.Value)
		t.own.value = in.Value
	}
	t.begin(n, out)
	return ""
}

// begin proposes at once, or asks first.
func (t *voter) begin(n int64, out *sim.Out) {
	t.own.n, t.seen = n, max(t.seen, n)
	t.asked, t.adopted, t.proposed = quorum{}, noBallot, noBallot
	out.Write(voteFieldNumber, appendUint64(nil, uint64(n)))
	out.Round(n)
	if t.mode != "adopt" {
		t.propose(out)
		return
	}
	m := sim.NewMessage(votePrepare)
	m.N = n
	out.Broadcast(t.acceptors, m)
}

// propose asks every acceptor to accept: its own value, or the one that it has to adopt, which
// keeps its number.
func (t *voter) propose(out *sim.Out) {
	t.proposed = t.own
	if t.adopted.value != 0 {
		t.proposed = t.adopted
	}
	m := sim.NewMessage(voteAccept)
	m.N, m.V = t.proposed.n, t.proposed.value
	out.Broadcast(t.acceptors, m)
}

// deliver takes in one message.
func (t *voter) deliver(m *sim.Message, out *sim.Out) {
	m.N, m.NA = judged(m.N), judged(m.NA)
	t.seen = max(t.seen, m.N, m.NA)
	known := m.N != sim.NoNumber
	fromAcceptor := t.place.Roles[m.From]&sim.Acceptor != 0
	switch {
	case m.Kind == votePrepare && t.votes && known:
		t.onPrepare(m, out)
	case m.Kind == votePromise && fromAcceptor && known:
		t.onPromise(m, out)
	case m.Kind == voteAccept && t.votes && known && m.V != 0:
		t.onAccept(m, out)
	case m.Kind == voteAccepted && fromAcceptor && known && m.V != 0:
		t.count(m, out)
	}
}

// onPrepare tells what this acceptor voted for. The number of the question only says which question
// it answers: the acceptor does not remember that it was asked.
func (t *voter) onPrepare(m *sim.Message, out *sim.Out) {
	answer := sim.NewMessage(votePromise)
	answer.N, answer.NA, answer.VA = m.N, t.accepted.n, t.accepted.value
	out.Send(m.From, answer)
}

// onPromise waits for a majority, for a minority may not know what is chosen (L-15). Of the votes
// that it hears of, the one with the largest number is adopted (L-04).
func (t *voter) onPromise(m *sim.Message, out *sim.Out) {
	if m.N != t.own.n || t.mode != "adopt" || t.proposed.value != 0 || t.own.value == 0 {
		return
	}
	if m.NA > t.adopted.n && m.VA != 0 {
		t.adopted = ballot{m.NA, m.VA}
	}
	t.asked.add(m.From)
	if t.asked.reached(len(t.acceptors)/2+1, false) {
		t.propose(out)
	}
}

// onAccept votes, unless this acceptor sticks to what it voted for before.
func (t *voter) onAccept(m *sim.Message, out *sim.Out) {
	asked := ballot{m.N, m.V}
	if t.mode != "many" && t.accepted.value != 0 && t.accepted != asked {
		out.Note("sticks to", t.accepted.value)
		return
	}
	if t.accepted != asked {
		t.accepted = asked
		record := appendUint64(nil, uint64(m.N))
		out.Write(voteFieldAccepted, append(record, t.place.Log.Names.Bytes(m.V)...))
	}
	out.Accept(m.N, sim.NoNumber, m.V)
	answer := sim.NewMessage(voteAccepted)
	answer.N, answer.V = m.N, m.V
	out.Broadcast(t.listeners, answer)
}

// maxBallots is of how many ballots a learner counts the votes; it does not hear of more.
const maxBallots = 256

// count counts a vote. A learner believes the first majority that it sees.
func (t *voter) count(m *sim.Message, out *sim.Out) {
	at, ok := slices.BinarySearchFunc(t.tallies, m, func(x tally, m *sim.Message) int {
		return cmp.Or(cmp.Compare(x.n, m.N), cmp.Compare(t.text(x.value), t.text(m.V)))
	})
	if !ok && len(t.tallies) == maxBallots {
		return
	}
	if !ok {
		t.tallies = slices.Insert(t.tallies, at, tally{n: m.N, value: m.V})
	}
	x := &t.tallies[at]
	x.votes.add(m.From)
	if t.learnt == 0 && x.votes.reached(len(t.acceptors)/2+1, false) {
		t.learnt = m.V
		out.Write(voteFieldValue, t.place.Log.Names.Bytes(m.V))
		out.Chosen(sim.NoNumber, m.V)
	}
}

func (t *voter) text(v sim.Value) string { return t.place.Log.Names.Text(v) }

// AppendState implements sim.Process.
func (t *voter) AppendState(dst []byte) []byte {
	for _, b := range [...]ballot{t.accepted, t.own, t.adopted, t.proposed, {t.seen, t.learnt}} {
		dst = append(append(appendUint64(dst, uint64(b.n)), t.text(b.value)...), 0)
	}
	dst = appendUint64(dst, t.asked.from)
	for i := range t.tallies {
		x := &t.tallies[i]
		dst = append(appendUint64(dst, uint64(x.n)), t.text(x.value)...)
		dst = appendUint64(append(dst, 0), x.votes.from)
	}
	if t.votes {
		dst = append(dst, 1)
	}
	return dst
}

// Rows of vote, in the order of its table.
const (
	rowVoteAccepted = iota
	rowVoteAcceptedValue
	rowVoteNumber
	rowVoteProposed
	rowVoteValue
)

// Rows implements sim.Process.
func (t *voter) Rows(cells []sim.Cell) {
	if t.votes {
		cells[rowVoteAccepted] = sim.NumberCell(t.accepted.n)
		cells[rowVoteAcceptedValue] = sim.ValueCell(t.accepted.value)
	}
	if t.place.Roles[t.self]&sim.Proposer != 0 {
		cells[rowVoteNumber] = sim.NumberCell(t.own.n)
		cells[rowVoteProposed] = sim.ValueCell(t.proposed.value)
	}
	cells[rowVoteValue] = sim.ValueCell(t.learnt)
}
