package protocols

import "github.com/synodlab/synod/core/sim"

// tickets is ETH's Algorithm 1.12, the naive ticket protocol (E-20 … E-27), and the ideas between
// it and Paxos: servers that also tell which command they store, and under which ticket. A ticket
// is a lock that can be issued again: only the one issued last is valid. Two things remain wrong
// with the last of the ideas: every server counts its own tickets, and is told to execute what it
// stores, whether that is what the majority stores or not.
var tickets = Protocol{
	Name:  "tickets",
	Title: "The naive ticket protocol",
	Seeds: []string{"A-E5"},
	Options: []Option{
		{Name: "tell", Values: []string{"nothing", "command", "number"},
			Doc: "what comes with a ticket: the stored command, and the ticket it was stored with"},
		{Name: "support", Values: []string{"own", "first", "largest"},
			Doc: "whose command a client stores: its own, the first it is told of, or the one of " +
				"the largest ticket"},
	},
	Kinds: []Kind{
		{Name: "ask", Words: Words{"ask"}, Fields: []string{}},
		{Name: "ok", Words: Words{"ok"}, Fields: []string{"n", "n_a", "v_a"}},
		{Name: "store", Words: Words{"store"}, Fields: []string{"n", "v"}},
		{Name: "success", Words: Words{"success"}, Fields: []string{"n"}},
		{Name: "execute", Words: Words{"execute"}, Fields: []string{}},
		{Name: "no", Words: Words{"no"}, Fields: []string{"n", "max"}}},
	Rows:   []Row{rowPromised, rowAccepted, rowAcceptedValue, rowProposed, rowState, rowAnswer},
	Tables: [6][]string{4: {"promised", "accepted_value", "accepted", "v", "state"}},
	Timers: []string{"wait"},
	Checks: []string{"agree", "chosen-once", "valid", "stable", "promise", "safe-proposal", "order",
		"prefix", "once", "all-execute", "decides", "no-progress", "livelock"},
	To:     "all servers",
	Client: true,
	Judged: judgedTickets,
	Open:   openTickets,
}

const (
	kindAsk uint8 = iota
	kindOK
	kindStore
	kindSuccess
	kindExecute
	kindNo
)

const (
	rowTicketMax = iota
	rowTicketStore
	rowTicketCommand
	rowTicketOwn
	rowTicketState
	rowTicketAnswer
	rowTicketMachine
)

const timerTicketWait = 0

// judgedTickets says that a command is chosen as soon as a majority stores it with one number.
// Where every client stores its own, the next one takes the place of the last: nothing is chosen.
func judgedTickets(p *sim.Place, o Options) Judged {
	servers := p.With(sim.Server)
	if o.Word("support") == "own" {
		return Judged{Acceptors: servers}
	}
	return Judged{Acceptors: servers, Quorum: len(servers)/2 + 1, Accept: kindStore + 1}
}

func openTickets(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
	servers, tell, support := p.With(sim.Server), o.Word("tell"), o.Word("support")
	switch {
	case len(servers) == 0:
		return nil, Error("tickets needs servers that issue them: servers s1 s2 s3")
	case support != "own" && tell == "nothing":
		return nil, Error("a client supports only what it is told of: tell=command")
	case support == "largest" && tell != "number":
		return nil, Error("the largest ticket is known only if it is told: tell=number")
	}
	return func(n sim.Node) sim.Process {
		if p.Roles[n]&sim.Server != 0 {
			return &ticketServer{service: newService(p, n), tell: tell}
		}
		return &ticketClient{place: p, servers: servers, support: support,
			tickets: make([]int64, len(p.Nodes))}
	}, nil
}

// ticketServer issues tickets by a counter, and stores one command.
type ticketServer struct {
	*service
	tell   string
	max    int64 // T_max: the ticket issued last
	stored int64 // T_store: the ticket that the command was stored with, 0 if none is
	value  sim.Value
}

// Step implements sim.Process.
func (s *ticketServer) Step(in *sim.Input, out *sim.Out) string {
	return onDelivery(in, out, s.deliver, "its servers issue tickets and store commands")
}

func (s *ticketServer) deliver(m *sim.Message, out *sim.Out) {
	switch m.Kind {
	case kindAsk:
		s.issue(m, out)
	case kindStore:
		s.store(m, out)
	case kindExecute:
		if s.value != 0 {
			s.execute(out, s.value, sim.NoNumber)
		}
	}
}

// issue answers line 1: it gives a ticket, whether the ones before it were used or not.
func (s *ticketServer) issue(m *sim.Message, out *sim.Out) {
	s.max++
	answer := sim.NewMessage(kindOK)
	answer.N, answer.Body = s.max, m.Body
	if s.tell != "nothing" && s.value != 0 {
		answer.VA = s.value
		if s.tell == "number" {
			answer.NA = s.stored
		}
	}
	out.Promise(s.max, sim.NoNumber)
	out.Send(m.From, answer)
}

// store is line 4: it stores a command only if its ticket is still valid.
func (s *ticketServer) store(m *sim.Message, out *sim.Out) {
	answer := sim.NewMessage(kindSuccess)
	answer.N, answer.Body = m.N, m.Body
	switch {
	case m.V == 0:
		return
	case m.N != s.max:
		out.Refuse(m.From, attemptOf(m), s.max)
		answer.Kind, answer.Max = kindNo, s.max
	default:
		s.stored, s.value = m.N, m.V
		out.Accept(m.N, sim.NoNumber, m.V)
	}
	out.Send(m.From, answer)
}

// attemptOf returns which attempt of its client a message belongs to; a forged one says nothing.
func attemptOf(m *sim.Message) int64 {
	if len(m.Body) != 8 {
		return sim.NoNumber
	}
	return int64(getUint64(m.Body))
}

// AppendState implements sim.Process.
func (s *ticketServer) AppendState(dst []byte) []byte {
	dst = appendUint64(appendUint64(append(s.appendState(dst), '|'), uint64(s.max)),
		uint64(s.stored))
	return append(dst, s.place.Log.Names.Bytes(s.value)...)
}

// Rows implements sim.Process.
func (s *ticketServer) Rows(cells []sim.Cell) {
	cells[rowTicketMax] = sim.NumberCell(s.max)
	cells[rowTicketStore] = sim.NumberCell(s.stored)
	cells[rowTicketCommand] = sim.ValueCell(s.value)
	cells[rowTicketState] = sim.HistoryCell(s.history)
	s.machine.rows(cells[rowTicketMachine:])
}
