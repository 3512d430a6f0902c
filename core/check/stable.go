package check

import "github.com/synodlab/synod/core/trace"

// mustStay judges stable for what nodes learn: the value that a node has learnt for a slot never
// changes, also not across a restart (M-58, L-20).
func (j *Judge) mustStay(i int, r *trace.Record) {
	if !j.open(stable) {
		return
	}
	was := j.learnt.of(r.Slot, int64(r.Node))
	if was == nil {
		j.learnt.add(r.Slot, int64(r.Node), learning{number: int64(r.Value), event: int32(i)})
		return
	}
	if trace.Value(was.number) != r.Value {
		j.breaks(stable, i, int(was.event), r.Node, " learnt ", trace.Value(was.number),
			" and now ", r.Value, numbered(" in slot ", r.Slot))
	}
}

// mustExtend judges stable for what servers execute: a server's sequence only grows while it is up,
// and after a restart, when it may execute from the beginning again, it stays comparable with the
// longest that it ever had (E-11, M-58). Memory that a crash took is no break: the same commands
// in the same order are.
func (j *Judge) mustExtend(i int, r *trace.Record, s *server, state trace.History) {
	t := &j.log.Histories
	defer s.lengthen(t, i, state)
	if !j.open(stable) {
		return
	}
	if s.state != 0 && !j.prefix(s.state, state) {
		j.breaks(stable, i, int(s.stateAt), r.Node, " had executed ", s.state, " and now ", state)
		return
	}
	if !j.comparable(s.longest, state) {
		j.breaks(stable, i, int(s.longAt),
			r.Node, " once had executed ", s.longest, " and now ", state)
	}
}
