package check

import "github.com/synodlab/synod/core/trace"

// leaders are the nodes that act as leader or primary.
type leaders struct {
	acting Set
	since  [trace.MaxNodes]int32
	terms  learnings // by view or number: who led it first, and since which record
}

func (s *leaders) reset() {
	s.acting = 0
	s.terms.reset()
}

func (s *leaders) copyFrom(o *leaders) {
	s.acting, s.since = o.acting, o.since
	s.terms.copyFrom(&o.terms)
}

// leads judges one-primary: never do two nodes act as primary of the same view, and, where
// primaries have no view, never two at the same time (Karp: "can't allow two simultaneous
// primaries"; K-07 to K-10, K-14, K-39, T-03, L-01). The view is the record's Ballot. Without one
// a primary acts until it steps down or crashes; one that is paused or cut off still does.
func (j *Judge) leads(i int, r *trace.Record) {
	if r.Node >= trace.MaxNodes {
		return
	}
	others := j.leaders.acting.Without(r.Node)
	j.leaders.acting = j.leaders.acting.With(r.Node)
	j.leaders.since[r.Node] = int32(i)
	if !j.open(onePrimary) {
		return
	}
	if r.Ballot == trace.NoNumber {
		if others != 0 {
			n := others.first()
			j.breaks(onePrimary, i, int(j.leaders.since[n]),
				n, " and ", r.Node, " both act as primary")
		}
		return
	}
	term := j.leaders.terms.of(r.Ballot, 0)
	if term == nil {
		j.leaders.terms.add(r.Ballot, 0, learning{number: int64(r.Node), event: int32(i)})
		return
	}
	if n := trace.Node(term.number); n != r.Node {
		j.breaks(onePrimary, i, int(term.event),
			n, " and ", r.Node, " both act as primary of ", r.Ballot)
	}
}

// Leaders returns the nodes that act as leader or primary now.
func (j *Judge) Leaders() Set { return j.leaders.acting }
