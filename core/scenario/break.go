package scenario

import (
	"slices"
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/explore"
)

// Break is a check that a search found violated.
type Break struct {
	Check    string
	Shortest int            // transitions to it, and no fewer
	Path     []string       // the way there, as lines of a by-hand scenario
	Then     explore.Result // what was known when it was found

	search *Search
}

// tellBreaks takes in the violations that were found since it was called last.
func (s *Search) tellBreaks() {
	if s.real.Full() != "" {
		return // the way to a state can be asked for no more
	}
	for ; s.told < len(s.graph.Findings()); s.told++ {
		f := &s.graph.Findings()[s.told]
		b := Break{Shortest: len(s.graph.Path(f.At)), Then: f.Then, search: s}
		b.Path, _ = s.tell(f.At)
		for i, name := range s.real.Broken(f.Violation) {
			if b.Check = name; i == 0 || s.Named {
				s.Breaks = append(s.Breaks, b)
			}
		}
	}
}

// breakOf returns the violation of a check, the first one if it has no name; nil: none was found.
func (s *Search) breakOf(check string) *Break {
	for i := range s.Breaks {
		if check == "" || s.Breaks[i].Check == check {
			return &s.Breaks[i]
		}
	}
	return nil
}

// Outcome says what breaks, and after how many transitions.
func (b *Break) Outcome() string {
	return b.Check + " is violated after " + strconv.Itoa(b.Shortest) + " actions, and no sooner"
}

// Text is Outcome and what was searched by then.
func (b *Break) Text() string {
	return b.Outcome() + "; " + b.search.figures(&b.Then) + " by then"
}

// Counterexample returns the way to the violation as a by-hand scenario that shows it.
func (b *Break) Counterexample() string {
	s := b.search
	found := "Found by the search: " + s.Explore.Text
	if title := s.run.Scenario.Header.Title; title != "" {
		found += ", in: " + title
	}
	return "title The shortest way to break " + b.Check + ": " + strconv.Itoa(b.Shortest) +
		" actions\nabout " + found + "\n" + s.scenarioOf(b.Path) + "open here\nexpect breaks " +
		b.Check + "\n"
}

// scenarioOf returns a scenario of lines that follow the steps above the search.
func (s *Search) scenarioOf(lines []string) string {
	r, h := s.run, &s.run.Scenario.Header
	var b strings.Builder
	line := func(words ...string) {
		for i, w := range words {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(w)
		}
		b.WriteByte('\n')
	}
	words := []string{"protocol", r.use.Name}
	for _, o := range r.use.Options {
		words = append(words, o.Key+"="+strings.Join(o.Values, ","))
	}
	line(words...)
	for _, role := range h.Roles {
		if len(role.Nodes) > 0 {
			line(append([]string{role.Name}, role.Nodes...)...)
		}
	}
	words = []string{"machine", h.Machine.Name}
	for _, o := range h.Machine.Start {
		words = append(words, o.Key+"="+strings.Join(o.Values, ","))
	}
	line(words...)
	line("words", h.Words)
	if h.DiskSync > 0 {
		line("disk sync", h.DiskSync.String())
	}
	line("schedule by-hand")
	if !h.ByHand && slices.ContainsFunc(r.body, func(x Statement) bool {
		_, ok := x.(*Step)
		return ok && x.Source().Pos.Line < s.Explore.Pos.Line
	}) {
		line("# the clock drives the steps above the search; from where they end:")
		for _, l := range lines {
			line(l)
		}
		return b.String()
	}
	for _, x := range r.body {
		if x == s.Explore {
			break
		}
		if step, ok := x.(*Step); ok {
			line(step.Text)
		}
	}
	for _, l := range lines {
		line(l)
	}
	return b.String()
}
