package protocols

import "github.com/synodlab/synod/core/sim"

// locks is ETH's Algorithm 1.10, the two-phase protocol (E-14 … E-19): a client asks all servers
// for their locks, and sends its command only if it holds every one of them. With locks=majority
// most of them are enough, with failed=keep a client that did not get enough keeps what it has:
// the questions that the chapter asks, each with its answer.
var locks = Protocol{
	Name:  "locks",
	Title: "The two-phase protocol, with locks",
	Seeds: []string{"A-E4"},
	Options: []Option{
		{Name: "locks", Values: []string{"all", "majority"},
			Doc: "how many servers' locks a client needs before it sends its command"},
		{Name: "failed", Values: []string{"release", "keep"},
			Doc: "what a client that got too few does with them while it waits"},
		{Name: "wait", Values: []string{"50ms", "RANGE"},
			Doc: "how long it waits before it asks again"},
	},
	Kinds: []Kind{
		{Name: "command", Words: Words{"command"}, Fields: []string{"v"}},
		{Name: "ack", Words: Words{"ack"}, Fields: []string{"state"}},
		{Name: "lock", Words: Words{"lock"}, Fields: []string{"seq"}},
		{Name: "granted", Words: Words{"granted"}, Fields: []string{"seq"}},
		{Name: "refused", Words: Words{"refused"}, Fields: []string{"seq"}},
		{Name: "unlock", Words: Words{"unlock"}, Fields: []string{"seq"}}},
	Rows: []Row{rowState, plainRow("locked"), plainRow("attempt"), plainRow("locks"),
		rowAnswer},
	Timers: []string{"retry", "phase", "wait"},
	Checks: append(orderChecks, "valid", "one-primary", "livelock", "blocked"),
	To:     "all servers",
	Client: true,
	Open:   openLocks,
}

const (
	kindLock uint8 = iota + kindReply + 1
	kindGranted
	kindRefused
	kindUnlock
)

const timerLockWait = timerPhase + 1

const (
	rowLockState = iota
	rowLockedBy
	rowLockAttempt
	rowLocksHeld
	rowLockAnswer
	rowLockMachine
)

func openLocks(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
	servers := p.With(sim.Server)
	if len(servers) == 0 {
		return nil, Error("locks needs servers that have one each: servers s1 s2 s3")
	}
	needed := len(servers)
	if o.Word("locks") == "majority" {
		needed = len(servers)/2 + 1
	}
	return func(n sim.Node) sim.Process {
		if p.Roles[n]&sim.Server != 0 {
			return &lockServer{service: newService(p, n), holder: sim.NoNode}
		}
		return &lockClient{place: p, servers: servers, needed: needed,
			keeps: o.Word("failed") == "keep", wait: parseWait(o.Word("wait"))}
	}, nil
}

// lockServer has one lock, and executes what it is sent: who sends holds the lock.
type lockServer struct {
	*service
	holder  sim.Node // NoNode: the lock is free
	attempt int64    // of the holder
}

// Step implements sim.Process.
func (s *lockServer) Step(in *sim.Input, out *sim.Out) string {
	return onDelivery(in, out, s.deliver,
		"its servers give their lock, take it back and execute commands")
}

func (s *lockServer) deliver(m *sim.Message, out *sim.Out) {
	answer := sim.NewMessage(kindGranted)
	answer.Seq = m.Seq
	switch m.Kind {
	case kindLock:
		if !s.asked(m) {
			return
		}
		if s.holder != m.From {
			answer.Kind = kindRefused
			out.Refuse(m.From, m.Seq, s.attempt)
		}
	case kindUnlock:
		if s.holder == m.From && m.Seq >= s.attempt {
			s.holder, s.attempt = sim.NoNode, 0
		}
		answer.Kind = kindReply
	case kindRequest:
		if m.V == 0 {
			return
		}
		s.execute(out, m.V, sim.NoNumber)
		answer = sim.NewMessage(kindReply)
		answer.V, answer.H, answer.VA = m.V, s.answered[m.V].state, s.answered[m.V].text
	default:
		return
	}
	out.Send(m.From, answer)
}

// asked gives the lock to who asks for it, if it is free or that client's already. It reports false
// for a question that is older than the one that this client's lock answers.
func (s *lockServer) asked(m *sim.Message) bool {
	if s.holder == m.From && m.Seq < s.attempt {
		return false
	}
	if s.holder == sim.NoNode || s.holder == m.From {
		s.holder, s.attempt = m.From, m.Seq
	}
	return true
}

// AppendState implements sim.Process.
func (s *lockServer) AppendState(dst []byte) []byte {
	return appendUint64(append(s.appendState(dst), '|', byte(s.holder)), uint64(s.attempt))
}

// Rows implements sim.Process.
func (s *lockServer) Rows(cells []sim.Cell) {
	cells[rowLockState] = sim.HistoryCell(s.history)
	cells[rowLockedBy] = sim.ValueCell(s.place.Log.Names.Of(s.nodeName(s.holder)))
	s.machine.rows(cells[rowLockMachine:])
}
