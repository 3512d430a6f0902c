package check

import "github.com/synodlab/synod/core/trace"

// rounds are the attempts of proposers and leaders, in order of their beginning.
type rounds struct {
	list      []round
	index     table // by number and node: the last such round
	preempted int
	faults    int // failures so far
	cuts      int // links that are cut now
	cut       [trace.MaxNodes]Set
	down      Set // nodes that are down now
}

type round struct {
	event     int32
	preempted bool // an acceptor refused or ignored it for a higher number
	clean     bool // and up to then nothing had failed and nothing been chosen since it began
	faults    int
	decisions int
}

// begin takes in that r.Node starts a round with number r.Ballot.
func (s *rounds) begin(i int, r *trace.Record, decisions int) {
	s.index.set(r.Ballot, int64(r.Node), len(s.list))
	s.list = append(s.list, round{event: int32(i), faults: s.faults, decisions: decisions,
		clean: s.cuts == 0 && s.down == 0})
}

// refuse takes in that acceptor r.Node refuses or ignores number r.Ballot of r.To for a higher one.
func (s *rounds) refuse(r *trace.Record, decisions int) {
	at := s.index.get(r.Ballot, int64(r.To))
	if at < 0 || s.list[at].preempted {
		return
	}
	n := &s.list[at]
	n.preempted = true
	n.clean = n.clean && n.faults == s.faults && n.decisions == decisions
	s.preempted++
}

// fault takes in a failure: a crash, a restart, a lost or damaged message, a cut, a pause.
func (s *rounds) fault() { s.faults++ }

// link takes in that the link r.From -> r.To is cut from now on, or is no longer.
func (s *rounds) link(r *trace.Record, cut bool) {
	s.fault()
	if r.From >= trace.MaxNodes {
		return
	}
	to := &s.cut[r.From]
	s.cuts -= to.Len()
	if cut {
		*to = to.With(r.To)
	} else {
		*to = to.Without(r.To)
	}
	s.cuts += to.Len()
}

func (s *rounds) reset() {
	list := s.list[:0]
	index := s.index
	index.reset()
	*s = rounds{list: list, index: index}
}

func (s *rounds) copyFrom(o *rounds) {
	list, index := refill(s.list, o.list), s.index
	index.copyFrom(&o.index)
	*s = *o
	s.list, s.index = list, index
}

// Rounds returns how many rounds were started.
func (j *Judge) Rounds() int { return len(j.rounds.list) }

// Preempted returns how many rounds an acceptor refused or ignored for a higher number.
func (j *Judge) Preempted() int { return j.rounds.preempted }

// Livelock reports whether n rounds on end were pre-empted by a higher number while nothing was
// chosen and nothing failed: no crash, no lost message, no cut link (Lin's example 6, Marshall's
// duelling proposers; L-08, T-10, E-16). It holds if there is such a stretch anywhere in the run.
// Event is the round that completes it, Other its first one.
func (j *Judge) Livelock(n int) Result {
	r := Result{Name: names[livelock], Event: -1, Other: -1}
	if len(j.rounds.list) == 0 {
		return r
	}
	r.Status = Breaks
	length, first, longest := 0, 0, 0
	for at := range j.rounds.list {
		k, before := &j.rounds.list[at], &j.rounds.list[max(at-1, 0)]
		if !k.preempted || !k.clean {
			length = 0
			continue
		}
		if length == 0 || k.faults != before.faults || k.decisions != before.decisions {
			length, first = 0, at
		}
		length++
		longest = max(longest, length)
		if length >= n {
			r.Status, r.Event, r.Other = Holds, int(k.event), int(j.rounds.list[first].event)
			r.Detail = j.say(int64(length), " rounds on end were pre-empted")
			return r
		}
	}
	r.Detail = j.say("at most ", int64(longest), " rounds on end were pre-empted")
	return r
}
