package protocols

import (
	"slices"

	"github.com/synodlab/synod/core/sim"
)

// maxTallies is of how many numbers a learner remembers votes; of more it forgets the lowest.
const maxTallies = 4

// count lets a learner count a vote.
func (t *reader) count(m *sim.Message, out *sim.Out) {
	isLearner := t.place.Roles[t.self]&sim.Learner != 0 || t.learning == "all"
	if !isLearner || m.N == sim.NoNumber || m.V == 0 ||
		t.place.Roles[m.From]&sim.Acceptor == 0 {
		return
	}
	if v := t.tally(m); v != nil && v.votes.counted(t.acceptQuorum, t.byMessage) {
		t.know(v.value, out)
	}
}

// tally adds the vote m to those for the same value under the same number (B-20), and returns
// these; nil if the number is too low to be remembered.
func (t *reader) tally(m *sim.Message) *tally {
	for i := range t.tallies {
		x := &t.tallies[i]
		if x.value == m.V && (x.n == m.N || t.across) {
			x.n = max(x.n, m.N)
			x.votes.add(m.From)
			return x
		}
	}
	if len(t.tallies) < maxTallies {
		t.tallies = append(t.tallies, tally{n: sim.NoNumber})
	}
	low := &t.tallies[0]
	for i := range t.tallies {
		if t.tallies[i].n < low.n {
			low = &t.tallies[i]
		}
	}
	if low.n > m.N {
		return nil
	}
	*low = tally{n: m.N, value: m.V}
	low.votes.add(m.From)
	return low
}

// know keeps what is chosen, on disk too (L-20), and answers the clients that wait for it.
func (t *reader) know(v sim.Value, out *sim.Out) {
	if t.learnt != 0 || v == 0 {
		return
	}
	t.learnt = v
	if t.disk[diskLearnt] {
		out.Write(fieldValue, t.place.Log.Names.Bytes(v))
	}
	out.Chosen(sim.NoNumber, v)
	out.Stop(timerPhase)
	out.Stop(timerBackoff)
	out.Stop(timerStart)
	for _, w := range t.waiting {
		t.reply(w, out)
	}
	t.waiting = nil
}

// request takes in a client's command: it is proposed unless something is chosen, and answered
// with what is chosen.
func (t *reader) request(v sim.Value, out *sim.Out) {
	switch leader := t.leader(); {
	case t.learnt != 0:
		t.reply(v, out)
	case t.proposes && (!t.elected || leader == t.self):
		t.take(v, out)
	case leader != t.self:
		t.forward(leader, v, out)
	}
}

// forwarded takes in a value that another node sent on; it is not sent on again.
func (t *reader) forwarded(v sim.Value, out *sim.Out) {
	if t.learnt != 0 {
		t.reply(v, out)
	} else if t.proposes {
		t.take(v, out)
	}
}

func (t *reader) forward(to sim.Node, v sim.Value, out *sim.Out) {
	m := sim.NewMessage(kindForward)
	m.V = v
	out.Send(to, m)
}

// take proposes v. A command that comes while a round is under way waits for what that decides; one
// that comes again starts another.
func (t *reader) take(v sim.Value, out *sim.Out) {
	again := slices.Contains(t.waiting, v)
	if client, _ := t.place.Command(v); client != sim.NoNode && !again {
		t.waiting = append(t.waiting, v)
	}
	underWay := t.n != sim.NoNumber && t.n >= t.seen
	if !underWay || t.want == 0 {
		t.want = v
	}
	if again || !underWay {
		t.begin(sim.NoNumber, out)
	}
}

// reply shows a client what is chosen: the state of which that is the only command.
func (t *reader) reply(v sim.Value, out *sim.Out) {
	client, _ := t.place.Command(v)
	if client == sim.NoNode {
		return
	}
	m := sim.NewMessage(kindReply)
	m.V, m.H = v, t.place.Log.Histories.Then(0, t.learnt)
	out.Send(client, m)
}

// fail tells the clients that wait that nothing came of it, which nobody can know (B-22).
func (t *reader) fail(out *sim.Out) {
	for _, w := range t.waiting {
		if client, _ := t.place.Command(w); client != sim.NoNode {
			m := sim.NewMessage(kindReply)
			m.V, m.VA = w, t.place.Log.Names.Of("failed")
			out.Send(client, m)
		}
	}
	t.waiting = nil
}
