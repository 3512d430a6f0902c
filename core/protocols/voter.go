package protocols

import "github.com/synodlab/synod/core/sim"

// ballot is a value with its number; without a value it is none.
type ballot struct {
	n     int64
	value sim.Value
}

var noBallot = ballot{n: sim.NoNumber}

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
	if t.asked.reached(len(t.acceptors)/2 + 1) {
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
	x := t.tally(m)
	if x == nil {
		return
	}
	x.votes.add(m.From)
	if t.learnt == 0 && x.votes.reached(len(t.acceptors)/2+1) {
		t.learnt = m.V
		out.Write(voteFieldValue, t.place.Log.Names.Bytes(m.V))
		out.Chosen(sim.NoNumber, m.V)
	}
}

// tally returns the votes for the ballot of m, nil if there are too many ballots.
func (t *voter) tally(m *sim.Message) *tally {
	at := 0
	for at < len(t.tallies) && t.below(&t.tallies[at], m) {
		at++
	}
	if at < len(t.tallies) && t.tallies[at].n == m.N && t.tallies[at].value == m.V {
		return &t.tallies[at]
	}
	if len(t.tallies) == maxBallots {
		return nil
	}
	t.tallies = append(t.tallies, tally{})
	copy(t.tallies[at+1:], t.tallies[at:])
	t.tallies[at] = tally{n: m.N, value: m.V}
	return &t.tallies[at]
}

// below reports whether the ballot of x is before that of m, by number and then by value.
func (t *voter) below(x *tally, m *sim.Message) bool {
	return x.n < m.N || x.n == m.N && t.text(x.value) < t.text(m.V)
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
