package scenario

import (
	"slices"
	"strconv"
)

// Micros is a length or a point of virtual time, in microseconds.
type Micros int64

// Lengths of virtual time.
const (
	Microsecond Micros = 1
	Millisecond        = 1000 * Microsecond
	Second             = 1000 * Millisecond
)

// String returns t as the language writes it: a whole number of the largest unit that fits.
func (t Micros) String() string {
	switch {
	case t%Millisecond != 0:
		return strconv.FormatInt(int64(t), 10) + "us"
	case t == 0 || t%Second != 0:
		return strconv.FormatInt(int64(t/Millisecond), 10) + "ms"
	}
	return strconv.FormatInt(int64(t/Second), 10) + "s"
}

// Span is an inclusive range of times; a single time has Lo == Hi.
type Span struct {
	Lo, Hi Micros
}

// Header is what a run starts from: the header lines of the common part, overridden by those of
// its case, the defaults of the language version for the rest.
type Header struct {
	Version  int // of the language: 1
	Title    string
	About    []string // one for each line
	Cites    []string
	Protocol Protocol
	Roles    []Role
	Nodes    []string // every node once, in the order in which the roles name them
	Machine  Machine
	Words    string // display vocabulary: lamport, karp, lin, marshall, eth, meling
	Seed     uint64
	Network  Network
	Links    []Link // in the order of the text: the later wins
	DiskSync Micros // until a write is durable
	Timeout  Span
	Detector Detector
	Retry    Retry
	ByHand   bool   // `schedule by-hand`: nothing moves unless a statement moves it
	Until    Micros // end of a timed run; 0: until quiet
}

// Protocol is the name of a protocol and its options, as written.
type Protocol struct {
	Pos     Pos
	Name    string
	Options []Option
}

// Option is `key=a,b`: at least one value.
type Option struct {
	Key    string
	Values []string
}

// Get returns the values of the option named key, or nil.
func (p *Protocol) Get(key string) []string {
	for _, o := range p.Options {
		if o.Key == key {
			return o.Values
		}
	}
	return nil
}

// Role is one role line: servers, proposers, acceptors, learners, clients, coordinator,
// participants or spares, and the nodes that it names. Servers have every role but client.
type Role struct {
	Name  string
	Nodes []string
}

// Role returns the nodes of the role of that name, or nil. The memory is the header's.
func (h *Header) Role(name string) []string {
	for _, r := range h.Roles {
		if r.Name == name {
			return r.Nodes
		}
	}
	return nil
}

// Has tells whether a role line names the node.
func (h *Header) Has(node string) bool { return slices.Contains(h.Nodes, node) }

// Machine is the state machine and its initial values: `register x=0`.
type Machine struct {
	Name  string // log, register, lock, bank, kv, dice
	Start []Option
}

// Network is how messages travel.
type Network struct {
	Delay     Span
	Loss      int // percent, 0..100
	Duplicate int // percent, 0..100
	Self      bool
	Reorder   bool
	Topology  string // shape that it begins with; empty: every node reaches every other
}

// Link overrides the network in one direction, for each pair of From and To. Only what is named
// is overridden: a nil Delay, or a share below 0, leaves the network's.
type Link struct {
	Pos       Pos
	From, To  []string
	Both      bool // `<->`
	Delay     *Span
	Loss      int
	Duplicate int
	Reorder   bool
}

// DetectorKind says how nodes come to suspect each other.
type DetectorKind uint8

// The detectors.
const (
	DetectorNone     DetectorKind = iota // by `suspects` alone
	DetectorAccurate                     // Time after a crash
	DetectorPings                        // by silence; a ping every Time
)

// Detector is the failure detector.
type Detector struct {
	Kind DetectorKind
	Time Micros
}

// RetryKind says to whom a client resends.
type RetryKind uint8

// Whom clients resend to.
const (
	RetryNever RetryKind = iota
	RetrySame
	RetryNext
	RetryAll
)

// Retry is how long a client waits for an answer, and whom it asks then.
type Retry struct {
	Kind RetryKind
	Time Micros
}

// defaults returns the header of an empty text in version 1 of the language.
func defaults() Header {
	return Header{
		Version: 1,
		Machine: Machine{Name: "log"},
		Words:   "lamport",
		Seed:    1,
		Network: Network{Delay: Span{10 * Millisecond, 10 * Millisecond}},
		Timeout: Span{100 * Millisecond, 200 * Millisecond},
	}
}
