package protocols

import "github.com/synodlab/synod/core/sim"

// clientServer is ETH's first three steps (E-02 … E-11): Algorithm 1.3 with ack=no, Algorithm 1.5
// without sequence numbers with seqno=no, and with them. Each command goes to every server, and
// counts as executed when every server has acknowledged it. Nobody orders the commands of two
// clients, which is Theorem 1.7.
//
// Algorithm 1.5: its line 1, one at a time, is client.request and client.answered; line 2, the
// acknowledgment, ackServer.deliver; line 3, which sends again, client.retry.
var clientServer = Protocol{
	Name:  "client-server",
	Title: "Clients and servers, with acknowledgments",
	Seeds: []string{"A-E1", "A-E2"},
	Options: []Option{
		{Name: "ack", Values: []string{"yes", "no"},
			Doc: "whether servers acknowledge; without it no client waits or sends again"},
		{Name: "seqno", Values: []string{"yes", "no"},
			Doc: "whether commands are numbered, so that one that comes again is known"},
	},
	Kinds: []Kind{
		{Name: "request", Words: Words{4: "command", 0: "request"}, Fields: []string{"v", "seq"}},
		{Name: "reply", Words: Words{4: "ack", 0: "reply"}, Fields: []string{"state"}}},
	Rows:   []Row{rowState, rowAnswer},
	Timers: []string{"retry"},
	Checks: append(orderChecks, "valid", "blocked"),
	To:     "all servers",
	Client: true,
	Open:   openClientServer,
}

func openClientServer(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
	servers := p.With(sim.Server)
	if len(servers) == 0 {
		return nil, Error("client-server needs a server: servers s1")
	}
	acks, numbered := o.Word("ack") == "yes", o.Word("seqno") == "yes"
	own := *p
	p, own.RetryTo = &own, sim.RetrySame
	if !acks {
		own.Retry = sim.Range{}
	}
	return func(n sim.Node) sim.Process {
		if p.Roles[n]&sim.Server != 0 {
			s := &ackServer{service: newService(p, n), acks: acks}
			s.twice = !numbered
			return s
		}
		c := newClient(p, servers)
		c.oneByOne, c.numbered = acks, numbered
		if !acks {
			return &rowedClient{c, rowClientAnswer}
		}
		return &patient{rowedClient: rowedClient{c, rowClientAnswer}}
	}, nil
}

// ackServer executes each command on arrival and acknowledges it. What it recognizes as executed
// before is acknowledged again, and not executed again (E-07).
type ackServer struct {
	*service
	acks bool
}

// Step implements sim.Process.
func (s *ackServer) Step(in *sim.Input, out *sim.Out) string {
	return onDelivery(in, out, s.deliver, "its servers do nothing but execute commands")
}

func (s *ackServer) deliver(m *sim.Message, out *sim.Out) {
	if m.Kind != kindRequest || m.V == 0 {
		return
	}
	s.execute(out, m.V, sim.NoNumber)
	if s.acks {
		s.reply(out, m.V)
	}
}

// AppendState implements sim.Process.
func (s *ackServer) AppendState(dst []byte) []byte { return s.appendState(dst) }

// Rows implements sim.Process.
func (s *ackServer) Rows(cells []sim.Cell) {
	cells[rowServerState] = sim.HistoryCell(s.history)
	s.machine.rows(cells[rowMachine:])
}

// patient is a client whose command is executed once every server that it was sent to has
// acknowledged it (E-08). What is sent again goes to those alone that still owe one.
type patient struct {
	rowedClient
	early []heard // answers to the present command, before the last: each once
}

// Step implements sim.Process.
func (c *patient) Step(in *sim.Input, out *sim.Out) string {
	switch in.Kind {
	case sim.Deliver:
		if in.Message.Kind != kindReply || !c.acknowledged(in.Message, out) {
			return ""
		}
	case sim.Request:
		out.Note(sim.Waits, in.Value)
	case sim.Resend:
		return c.again(in, out)
	}
	return c.client.Step(in, out)
}

// again sends a command again because a person wants it, perhaps to some servers: those that owed
// an acknowledgment still do.
func (c *patient) again(in *sim.Input, out *sim.Out) string {
	x := c.find(in.Value)
	if x == nil {
		return c.client.Step(in, out)
	}
	owed := x.to
	why := c.client.Step(in, out)
	if !x.done {
		x.to = owed
	}
	return why
}

// acknowledged takes in one acknowledgment and reports whether it is to be heard: it was the last
// that was owed, or comes after it. The answers before it are heard with it.
func (c *patient) acknowledged(m *sim.Message, out *sim.Out) bool {
	x := c.find(m.V)
	if m.V == 0 || x == nil {
		return false
	}
	if x.done {
		return true
	}
	owed := without(x.to, m.From)
	if len(owed) > 0 {
		if len(owed) < len(x.to) {
			c.early = append(c.early, heard{m.V, m.H, m.VA})
		}
		x.to = owed
		return false
	}
	kept := c.early[:0]
	for _, h := range c.early {
		if h.value == m.V {
			c.hear(h, out)
		} else {
			kept = append(kept, h)
		}
	}
	c.early = kept
	out.Note(sim.Settled, m.V)
	return true
}

// without returns the nodes but one, in memory of their own.
func without(nodes []sim.Node, one sim.Node) []sim.Node {
	var rest []sim.Node
	for _, n := range nodes {
		if n != one {
			rest = append(rest, n)
		}
	}
	return rest
}

// AppendState implements sim.Process.
func (c *patient) AppendState(dst []byte) []byte {
	dst = c.client.AppendState(dst)
	for _, h := range c.early {
		dst = append(h.append(append(dst, '&'), c.place.Log, nil), ';')
	}
	return dst
}
