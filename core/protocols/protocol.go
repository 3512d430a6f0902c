// Package protocols holds every runnable system of the teaching documents, one file each, and the
// protocol that ships as one of them.
//
// A [Protocol] is a name, the words in which its document speaks, options, and a constructor of
// processes for a sim.World.
//
// # A course
//
// Read in the order of [All], each file repairs what went wrong in the one before. An id is that of
// a scenario which shows it. What every server and every client has is in service.go, client.go and
// machine.go, why a majority is enough in quorum.go, and the words of all documents in words.go.
//
// Meling builds Paxos from the server up:
//
//	single_server.go       one server, which may crash (M-02)
//	two_servers.go         two, and nobody orders what they hear: whoops (M-05)
//	leader_accept.go       a leader does; its accepts overtake each other or get lost (M-07, M-11)
//	retrans_accept.go      sent again until learnt; but it answered and died with it (M-20)
//	wait_for_learn.go      it answers after a learn; a wall makes two leaders (M-27), and a third
//	                       server is no help against a wall and a crash (M-34)
//	leader_ids.go          leaders have names; but who leads again has its old one (M-39)
//	rounds.go              numbers in place of names, and promises; bare ones do not tell what
//	rounds_leader.go       was accepted (M-44). Of five, two that accepted are too few (M-51)
//
// The three before rounds.go are one server, orderer.go, by three sets of rules. Wattenhofer starts
// from clients, and finds the same acceptor on the way from locks to tickets:
//
//	client_server.go       resend, number, acknowledge; two clients, two orders (E-06, E-10)
//	serializer.go          one server orders; all hang on it (E-13)
//	locks.go               whoever has every lock orders; all hang on everybody (E-15, E-17)
//	locks_client.go
//	tickets.go             a lock that can be issued again; what is stored is taken for what was
//	tickets_client.go      stored by a majority (E-23, E-25, E-27)
//
// Karp and Marshall begin with what does not get as far, Lin with votes:
//
//	two_phase_commit.go    all must say yes, and wait for who asked (K-02, T-01)
//	three_phase_commit.go  nobody waits; a wall makes one commit and one abort (T-02)
//	primary_backup.go      the lowest that lives orders; pings make two of them (K-07 … K-09)
//	vote.go                a majority votes: once, for all, or after asking (L-02, L-03, L-06)
//
// And Paxos, for one value and for many:
//
//	paxos.go               the agents that ship; agents.go is one node of it, attempt.go when it
//	                       proposes, decree.go and numbers.go what a run shares
//	textbook.go            the same written out, with every rule of textbook_rules.go to change:
//	                       textbook_acceptor.go, textbook_proposer.go and textbook_learner.go
//	view_change.go         Karp's views, each agreed on by view_agreement.go (K-39); the data is
//	                       not (K-40)
//	instances.go           Algorithm 1.13 for one command after the other (E-39)
//	multi_paxos.go         the replica that ships (M-55)
//	textbook_log.go        a log written out, with the rules to break that only a log has
package protocols

import (
	"slices"
	"strings"

	"github.com/synodlab/synod/core/sim"
)

// Vocabularies are the languages in which people may read a run, the first by default.
var Vocabularies = []string{"lamport", "karp", "lin", "marshall", "eth", "meling"}

// Words is one thing by its name in each of the Vocabularies; an empty one is the first.
type Words [6]string

// In returns the word of a vocabulary.
func (w Words) In(vocabulary int) string {
	if w[vocabulary] != "" {
		return w[vocabulary]
	}
	return w[0]
}

// Is reports whether word is the thing's name in any vocabulary, ignoring case.
func (w Words) Is(word string) bool {
	for _, x := range w {
		if x != "" && strings.EqualFold(x, word) {
			return true
		}
	}
	return false
}

// All returns the words of every vocabulary that has its own.
func (w Words) All() []string {
	return slices.DeleteFunc(w[:], func(x string) bool { return x == "" })
}

// Kind is a kind of message: its words, and the fields that it has, by their names (n, v, n_a,
// v_a, seq, max, state), in the order in which labels show them.
type Kind struct {
	Name   string
	Words  Words
	Fields []string
	Shown  [6][]string // by vocabulary: what labels show in place of Fields, if not nil
	Beat   bool        // keeps no run from being quiet
}

// Label returns the fields that labels show in a vocabulary.
func (k *Kind) Label(vocabulary int) []string {
	if shown := k.Shown[vocabulary]; shown != nil {
		return shown
	}
	return k.Fields
}

// Row is a row of the table of state: its words, and how each writes that nothing is there.
type Row struct {
	Name  string
	Words Words
	None  Words
}

// Option is a setting of a protocol. Values are the words that it may be, the default first; TIME,
// RANGE, N and WORD stand for what is of that form, id*TIME for a factor in front of it.
type Option struct {
	Name   string
	Values []string
	List   bool // several values, with commas
	Doc    string
}

// Protocol is one runnable system.
type Protocol struct {
	Name    string
	Title   string
	Seeds   []string // ids of the systems that it is
	Options []Option
	Kinds   []Kind
	Rows    []Row
	Tables  [6][]string // by vocabulary: the rows of its own table, by name; nil: all
	Timers  []string
	Fields  []string // what its disks hold, by name
	Checks  []string // the named checks that apply
	To      string   // where a client's command goes if it is not said
	// MaxNodes is how many nodes it can have; 0: as many as a world.
	MaxNodes int
	// Decree are the kinds of a single decree, for a search: prepare, promise, accept, accepted and
	// chosen; nil if the protocol is none.
	Decree []uint8
	// Client says that client nodes issue commands; without it they have no part.
	Client bool
	// Judged tells the checks what they must know of a run.
	Judged func(p *sim.Place, o Options) Judged
	// Open returns the constructor of its nodes, or what is wrong with the place or the options.
	Open func(p *sim.Place, o Options) (func(sim.Node) sim.Process, error)
}

// Judged is what the checks must know of a run.
type Judged struct {
	Acceptors []sim.Node // whose accepts count; none if there is no such thing
	Quorum    int        // how many make a value chosen
	Accept    uint8      // kind of the message that asks to accept, plus 1; 0 if there is none
	// AcceptPromises says that accepting a number promises it too.
	AcceptPromises bool
}

// Options are the settings of one run: for each option of the protocol its values.
type Options map[string][]string

// Word returns the first value of option name.
func (o Options) Word(name string) string { return o[name][0] }

// Schema returns what a world must know of the protocol, with the rows of machine m.
func (p *Protocol) Schema(m *sim.Machine) *sim.Schema {
	s := &sim.Schema{Timers: p.Timers, Fields: p.Fields}
	for i, k := range p.Kinds {
		s.Kinds = append(s.Kinds, k.Name)
		if k.Beat {
			s.Beats = append(s.Beats, uint8(i))
		}
	}
	for _, r := range p.AllRows(m) {
		s.Rows = append(s.Rows, r.Name)
	}
	return s
}

// AllRows returns the rows of the protocol and, behind them, those of machine m.
func (p *Protocol) AllRows(m *sim.Machine) []Row {
	return append(append([]Row(nil), p.Rows...), machineRows(m)...)
}

// Find returns the protocol of that name, or nil.
func Find(name string) *Protocol {
	for _, p := range All {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// All are the protocols, in the order in which to read them.
var All = []*Protocol{
	&singleServer,
	&twoServers,
	&leaderAccept,
	&retransAccept,
	&waitForLearn,
	&leaderIDs,
	&roundsProtocol,
	&clientServer,
	&serializer,
	&locks,
	&tickets,
	&twoPhaseCommit,
	&threePhaseCommit,
	&primaryBackup,
	&voteProtocol,
	&paxosProtocol,
	&textbookProtocol,
	&viewChange,
	&instances,
	&multiPaxos,
	&textbookLog,
}

// Error is what is wrong with a place or an option, in words for the reader of the scenario.
type Error string

// Error returns these words, without a place: the caller knows the line.
func (e Error) Error() string { return string(e) }

// Given returns the options of one run: what is given, by name, and the defaults for the rest; or
// what is wrong with it.
func (p *Protocol) Given(name func(option string) []string) Options {
	o := Options{}
	for _, x := range p.Options {
		if o[x.Name] = name(x.Name); len(o[x.Name]) == 0 {
			o[x.Name] = x.Values[:1]
		}
	}
	return o
}
