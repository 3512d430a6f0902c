package fuzz

import (
	"slices"
	"strconv"
	"strings"
)

// Millis is virtual time in milliseconds: what a plan reckons in.
type Millis int

// Plan is one run: a cluster, its world, and what is done to it. It is a scenario that can be made
// smaller.
type Plan struct {
	Seed     uint64
	Protocol string   // name and options
	Servers  int      // S1, S2, …
	Spares   int      // servers behind these, which are no members at first
	Clients  []int    // C1, C2, … by number: shrinking takes some away
	World    []Option // header lines that may be left out, each alone
	Steps    []Step   // by time
	Until    Millis   // when the run ends at the latest
	Recovers bool     // everything heals by the steps, and must have recovered at the end
	Rest     Millis   // a run that recovers ends so long after it came to rest; 0: at Until
	Patience Millis   // what a cluster that is healed must be given to recover
	Claims   []string // expectations, in the language
	Title    string
	About    []string
}

// Option is a header line, and what it may be in a simpler world.
type Option struct {
	Line    string
	Simpler []string // simplest first; "" leaves the line out
}

// Step is a statement of a scenario, at a time.
type Step struct {
	At   Millis
	Text string
	Try  bool // it may come to nothing
}

// restText is the note at whose time what has healed must have recovered.
const restText = "what is up must hold the same now"

// Text returns the scenario of the plan. What runs is one chain of steps, each so long after the
// one before.
func (p *Plan) Text() string { return p.text(false) }

// Shown returns the same scenario for readers: each step with its own time.
func (p *Plan) Shown() string { return p.text(true) }

func (p *Plan) text(shown bool) string {
	w := &writer{shown: shown}
	w.header(p)
	for i := range p.Steps {
		w.step(&p.Steps[i])
	}
	w.ending(p)
	for _, claim := range p.Claims {
		w.line("expect ", claim)
	}
	return w.b.String()
}

// writer writes a plan as a scenario.
type writer struct {
	b     strings.Builder
	now   Millis
	shown bool
}

func (w *writer) line(parts ...string) {
	for _, part := range parts {
		w.b.WriteString(part)
	}
	w.b.WriteByte('\n')
}

func (w *writer) header(p *Plan) {
	if p.Title != "" {
		w.line("title ", p.Title)
	}
	for _, about := range p.About {
		w.line("about ", about)
	}
	w.line("protocol ", p.Protocol)
	w.line("servers S1..S", strconv.Itoa(p.Servers))
	if p.Spares > 0 {
		w.line("spares ", server(p.Servers+1), "..", server(p.all()))
	}
	if len(p.Clients) > 0 {
		w.line("clients ", names("C", p.Clients))
	}
	w.line("machine kv")
	w.line("seed ", strconv.FormatUint(p.Seed, 10))
	for _, o := range p.World {
		if o.Line != "" {
			w.line(o.Line)
		}
	}
}

func (w *writer) step(s *Step) {
	switch {
	case w.shown:
		w.b.WriteString("at " + s.At.String() + " ")
	case s.At > w.now:
		w.b.WriteString("after " + (s.At - w.now).String() + " ")
	}
	w.now = s.At
	if s.Try {
		w.b.WriteString("try ")
	}
	w.line(s.Text)
}

// ending writes how the run ends: at a time; or a while after it has come to rest, when followers
// have had the time to hear of the last command.
func (w *writer) ending(p *Plan) {
	if p.Recovers && p.Rest > 0 {
		w.line("run")
		w.line("after ", p.Rest.String(), " note \"", restText, "\"")
	}
	w.line("until ", p.Until.String())
}

// String returns m as the language writes it.
func (m Millis) String() string { return strconv.Itoa(int(m)) + "ms" }

// names returns the names of nodes: a letter and a number each.
func names(letter string, numbers []int) string {
	var b strings.Builder
	for i, n := range numbers {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(letter + strconv.Itoa(n))
	}
	return b.String()
}

// all returns how many servers and spares there are.
func (p *Plan) all() int { return p.Servers + p.Spares }

// sort puts the steps in the order of their times; those of one time keep theirs.
func (p *Plan) sort() {
	slices.SortStableFunc(p.Steps, func(a, b Step) int { return int(a.At - b.At) })
}

// clone returns a plan that shares nothing that changes.
func (p *Plan) clone() *Plan {
	c := *p
	c.Clients = slices.Clone(p.Clients)
	c.World = slices.Clone(p.World)
	c.Steps = slices.Clone(p.Steps)
	c.Claims = slices.Clone(p.Claims)
	c.About = slices.Clone(p.About)
	return &c
}

// names of one node.
func server(n int) string { return "S" + strconv.Itoa(n) }
func client(n int) string { return "C" + strconv.Itoa(n) }
