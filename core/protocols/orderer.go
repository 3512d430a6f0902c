package protocols

import (
	"slices"

	"github.com/synodlab/synod/core/sim"
)

// orderer is a server of retrans-accept, wait-for-learn and leader-ids. While it leads, it gives
// the commands sequence numbers and sends each other server one accept at a time, again and again
// until the learn comes back (M-12, M-13). While it follows, it executes what it is told in the
// order of the numbers. Nothing of it is on disk: who crashes is out of the game.
type orderer struct {
	*service
	*orderRules
	self      sim.Node
	leader    sim.Node // whom it follows; itself while it leads
	alone     bool     // it takes the other server to be dead, and is a single server
	claimed   bool     // it took over, and says so to those who have not answered it
	suspected uint64   // set of nodes
	led       uint64   // set of nodes: whom it has followed
	log       []sim.Value
	executed  int         // of log: a leader that waits for a learn has one more
	queue     []sim.Value // asked for here, and not in the log
	next      []int64     // by node, while it leads: the number that it has not learnt
}

// orderRules is what all servers of a run share.
type orderRules struct {
	servers  []sim.Node
	eager    bool // a leader executes before anybody else knows
	ids      bool // accepts and learns name their leader
	takeover bool // somebody goes on when the leader is suspected
	again    sim.Range
}

// openOrdered makes the servers and clients of a run.
func openOrdered(rules *orderRules, p *sim.Place) func(sim.Node) sim.Process {
	rules.servers = p.With(sim.Server)
	return func(n sim.Node) sim.Process {
		if p.Roles[n]&sim.Server == 0 {
			c := newClient(p, rules.servers)
			c.toOne = true
			return &rowedClient{c, rowOrderedAnswer}
		}
		s := &orderer{service: newService(p, n), orderRules: rules, self: n,
			leader: rules.servers[0], led: 1 << rules.servers[0],
			next: make([]int64, len(p.Nodes))}
		s.rewind()
		return s
	}
}

// rewind begins to send the others what they may lack, from the first number.
func (s *orderer) rewind() {
	for i := range s.next {
		s.next[i] = 1
	}
}

// Step implements sim.Process.
func (s *orderer) Step(in *sim.Input, out *sim.Out) string {
	switch in.Kind {
	case sim.Boot:
		if s.leads() {
			out.Lead(s.id())
		}
	case sim.Durable:
	case sim.Suspect, sim.Trust:
		s.detect(in, out)
	case sim.Lead:
		return s.told(in, out)
	case sim.Deliver:
		s.deliver(in.Message, out)
	case sim.Fired:
		s.retransmit(out)
	default:
		return "its servers execute what clients send"
	}
	return ""
}

func (s *orderer) deliver(m *sim.Message, out *sim.Out) {
	if m.Kind == kindRequest {
		s.request(m.V, out)
	}
	if !slices.Contains(s.servers, m.From) || m.From == s.self || s.alone {
		return
	}
	switch m.Kind {
	case kindOrderedAccept:
		s.onAccept(m, out)
	case kindOrderedLearn:
		s.onLearn(m, out)
	case kindOrderedClaim:
		s.onClaim(m, out)
	}
}

func (s *orderer) leads() bool { return s.leader == s.self }

// id is the number under which this server leads: its place among them, if accepts say it.
func (s *orderer) id() int64 {
	if !s.ids {
		return sim.NoNumber
	}
	return s.idOf(s.self)
}

// request takes in a command. Who does not lead keeps it, for it may come to lead.
func (s *orderer) request(v sim.Value, out *sim.Out) {
	switch {
	case s.done(v):
		s.reply(out, v)
	case slices.Contains(s.queue, v) || slices.Contains(s.log[s.executed:], v):
	default:
		s.queue = append(s.queue, v)
		s.pump(out)
	}
}

// pump gives the next command its number. A leader begins nothing while it has a command of which
// no learn has come; one that is alone waits for nobody.
func (s *orderer) pump(out *sim.Out) {
	for s.leads() && len(s.queue) > 0 && !s.waits() {
		v := s.queue[0]
		s.queue = s.queue[1:]
		s.log = append(s.log, v)
		for _, to := range s.servers {
			if s.next[to] == int64(len(s.log)) {
				s.tell(to, out)
			}
		}
		if s.eager || s.alone {
			s.advance(len(s.log), out)
		}
	}
}

func (s *orderer) waits() bool {
	return s.executed < len(s.log) || s.eager && slices.ContainsFunc(s.servers, s.lags)
}

// lags reports whether an accept for that server is under way.
func (s *orderer) lags(n sim.Node) bool {
	return n != s.self && !s.alone && s.next[n] <= int64(len(s.log))
}

// tell sends a server the accept of the number that it has not learnt, now and until it has.
func (s *orderer) tell(to sim.Node, out *sim.Out) {
	if !s.lags(to) {
		return
	}
	m := sim.NewMessage(kindOrderedAccept)
	m.N, m.Seq = s.id(), s.next[to]
	m.V = s.log[m.Seq-1]
	out.Send(to, m)
	out.Set(timerRetransmit, s.again)
}

func (s *orderer) retransmit(out *sim.Out) {
	for _, to := range s.servers {
		if s.claimed && s.next[to] == 1 {
			s.claim(to, out)
		}
		s.tell(to, out)
	}
}

// onAccept is what a server does that follows. The number that is its next it executes at once: the
// accept says that the leader has it, and so is a learn as well. One that it has executed it
// answers again, and does not execute it again (M-25). What comes early is thrown away. So is
// another command under a number that it has executed, unless accepts say whose they are: two may
// lead, and the one that is behind must not go on before it has heard of what it missed.
func (s *orderer) onAccept(m *sim.Message, out *sim.Out) {
	if s.ids && !s.believes(m) || m.V == 0 || m.Seq < 1 || m.Seq > int64(s.executed)+1 {
		return
	}
	fresh := m.Seq > int64(s.executed)
	if !s.ids && !fresh && s.log[m.Seq-1] != m.V {
		return
	}
	if s.ids || fresh {
		s.follow(m.From, out)
	}
	if fresh {
		s.queue = slices.DeleteFunc(s.queue, func(v sim.Value) bool { return v == m.V })
		s.log = append(s.log, m.V)
		s.advance(len(s.log), out)
	}
	learn := sim.NewMessage(kindOrderedLearn)
	learn.N, learn.V, learn.Seq = m.N, m.V, m.Seq
	out.Send(m.From, learn)
}

// follow makes another server the leader. What this one has proposed and not executed it takes
// back.
func (s *orderer) follow(leader sim.Node, out *sim.Out) {
	if s.leads() {
		out.StepDown(s.id())
		out.Stop(timerRetransmit)
		s.claimed = false
	}
	s.leader, s.led = leader, s.led|1<<leader
	s.queue = slices.Concat(s.log[s.executed:], s.queue)
	s.log = s.log[:s.executed]
}

// onLearn is what a leader does when a server has learnt: it executes, if it waited for that.
func (s *orderer) onLearn(m *sim.Message, out *sim.Out) {
	if !s.leads() || m.N != s.id() || m.Seq != s.next[m.From] ||
		m.Seq > int64(len(s.log)) || m.V != s.log[m.Seq-1] {
		return
	}
	s.next[m.From]++
	s.advance(int(m.Seq), out)
	s.tell(m.From, out)
	s.pump(out)
	if !slices.ContainsFunc(s.servers, s.lags) {
		out.Stop(timerRetransmit)
	}
}

// advance executes and answers what stands in the log up to a number.
func (s *orderer) advance(to int, out *sim.Out) {
	for s.executed < to {
		v := s.log[s.executed]
		s.executed++
		s.execute(out, v, int64(s.executed))
		s.reply(out, v)
	}
}

// AppendState implements sim.Process.
func (s *orderer) AppendState(dst []byte) []byte {
	dst = append(s.appendState(dst), byte(s.leader))
	if s.alone {
		dst = append(dst, 'a')
	}
	if s.claimed {
		dst = append(dst, 'c')
	}
	dst = appendUint64(appendUint64(dst, s.suspected), s.led)
	dst = appendUint64(dst, uint64(s.executed))
	dst = appendLog(dst, s.place, s.log, '+')
	dst = appendLog(dst, s.place, s.queue, '?')
	if s.leads() {
		for _, n := range s.servers {
			dst = appendUint64(dst, uint64(s.next[n]))
		}
	}
	return dst
}

// Rows implements sim.Process.
func (s *orderer) Rows(cells []sim.Cell) {
	cells[rowOrderedLeader] = nodeCell(s.place, s.leader)
	cells[rowOrderedLog] = logCell(s.place, s.log, s.executed)
	cells[rowOrderedState] = sim.HistoryCell(s.history)
	s.machine.rows(cells[rowOrderedMachine:])
}
