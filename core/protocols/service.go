package protocols

import "github.com/synodlab/synod/core/sim"

// service is what a server of any protocol has beside the protocol: the state machine, the
// commands executed so far, and what it answered to each, so that a command that comes again is
// answered again and not executed again (X-01, E-07).
type service struct {
	place    *sim.Place
	machine  machine
	history  sim.History
	answered map[sim.Value]answer // looked up only, never walked
	twice    bool                 // executes again what comes again: no sequence numbers (E-06)
}

type answer struct {
	state sim.History // what had been executed when the command was
	text  sim.Value
	slot  int64
}

func newService(p *sim.Place, self sim.Node) *service {
	return &service{place: p, machine: newMachine(p, self), answered: map[sim.Value]answer{}}
}

// onDelivery is the Step of a server that acts on messages alone. Told to do anything else, it says
// what its servers do.
func onDelivery(
	in *sim.Input, out *sim.Out, deliver func(*sim.Message, *sim.Out), theyDo string,
) string {
	switch in.Kind {
	case sim.Boot, sim.Durable, sim.Suspect, sim.Trust:
		return ""
	case sim.Deliver:
		deliver(in.Message, out)
		return ""
	}
	return theyDo
}

// done reports whether command v was executed here.
func (s *service) done(v sim.Value) bool {
	_, ok := s.answered[v]
	return ok
}

// execute executes v in slot, unless it was executed before.
func (s *service) execute(out *sim.Out, v sim.Value, slot int64) {
	if s.done(v) && !s.twice {
		return
	}
	text := s.carryOut(v, slot)
	out.Execute(slot, v, s.history, text)
}

// carryOut lets the machine execute v, and returns its answer. The trace is not told.
func (s *service) carryOut(v sim.Value, slot int64) sim.Value {
	client, _ := s.place.Command(v)
	s.history = s.place.Log.Histories.Then(s.history, v)
	text := s.place.Log.Names.Of(s.perform(s.place.Word(v), s.nodeName(client)))
	s.answered[v] = answer{state: s.history, text: text, slot: slot}
	return text
}

// perform lets the machine execute a command. What is no command of it, as a forged message may
// bring, changes nothing.
func (s *service) perform(command, client string) (answer string) {
	if CheckCommand(&s.place.Machine, command) != "" {
		return "no command"
	}
	return s.machine.execute(command, client)
}

func (s *service) nodeName(n sim.Node) string {
	if int(n) >= len(s.place.Nodes) {
		return ""
	}
	return s.place.Nodes[n]
}

// reply sends the answer to v to the client that issued it.
func (s *service) reply(out *sim.Out, v sim.Value) {
	client, _ := s.place.Command(v)
	if client == sim.NoNode {
		return
	}
	m := sim.NewMessage(kindReply)
	m.V, m.H, m.VA = v, s.answered[v].state, s.answered[v].text
	out.Send(client, m)
}

// appendState appends what the service has executed and holds.
func (s *service) appendState(dst []byte) []byte {
	dst = appendHistory(dst, s.place.Log, s.history)
	return s.machine.appendState(append(dst, '|'))
}

// AppendMachine appends the canonical bytes of the state machine alone; a machine that is nothing
// but its log is its history.
func (s *service) AppendMachine(dst []byte) []byte {
	if _, isLog := s.machine.(logMachine); isLog {
		return appendHistory(dst, s.place.Log, s.history)
	}
	return s.machine.appendState(dst)
}

func appendHistory(dst []byte, log *sim.Log, h sim.History) []byte {
	for _, v := range log.Histories.Append(nil, h) {
		dst = append(append(dst, log.Names.Bytes(v)...), ' ')
	}
	return dst
}
