package protocols

import (
	"strconv"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// multiPaxos is the replica that ships, on disks and links of the world: the same code that a node
// runs, with the same machine above it (A-M15, M-55). Commands may be sent to any server; one that
// does not lead forwards them. Spares learn, and may join.
var multiPaxos = Protocol{
	Name:  "multi-paxos",
	Title: "Multi-Paxos, the replica that ships",
	Seeds: []string{"A-M15"},
	Options: []Option{
		{Name: "window", Values: []string{"N"},
			Doc: "slots that may be open, and after which members change: a power of two; 64"},
		{Name: "snapshot", Values: []string{"never", "N"},
			Doc: "slots after which a server writes a snapshot and lets go of its log"},
		{Name: "apply", Values: []string{"at-once", "TIME"},
			Doc: "how long a slow server takes to execute a slot"},
		{Name: "slow", Values: []string{"every-server", "WORD"}, List: true,
			Doc: "the servers to which apply applies"},
	},
	Kinds: []Kind{requestKind, replyKind,
		{Name: "beat", Words: Words{"beat"}, Fields: []string{"n"}, Beat: true},
		prepareKind, promiseKind, acceptKind, acceptedKind, nackKind, chosenKind,
		{Name: "fetch", Words: Words{"fetch"}, Fields: []string{"seq"}}, forwardKind,
		{Name: "snapshot", Words: Words{"snapshot"}, Fields: []string{"seq"}},
		{Name: "reconfigure", Words: Words{"reconfigure"}, Fields: []string{"v"}}},
	Rows:   []Row{rowPromised, rowBallot, rowLeader, rowLog, rowExec, rowState, rowAnswer},
	Timers: []string{"retry", "election", "beat", "apply"},
	Fields: []string{"snapshot"},
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
	kindLogSnapshot
	kindLogReconfigure
)

const (
	timerElection = iota + timerRetry + 1
	timerBeat
	timerApply
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
func logLimits(window int) paxos.Limits {
	return paxos.Limits{Window: window, EntryBytes: maxValueBytes, WindowBytes: 16 << 10,
		BatchEntries: min(batchEntries, window), BatchBytes: 16 << 10}
}

// batchEntries is how many entries a message or a record has at most.
const batchEntries = 16

const (
	defaultWindow = 64
	maxLogWindow  = 1 << 12
)

// ensemble is what all servers of one run share.
type ensemble struct {
	servers  []sim.Node
	all      paxos.NodeSet // and spares
	numbers  *numbers
	genesis  paxos.Genesis
	snapshot paxos.Slot // slots from one snapshot to the next; 0: there are none
	apply    sim.Micros // that a slow server takes for a slot
	slow     paxos.NodeSet
}

func openMultiPaxos(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
	e := &ensemble{servers: p.With(sim.Server)}
	if len(e.servers) == 0 {
		return nil, Error("multi-paxos needs servers: servers S1 S2 S3")
	}
	window := defaultWindow
	if text := o.Word("window"); text != "N" {
		window = int(number(text))
	}
	if window < 1 || window > maxLogWindow || window&(window-1) != 0 {
		return nil, Error("window must be a power of two, 1 to " + strconv.Itoa(maxLogWindow))
	}
	if text := o.Word("snapshot"); text != "never" {
		e.snapshot = paxos.Slot(max(number(text), 1))
	}
	if err := e.slows(p, o); err != nil {
		return nil, err
	}
	var err error
	if e.numbers, err = newNumbers(p, "modular"); err != nil {
		return nil, err
	}
	e.numbers.proposers = p.With(sim.Server | sim.Spare)
	if p.Reborn {
		e.numbers.wide = 0
	}
	for _, n := range e.numbers.proposers {
		e.all = e.all.With(paxos.NodeID(n))
	}
	e.genesis = paxos.Genesis{Name: "scenario", Limits: logLimits(window)}
	for _, n := range e.servers {
		e.genesis.Founders[n] = diskOf(n, 0)
	}
	return func(n sim.Node) sim.Process {
		if p.Roles[n]&(sim.Server|sim.Spare) == 0 {
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
	out     *paxos.Output
	started bool
	role    paxos.Role
	ballot  paxos.Ballot

	era      paxos.Era                    // newest that the trace was told of
	disks    [paxos.MaxNodes]paxos.DiskID // that other servers said they have
	wish     wish
	base     paxos.Slot // slots up to it are in the snapshot alone
	lsns     []logged   // records of the stream, oldest first
	unsynced []logged   // records that are not durable yet
	image    image

	asked   []sim.Value   // commands that clients sent here and that are not executed here
	queue   []sim.Value   // of these, those that are not under way
	written []voted       // what the records state that are not durable yet
	decided []paxos.Entry // by slot, from base+1: what peers may have to be supplied with
	backlog []overdue     // what a slow server has not executed yet; consecutive slots
	arena   [batchEntries]paxos.Entry
	bytes   []byte
	shown   shown
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
		if in.Timer == timerApply {
			m.catchUp(out)
		} else {
			m.replica.Tick(now)
		}
	case sim.Durable:
		m.persisted(in.LSN, out)
		m.install(in.LSN, now, out)
	case sim.Lead:
		if in.N != sim.NoNumber {
			return "a replica numbers its ballots by itself"
		}
		if m.replica.Campaign() != paxos.Taken {
			return "it is no voter"
		}
	case sim.Join, sim.Leave, sim.Members:
		if refusal := m.wants(in); refusal != "" {
			return refusal
		}
	case sim.Suspect, sim.Trust:
		return "its replicas find out by themselves who leads: by beats"
	default:
		return "its servers replicate what clients send"
	}
	m.drain(now, out)
	return ""
}
