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
func (s *Search) scenarioOf(way []string) string {
	steps := s.above()
	timed := !s.run.Scenario.Header.ByHand && len(steps) > 0
	lines := append(s.header(timed), steps...)
	if s.chance() {
		lines = append(lines, "calm")
	}
	if len(steps) > 0 && s.lingers() {
		lines = append(lines, "rest")
	}
	return strings.Join(append(lines, way...), "\n") + "\n"
}

// header returns the header lines of what the search began from.
func (s *Search) header(timed bool) []string {
	r := s.run
	words := []string{"protocol " + r.use.Name}
	for _, o := range r.use.Options {
		words = append(words, o.Key+"="+strings.Join(o.Values, ","))
	}
	lines := []string{strings.Join(words, " ")}
	for _, l := range r.Scenario.settings {
		word, _, _ := strings.Cut(l, " ")
		switch word {
		case "synod", "title", "about", "cites", "protocol", "seed", "schedule":
		case "until":
			if timed {
				lines = append(lines, l)
			}
		default:
			lines = append(lines, l)
		}
	}
	if seed := r.Scenario.Header.Seed; seed != 1 {
		lines = append(lines, "seed "+strconv.FormatUint(seed, 10))
	}
	if !timed {
		lines = append(lines, "schedule by-hand")
	}
	return lines
}

// above returns the steps above the search.
func (s *Search) above() (steps []string) {
	for _, x := range s.run.body {
		if x == s.Explore {
			break
		}
		if step, ok := x.(*Step); ok {
			steps = append(steps, step.Text)
		}
	}
	return steps
}

// chance reports whether chance loses or copies messages, which it does not in the search.
func (s *Search) chance() bool {
	h := &s.run.Scenario.Header
	return h.Network.Loss > 0 || h.Network.Duplicate > 0 ||
		slices.ContainsFunc(h.Links, func(l Link) bool { return l.Loss > 0 || l.Duplicate > 0 })
}

// lingers reports whether the clock, or a line above the search, would go on to act, which it does
// not there.
func (s *Search) lingers() bool {
	sub, err := s.fresh(nil)
	return err == nil && (!sub.rests() || sub.pending(nil) ||
		len(sub.rules)+len(sub.cuts)+len(sub.tears) > 0)
}
