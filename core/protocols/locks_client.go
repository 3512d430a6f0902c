package protocols

import "github.com/synodlab/synod/core/sim"

// lockClient takes its commands one at a time through the two phases of Algorithm 1.10.
type lockClient struct {
	place   *sim.Place
	servers []sim.Node
	needed  int
	keeps   bool
	wait    wait

	queue   []sim.Value // the first is under way
	phase   lockPhase
	attempt int64  // number of this attempt at phase 1: an answer to an earlier one is late
	held    quorum // whose locks it holds
	refused quorum // who refused in this attempt
	acked   quorum // who has acknowledged the command
	back    uint64 // set of servers to whom it gives a lock back, as far as it knows
	heard   []heard
	last    sim.Value
}

type lockPhase uint8

const (
	lockIdle    lockPhase = iota
	lockAsking            // phase 1
	lockWaiting           // between an attempt that failed and the next
	lockSending           // phase 2
)

// Step implements sim.Process.
func (c *lockClient) Step(in *sim.Input, out *sim.Out) string {
	switch in.Kind {
	case sim.Boot, sim.Durable, sim.Suspect, sim.Trust:
	case sim.Request:
		if len(in.Peers) > 0 {
			return "a client of locks sends its command to every server: say no `to`"
		}
		out.Note(sim.Proposes, in.Value)
		c.queue = append(c.queue, in.Value)
		if len(c.queue) == 1 {
			c.begin(out)
		}
	case sim.Deliver:
		c.deliver(in.Message, out)
	case sim.Fired:
		c.fired(in.Timer, out)
	default:
		return "a client of locks asks for them by itself"
	}
	return ""
}

func (c *lockClient) deliver(m *sim.Message, out *sim.Out) {
	if c.place.Roles[m.From]&sim.Server == 0 {
		return
	}
	switch m.Kind {
	case kindGranted:
		c.granted(m, out)
	case kindRefused:
		if c.phase == lockAsking && m.Seq == c.attempt {
			c.refused.add(m.From)
			if len(c.servers)-c.refused.size() < c.needed {
				c.fail(out)
			}
		}
	case kindReply:
		if m.V == 0 {
			c.back &^= 1 << m.From
			c.rest(out)
		} else {
			c.acknowledged(m, out)
		}
	}
}

// begin takes the next command to phase 1.
func (c *lockClient) begin(out *sim.Out) {
	out.Note(sim.Waits, c.queue[0])
	c.ask(out)
}

// ask is phase 1, line 1: it asks all servers for the lock, but for those whose lock it has kept.
func (c *lockClient) ask(out *sim.Out) {
	c.attempt++
	c.phase, c.refused = lockAsking, quorum{}
	out.Round(c.attempt)
	out.Set(timerPhase, c.place.Timeout)
	c.repeat(out)
}

// repeat sends again what is not answered: it may be lost.
func (c *lockClient) repeat(out *sim.Out) {
	ask, command, unlock := sim.NewMessage(kindLock), sim.NewMessage(kindRequest),
		sim.NewMessage(kindUnlock)
	ask.Seq, unlock.Seq = c.attempt, c.attempt
	for _, n := range c.servers {
		switch bit := uint64(1) << n; {
		case c.phase == lockAsking && (c.held.from|c.refused.from)&bit == 0:
			out.Send(n, ask)
		case c.phase == lockSending && c.acked.from&bit == 0:
			command.V = c.queue[0]
			out.Send(n, command)
		case c.back&bit != 0:
			out.Send(n, unlock)
		}
	}
	if c.place.Retry.Hi > 0 {
		out.Set(timerRetry, c.place.Retry)
	}
}

// granted takes a lock, or gives it back if it came too late to be of use. One that an earlier
// question got is as good as the present one, which is on its way to that server.
func (c *lockClient) granted(m *sim.Message, out *sim.Out) {
	switch {
	case m.Seq == c.attempt && c.phase == lockSending:
		c.held.add(m.From)
	case m.Seq == c.attempt && c.phase == lockAsking:
		c.held.add(m.From)
		if c.held.reached(c.needed) {
			c.send(out)
		}
	case c.phase != lockAsking && c.phase != lockSending && c.held.from>>m.From&1 == 0:
		c.back |= 1 << m.From
		c.repeat(out)
	}
}

// send is phase 2, lines 2 and 3: it holds enough locks, and sends its command to every server,
// again and again until each has acknowledged it.
func (c *lockClient) send(out *sim.Out) {
	c.phase, c.acked = lockSending, quorum{}
	out.Stop(timerPhase)
	out.Lead(sim.NoNumber)
	c.repeat(out)
}

// acknowledged takes in that a server has executed the command. When all whose locks it holds have,
// the command is executed, the answers are heard, and the locks are given back.
func (c *lockClient) acknowledged(m *sim.Message, out *sim.Out) {
	if c.phase != lockSending || m.V != c.queue[0] || c.acked.from>>m.From&1 == 1 {
		return
	}
	c.acked.add(m.From)
	c.hold(heard{m.V, m.H, m.VA})
	if c.held.from&^c.acked.from != 0 {
		return
	}
	for _, h := range c.heard {
		c.last = h.text
		out.Hear(h.value, h.state, h.text)
	}
	c.heard = c.heard[:0]
	out.StepDown(sim.NoNumber)
	out.Note(sim.Settled, c.queue[0])
	c.queue, c.phase = c.queue[1:], lockIdle
	c.giveBack(out)
	if len(c.queue) > 0 {
		c.begin(out)
	}
	c.rest(out)
}

// hold keeps an answer, once.
func (c *lockClient) hold(h heard) {
	for _, x := range c.heard {
		if x == h {
			return
		}
	}
	c.heard = append(c.heard, h)
}

// fail is lines 4 to 6: it got too few locks, gives them back, or keeps them, and waits before it
// asks again.
func (c *lockClient) fail(out *sim.Out) {
	c.phase = lockWaiting
	out.Stop(timerPhase)
	if !c.keeps {
		c.giveBack(out)
	}
	c.rest(out)
	out.Set(timerLockWait, c.wait.r)
}

// giveBack gives all locks back.
func (c *lockClient) giveBack(out *sim.Out) {
	c.back, c.held = c.held.from, quorum{}
	c.repeat(out)
}

// rest ends the repetitions when there is nothing to repeat.
func (c *lockClient) rest(out *sim.Out) {
	if c.back == 0 && (c.phase == lockIdle || c.phase == lockWaiting) {
		out.Stop(timerRetry)
	}
}

func (c *lockClient) fired(timer uint8, out *sim.Out) {
	switch {
	case timer == timerRetry:
		c.repeat(out)
	case timer == timerPhase && c.phase == lockAsking:
		c.fail(out)
	case timer == timerLockWait && c.phase == lockWaiting:
		c.ask(out)
	}
}

// AppendState implements sim.Process.
func (c *lockClient) AppendState(dst []byte) []byte {
	for _, x := range [...]uint64{uint64(c.attempt), c.held.from, c.refused.from, c.acked.from,
		c.back} {
		dst = appendUint64(dst, x)
	}
	dst = append(dst, byte(c.phase))
	for _, v := range c.queue {
		dst = append(append(dst, c.place.Log.Names.Bytes(v)...), 0)
	}
	for _, h := range c.heard {
		dst = append(h.append(append(dst, '&'), c.place.Log, nil), ';')
	}
	return append(append(dst, '='), c.place.Log.Names.Bytes(c.last)...)
}

// Rows implements sim.Process.
func (c *lockClient) Rows(cells []sim.Cell) {
	cells[rowLockAttempt] = sim.NumberCell(c.attempt)
	cells[rowLocksHeld] = sim.NumberCell(int64(c.held.size()))
	cells[rowLockAnswer] = sim.ValueCell(c.last)
}
