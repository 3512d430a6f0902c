package protocols

import "github.com/synodlab/synod/core/sim"

// serializer is ETH's Algorithm 1.9 (E-12, E-13), also known as master and slaves: one server takes
// the commands of all clients, forwards them one at a time to all others, and tells the client when
// everybody has acknowledged. So everybody has the same order, for as long as everybody is up.
var serializer = Protocol{
	Name:  "serializer",
	Title: "State replication with a serializer",
	Seeds: []string{"A-E3"},
	Kinds: []Kind{requestKind, replyKind,
		{Name: "forward", Words: Words{"forward"}, Fields: []string{"v", "seq"}},
		{Name: "ack", Words: Words{"ack"}, Fields: []string{"seq"}}},
	Rows:   []Row{rowState, rowAnswer},
	Timers: []string{"retry"},
	Checks: append(orderChecks, "valid", "blocked"),
	To:     "the first server, which is the serializer",
	Client: true,
	Open: func(p *sim.Place, _ Options) (func(sim.Node) sim.Process, error) {
		servers := p.With(sim.Server)
		if len(servers) == 0 {
			return nil, Error("the first server is the serializer: servers s1 s2 s3")
		}
		return func(n sim.Node) sim.Process {
			if p.Roles[n]&sim.Server == 0 {
				c := newClient(p, servers[:1])
				c.oneByOne = true
				return &rowedClient{c, rowClientAnswer}
			}
			return &serialServer{service: newService(p, n), self: n, servers: servers}
		}, nil
	},
}

const (
	kindSerialForward uint8 = iota + kindReply + 1
	kindSerialAck
)

// serialServer is one server. Only the first has a queue: its head is the command that is being
// forwarded, the rest waits. Nothing of it is on disk.
type serialServer struct {
	*service
	self    sim.Node
	servers []sim.Node
	queue   []sim.Value
	seq     int64      // how many commands it has begun to forward
	owed    []sim.Node // who has not acknowledged the head
}

// Step implements sim.Process.
func (s *serialServer) Step(in *sim.Input, out *sim.Out) string {
	return onDelivery(in, out, s.deliver,
		"its serializer forwards what clients send, and the others execute it")
}

func (s *serialServer) deliver(m *sim.Message, out *sim.Out) {
	switch {
	case m.Kind == kindSerialForward && m.V != 0 && s.self != s.servers[0]:
		s.execute(out, m.V, sim.NoNumber)
		answer := sim.NewMessage(kindSerialAck)
		answer.Seq = m.Seq
		out.Send(m.From, answer)
	case s.self != s.servers[0]:
	case m.Kind == kindRequest && m.V != 0:
		s.request(m.V, out)
	case m.Kind == kindSerialAck && m.Seq == s.seq && len(s.queue) > 0:
		if s.owed = without(s.owed, m.From); len(s.owed) == 0 {
			s.finish(out)
		}
	}
}

// request is line 1, a command of a client: one that was executed and acknowledged is answered
// again, the one under way is forwarded again to those that owe an acknowledgment, for a message
// may be lost.
func (s *serialServer) request(v sim.Value, out *sim.Out) {
	for i, waiting := range s.queue {
		if waiting == v {
			if i == 0 {
				s.forward(out)
			}
			return
		}
	}
	if s.done(v) {
		s.reply(out, v)
		return
	}
	s.queue = append(s.queue, v)
	if len(s.queue) == 1 {
		s.begin(out)
	}
}

// begin is line 2: it executes the head of the queue and forwards it.
func (s *serialServer) begin(out *sim.Out) {
	s.seq++
	s.owed = without(s.servers, s.self)
	s.execute(out, s.queue[0], sim.NoNumber)
	if len(s.owed) == 0 {
		s.finish(out)
		return
	}
	out.Note(sim.Waits, s.queue[0])
	s.forward(out)
}

func (s *serialServer) forward(out *sim.Out) {
	m := sim.NewMessage(kindSerialForward)
	m.V, m.Seq = s.queue[0], s.seq
	out.Broadcast(s.owed, m)
}

// finish is line 3: it tells the client that its command is executed everywhere, and goes on with
// the next.
func (s *serialServer) finish(out *sim.Out) {
	out.Note(sim.Settled, s.queue[0])
	s.reply(out, s.queue[0])
	s.queue = s.queue[1:]
	if len(s.queue) > 0 {
		s.begin(out)
	}
}

// AppendState implements sim.Process.
func (s *serialServer) AppendState(dst []byte) []byte {
	dst = appendUint64(append(s.appendState(dst), '|'), uint64(s.seq))
	for _, n := range s.owed {
		dst = append(dst, byte(n))
	}
	for _, v := range s.queue {
		dst = append(append(append(dst, '|'), s.place.Log.Names.Bytes(v)...), 0)
	}
	return dst
}

// Rows implements sim.Process.
func (s *serialServer) Rows(cells []sim.Cell) {
	cells[rowServerState] = sim.HistoryCell(s.history)
	s.machine.rows(cells[rowMachine:])
}
