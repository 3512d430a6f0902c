package protocols

import "github.com/synodlab/synod/core/sim"

// ticketClient takes one command through the three phases of Algorithm 1.12.
type ticketClient struct {
	place   *sim.Place
	servers []sim.Node
	support string

	own      sim.Value // what it wants to be executed
	command  sim.Value // what it stores in this attempt, 0 in phase 1
	attempt  int64     // answers to an earlier one are late
	tickets  []int64   // by server: the ticket of this attempt, 0 if none came
	answered quorum    // who gave one
	told     sim.Value // the stored command to support, as far as it was told
	toldN    int64     // the ticket that it was stored with
	stored   quorum    // who answered that it stored the command
	done     bool      // phase 3: it told the servers to execute
	heard    sim.Value
}

// Step implements sim.Process.
func (c *ticketClient) Step(in *sim.Input, out *sim.Out) string {
	switch in.Kind {
	case sim.Boot, sim.Durable, sim.Suspect, sim.Trust:
	case sim.Request, sim.Propose:
		return c.propose(in, out)
	case sim.Deliver:
		c.deliver(in.Message, out)
	case sim.Fired:
		c.begin(out)
	default:
		return "a client of tickets proposes a command"
	}
	return ""
}

func (c *ticketClient) propose(in *sim.Input, out *sim.Out) string {
	switch {
	case in.N != sim.NoNumber:
		return "the servers count the tickets"
	case len(in.Peers) > 0:
		return "a client of tickets asks every server: say no `to`"
	case in.Value == 0 && c.own == 0:
		return "it has no command yet"
	}
	if in.Value != 0 {
		c.own = in.Value
		out.Note(sim.Proposes, in.Value)
	}
	c.begin(out)
	return ""
}

// begin is phase 1, line 1: ask all servers for a ticket. Whatever an earlier attempt got is void.
// It is where lines 6 and 11 lead back to, after a wait.
func (c *ticketClient) begin(out *sim.Out) {
	c.attempt++
	clear(c.tickets)
	c.answered, c.stored, c.command, c.told, c.toldN = quorum{}, quorum{}, 0, 0, 0
	c.done = false
	out.Round(c.attempt)
	ask := sim.NewMessage(kindAsk)
	ask.Body = appendUint64(nil, uint64(c.attempt))
	out.Broadcast(c.servers, ask)
	out.Set(timerTicketWait, c.place.Timeout)
}

func (c *ticketClient) deliver(m *sim.Message, out *sim.Out) {
	late := len(m.Body) > 0 && attemptOf(m) != c.attempt
	if late || c.attempt == 0 || c.place.Roles[m.From]&sim.Server == 0 {
		return
	}
	switch m.Kind {
	case kindOK:
		c.ticket(m, out)
	case kindSuccess:
		c.success(m, out)
	}
}

// ticket takes a ticket. A majority of them begins phase 2, lines 2 and 3; who gives one later is
// asked to store the same command.
func (c *ticketClient) ticket(m *sim.Message, out *sim.Out) {
	if m.N < 1 || c.tickets[m.From] != 0 {
		return
	}
	c.tickets[m.From] = m.N
	c.answered.add(m.From)
	switch {
	case c.command != 0:
		c.store(m.From, out)
		return
	case m.VA != 0 && (c.told == 0 || c.support == "largest" && m.NA > c.toldN):
		c.told, c.toldN = m.VA, m.NA
	}
	if !c.answered.reached(len(c.servers)/2 + 1) {
		return
	}
	c.command = c.own
	if c.support != "own" && c.told != 0 {
		c.command = c.told
	}
	for _, n := range c.servers {
		if c.tickets[n] != 0 {
			c.store(n, out)
		}
	}
}

// store sends the command to a server, with that server's ticket.
func (c *ticketClient) store(to sim.Node, out *sim.Out) {
	m := sim.NewMessage(kindStore)
	m.N, m.V, m.Body = c.tickets[to], c.command, appendUint64(nil, uint64(c.attempt))
	out.Send(to, m)
}

// success is phase 3, lines 8 and 9: once a majority has stored the command, all servers are told
// to execute what they store, whatever that is by then (E-23).
func (c *ticketClient) success(m *sim.Message, out *sim.Out) {
	c.stored.add(m.From)
	if c.done || !c.stored.reached(len(c.servers)/2+1) {
		return
	}
	c.done = true
	out.Stop(timerTicketWait)
	out.Broadcast(c.servers, sim.NewMessage(kindExecute))
	c.hear(out)
}

// hear tells what comes of it: its command is on its way to be executed, or, if it supports others,
// the one that it stored is the only one that ever will be.
func (c *ticketClient) hear(out *sim.Out) {
	if c.heard == c.command {
		return
	}
	c.heard = c.command
	state := sim.History(0)
	if c.support != "own" {
		state = c.place.Log.Histories.Then(0, c.command)
	}
	out.Hear(c.own, state, 0)
}

// AppendState implements sim.Process.
func (c *ticketClient) AppendState(dst []byte) []byte {
	names := &c.place.Log.Names
	for _, x := range [...]uint64{uint64(c.attempt), c.answered.from, c.stored.from,
		uint64(c.toldN)} {
		dst = appendUint64(dst, x)
	}
	for _, n := range c.tickets {
		dst = appendUint64(dst, uint64(n))
	}
	for _, v := range [...]sim.Value{c.own, c.command, c.told, c.heard} {
		dst = append(append(dst, names.Bytes(v)...), 0)
	}
	if c.done {
		dst = append(dst, 1)
	}
	return dst
}

// Rows implements sim.Process.
func (c *ticketClient) Rows(cells []sim.Cell) {
	own := c.command
	if own == 0 {
		own = c.own
	}
	cells[rowTicketOwn] = sim.ValueCell(own)
	cells[rowTicketAnswer] = sim.ValueCell(c.heard)
}
