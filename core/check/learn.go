package check

import "github.com/synodlab/synod/core/trace"

// mustBeChosen judges learn: no node learns that a value is chosen unless it is (Marshall's third
// safety property, Lin's second, T-05). Chosen is what chosen-once says, in the slot for which the
// node learns it; a node may learn it at any time after the accept that completed the quorum.
func (j *Judge) mustBeChosen(i int, r *trace.Record) {
	if j.cfg.Quorum == 0 || !j.open(learn) {
		return
	}
	if _, ok := j.votes.at(r.Value, r.Slot); ok {
		return
	}
	j.breaks(learn, i, -1, r.Node, " learns that ", r.Value, " is chosen",
		numbered(" in slot ", r.Slot), "; no quorum has accepted it under one number")
}
