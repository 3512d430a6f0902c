package scenario

import (
	"slices"
	"strconv"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/explore"
)

// ends is what is known of the states of a search in which nothing more can happen, and of what is
// claimed of them: each is the end of a run that leads there. They are found and judged in slices,
// as the search itself goes on.
type ends struct {
	claims []endClaim
	states []int // the ends
	looked int   // states asked whether they are one
	judged int   // ends at which all claims were judged
	over   bool
}

// endClaim is what is claimed of the ends of a search, and at how many of them it holds.
type endClaim struct {
	*Ends
	so      int
	quick   bool   // the votes that were cast tell it, without a run
	refused string // why it cannot be judged
}

// maxEnds bounds how many ends are looked at one by one.
const maxEnds = 5_000

// statesInEnd is how many states are looked into in the time that one end takes.
const statesInEnd = 64

// openEnds makes the claims about the ends of a search ready. Only where every state was found are
// its ends those of all runs.
func (s *Search) openEnds() {
	if s.ends.over = !s.covers() || s.Result.Bounded != ""; s.ends.over {
		return
	}
	for _, o := range s.claims() {
		if c, ok := o.Expect.Claim.(*Ends); ok {
			quick := (c.Condition.Kind == Chosen || c.Condition.Kind == NothingChosen) &&
				s.run.Protocol.Judged != nil && len(s.run.commands) == 0
			s.ends.claims = append(s.ends.claims, endClaim{Ends: c, quick: quick})
		}
	}
	s.ends.over = len(s.ends.claims) == 0
}

// judgeEnds goes on with the ends, for about as long as so many states take.
func (s *Search) judgeEnds(states int) {
	e := &s.ends
	for spent := 0; spent < states && !e.over; {
		switch {
		case e.looked < s.Result.Distinct:
			spent++
			if s.terminal(e.looked) {
				e.states = append(e.states, e.looked)
			}
			e.looked++
		case e.judged < len(e.states):
			spent += s.judgeEnd(e.states[e.judged])
			e.judged++
		default:
			e.over = true
		}
	}
}

// judgeEnd judges all claims at one end, and returns what that cost.
func (s *Search) judgeEnd(state int) (states int) {
	for i := range s.ends.claims {
		c := &s.ends.claims[i]
		holds, cost := false, 1
		switch {
		case c.refused != "":
		case c.quick:
			holds = s.choseAt(state, &c.Condition) != c.Not
		case len(s.ends.states) > maxEnds:
			c.refused = "there are more than " + grouped(maxEnds) + " ends"
		default:
			var err *Error
			if holds, err = s.endIs(state, c.Ends); err != nil {
				c.refused = err.Error()
			}
			cost = statesInEnd
		}
		if holds {
			c.so++
		}
		states += cost
	}
	return states
}

// endsAre answers `every end CONDITION` and `some end CONDITION`.
func (s *Search) endsAre(claim *Ends) (met bool, detail string) {
	i := slices.IndexFunc(s.ends.claims, func(c endClaim) bool { return c.Ends == claim })
	if i < 0 {
		return false, s.Text()
	}
	c, all := &s.ends.claims[i], len(s.ends.states)
	if c.refused != "" {
		return false, c.refused
	}
	detail = "so at " + strconv.Itoa(c.so) + " of "
	if !s.ends.over {
		return false, detail + strconv.Itoa(s.ends.judged) + " ends; " + s.Text()
	}
	detail += strconv.Itoa(all) + " ends; " + s.Text()
	if c.Every {
		return c.so == all && all > 0, detail
	}
	return c.so > 0, detail
}

// choseAt judges what is chosen in a state, by the votes that were cast.
func (s *Search) choseAt(state int, c *Condition) bool {
	chosen := s.real.Chosen(s.graph.State(state))
	if c.Kind == NothingChosen {
		return len(chosen) == 0
	}
	names := &s.scene.Judge.Log.Names
	return slices.ContainsFunc(chosen, func(x check.Choice) bool {
		return sameText(c.Value, names.Bytes(x.Value)) &&
			(!c.HasSlot || x.Slot == int64(c.Slot))
	})
}

// terminal reports whether no transition changes a state.
func (s *Search) terminal(state int) bool {
	words, changes := s.graph.State(state), false
	s.real.Next(words, func(_ explore.Action, next []uint64) {
		changes = changes || !slices.Equal(next, words)
	})
	return !changes
}

// endIs judges a condition in a run that ends in a state.
func (s *Search) endIs(state int, c *Ends) (bool, *Error) {
	_, end := s.tell(state)
	if end == nil {
		return false, s.run.fault(c.Condition.Pos, "the way to an end cannot be gone", "")
	}
	w, err := end.watch(&c.Condition)
	if err != nil {
		return false, err
	}
	return end.holds(w) != c.Not, nil
}
