package protocols

import (
	"slices"

	"github.com/synodlab/synod/core/sim"
)

// client is the client of every protocol that has servers. It numbers its commands, sends each to
// where it is told or where the protocol wants it, sends again what is not answered in time, and
// suppresses answers that it has heard before.
type client struct {
	place    *sim.Place
	servers  []sim.Node // whom a retry may go to, in order
	initial  []sim.Node // where a command goes if it is not said
	oneByOne bool       // waits for an answer before the next command (Algorithm 1.3)
	open     []command  // unanswered, oldest first; with oneByOne only the first is sent
	heard    []heard
	last     sim.Value // text of the last answer
}

type command struct {
	value sim.Value
	to    []sim.Node
	sent  bool
}

type heard struct {
	value sim.Value
	state sim.History
	text  sim.Value
}

func newClient(p *sim.Place, initial []sim.Node) *client {
	return &client{place: p, servers: p.With(sim.Server), initial: initial}
}

// Step implements sim.Process.
func (c *client) Step(in *sim.Input, out *sim.Out) string {
	switch in.Kind {
	case sim.Boot, sim.Durable, sim.Suspect, sim.Trust:
	case sim.Request:
		c.request(in, out)
	case sim.Resend:
		return c.resend(in, out)
	case sim.Fired:
		c.retry(out)
	case sim.Deliver:
		if in.Message.Kind == kindReply {
			c.reply(in.Message, out)
		}
	default:
		return "a client only sends commands"
	}
	return ""
}

func (c *client) request(in *sim.Input, out *sim.Out) {
	to := c.initial
	if len(in.Peers) > 0 {
		to = slices.Clone(in.Peers)
	}
	out.Note(sim.Proposes, in.Value)
	c.open = append(c.open, command{value: in.Value, to: to})
	if !c.oneByOne || len(c.open) == 1 {
		c.send(out, &c.open[len(c.open)-1])
	}
}

func (c *client) send(out *sim.Out, x *command) {
	m := sim.NewMessage(kindRequest)
	m.V = x.value
	x.sent = true
	out.Broadcast(x.to, m)
	if c.place.Retry.Hi > 0 {
		out.Set(timerRetry, c.place.Retry)
	}
}

// resend sends a command again because a person wants it: the oldest unanswered, or one by name,
// answered or not.
func (c *client) resend(in *sim.Input, out *sim.Out) string {
	x := c.find(in.Value)
	if x == nil {
		return "it has no such unanswered command"
	}
	if len(in.Peers) > 0 {
		x.to = slices.Clone(in.Peers)
	}
	out.Note(sim.Resends, x.value)
	c.send(out, x)
	return ""
}

func (c *client) find(v sim.Value) *command {
	for i := range c.open {
		if v == 0 || c.open[i].value == v {
			return &c.open[i]
		}
	}
	if v != 0 && slices.ContainsFunc(c.heard, func(h heard) bool { return h.value == v }) {
		return &command{value: v, to: c.initial}
	}
	return nil
}

// retry sends every command again that was sent and is unanswered.
func (c *client) retry(out *sim.Out) {
	for i := range c.open {
		if x := &c.open[i]; x.sent {
			x.to = c.retryTo(x.to)
			out.Note(sim.Resends, x.value)
			c.send(out, x)
		}
	}
}

func (c *client) retryTo(last []sim.Node) []sim.Node {
	switch c.place.RetryTo {
	case sim.RetryNext:
		i := slices.Index(c.servers, last[len(last)-1])
		i = (i + 1) % len(c.servers)
		return c.servers[i : i+1]
	case sim.RetryAll:
		return c.servers
	}
	return last
}

// reply hears an answer, unless it heard an identical one before.
func (c *client) reply(m *sim.Message, out *sim.Out) {
	h := heard{value: m.V, state: m.H, text: m.VA}
	c.answered(m.V, out)
	if slices.Contains(c.heard, h) {
		return
	}
	c.heard = append(c.heard, h)
	c.last = m.VA
	out.Hear(m.V, m.H, m.VA)
}

// answered takes a command off the list and goes on with the next.
func (c *client) answered(v sim.Value, out *sim.Out) {
	c.open = slices.DeleteFunc(c.open, func(x command) bool { return x.value == v })
	if len(c.open) == 0 {
		out.Stop(timerRetry)
	} else if c.oneByOne && !c.open[0].sent {
		c.send(out, &c.open[0])
	}
}

// AppendState implements sim.Process.
func (c *client) AppendState(dst []byte) []byte {
	names := &c.place.Log.Names
	for _, x := range c.open {
		dst = append(append(dst, names.Bytes(x.value)...), '?')
		for _, n := range x.to {
			dst = append(dst, byte(n))
		}
	}
	for _, h := range c.heard {
		dst = append(append(dst, names.Bytes(h.value)...), '=')
		dst = append(append(dst, names.Bytes(h.text)...), ':')
		dst = append(appendHistory(dst, c.place.Log, h.state), ';')
	}
	return dst
}
