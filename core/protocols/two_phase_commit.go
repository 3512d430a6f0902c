package protocols

import "github.com/synodlab/synod/core/sim"

// twoPhaseCommit is what banks do (K-02, T-01, E-18): a coordinator asks all sites whether they can
// commit, and commits only if every one said yes. Who said yes holds its locks until it hears the
// decision: without the coordinator nobody can tell it. Nobody here decides by a timeout.
var twoPhaseCommit = Protocol{
	Name:    "two-phase-commit",
	Title:   "Two-phase commit",
	Seeds:   []string{"A-2PC"},
	Options: commitOptions,
	Kinds:   commitKinds[:kindPreCommit],
	Rows:    commitRows,
	Timers:  []string{"retransmit"},
	Checks:  commitChecks,
	To:      "the coordinator: TC proposes t1",
	Open: func(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
		return openCommitment(p, o, false)
	},
}

var commitOptions = []Option{{Name: "retransmit", Values: []string{"never", "TIME"},
	Doc: "how often the coordinator says again what is not answered"}}

var commitKinds = []Kind{
	transactionKind("canCommit"),
	{Name: "vote", Words: Words{"vote"}, Fields: []string{"v", "v_a"}},
	transactionKind("doCommit"),
	transactionKind("abort"),
	{Name: "ack", Words: Words{"ack"}, Fields: []string{"v", "v_a"}},
	transactionKind("preCommit"),
}

func transactionKind(name string) Kind {
	return Kind{Name: name, Words: Words{name}, Fields: []string{"v"}}
}

const (
	kindCanCommit uint8 = iota
	kindVote
	kindDoCommit
	kindAbort
	kindAck
	kindPreCommit
)

const (
	timerAskAgain = iota
	timerWait
)

var commitRows = []Row{rowState, plainRow("locks")}

const (
	rowCommitState = iota
	rowCommitLocks
	rowCommitMachine
)

var commitChecks = []string{"atomic", "decides", "no-progress", "blocked"}

// commitment is what all sites of one run share.
type commitment struct {
	place       *sim.Place
	coordinator sim.Node
	sites       []sim.Node // the coordinator and the participants
	three       bool       // between the votes and the commit everybody hears how the votes went
	retransmit  wait
}

func openCommitment(p *sim.Place, o Options, three bool) (func(sim.Node) sim.Process, error) {
	c := &commitment{place: p, three: three, retransmit: parseWait(o.Word("retransmit")),
		sites: p.With(sim.Coordinator | sim.Participant)}
	coordinators := p.With(sim.Coordinator)
	if len(coordinators) != 1 || len(p.With(sim.Participant)) != len(c.sites)-1 ||
		len(c.sites) < 2 {
		return nil, Error("a commit protocol has one coordinator, and participants beside it: " +
			"coordinator TC, participants A B")
	}
	c.coordinator = coordinators[0]
	return func(n sim.Node) sim.Process { return &site{commitment: c, self: n} }, nil
}

// phase is how far a site has come with a transaction.
type phase uint8

const (
	initial      phase = iota // it has heard nothing
	waiting                   // the votes are asked for; a participant has voted yes
	preCommitted              // all have voted yes, and it is not done yet
	committed
	aborted
)

func (p phase) decided() bool { return p >= committed }

// says is the message that brings others into a phase.
var says = [...]uint8{waiting: kindCanCommit, preCommitted: kindPreCommit,
	committed: kindDoCommit, aborted: kindAbort}

// word names the phase of a site as tables show it.
func (s *site) word(p phase) string {
	if p == waiting && !s.three && s.self != s.coordinator {
		return "prepared"
	}
	return [...]string{"initial", "waiting", "pre-committed", "committed", "aborted"}[p]
}
