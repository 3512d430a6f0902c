package protocols

import "github.com/synodlab/synod/core/sim"

// instanceClient is the client of Algorithm 1.13. It competes for one instance after the other
// until its own command is decided. The instance and the ticket that it tried last are on its disk:
// a client that forgot them would count answers to its earlier life (E-41).
type instanceClient struct {
	place   *sim.Place
	servers []sim.Node
	queue   []sim.Value // the first is under way
	blank   bool        // its disk is not the one that holds its tickets

	instance int64
	t        int64     // ticket number to try
	c        sim.Value // command of this attempt, 0 in phase 1
	oks      quorum
	adopted  sim.Value // the reported command with the largest T_store
	store    int64     // that T_store
	asked    uint64    // set of servers that were sent the proposal
	stored   quorum
	waits    bool // its command is decided, and nobody has answered it yet

	heard []heard
	known map[heard]bool // looked up only, never walked
	last  sim.Value
}

// Step implements sim.Process.
func (c *instanceClient) Step(in *sim.Input, out *sim.Out) string {
	switch in.Kind {
	case sim.Boot:
		c.blank = in.Disk.Wipes() > 0
		if b := in.Disk.Field(0); b != nil {
			c.instance, c.t = int64(getUint64(b)), int64(getUint64(b[8:]))
		}
	case sim.Durable, sim.Suspect, sim.Trust:
	case sim.Request, sim.Propose:
		return c.propose(in, out)
	case sim.Deliver:
		c.deliver(in.Message, out)
	case sim.Fired:
		if !c.waits {
			c.begin(out)
			break
		}
		c.tell(c.queue[0], out)
		out.Set(timerAttempt, c.place.Timeout)
	default:
		return "a client of instances proposes commands"
	}
	return ""
}

// propose takes in a command; without one a new attempt begins, which is allowed at any time.
func (c *instanceClient) propose(in *sim.Input, out *sim.Out) string {
	switch {
	case c.blank:
		return "it lost its disk, and cannot tell which tickets it has used (E-41)"
	case in.N != sim.NoNumber:
		return "it counts its tickets in every instance"
	case len(in.Peers) > 0:
		return "a client of instances asks every server: say no `to`"
	case in.Value == 0 && len(c.queue) == 0:
		return "it has no command under way"
	}
	if in.Value != 0 {
		out.Note(sim.Proposes, in.Value)
		c.queue = append(c.queue, in.Value)
		if len(c.queue) > 1 {
			return ""
		}
	}
	c.begin(out)
	return ""
}

// begin is lines 1 and 2 of Algorithm 1.13, in the present instance.
func (c *instanceClient) begin(out *sim.Out) {
	if len(c.queue) == 0 || c.t >= maxNumber {
		return
	}
	c.t++
	c.c, c.adopted, c.store, c.asked, c.waits = 0, 0, 0, 0, false
	c.oks, c.stored = quorum{}, quorum{}
	out.Write(0, appendUint64(appendUint64(nil, uint64(c.instance)), uint64(c.t)))
	out.Round(c.t)
	m := sim.NewMessage(kindInstanceAsk)
	m.N, m.Seq = c.t, c.instance
	out.Broadcast(c.servers, m)
	out.Set(timerAttempt, c.place.Timeout)
}

// tell is lines 20 and 21.
func (c *instanceClient) tell(v sim.Value, out *sim.Out) {
	m := sim.NewMessage(kindInstanceExecute)
	m.V, m.Seq = v, c.instance
	out.Broadcast(c.servers, m)
}

func (c *instanceClient) deliver(m *sim.Message, out *sim.Out) {
	if c.place.Roles[m.From]&sim.Server == 0 {
		return
	}
	mine := m.Seq == c.instance && m.N == c.t && len(c.queue) > 0 && !c.waits
	switch {
	case m.Kind == kindReply:
		c.reply(m, out)
	case m.Kind == kindInstanceOK && mine:
		c.ok(m, out)
	case m.Kind == kindInstanceSuccess && mine && c.c != 0:
		c.success(m, out)
	case m.Kind == kindInstanceExecute && m.Seq == c.instance && m.V != 0 && !c.waits:
		c.decided(m.V, out)
	}
}

// ok is lines 7 to 13. Who answers later than the majority is sent the proposal later.
func (c *instanceClient) ok(m *sim.Message, out *sim.Out) {
	c.oks.add(m.From)
	if c.c == 0 {
		if m.VA != 0 && m.NA > c.store {
			c.adopted, c.store = m.VA, m.NA
		}
		if !c.oks.reached(len(c.servers)/2 + 1) {
			return
		}
		if c.c = c.queue[0]; c.adopted != 0 {
			c.c = c.adopted
		}
	}
	proposal := sim.NewMessage(kindInstancePropose)
	proposal.N, proposal.V, proposal.Seq = c.t, c.c, c.instance
	for _, n := range c.servers {
		if (c.oks.from&^c.asked)>>n&1 == 1 {
			c.asked |= 1 << n
			out.Send(n, proposal)
		}
	}
}

// success is line 19.
func (c *instanceClient) success(m *sim.Message, out *sim.Out) {
	c.stored.add(m.From)
	if !c.stored.reached(len(c.servers)/2 + 1) {
		return
	}
	c.tell(c.c, out)
	c.decided(c.c, out)
}

// decided takes in what the present instance has decided. Its own command is done with when a
// server has answered it; until then it tells them again, for all that may have been lost.
func (c *instanceClient) decided(v sim.Value, out *sim.Out) {
	if len(c.queue) > 0 && c.queue[0] == v {
		if client, _ := c.place.Command(v); client != sim.NoNode {
			c.waits = true
			out.Set(timerAttempt, c.place.Timeout)
			return
		}
		out.Hear(v, 0, 0) // no server knows whom to answer
		c.queue = c.queue[1:]
	}
	c.next(out)
}

// next goes on to the next instance: with the next command, or with the same one if this instance
// decided another's.
func (c *instanceClient) next(out *sim.Out) {
	c.instance, c.t, c.c, c.waits = c.instance+1, 0, 0, false
	out.Stop(timerAttempt)
	c.begin(out)
}

// reply hears an answer, unless it heard an identical one before.
func (c *instanceClient) reply(m *sim.Message, out *sim.Out) {
	if h := (heard{m.V, m.H, m.VA}); !c.known[h] {
		c.known[h] = true
		c.heard = append(c.heard, h)
		c.last = m.VA
		out.Hear(h.value, h.state, h.text)
	}
	if len(c.queue) > 0 && c.queue[0] == m.V {
		c.queue = c.queue[1:]
		c.next(out)
	}
}

// AppendState implements sim.Process.
func (c *instanceClient) AppendState(dst []byte) []byte {
	for _, x := range [...]uint64{uint64(c.instance), uint64(c.t), c.oks.from, uint64(c.store),
		c.asked, c.stored.from} {
		dst = appendUint64(dst, x)
	}
	if c.waits {
		dst = append(dst, '!')
	}
	for _, v := range append([]sim.Value{c.c, c.adopted}, c.queue...) {
		dst = append(append(dst, c.place.Log.Names.Bytes(v)...), 0)
	}
	var seen map[sim.History]int
	if len(c.heard) > fewHeard {
		seen = map[sim.History]int{0: 0}
	}
	for _, h := range c.heard {
		dst = append(h.append(append(dst, '&'), c.place.Log, seen), ';')
	}
	return dst
}

// Rows implements sim.Process.
func (c *instanceClient) Rows(cells []sim.Cell) {
	own := c.c
	if own == 0 && len(c.queue) > 0 {
		own = c.queue[0]
	}
	cells[rowInstance] = sim.NumberCell(c.instance)
	cells[rowInstanceNumber] = sim.NumberCell(c.t)
	cells[rowInstanceOwn] = sim.ValueCell(own)
	cells[rowInstanceAnswer] = sim.ValueCell(c.last)
}
