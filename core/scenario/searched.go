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
		return s.safe(c.Checks), s.Text()
	case *Violation:
		return s.violates(c.Check, x.Runs.Kind == NoRun), s.Text()
	case *Count:
		n, known := s.count(c.What, r.claimedOf(s, x))
		return known && n == c.N, s.Text()
	case *Ends:
		return s.endsAre(c)
	}
	return false, ""
}

// safe reports whether all was looked at and none of checks breaks, of all that are judged if none
// is named. One for which there was nothing to judge does not hold.
func (s *Search) safe(checks []string) bool {
	if !s.Complete() || len(checks) == 0 {
		return s.Complete() && len(s.Breaks) == 0
	}
	return !slices.ContainsFunc(checks, func(name string) bool {
		return s.breakOf(name) != nil || slices.Contains(s.moot(), name)
	})
}

// violates reports whether a check breaks, or, if that is denied, whether it may.
func (s *Search) violates(check string, denied bool) bool {
	return s.breakOf(check) != nil || denied && !s.safe([]string{check})
}

// claimedOf returns the check of which a figure of the search is claimed: of the last violation
// that is claimed above it, the first one that was found if there is none.
func (r *Run) claimedOf(s *Search, x *Expect) (check string) {
	for _, o := range r.outcomes {
		if o.Expect == x {
			break
		}
		c, ok := o.Expect.Claim.(*Violation)
		if ok && o.Expect.Runs.Kind != NoRun && r.above(o.Expect) == s {
			check = c.Check
		}
	}
	return check
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

// count returns a figure of the search: of all states, also if one stands for several; shortest is
// that of the violation of a check.
func (s *Search) count(what, check string) (n uint64, known bool) {
	if what == "shortest" {
		if b := s.breakOf(check); b != nil {
			return uint64(b.Shortest), true
		}
		return 0, false
	}
	if !s.Complete() {
		return 0, false
	}
	states, generated := s.unfolded()
	switch what {
	case "depth":
		return uint64(s.Result.Depth), true
	case "states":
		return uint64(states), true
	}
	return uint64(generated), true
}

// Text says in one line what the search found, and after how many states.
func (s *Search) Text() string { return strings.Join(s.Said(), "; ") }

// Said is Text in parts: each violation, what became of the rest, what was judged.
func (s *Search) Said() (parts []string) {
	for i := range s.Breaks {
		parts = append(parts, s.Breaks[i].Text())
	}
	switch {
	case s.found():
	case s.Complete():
		parts = append(parts, s.rest()+": "+s.figures(&s.Result)+", complete")
		if n := s.Result.Stuck; s.Result.Settled && n > 0 {
			parts = append(parts, "from "+grouped(n)+" states nothing can be decided any more")
		}
	default:
		parts = append(parts, s.rest(), s.figures(&s.Result)+" so far")
	}
	if judged := s.Judged(); judged != "" {
		parts = append(parts, judged)
	}
	return parts
}

// figures says how much was searched.
func (s *Search) figures(r *explore.Result) string {
	return grouped(r.Distinct) + " states" + s.renamed() + ", " + grouped(r.Generated) +
		" generated, depth " + strconv.Itoa(r.Depth)
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
	var parts []string
	for i := range s.Breaks {
		parts = append(parts, s.Breaks[i].Outcome())
	}
	if !s.found() {
		parts = append(parts, s.rest())
	}
	return strings.Join(parts, "; ")
}

// rest says what became of the search but for the violations that it found.
func (s *Search) rest() string {
	switch {
	case s.Full == stopped:
		return "stopped before its end"
	case s.Full == explore.Uneven:
		return "not complete: " + s.Full + ", so that there is no symmetry"
	case s.Full != "":
		return "not complete: there are too many " + s.Full
	case s.Complete() && len(s.scene.Goals) == 0:
		return "all looked at, no check judged, within " + s.Bounds() + s.cut()
	case s.Complete() && s.Named:
		return s.hold() + " within " + s.Bounds() + s.cut()
	case s.Complete():
		return "safe within " + s.Bounds() + s.cut()
	case s.Over:
		return "not complete: cut at its limit of " + s.Result.Bounded
	}
	return "not complete"
}

// hold says which of the checks that are claimed do not break.
func (s *Search) hold() (text string) {
	moot := s.moot()
	kept := slices.DeleteFunc(slices.Clone(s.scene.Goals), func(name string) bool {
		return s.breakOf(name) != nil || slices.Contains(moot, name)
	})
	if len(kept) == 1 {
		text = kept[0] + " holds"
	} else if len(kept) > 1 {
		text = strings.Join(kept, ", ") + " hold"
	}
	if len(moot) > 0 {
		if text != "" {
			text += ", and "
		}
		text += "there is nothing to judge for " + strings.Join(moot, ", ")
	}
	return text
}

// moot returns the checks that were looked for and for which there was nothing to judge.
func (s *Search) moot() []string {
	if s.real == nil {
		return s.scene.Goals
	}
	return s.real.Broken(s.real.Moot())
}

// Judged says which checks were judged, once all was looked at.
func (s *Search) Judged() string {
	switch {
	case !s.Complete() || len(s.scene.Goals) == 0:
		return ""
	case s.Named:
		return "no other check is judged"
	}
	return "judged is all that " + s.run.Protocol.Name + " must keep: " +
		strings.Join(s.scene.Goals, ", ")
}

// cut says what a person did not wait for, once all states were found.
func (s *Search) cut() string {
	if s.unjudged == "" {
		return ""
	}
	return "; stopped before it was judged " + s.unjudged
}

// unowned says which numbers nobody may start, once the search has begun.
func (s *Search) unowned() (text string) {
	if s.real == nil {
		return ""
	}
	for i, n := range s.real.Unowned() {
		if i == 0 {
			text = "; nobody may start"
		}
		text += " " + strconv.FormatInt(n, 10)
	}
	return text
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
	text += s.unowned()
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
