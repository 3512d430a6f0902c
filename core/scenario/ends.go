package scenario

import (
	"slices"
	"strconv"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/explore"
)

// ends is what is known of the states of a search in which nothing more can happen: of each the
// run that leads there, its claims judged by the means of runs.
type ends struct {
	states []int
	found  bool
}

// maxEnds bounds how many ends are looked at one by one.
const maxEnds = 5_000

// endsAre judges `every end CONDITION` and `some end CONDITION`.
func (s *Search) endsAre(c *Ends) (met bool, detail string) {
	if !s.Complete() || s.Result.Bounded != "" {
		return false, s.Text()
	}
	if !s.ends.found {
		s.ends = ends{states: s.terminal(), found: true}
	}
	quick := (c.Condition.Kind == Chosen || c.Condition.Kind == NothingChosen) &&
		s.run.Protocol.Judged != nil && len(s.run.commands) == 0
	if len(s.ends.states) > maxEnds && !quick {
		return false, "there are more than " + grouped(maxEnds) + " ends"
	}
	so := 0
	for _, state := range s.ends.states {
		holds, err := false, (*Error)(nil)
		if quick {
			holds = s.choseAt(state, &c.Condition) != c.Not
		} else if holds, err = s.endIs(state, c); err != nil {
			return false, err.Error()
		}
		if holds {
			so++
		}
	}
	all := len(s.ends.states)
	detail = "so at " + strconv.Itoa(so) + " of " + strconv.Itoa(all) + " ends; " + s.Text()
	if c.Every {
		return so == all && all > 0, detail
	}
	return so > 0, detail
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

// terminal returns the states that no transition changes.
func (s *Search) terminal() (states []int) {
	s.graph.Each(func(i int, state []uint64) {
		changes := false
		s.real.Next(state, func(_ explore.Action, next []uint64) {
			for w := range next {
				changes = changes || next[w] != state[w]
			}
		})
		if !changes {
			states = append(states, i)
		}
	})
	return states
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
