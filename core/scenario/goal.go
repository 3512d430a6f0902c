package scenario

import (
	"slices"

	"github.com/synodlab/synod/core/check"
)

// claimed reports whether the search at place i of the body takes place: in a control only if
// something is claimed of it.
func (r *Run) claimed(i int) bool {
	if len(r.own) == 0 && !r.lenient {
		return true
	}
	for _, s := range r.body[i+1:] {
		switch x := s.(type) {
		case *Explore:
			return false
		case *Expect:
			if Searches(x.Claim) {
				return true
			}
		}
	}
	return false
}

// goals are the checks that a search judges.
type goals struct {
	checks []string
	named  bool // by claims; else they are all that the protocol must keep
}

// goals returns what the search at place at of the body judges: the checks that its claims name,
// else all safety checks of the protocol; none if only its size and its ends are asked for.
func (r *Run) goals(at int) (g goals, err *Error) {
	claims, all := 0, false
	for _, s := range r.body[at+1:] {
		if _, next := s.(*Explore); next {
			break
		}
		x, ok := s.(*Expect)
		if !ok || !Searches(x.Claim) {
			continue
		}
		claims++
		switch c := x.Claim.(type) {
		case *Violation:
			err = r.name(&g, x, c.Check)
		case *Safe:
			err = r.name(&g, x, c.Checks...)
			all = true
		case *Count:
			all = all || c.What == "shortest"
		}
		if err != nil {
			return g, err
		}
	}
	if !g.named && (claims == 0 || all) {
		g.checks = slices.DeleteFunc(slices.Clone(r.Protocol.Checks), func(name string) bool {
			return !check.Safety(name)
		})
	}
	return g, nil
}

// name adds checks that a claim names.
func (r *Run) name(g *goals, x *Expect, checks ...string) *Error {
	for _, name := range checks {
		if !check.Safety(name) {
			return r.fault(x.Pos, "a search does not judge `"+name+"`", "a safety check")
		}
		if !slices.Contains(g.checks, name) {
			g.checks, g.named = append(g.checks, name), true
		}
	}
	return nil
}
