// Package protocols holds every runnable system of the teaching documents, one file each, and the
// protocol that ships as one of them.
//
// A [Protocol] is a name, the words in which its document speaks, options, and a constructor of
// processes for a sim.World. Read the files in the order of [All]: each repairs what went wrong in
// the one before.
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
