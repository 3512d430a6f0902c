package scenario

import (
	"slices"
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/explore"
)

// What claims about a search find.

// searched judges a claim by the search that stands above it.
func (r *Run) searched(x *Expect) (met bool, detail string) {
	s := r.above(x)
	if s == nil {
		return false, "the search above it did not take place"
	}
	switch c := x.Claim.(type) {
	case *Safe:
		return s.Complete(), s.Text()
	case *Violation:
		return s.Check == c.Check, s.Text()
	case *Count:
		n, known := s.count(c.What)
		return known && n == c.N, s.Text()
	case *Ends:
		return s.endsAre(c)
	}
	return false, ""
}

// above returns the last search above a claim.
func (r *Run) above(x *Expect) (last *Search) {
	for _, s := range r.body {
		switch s := s.(type) {
		case *Explore:
			last = nil
			for _, search := range r.searches {
				if search.Explore == s {
					last = search
				}
			}
		case *Expect:
			if s == x {
				return last
			}
		}
	}
	return nil
}

// claims returns what is claimed of a search.
func (s *Search) claims() (claims []*Outcome) {
	for _, o := range s.run.outcomes {
		if Searches(o.Expect.Claim) && s.run.above(o.Expect) == s {
			claims = append(claims, o)
		}
	}
	return claims
}

// claimsEnds reports whether anything is claimed of the ends of a search.
func (s *Search) claimsEnds() bool {
	return slices.ContainsFunc(s.claims(), func(o *Outcome) bool {
		_, ends := o.Expect.Claim.(*Ends)
		return ends
	})
}

// count returns a figure of the search: of all states, also if one stands for several.
func (s *Search) count(what string) (n uint64, known bool) {
	switch what {
	case "shortest":
		return uint64(s.Shortest()), s.Check != ""
	case "depth":
		return uint64(s.Result.Depth), s.Complete()
	}
	if !s.Complete() {
		return 0, false
	}
	states, generated := s.unfolded()
	if what == "states" {
		return uint64(states), true
	}
	return uint64(generated), true
}

// Shortest returns how many actions lead to the violation.
func (s *Search) Shortest() int { return s.steps }

// Text says in one line what the search found, and after how many states.
func (s *Search) Text() string {
	r := &s.Result
	counts := grouped(r.Distinct) + " states" + s.renamed() + ", " + grouped(r.Generated) +
		" generated, depth " + strconv.Itoa(r.Depth)
	switch {
	case s.Check != "":
		return s.Outcome() + "; " + counts + " by then"
	case !s.Complete():
		return s.Outcome() + "; " + counts + " so far"
	}
	text := s.Outcome() + ": " + counts + ", complete"
	if r.Settled && r.Stuck > 0 {
		text += "; from " + grouped(r.Stuck) + " states nothing can be decided any more"
	}
	return text
}

// renamed says up to what states are counted, or why up to nothing.
func (s *Search) renamed() string {
	switch {
	case s.Alike != "":
		return " up to symmetry of " + s.Alike
	case s.Differs != "":
		return " without symmetry (" + s.Differs + ")"
	}
	return ""
}

// Outcome says what the search found, without its figures.
func (s *Search) Outcome() string {
	switch {
	case s.Check != "":
		return s.Check + " is violated after " + strconv.Itoa(s.steps) +
			" actions, and no sooner"
	case s.Full == stopped:
		return "stopped before its end"
	case s.Full == explore.Uneven:
		return "not complete: " + s.Full + ", so that there is no symmetry"
	case s.Full != "":
		return "not complete: there are too many " + s.Full
	case s.Complete() && len(s.scene.Goals) == 0:
		return "all looked at, no check judged, within " + s.Bounds() + s.cut()
	case s.Complete():
		return "safe within " + s.Bounds() + s.cut()
	case s.Over:
		return "not complete: cut at its limit of " + s.Result.Bounded
	}
	return "not complete"
}

// cut says what a person did not wait for, once all states were found.
func (s *Search) cut() string {
	if s.unjudged == "" {
		return ""
	}
	return "; stopped before it was judged " + s.unjudged
}

// Bounds says what the search covers, and what it does not.
func (s *Search) Bounds() string {
	text := strings.TrimPrefix(s.Explore.Text, "explore")
	if text = strings.TrimSpace(text); text == "" {
		text = "what the steps above began"
	}
	text += " (no other fault"
	if n := s.Explore.Numbers; n != nil {
		text += "; numbers from " + strconv.Itoa(n.Hi+1) + " on are not covered"
	}
	if s.Result.Bounded == explore.BoundedDepth {
		text += "; what lies deeper is not covered"
	}
	return text + ")"
}

// terms returns the bounds of the line, each by its name and what it allows.
func (x *Explore) terms() (terms [][2]string) {
	add := func(name, allows string) { terms = append(terms, [2]string{name, allows}) }
	if n := x.Numbers; n != nil {
		add("numbers", strconv.Itoa(n.Lo)+" to "+strconv.Itoa(n.Hi))
	}
	if x.Values != nil {
		add("values", strings.Join(x.Values, ", "))
	}
	for _, b := range [...]struct {
		name string
		n    int
	}{{"attempts", x.Attempts}, {"crashes", x.Crashes}, {"restarts", x.Restarts},
		{"losses", x.Losses}, {"duplicates", x.Duplicates}, {"timeouts", x.Timeouts},
		{"depth", x.Depth}} {
		if b.n != Unbounded {
			add(b.name, "at most "+strconv.Itoa(b.n))
		}
	}
	if x.Losing != nil {
		add("losing", strings.Join(x.Losing, ", "))
	}
	if x.Once {
		add("messages", "arrive once")
	} else {
		add("messages", "may arrive again")
	}
	return terms
}

// grouped writes a number with commas between thousands.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
