package check

import "github.com/synodlab/synod/core/trace"

// outcomes keeps, for each transaction, the first commit and the first abort.
type outcomes struct {
	list []outcome // by value of the transaction
	any  bool
}

type outcome struct {
	at [2]int32 // record of the first abort and of the first commit, plus 1
	by [2]trace.Node
}

func (s *outcomes) reset() { *s = outcomes{list: s.list[:0]} }

func (s *outcomes) copyFrom(o *outcomes) { s.list, s.any = refill(s.list, o.list), o.any }

// settles judges atomic: never does one site commit a transaction that another, or itself, aborts
// (two- and three-phase commit; K-02, T-02, E-18).
func (j *Judge) settles(i int, r *trace.Record, commit bool) {
	j.outcomes.any = true
	j.moves(i, r)
	j.commands.chosen(r.Value, r.At)
	mine, theirs, did, does := 0, 1, " committed ", " aborts "
	if commit {
		mine, theirs, did, does = 1, 0, " aborted ", " commits "
	}
	o := entry(&j.outcomes.list, int(r.Value))
	if o.at[mine] == 0 {
		o.at[mine], o.by[mine] = int32(i)+1, r.Node
	}
	if j.open(atomic) && o.at[theirs] != 0 {
		j.breaks(atomic, i, int(o.at[theirs])-1,
			o.by[theirs], did, r.Value, ", ", r.Node, does, r.Value)
	}
}
