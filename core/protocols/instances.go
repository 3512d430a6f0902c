package protocols

import "github.com/synodlab/synod/core/sim"

// instances is Algorithm 1.13 with an instance number in every message (E-35, E-39, E-40): the k-th
// instance decides the k-th command, and any client may compete for the next one as soon as it
// knows the last. A server that missed decisions asks the others for them.
var instances = Protocol{
	Name:  "instances",
	Title: "Paxos, instance after instance",
	Seeds: []string{"A-E8"},
	Kinds: []Kind{
		{Name: "catch-up", Words: Words{"catch-up"}, Fields: []string{"seq"}},
		replyKind,
		instanceKind(prepareKind, "n", "seq"),
		instanceKind(promiseKind, "n", "n_a", "v_a", "seq"),
		instanceKind(acceptKind, "n", "v", "seq"),
		instanceKind(acceptedKind, "n", "seq"),
		instanceKind(chosenKind, "v", "seq")},
	Rows: []Row{plainRow("instance"), rowPromised, rowAccepted, rowAcceptedValue, rowNumber,
		rowProposed, rowState, rowAnswer},
	Timers: []string{"phase"},
	Fields: []string{"n"},
	Checks: []string{"agree", "chosen-once", "valid", "learn", "stable", "promise", "unique",
		"safe-proposal", "order", "prefix", "once", "reply-durable", "linearizable",
		"all-execute", "decides", "no-progress", "livelock"},
	To:     "all servers",
	Client: true,
	Judged: func(p *sim.Place, _ Options) Judged {
		servers := p.With(sim.Server)
		return Judged{Acceptors: servers, Quorum: len(servers)/2 + 1,
			Accept: kindInstancePropose + 1}
	},
	Open: func(p *sim.Place, _ Options) (func(sim.Node) sim.Process, error) {
		servers := p.With(sim.Server)
		if len(servers) == 0 {
			return nil, Error("instances needs servers: servers s1 s2 s3")
		}
		return func(n sim.Node) sim.Process {
			if p.Roles[n]&sim.Server != 0 {
				return &instanceServer{service: newService(p, n),
					others: without(servers, n)}
			}
			return &instanceClient{place: p, servers: servers, instance: 1,
				known: map[heard]bool{}}
		}, nil
	},
}

// instanceKind is a kind of Algorithm 1.13 with an instance number.
func instanceKind(k Kind, fields ...string) Kind {
	return Kind{Name: k.Name, Words: k.Words, Fields: fields}
}

const (
	kindCatchUp         uint8 = iota
	_                         // kindReply
	kindInstanceAsk           // phase 1
	kindInstanceOK            //
	kindInstancePropose       // phase 2
	kindInstanceSuccess       //
	kindInstanceExecute       // phase 3, and the answer to who asks for a decided instance
)

const timerAttempt = 0

const (
	rowInstance = iota
	rowInstanceMax
	rowInstanceStore
	rowInstanceCommand
	rowInstanceNumber
	rowInstanceOwn
	rowInstanceState
	rowInstanceAnswer
	rowInstanceMachine
)

// maxInstances bounds the instances of a run: one beyond, as a forged message may name, is ignored.
const maxInstances = 1 << 16

// maxTold is how many decisions answer one question of a server that is behind.
const maxTold = 64
