package protocols

import (
	"slices"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// reader is one node that goes by the book: the three agents of its roles, and what they keep on
// disk.
type reader struct {
	*book
	self     sim.Node
	votes    bool // it is an acceptor
	acceptor      // its memory
	proposes bool // it is a proposer
	proposer      // its round
	tallies  []tally
	learnt   sim.Value // what it knows to be chosen

	want      sim.Value // what it was given to propose
	seen      int64     // highest number seen
	used      int64     // highest number of its own that it knows of
	life      uint64    // tells its present life from earlier ones
	alive     bool      // this life is on disk
	leads     bool
	suspected uint64
	waiting   []sim.Value // commands of clients that it has to answer

	outbox  []held
	durable sim.LSN
	rests   sim.LSN // the last record that the acceptor's answers rest on
	bytes   []byte
}

// held is a message that waits for the disk.
type held struct {
	lsn     sim.LSN
	to      sim.Node
	message sim.Message
	life    uint64
	silent  bool // a promise of nothing new
}

// maxHeld bounds the outbox: what does not fit is not said, and will be asked again.
const maxHeld = 4 * paxos.MaxNodes

// Step implements sim.Process.
func (t *reader) Step(in *sim.Input, out *sim.Out) (refusal string) {
	out.Free()
	switch in.Kind {
	case sim.Boot:
		t.boot(in.Disk)
	case sim.Deliver:
		t.deliver(in.Message, out)
	case sim.Fired:
		if t.proposes && t.learnt == 0 && (in.Timer == timerStart || t.concerned()) {
			t.begin(sim.NoNumber, out)
		}
	case sim.Durable:
		t.durable = max(t.durable, in.LSN)
	case sim.Propose, sim.Lead:
		refusal = t.told(in, out)
	case sim.Suspect, sim.Trust:
		t.detect(in, out)
	default:
		return "the nodes of textbook propose, accept and learn"
	}
	t.release(out)
	return refusal
}

// boot takes back what the disk holds. Without what it once promised a node may learn, and never
// vote or lead again (B-11).
func (t *reader) boot(d *sim.Disk) {
	role := t.place.Roles[t.self]
	whole := d.Wipes() == 0 || t.wipedVotes
	t.votes, t.proposes = whole && role&sim.Acceptor != 0, whole && role&sim.Proposer != 0
	t.rests, t.durable = d.Last(), d.Last()
	t.proposer = proposer{n: sim.NoNumber, adopted: sim.NoNumber}
	t.recall(d)
	t.seen, t.used = t.promised, sim.NoNumber
	if b := d.Field(fieldNumber); b != nil {
		t.used = int64(getUint64(b))
		t.seen = max(t.seen, t.used)
	}
	t.life = uint64(d.Wipes()) << 32
	for range d.Records {
		t.life++
	}
	t.learnt = t.place.Log.Names.OfBytes(d.Field(fieldValue))
}

// deliver takes in one message.
func (t *reader) deliver(m *sim.Message, out *sim.Out) {
	switch m.Kind {
	case kindRequest:
		t.request(m.V, out)
		return
	case kindForward:
		t.forwarded(m.V, out)
		return
	}
	if !t.trusts(m) {
		return
	}
	m.N, m.NA, m.Max = judged(m.N), judged(m.NA), judged(m.Max)
	t.see(m, out)
	switch m.Kind {
	case kindPrepare:
		t.onPrepare(m, out)
	case kindPromise:
		t.onPromise(m, out)
	case kindAccept:
		t.onAccept(m, out)
	case kindAccepted:
		t.onAccepted(m, out)
	case kindChosen:
		t.know(m.V, out)
	case kindNack:
		t.onNack(m, out)
	}
}

// see remembers the highest number, and stops leading when there is one above its own.
func (t *reader) see(m *sim.Message, out *sim.Out) {
	t.seen = max(t.seen, m.N, m.NA, m.Max)
	if t.leads && t.seen > t.n {
		t.leads = false
		out.StepDown(t.n)
	}
}

// withhold keeps a message until the disk has reached its record.
func (t *reader) withhold(h held) {
	if len(t.outbox) < maxHeld {
		t.outbox = append(t.outbox, h)
	}
}

// release sends what may go, oldest first, and tells the trace what is promised and accepted by it.
func (t *reader) release(out *sim.Out) {
	n := 0
	for n < len(t.outbox) && t.outbox[n].lsn <= t.durable {
		h := &t.outbox[n]
		switch m := &h.message; m.Kind {
		case kindPromise:
			if !h.silent {
				out.Promise(m.N, sim.NoNumber)
			}
			t.send(out, h.to, *m, h.life)
		case kindAccepted:
			out.Accept(m.N, sim.NoNumber, m.V)
			t.tell(out, h)
		default:
			t.send(out, h.to, *m, h.life)
		}
		n++
	}
	t.outbox = append(t.outbox[:0], t.outbox[n:]...)
}

// tell sends an accepted to all who may learn from it: its proposer, and by option the learners or
// every node.
func (t *reader) tell(out *sim.Out, h *held) {
	for i, role := range t.place.Roles {
		n := sim.Node(i)
		hears := n == h.to || t.learning == "acceptors" && role&sim.Learner != 0 ||
			t.learning == "all" && role&(sim.Proposer|sim.Acceptor|sim.Learner) != 0
		if hears {
			t.send(out, n, h.message, h.life)
		}
	}
}

// send sends m; it bears the life of the proposer that asks, or that is answered.
func (t *reader) send(out *sim.Out, to sim.Node, m sim.Message, life uint64) {
	t.bytes = appendUint64(t.bytes[:0], life)
	m.Body = t.bytes
	out.Send(to, m)
}

// lifeOf returns the life that a message bears; a forged one bears none.
func lifeOf(m *sim.Message) uint64 {
	if len(m.Body) != 8 {
		return 0
	}
	return getUint64(m.Body)
}

// expect waits for the end of the round that this node takes part in, and begins its own if it does
// not come (K-21).
func (t *reader) expect(out *sim.Out) {
	if t.restarts && t.proposes && t.learnt == 0 {
		out.Set(timerPhase, t.place.Timeout)
	}
}

// leader returns the distinguished proposer: the first that is not suspected (T-11).
func (t *reader) leader() sim.Node {
	i := slices.IndexFunc(t.proposers, func(n sim.Node) bool { return t.suspected>>n&1 == 0 })
	if i < 0 {
		return t.self
	}
	return t.proposers[i]
}

// own returns what a free proposer proposes: what it was given, else the next view.
func (t *reader) own(out *sim.Out) sim.Value {
	if t.want != 0 && !t.views {
		return t.want
	}
	v := t.place.Log.Names.Of(viewText(t.place, 1, t.pingable()))
	out.Note(sim.Proposes, v)
	return v
}

// pingable returns the acceptors that this node does not suspect (K-16).
func (t *reader) pingable() []sim.Node {
	return slices.DeleteFunc(slices.Clone(t.acceptors), func(n sim.Node) bool {
		return t.suspected>>n&1 == 1
	})
}
