package check

import "github.com/synodlab/synod/core/trace"

// waits are the nodes that wait for others, undecided or holding a lock.
type waits struct {
	list     []wait
	any      bool // somebody waited at some time
	hopeless bool // nothing can happen any more that would let one go on
}

type wait struct {
	value trace.Value // transaction, lock, or 0
	since int64
	event int32
	node  trace.Node
}

// begin takes in that r.Node waits from now on, for r.Value if it names one.
func (s *waits) begin(i int, r *trace.Record) {
	s.any = true
	for k := range s.list {
		if s.list[k].node == r.Node && s.list[k].value == r.Value {
			return
		}
	}
	s.list = append(s.list, wait{value: r.Value, since: r.At, event: int32(i), node: r.Node})
}

// end takes in that r.Node waits no longer: for r.Value, or for nothing at all if that is 0.
func (s *waits) end(r *trace.Record) {
	kept := s.list[:0]
	for _, w := range s.list {
		if w.node != r.Node || r.Value != 0 && w.value != 0 && w.value != r.Value {
			kept = append(kept, w)
		}
	}
	s.list = kept
}

// drop takes in that node n is down: it is not live, and what it waited for is forgotten.
func (s *waits) drop(n trace.Node) {
	r := trace.New(trace.Note, n)
	s.end(&r)
}

func (s *waits) reset() { *s = waits{list: s.list[:0]} }

func (s *waits) copyFrom(o *waits) {
	list := refill(s.list, o.list)
	*s = *o
	s.list = list
}

// Blocked reports whether a live node has waited, undecided or holding a lock, for so many of the
// longest timeouts up to now. A quiet end, and a note that nothing can let it go on, count as any
// number (K-02, T-01, E-15, E-17). A node that crashed is not live; one that restarts and still has
// to wait says so again. It is NotApplicable if nobody ever waited. Event is where the wait began.
func (j *Judge) Blocked(timeouts int) Result {
	r := Result{Name: names[blocked], Event: -1, Other: -1}
	if !j.waits.any {
		return r
	}
	r.Status, r.Detail = Breaks, "nobody waits"
	if len(j.waits.list) == 0 {
		return r
	}
	w := &j.waits.list[0]
	for k := range j.waits.list {
		if j.waits.list[k].since < w.since {
			w = &j.waits.list[k]
		}
	}
	r.Event = int(w.event)
	r.Detail = j.say(w.node, " has waited for ", j.now-w.since, " µs")
	if j.quiet || j.waits.hopeless || j.now-w.since >= int64(timeouts)*j.cfg.TimeoutHi {
		r.Status = Holds
	}
	return r
}
