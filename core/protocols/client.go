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
	toOne    bool       // of initial, to the first that is not suspected alone
	oneByOne bool       // waits for an answer before the next command (Algorithm 1.3)
	numbered bool       // says which of its commands each is (E-07)
	open     []command  // oldest first; with oneByOne only the first unanswered is sent
	first    int        // of open: the oldest unanswered
	heard    []heard
	known    map[heard]bool // looked up only, never walked
	last     sim.Value      // text of the last answer

	suspected uint64 // set of nodes, by `C1 suspects S1` alone: no detector runs at a client
}

type command struct {
	value sim.Value
	to    []sim.Node
	sent  bool
	done  bool // answered
}

type heard struct {
	value sim.Value
	state sim.History
	text  sim.Value
}

func newClient(p *sim.Place, initial []sim.Node) *client {
	servers := p.With(sim.Server)
	if len(servers) == 0 {
		servers = initial
	}
	return &client{place: p, servers: servers, initial: initial, known: map[heard]bool{}}
}

// Step implements sim.Process.
func (c *client) Step(in *sim.Input, out *sim.Out) string {
	switch in.Kind {
	case sim.Boot, sim.Durable:
	case sim.Suspect, sim.Trust:
		c.detect(in)
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
	to := c.usual()
	if len(in.Peers) > 0 {
		to = slices.Clone(in.Peers)
	}
	out.Note(sim.Proposes, in.Value)
	c.open = append(c.open, command{value: in.Value, to: to})
	if !c.oneByOne || c.first == len(c.open)-1 {
		c.send(out, &c.open[len(c.open)-1])
	}
}

// usual returns where a command goes if it is not said.
func (c *client) usual() []sim.Node {
	if !c.toOne {
		return c.initial
	}
	for i, n := range c.initial {
		if c.suspected>>n&1 == 0 {
			return c.initial[i : i+1]
		}
	}
	return c.initial[:1]
}

// detect takes in whom a person lets it suspect or trust.
func (c *client) detect(in *sim.Input) {
	for _, n := range in.Peers {
		if in.Kind == sim.Suspect {
			c.suspected |= 1 << n
		} else {
			c.suspected &^= 1 << n
		}
	}
}

func (c *client) send(out *sim.Out, x *command) {
	m := sim.NewMessage(kindRequest)
	m.V = x.value
	if c.numbered {
		_, m.Seq = c.place.Command(x.value)
	}
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
	if v == 0 && c.first < len(c.open) {
		return &c.open[c.first]
	}
	for i := range c.open {
		if v != 0 && c.open[i].value == v {
			return &c.open[i]
		}
	}
	return nil
}

// retry sends every command again that was sent and is unanswered.
func (c *client) retry(out *sim.Out) {
	for i := c.first; i < len(c.open); i++ {
		if x := &c.open[i]; x.sent && !x.done {
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
	c.answered(m.V, out)
	c.hear(heard{value: m.V, state: m.H, text: m.VA}, out)
}

// hear tells of an answer, unless an identical one was heard before.
func (c *client) hear(h heard, out *sim.Out) {
	if c.known[h] {
		return
	}
	c.known[h] = true
	c.heard = append(c.heard, h)
	c.last = h.text
	out.Hear(h.value, h.state, h.text)
}

// answered takes a command off the list and goes on with the next.
func (c *client) answered(v sim.Value, out *sim.Out) {
	for i := c.first; i < len(c.open); i++ {
		if c.open[i].value == v {
			c.open[i].done = true
			break
		}
	}
	for c.first < len(c.open) && c.open[c.first].done {
		c.first++
	}
	if c.first == len(c.open) {
		out.Stop(timerRetry)
	} else if c.oneByOne && !c.open[c.first].sent {
		c.send(out, &c.open[c.first])
	}
}

// AppendState implements sim.Process.
func (c *client) AppendState(dst []byte) []byte {
	names := &c.place.Log.Names
	for _, x := range c.open {
		if x.done {
			continue
		}
		dst = append(append(dst, names.Bytes(x.value)...), '?')
		for _, n := range x.to {
			dst = append(dst, byte(n))
		}
	}
	if c.suspected != 0 {
		dst = appendUint64(append(dst, '!'), c.suspected)
	}
	var seen map[sim.History]int
	if len(c.heard) > fewHeard {
		seen = map[sim.History]int{0: 0}
	}
	for _, h := range c.heard {
		dst = append(h.append(dst, c.place.Log, seen), ';')
	}
	return dst
}

// append appends an answer; its state by way of seen, if there is one.
func (h heard) append(dst []byte, log *sim.Log, seen map[sim.History]int) []byte {
	dst = append(append(dst, log.Names.Bytes(h.value)...), '=')
	dst = append(append(dst, log.Names.Bytes(h.text)...), ':')
	if seen == nil {
		return appendHistory(dst, log, h.state)
	}
	return appendNewHistory(dst, log, h.state, seen)
}

// fewHeard is how many answers are written out in full.
const fewHeard = 8

// appendNewHistory appends h as the number of the longest part of it that was written before, and
// the commands behind that, last to first. So ten thousand answers that grow by a command each
// take no more than the last of them.
func appendNewHistory(dst []byte, log *sim.Log, h sim.History, seen map[sim.History]int) []byte {
	for {
		if n, ok := seen[h]; ok {
			return appendUint64(dst, uint64(n))
		}
		seen[h] = len(seen)
		var v sim.Value
		v, h = log.Histories.Last(h)
		dst = append(append(dst, log.Names.Bytes(v)...), ' ')
	}
}
