package check

import "github.com/synodlab/synod/core/trace"

// mustBeNew judges once: a server executes each command at most once, that is, no command stands
// twice in its sequence (Meling, ETH's sequence numbers; E-06, M-25, X-01, B-31, B-35). A server
// that forgot its memory in a crash may execute a command again from the start; one that started
// from a state which holds the command may not. No-ops are no commands, and an
// execution that leaves the sequence as it was executes nothing.
func (j *Judge) mustBeNew(i int, r *trace.Record, s *server, straight bool,
	state trace.History) {
	if !j.open(once) || j.idle(r.Value) || state == s.state {
		return
	}
	t := &j.log.Histories
	_, before := t.Last(state)
	if straight {
		place := j.executed.placeOf(r.Value)
		if place < int(t.Len(state)) && place > 0 {
			j.breaks(once, i, int(j.executed.event[place-1]), j.again(r, state))
		}
		return
	}
	if t.Has(before, r.Value) {
		j.breaks(once, i, -1, j.again(r, state))
	}
}

func (j *Judge) again(r *trace.Record, state trace.History) string {
	return j.say(r.Node, " executes ", r.Value, " again: ", state)
}
