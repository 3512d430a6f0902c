package protocols

import (
	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// textbookLog is Multi-Paxos written out by hand, one message a slot, so that the rules which only
// a log has can be broken one by one (the wrong rules of PITFALLS.md, B-05 to B-55). A server leads
// because somebody says so, or by a rule that is too simple; nobody asks again, and a lost message
// stays lost.
var textbookLog = Protocol{
	Name:  "textbook-log",
	Title: "Multi-Paxos by the book, with rules to break",
	Seeds: []string{"A-M15"},
	Options: []Option{
		{Name: "elect", Values: []string{"told", "timeout"},
			Doc: "who stands: whom somebody tells to, or also who has heard no leader for a " +
				"timeout, whomever it reaches (B-52, B-54)"},
		{Name: "parts", Values: []string{"all", "first"},
			Doc: "how much of a promise must have come before it counts (B-24)"},
		{Name: "gaps", Values: []string{"no-op", "leave", "compact"},
			Doc: "what a new leader does with slots that nobody reported (B-26)"},
		{Name: "commit", Values: []string{"same-number", "any"},
			Doc: "which accepted value an announcement of a number makes chosen (B-28)"},
		{Name: "execute", Values: []string{"prefix", "each"},
			Doc: "whether a slot waits for those before it (B-29)"},
		{Name: "once", Values: []string{"yes", "no", "clock"},
			Doc: "whether a command that stands in two slots is executed once (B-31, B-55); " +
				"clock: it is forgotten after 100ms of the server's own time (B-36)"},
		{Name: "join", Values: []string{"keep", "drop"},
			Doc: "what a promise does to accepted values that are not known to be chosen (B-12)"},
		{Name: "snapshot", Values: []string{"whole", "no-promise", "no-votes", "no-sessions"},
			Doc: "what is lost when the log is cut at a snapshot (B-05, B-33, B-35)"},
		{Name: "members", Values: []string{"slot", "newest", "appended"},
			Doc: "which configuration governs a slot: the last one chosen below it, the newest " +
				"that is chosen, or the newest that is accepted (B-44, B-45, B-47)"},
		{Name: "joiner", Values: []string{"votes", "learns"},
			Doc: "what a new member does: it votes at once, of slots that it knows nothing of " +
				"too, or not before it has executed the change that names it (B-44, B-47)"},
		{Name: "promises", Values: []string{"every", "first"},
			Doc: "whose promises a leader needs: of the members of every slot that it proposes " +
				"in, or of its first one alone (B-44, B-46)"},
		{Name: "reads", Values: []string{"log", "local", "round", "any-round", "lease",
			"late-lease", "lost-lease", "checked-lease", "anywhere", "together"},
			Doc: "how get(k) is answered: by way of the log, by the leader from its own state " +
				"(B-38, B-39), when a majority confirmed that it leads, in a round of its own or " +
				"in any (B-40), or alone for 100ms after such a round began; late-lease: after " +
				"its answers; lost-lease: a restart ends it; checked-lease: it held when the " +
				"event before ended (B-43); anywhere: by any server that has executed what the " +
				"leader had; together: as the first that waits (B-41)"},
		{Name: "taken", Values: []string{"alone", "clears", "snapshot", "any-snapshot"},
			Doc: "what a server takes over from another: a slot alone; clears: and lets go of " +
				"its votes above it (B-34); snapshot: all that the other has executed, if " +
				"that is more than it has; any-snapshot: its state, even if it is less (B-37)"},
		{Name: "damage", Values: []string{"stop", "cut"},
			Doc: "what a server does with a disk that holds a damaged record: it stays down, or " +
				"drops what lies behind (B-07)"},
		{Name: "checksum", Values: []string{"yes", "no"},
			Doc: "whether a message that was damaged on its way is dropped, or taken for what " +
				"it has become: of another slot, or number (B-55)"},
	},
	Kinds: []Kind{requestKind, replyKind, prepareKind,
		{Name: "promise", Words: promiseKind.Words, Fields: []string{"n", "n_a", "v_a", "seq"}},
		acceptKind, acceptedKind,
		{Name: "chosen", Words: chosenKind.Words, Fields: []string{"n", "v", "seq"}},
		{Name: "fetch", Words: Words{"fetch"}, Fields: []string{"seq"}},
		{Name: "confirm", Words: Words{"confirm"}, Fields: []string{"n", "seq"}},
		{Name: "confirmed", Words: Words{"confirmed"}, Fields: []string{"n", "seq", "max"}},
		{Name: "snapshot", Words: Words{"snapshot"}, Fields: []string{"seq"}},
		{Name: "beat", Words: Words{"beat"}, Fields: []string{"n"}, Beat: true}},
	Rows:   multiPaxos.Rows,
	Timers: []string{"retry", "election", "beat"},
	Checks: []string{"agree", "chosen-once", "valid", "learn", "stable", "promise", "unique",
		"safe-proposal", "order", "prefix", "once", "linearizable", "all-execute", "decides",
		"no-progress"},
	To:       "the first server",
	MaxNodes: paxos.MaxNodes,
	Client:   true,
	Judged: func(p *sim.Place, _ Options) Judged {
		servers := p.With(sim.Server)
		return Judged{Acceptors: servers, Quorum: len(servers)/2 + 1,
			Accept: kindBookAccept + 1, AcceptPromises: true}
	},
	Open: openTextbookLog,
}

// The kinds of messages of textbook-log.
const (
	kindBookPrepare uint8 = iota + kindReply + 1
	kindBookPromise
	kindBookAccept
	kindBookAccepted
	kindBookChosen
	kindBookFetch
	kindBookConfirm
	kindBookConfirmed
	kindBookSnapshot
	kindBookBeat
)

// maxSlots bounds the log of a run: a slot beyond it, as a forged message may name, is ignored.
const maxSlots = 1 << 16

// ledger is what all servers of one run share.
type ledger struct {
	place    *sim.Place
	servers  []sim.Node // and spares
	founders uint64     // set of the first members
	governs  string
	stands   bool // leads without being told to
	numbers  *numbers
	parts    string
	gaps     string
	anyVote  bool // an announcement makes any accepted value chosen
	eager    bool // executes without waiting for the slots before
	once     string
	drops    bool // lets go of votes when it promises
	taken    string
	loses    string
	reads    string
	hasty    bool // proposes where it has asked for no promise
	learns   bool // who comes anew learns before it votes
	cuts     bool // starts with what lies before a damaged record
	believes bool // takes damaged messages for what they have become
}

func openTextbookLog(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
	b := &ledger{place: p, servers: p.With(sim.Server | sim.Spare), parts: o.Word("parts"),
		governs: o.Word("members"), stands: o.Word("elect") == "timeout",
		gaps: o.Word("gaps"), anyVote: o.Word("commit") == "any",
		eager: o.Word("execute") == "each", once: o.Word("once"),
		drops: o.Word("join") == "drop", loses: o.Word("snapshot"),
		reads: o.Word("reads"), hasty: o.Word("promises") == "first",
		learns: o.Word("joiner") == "learns",
		cuts:   o.Word("damage") == "cut", taken: o.Word("taken"),
		believes: o.Word("checksum") == "no"}
	for _, n := range p.With(sim.Server) {
		b.founders |= 1 << n
	}
	if b.founders == 0 {
		return nil, Error("textbook-log needs servers: servers S1 S2 S3")
	}
	var err error
	if b.numbers, err = newNumbers(p, "modular"); err != nil {
		return nil, err
	}
	return func(n sim.Node) sim.Process {
		if p.Roles[n]&(sim.Server|sim.Spare) == 0 {
			return &rowedClient{newClient(p, p.With(sim.Server)[:1]), rowLogAnswer}
		}
		return newScribe(b, n)
	}, nil
}

func newScribe(b *ledger, self sim.Node) *scribe {
	s := &scribe{ledger: b, service: newService(b.place, self), self: self,
		promised: sim.NoNumber, seen: sim.NoNumber}
	s.twice = b.once == "no"
	s.number = sim.NoNumber
	return s
}
