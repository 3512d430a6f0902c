package check

import "github.com/synodlab/synod/core/trace"

// mustFollow judges order: the sequences of commands that any two servers execute are comparable,
// one a prefix of the other (ETH Definition 1.8, Karp's "same operations in same order", Meling's
// execution sequences; M-05, E-10, K-03). What a server executed before it crashed counts (M-51).
// One server that contradicts only itself breaks stable, not order; of such a one, the longest
// sequence and the present one are compared with others.
func (j *Judge) mustFollow(i int, r *trace.Record, straight bool, state trace.History) {
	if !j.open(order) || straight && !j.forked {
		return
	}
	first := !j.forked
	j.forked = true
	for n := range trace.Node(trace.MaxNodes) {
		s := &j.servers[n]
		theirs, since := s.longest, int(s.longAt)
		if j.comparable(theirs, state) {
			theirs, since = s.state, int(s.stateAt)
		}
		if n == r.Node || j.comparable(theirs, state) {
			continue
		}
		if event, by := j.executed.fork(&j.log.Histories, state); first && by != r.Node {
			n, since = by, event
		}
		place, was, is := j.differ(theirs, state)
		j.breaks(order, i, since,
			"command ", place, " of ", n, " is ", was, ", of ", r.Node, " ", is)
		return
	}
}

// differ returns the first place, from 1, at which a and b have different commands, and these.
func (j *Judge) differ(a, b trace.History) (place int64, inA, inB trace.Value) {
	t := &j.log.Histories
	shorter := min(t.Len(a), t.Len(b))
	for t.Len(a) > shorter {
		inA, a = t.Last(a)
	}
	for t.Len(b) > shorter {
		inB, b = t.Last(b)
	}
	for place = int64(shorter) + 1; a != b; place-- {
		inA, a = t.Last(a)
		inB, b = t.Last(b)
	}
	return place, inA, inB
}
