package protocols

import "github.com/synodlab/synod/core/sim"

// singleServer is Meling's SingleServer (M-01, M-02): one server executes requests in the order in
// which they arrive, and answers. Everything after it exists because that server may crash.
var singleServer = Protocol{
	Name:   "single-server",
	Title:  "One server",
	Seeds:  []string{"A-M1"},
	Kinds:  []Kind{requestKind, replyKind},
	Rows:   []Row{rowState, rowAnswer},
	Timers: []string{"retry"},
	Checks: orderChecks,
	To:     "the server",
	Client: true,
	Open: func(p *sim.Place, _ Options) (func(sim.Node) sim.Process, error) {
		servers := p.With(sim.Server)
		if len(servers) != 1 {
			return nil, Error("single-server has exactly one server: servers S1")
		}
		return arrivalOrder(p, servers), nil
	},
}

// orderChecks are those that apply wherever servers execute clients' commands.
var orderChecks = []string{"order", "prefix", "once", "reply-durable", "linearizable", "lock",
	"agree", "stable", "all-execute", "no-progress"}

const (
	rowServerState = iota
	rowClientAnswer
	rowMachine // the machine's own rows follow
)

// arrivalOrder makes servers that execute what arrives when it arrives, and their clients.
func arrivalOrder(p *sim.Place, servers []sim.Node) func(sim.Node) sim.Process {
	return func(n sim.Node) sim.Process {
		if p.Roles[n]&sim.Server != 0 {
			return &arrivalServer{service: newService(p, n)}
		}
		return &rowedClient{newClient(p, servers), rowClientAnswer}
	}
}

// arrivalServer executes each request on arrival. Nothing of it is on disk.
type arrivalServer struct{ *service }

// Step implements sim.Process.
func (s *arrivalServer) Step(in *sim.Input, out *sim.Out) string {
	return onDelivery(in, out, s.deliver, "its servers do nothing but execute requests")
}

func (s *arrivalServer) deliver(m *sim.Message, out *sim.Out) {
	if m.Kind == kindRequest {
		s.execute(out, m.V, sim.NoNumber)
		s.reply(out, m.V)
	}
}

// AppendState implements sim.Process.
func (s *arrivalServer) AppendState(dst []byte) []byte { return s.appendState(dst) }

// Rows implements sim.Process.
func (s *arrivalServer) Rows(cells []sim.Cell) {
	cells[rowServerState] = sim.HistoryCell(s.history)
	s.machine.rows(cells[rowMachine:])
}

// rowedClient is a client whose answer stands in row answer.
type rowedClient struct {
	*client
	answer int
}

// Rows implements sim.Process.
func (c *rowedClient) Rows(cells []sim.Cell) { cells[c.answer] = sim.ValueCell(c.last) }
