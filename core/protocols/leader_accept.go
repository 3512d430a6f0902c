package protocols

import "github.com/synodlab/synod/core/sim"

// leaderAccept is Meling's designated leader (M-06 … M-11): the first server executes requests as
// they arrive and tells the others by accept messages, which a network may reorder or lose. Numbers
// in sequence cure the order; of the two cures for what is then missing, a buffer helps against
// reordering alone, and sending again helps against loss too.
var leaderAccept = Protocol{
	Name:  "leader-accept",
	Title: "A leader orders the requests",
	Seeds: []string{"A-M3", "A-M4"},
	Options: []Option{
		{Name: "order", Values: []string{"none", "discard", "buffer"},
			Doc: "accepts carry no sequence number; or the others throw away those that come " +
				"early (M-08), or keep them until their turn (M-09)"},
		{Name: "retransmit", Values: []string{"never", "TIME"},
			Doc: "so often the leader sends all its accepts again, and never stops (M-10)"},
	},
	Kinds:  []Kind{requestKind, replyKind, plainAcceptKind},
	Rows:   []Row{rowLeader, rowLog, rowState, rowAnswer},
	Timers: []string{"retry", "retransmit"},
	Checks: orderChecks,
	To:     "the first server",
	Client: true,
	Open: func(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
		servers := p.With(sim.Server)
		if len(servers) < 2 {
			return nil, Error("leader-accept needs two servers or more: servers S1 S2")
		}
		again := parseWait(o.Word("retransmit"))
		return func(n sim.Node) sim.Process {
			if p.Roles[n]&sim.Server == 0 {
				return &rowedClient{newClient(p, servers[:1]), rowOrderedAnswer}
			}
			return &dictated{service: newService(p, n), self: n, servers: servers,
				order: o.Word("order"), again: again}
		}, nil
	},
}

// The kinds and timers of leader-accept, retrans-accept, wait-for-learn and leader-ids.
const (
	kindOrderedAccept uint8 = iota + kindReply + 1
	kindOrderedLearn
	kindOrderedClaim
)

const timerRetransmit = timerRetry + 1

// The rows of these four.
const (
	rowOrderedLeader = iota
	rowOrderedLog
	rowOrderedState
	rowOrderedAnswer
	rowOrderedMachine
)

// dictated is a server of leader-accept: the leader, or one that executes what it is told.
type dictated struct {
	*service
	self    sim.Node
	servers []sim.Node
	order   string
	again   wait
	log     []sim.Value // by sequence number, from 1; 0 where the accept has not come
	next    int         // of log: what is executed next
}

// Step implements sim.Process.
func (s *dictated) Step(in *sim.Input, out *sim.Out) string {
	switch in.Kind {
	case sim.Boot:
		if s.leads() {
			out.Lead(sim.NoNumber)
		}
	case sim.Durable, sim.Suspect, sim.Trust:
	case sim.Deliver:
		s.deliver(in.Message, out)
	case sim.Fired:
		for i := range s.log {
			s.tell(int64(i+1), out)
		}
		out.Set(timerRetransmit, s.again.r)
	default:
		return "its leader is the first server, and stays it"
	}
	return ""
}

func (s *dictated) leads() bool { return s.self == s.servers[0] }

func (s *dictated) deliver(m *sim.Message, out *sim.Out) {
	switch {
	case m.Kind == kindRequest && s.done(m.V):
		s.reply(out, m.V)
	case m.Kind == kindRequest && s.leads():
		s.log = append(s.log, m.V)
		s.advance(out)
		s.tell(int64(len(s.log)), out)
		if s.again.set && len(s.log) == 1 {
			out.Set(timerRetransmit, s.again.r)
		}
	case m.Kind == kindOrderedAccept && !s.leads() && m.V != 0:
		s.onAccept(m, out)
	}
}

// tell sends the command of a sequence number to the others.
func (s *dictated) tell(seq int64, out *sim.Out) {
	m := sim.NewMessage(kindOrderedAccept)
	m.V = s.log[seq-1]
	if s.order != "none" {
		m.Seq = seq
	}
	for _, to := range s.servers {
		if to != s.self {
			out.Send(to, m)
		}
	}
}

// onAccept takes a command in: as it comes, if nothing says when it is its turn; early ones are
// thrown away or kept.
func (s *dictated) onAccept(m *sim.Message, out *sim.Out) {
	next := int64(s.next + 1)
	seq := m.Seq
	if s.order == "none" && !s.done(m.V) {
		seq = next
	}
	if seq < next || seq > next && s.order != "buffer" || seq > maxSlots {
		return
	}
	for int64(len(s.log)) < seq {
		s.log = append(s.log, 0)
	}
	s.log[seq-1] = m.V
	s.advance(out)
}

// advance executes and answers what has its turn.
func (s *dictated) advance(out *sim.Out) {
	for s.next < len(s.log) && s.log[s.next] != 0 {
		v := s.log[s.next]
		s.next++
		slot := int64(s.next)
		if s.order == "none" {
			slot = sim.NoNumber
		}
		s.execute(out, v, slot)
		s.reply(out, v)
	}
}

// AppendState implements sim.Process.
func (s *dictated) AppendState(dst []byte) []byte {
	dst = appendUint64(s.appendState(dst), uint64(s.next))
	return appendLog(dst, s.place, s.log[s.next:], '+')
}

// Rows implements sim.Process.
func (s *dictated) Rows(cells []sim.Cell) {
	cells[rowOrderedLeader] = nodeCell(s.place, s.servers[0])
	cells[rowOrderedLog] = logCell(s.place, s.log, s.next)
	cells[rowOrderedState] = sim.HistoryCell(s.history)
	s.machine.rows(cells[rowOrderedMachine:])
}

// appendLog appends commands in canonical bytes, each with a mark behind it.
func appendLog(dst []byte, p *sim.Place, log []sim.Value, mark byte) []byte {
	for _, v := range log {
		dst = append(append(dst, p.Log.Names.Bytes(v)...), mark)
	}
	return dst
}

func nodeCell(p *sim.Place, n sim.Node) sim.Cell {
	return sim.ValueCell(p.Log.Names.Of(p.Nodes[n]))
}

// logCell shows the newest commands of a log, those from executed on in brackets.
func logCell(p *sim.Place, log []sim.Value, executed int) sim.Cell {
	var words []byte
	for i := max(len(log)-2*shownSlots, 0); i < len(log); i++ {
		text := p.Log.Names.Text(log[i])
		switch {
		case log[i] == 0:
			text = "."
		case i >= executed:
			text = "[" + text + "]"
		}
		words = append(append(words, text...), ' ')
	}
	if len(words) == 0 {
		return sim.Empty
	}
	return sim.ValueCell(p.Log.Names.OfBytes(words[:len(words)-1]))
}
