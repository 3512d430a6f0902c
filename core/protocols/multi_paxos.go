package protocols

import (
	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// multiPaxos is the replica that ships, on disks and links of the world: the same code that a node
// runs, with the same machine above it (A-M15, M-55). Commands may be sent to any server; one that
// does not lead forwards them.
var multiPaxos = Protocol{
	Name:  "multi-paxos",
	Title: "Multi-Paxos, the replica that ships",
	Seeds: []string{"A-M15"},
	Kinds: []Kind{requestKind, replyKind,
		{Name: "beat", Words: Words{"beat"}, Fields: []string{"n"}, Beat: true},
		prepareKind, promiseKind, acceptKind, acceptedKind, nackKind, chosenKind,
		{Name: "fetch", Words: Words{"fetch"}, Fields: []string{"seq"}}, forwardKind},
	Rows:   []Row{rowPromised, rowBallot, rowLeader, rowLog, rowExec, rowState, rowAnswer},
	Timers: []string{"retry", "election", "beat"},
	Checks: []string{"agree", "chosen-once", "valid", "learn", "stable", "promise", "unique",
		"safe-proposal", "order", "prefix", "once", "reply-durable", "lock", "linearizable",
		"all-execute", "decides", "no-progress", "livelock"},
	To:       "the first server",
	MaxNodes: paxos.MaxNodes,
	Client:   true,
	Judged: func(p *sim.Place, _ Options) Judged {
		servers := p.With(sim.Server)
		return Judged{Acceptors: servers, Quorum: len(servers)/2 + 1, Accept: kindLogAccept + 1,
			AcceptPromises: true}
	},
	Open: openMultiPaxos,
}

// The kinds of messages of multi-paxos. The core's are in its own order.
const (
	kindLogBeat uint8 = iota + kindReply + 1
	kindLogPrepare
	kindLogPromise
	kindLogAccept
	kindLogAccepted
	kindLogNack
	kindLogChosen
	kindLogFetch
	kindLogForward
)

const (
	timerElection = iota + timerRetry + 1
	timerBeat
)

const (
	rowLogPromised = iota
	rowLogBallot
	rowLogLeader
	rowLogLog
	rowLogExecuted
	rowLogState
	rowLogAnswer
	rowLogMachine
)

// logLimits are the sizes of a cluster in a scenario: small enough for a tab that holds many.
var logLimits = paxos.Limits{Window: 64, EntryBytes: maxValueBytes, WindowBytes: 64 << 10,
	BatchEntries: 16, BatchBytes: 16 << 10}

// ensemble is what all servers of one run share.
type ensemble struct {
	servers []sim.Node
	numbers *numbers
	genesis paxos.Genesis
}

func openMultiPaxos(p *sim.Place, _ Options) (func(sim.Node) sim.Process, error) {
	e := &ensemble{servers: p.With(sim.Server)}
	if len(e.servers) == 0 {
		return nil, Error("multi-paxos needs servers: servers S1 S2 S3")
	}
	var err error
	if e.numbers, err = newNumbers(p, "modular"); err != nil {
		return nil, err
	}
	e.genesis = paxos.Genesis{Name: "scenario", Limits: logLimits}
	for _, n := range e.servers {
		e.genesis.Founders[n] = diskOf(n, 0)
	}
	return func(n sim.Node) sim.Process {
		if p.Roles[n]&sim.Server == 0 {
			return &rowedClient{newClient(p, e.servers[:1]), rowLogAnswer}
		}
		return &member{ensemble: e, self: n, service: newService(p, n)}
	}, nil
}

// diskOf returns the identity of the disk of a node: the founder's, or the one that came after it
// was wiped, which is another.
func diskOf(n sim.Node, wiped int) paxos.DiskID {
	return paxos.DiskID{0: byte(n) + 1, 8: byte(wiped), 9: byte(wiped >> 8), 10: byte(wiped >> 16)}
}

// member is one server: a replica, its driver, and the service above it.
type member struct {
	*ensemble
	*service
	self    sim.Node
	replica *paxos.Replica
	out     paxos.Output
	ahead   sim.LSN // how far the disk's positions, which a crash uses up, are ahead of the log's
	role    paxos.Role
	ballot  paxos.Ballot

	asked   []sim.Value   // commands that clients sent here and that are not executed here
	queue   []sim.Value   // of these, those that are not under way
	written []voted       // records that are not durable yet, and what they state
	decided []paxos.Entry // by slot, from 1: what peers may have to be supplied with
	arena   [256]paxos.Entry
	bytes   []byte
}

// voted is a vote that is told when its record is durable.
type voted struct {
	lsn    paxos.LSN
	ballot paxos.Ballot
	slot   paxos.Slot
	value  sim.Value // 0: a promise
}

// Step implements sim.Process. It is the driver of the replica: inputs, then Drain until there is
// nothing more to do.
func (m *member) Step(in *sim.Input, out *sim.Out) (refusal string) {
	out.Free()
	now := paxos.Time(in.Now) * 1000
	switch in.Kind {
	case sim.Boot:
		m.boot(in.Disk, now, out)
	case sim.Deliver:
		m.deliver(in.Message, now, out)
	case sim.Fired:
		m.replica.Tick(now)
	case sim.Durable:
		to := paxos.LSN(in.LSN - m.ahead)
		m.replica.Persisted(to)
		m.tell(to, out)
	case sim.Lead:
		if in.N != sim.NoNumber {
			return "a replica numbers its ballots by itself"
		}
		if m.replica.Campaign() != paxos.Taken {
			return "it is no voter"
		}
	case sim.Suspect, sim.Trust:
		return "its replicas find out by themselves who leads: by beats"
	default:
		return "its servers replicate what clients send"
	}
	m.drain(now, out)
	return ""
}
