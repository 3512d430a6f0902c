package library

import (
	"slices"

	"github.com/synodlab/synod/core/scenario"
)

// Card is what the index says of one scenario.
type Card struct {
	Entry
	Title    string
	About    []string
	Protocol string
	Cites    []string
	Place    string   // heading of the part of the document that it belongs to
	Checks   []string // that it makes claims about, each once, in the order of the text
	Breaks   []string // those of them that it shows violated, in some case
	Next     []string // ids of what repairs its failure
	Previous []string // ids of the failures that it repairs
	// Control says that a control repairs it: the same steps, on the next protocol.
	Control bool
	Outcome Outcome
	// Canonical is its text as a link holds it.
	Canonical string
}

// Outcome is what a scenario shows.
type Outcome string

// The outcomes: a check is violated; nothing goes on any more, or nothing is ever decided; all that
// is claimed holds. A scenario whose cases differ has the first of these that one of them has.
const (
	Breaks Outcome = "breaks"
	Stops  Outcome = "stops"
	Holds  Outcome = "holds"
)

// stops are the checks that say, where they hold, that something does not go on.
var stops = []string{"no-progress", "livelock", "blocked"}

// Index returns the card of every scenario, in the order of All. The error is one of a text.
func Index() ([]Card, error) {
	entries := All()
	cards := make([]Card, len(entries))
	for i, e := range entries {
		f, err := scenario.Parse(e.ID+".synod", e.Text, scenario.Known())
		if err != nil {
			return nil, err
		}
		if cards[i], err = card(e, f); err != nil {
			return nil, err
		}
	}
	return cards, nil
}

func card(e Entry, f *scenario.File) (Card, error) {
	c := Card{Entry: e, Place: placeOf(e.ID), Canonical: scenario.Format(f), Outcome: Holds}
	c.Next, c.Previous = Repairs(e.ID)
	for i := range f.CaseCount() {
		s, err := f.Expand(i, 0)
		if err != nil {
			return c, err
		}
		if h := &s.Header; i == 0 {
			c.Title, c.About, c.Protocol, c.Cites = h.Title, h.About, h.Protocol.Name, h.Cites
		}
		c.claims(s.Body)
		c.Control = c.Control || len(s.Controls) > 0
	}
	return c, nil
}

// claims takes in what the expectations among some statements are about.
func (c *Card) claims(body []scenario.Statement) {
	for _, s := range body {
		x, ok := s.(*scenario.Expect)
		if !ok {
			continue
		}
		switch claim := x.Claim.(type) {
		case *scenario.CheckIs:
			c.claim(claim.Check, claim.Breaks && x.Runs.Kind != scenario.NoRun)
		case *scenario.Violation:
			c.claim(claim.Check, x.Runs.Kind != scenario.NoRun)
		}
	}
}

func (c *Card) claim(name string, breaks bool) {
	if !slices.Contains(c.Checks, name) {
		c.Checks = append(c.Checks, name)
	}
	switch {
	case breaks:
		c.Outcome = Breaks
		if !slices.Contains(c.Breaks, name) {
			c.Breaks = append(c.Breaks, name)
		}
	case c.Outcome == Holds && slices.Contains(stops, name):
		c.Outcome = Stops
	}
}
