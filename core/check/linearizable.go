package check

import "github.com/synodlab/synod/core/trace"

// mustFitRealTime judges linearizable on answers that show states, exactly: such a history is
// linearizable if the states are one chain, each command stands in it once, and it stands behind
// everything that any client had been shown before the command was issued (E-11, B-38, B-40). A
// command that its own answer does not show is a read: it must show at least that much. It needs no
// search, because the states tell the order. Answers that show no state are not judged.
func (j *Judge) mustFitRealTime(i int, r *trace.Record, straight bool, c *command) {
	if !j.open(linearizable) {
		return
	}
	t := &j.log.Histories
	if !straight {
		other, by := j.shown.fork(t, r.State)
		j.breaks(linearizable, i, other,
			"no order explains what ", by, " and ", r.Node, " were shown")
		return
	}
	if r.State == j.shown.tip() && int(j.shown.event[j.shown.len()-1]) == i {
		j.mustTakeEffectOnce(i)
	}
	if c == nil || !j.open(linearizable) {
		return
	}
	n, place := int(t.Len(r.State)), j.shown.placeOf(r.Value)
	switch floor := int(c.floor); {
	case place > floor && place <= n, place == 0 && n >= floor, place > n && n >= floor:
	default:
		j.breaks(linearizable, i, int(j.shown.event[floor-1]),
			r.Node, " is shown ", r.State, " for ", r.Value,
			", which was issued when ", j.shown.at[floor-1], " had been shown")
	}
}

// mustTakeEffectOnce judges the commands that record i was the first to show: each stands in the
// chain once. What was issued after something had been shown cannot stand before it here, since the
// chain grows at its end.
func (j *Judge) mustTakeEffectOnce(i int) {
	for d := j.shown.len() - 1; d >= 0 && int(j.shown.event[d]) == i; d-- {
		v, _ := j.log.Histories.Last(j.shown.at[d])
		place := j.shown.placeOf(v)
		if place != d+1 && !j.idle(v) && j.open(linearizable) {
			j.breaks(linearizable, i, int(j.shown.event[place-1]), v, " takes effect twice")
		}
	}
}
