package fuzz

import (
	"slices"
	"strings"

	"github.com/synodlab/synod/core/trace"
)

// census counts what faults a run met, and what they met: it follows the trace alone.
type census struct {
	log       *trace.Log
	matrix    *Matrix
	faults    Faults
	rested    bool
	notes     map[trace.Value]note // looked up only
	nodes     [trace.MaxNodes]resident
	links     []passage // by sender and receiver
	messages  []letter  // by identity
	issued    []issue   // by value
	lastReply [trace.MaxNodes]int64
	sent      trace.Record // the last sending
	lost      []lost
}

// resident is what is known of a node.
type resident struct {
	lives   uint8 // crashes so far
	role    Role
	ballot  int64 // of the round that it began last
	down    bool  // its role is then the one that it had
	resumed int64 // when it went on after a pause, plus 1
	unsaved int   // writes that are not durable
}

// passage is one direction between two nodes.
type passage struct {
	cut  bool
	last uint32 // the youngest message that arrived
	sent [32]uint32
}

// letter is a message on its way.
type letter struct {
	from, to uint8 // lives of its ends when it was sent
	copied   bool
	held     bool
	nth      uint32 // of its kind on its link
}

// issue is what is known of a command.
type issue struct {
	at              int64
	by              trace.Node
	asked, answered bool
}

// lost is a message that chance lost or copied: the nth of a kind on a link.
type lost struct {
	from, to trace.Node
	kind     uint8
	nth      uint32
	copied   bool
}

// note is a word of the trace that the census understands.
type note uint8

const (
	noteOther note = iota
	noteCuts
	noteMends
	noteHolds
	noteCorrupts
	notePauses
	noteResumes
	noteWiped
	noteProposes
	noteRound
	noteRested
	noteKeeps
	noteTears
	noteSlows
	noteDrifts
	noteAlarms
)

var noteOf = map[string]note{trace.Cuts: noteCuts, trace.Mends: noteMends, trace.Holds: noteHolds,
	trace.Corrupts: noteCorrupts, trace.Pauses: notePauses, trace.Resumes: noteResumes,
	trace.Wiped: noteWiped, trace.Proposes: noteProposes, trace.Round: noteRound,
	restText: noteRested, "torn record": noteTears, "disk stalls": noteSlows,
	trace.Alarm: noteAlarms}

// noteBefore are the notes that end in a number.
var noteBefore = map[string]note{"disk sync ": noteSlows, "disk keeps ": noteKeeps,
	"clock ": noteDrifts}

// noteFor returns what a text says.
func noteFor(text string) note {
	for before, n := range noteBefore {
		if strings.HasPrefix(text, before) {
			return n
		}
	}
	return noteOf[text]
}

func (c *census) begin(log *trace.Log, m *Matrix) {
	links := slices.Grow(c.links[:0], len(log.Nodes)*len(log.Nodes))
	links = links[:len(log.Nodes)*len(log.Nodes)]
	clear(links)
	*c = census{log: log, matrix: m, notes: map[trace.Value]note{}, links: links,
		messages: append(c.messages[:0], letter{}), issued: c.issued[:0], lost: c.lost[:0]}
	if m != nil {
		m.Kinds = log.Kinds[:len(log.Kinds)-1] // but the detector's ping
	}
}

// take takes in one record.
func (c *census) take(r *trace.Record) {
	switch r.Kind {
	case trace.Send:
		c.sends(r)
	case trace.Deliver:
		c.arrives(r)
	case trace.Lose:
		c.loses(r)
	case trace.Duplicate:
		c.copies(r)
	case trace.Write:
		c.nodes[r.Node].unsaved++
	case trace.Sync:
		c.nodes[r.Node].unsaved = max(0, c.nodes[r.Node].unsaved-1)
	case trace.Crash:
		c.crashes(r.Node)
	case trace.Restart:
		c.faults[Restarts]++
		n := &c.nodes[r.Node]
		n.down, n.role = false, Follower
	case trace.Reply:
		c.issue(r.Value).answered = true
		c.lastReply[r.Node] = r.At
	case trace.Lead:
		c.nodes[r.Node].role = Leader
	case trace.StepDown:
		c.nodes[r.Node].role = Follower
	case trace.Promise, trace.Accept:
		if n := &c.nodes[r.Node]; n.role == Candidate && r.Ballot > n.ballot {
			n.role = Follower
		}
	case trace.Note:
		c.notices(r)
	}
}

func (c *census) link(from, to trace.Node) *passage {
	return &c.links[int(from)*len(c.log.Nodes)+int(to)]
}

func (c *census) sends(r *trace.Record) {
	c.sent = *r
	l := c.link(r.From, r.To)
	l.sent[r.Type&31]++
	c.messages = append(c.messages, letter{from: c.nodes[r.From].lives, to: c.nodes[r.To].lives,
		nth: l.sent[r.Type&31]})
}

func (c *census) arrives(r *trace.Record) {
	n, m, l := &c.nodes[r.Node], c.letter(r.Message), c.link(r.From, r.To)
	met := Plain
	switch {
	case n.resumed == r.At+1:
		met = Paused
	case m.to != n.lives:
		met = Reborn
	case m.from != c.nodes[r.From].lives:
		met = Orphan
	case m.copied && r.Message <= l.last:
		met = Copied
	case m.held:
		met = Held
	case r.Message < l.last:
		met = Overtaken
	}
	l.last = max(l.last, r.Message)
	if met == Overtaken || met == Copied {
		c.faults[Reordered]++
	}
	c.meets(r, met)
}

// letter returns what is known of a message; one that the trace does not send has nothing.
func (c *census) letter(id uint32) *letter {
	if int(id) >= len(c.messages) {
		return &c.messages[0]
	}
	return &c.messages[id]
}

func (c *census) loses(r *trace.Record) {
	switch n := &c.nodes[r.To]; {
	case c.link(r.From, r.To).cut:
		c.faults[Severed]++
		c.meets(r, Cut)
	case n.down && r.Node == r.To:
		c.meets(r, Down)
	default:
		c.faults[Lost]++
		c.meets(r, Gone)
		c.remember(r, false)
	}
}

func (c *census) copies(r *trace.Record) {
	c.faults[Duplicated]++
	c.letter(r.Message).copied = true
	c.remember(r, true)
}

// remember keeps what a scenario may say in place of chance, which acts on what was sent just now
// and has no line of its own.
func (c *census) remember(r *trace.Record, copied bool) {
	if r.Message == c.sent.Message && r.Line == c.sent.Line && r.Node == r.From && r.Type > 0 {
		c.lost = append(c.lost, lost{from: r.From, to: r.To, kind: r.Type - 1,
			nth: c.letter(r.Message).nth, copied: copied})
	}
}

func (c *census) meets(r *trace.Record, met Met) {
	if c.matrix != nil {
		c.matrix.add(r.Type, c.roleOf(r.To), met)
	}
}

func (c *census) roleOf(n trace.Node) Role {
	if c.log.Nodes[n][0] == 'C' {
		return Client
	}
	return c.nodes[n].role
}

func (c *census) crashes(node trace.Node) {
	n := &c.nodes[node]
	c.faults[Crashes]++
	if n.unsaved > 0 {
		c.faults[Unsaved]++
	}
	*n = resident{lives: n.lives + 1, down: true, role: n.role}
}

func (c *census) issue(v trace.Value) *issue {
	for int(v) >= len(c.issued) {
		c.issued = append(c.issued, issue{})
	}
	return &c.issued[v]
}

// notices takes in a note.
func (c *census) notices(r *trace.Record) {
	what, known := c.notes[r.Note]
	if !known {
		what = noteFor(c.log.Names.Text(r.Note))
		c.notes[r.Note] = what
	}
	switch what {
	case noteCuts:
		c.faults[Cuts]++
		c.link(r.From, r.To).cut = true
	case noteMends:
		c.link(r.From, r.To).cut = false
	case noteHolds:
		c.faults[Holds]++
		c.letter(r.Message).held = true
	case noteCorrupts:
		c.faults[Corrupted]++
	case notePauses:
		c.faults[Pauses]++
	case noteResumes:
		c.nodes[r.Node].resumed = r.At + 1
	case noteWiped:
		c.faults[Wipes]++
	case noteProposes:
		x := c.issue(r.Value)
		x.at, x.by, x.asked = r.At, r.Node, true
	case noteRound:
		c.faults[Rounds]++
		c.nodes[r.Node].role, c.nodes[r.Node].ballot = Candidate, r.Ballot
	case noteRested:
		c.rested = true
	case noteKeeps:
		c.faults[Kept]++
	case noteTears:
		c.faults[Torn]++
	case noteSlows:
		c.faults[SlowDisks]++
	case noteDrifts:
		c.faults[Drifts]++
	case noteAlarms:
		c.faults[Alarms]++
	}
}
