package check

import "github.com/synodlab/synod/core/trace"

// mustBeProposed judges valid: only a value that somebody proposed may be accepted, chosen, learnt
// or executed (Marshall's first safety property; Lin: "indeed requested by a client", L-22). Who
// proposes is a client, or a proposer whose value a person named or who made it up, as a leader
// does a view (K-16). No-ops need no proposer.
func (j *Judge) mustBeProposed(i int, r *trace.Record) {
	if !j.open(valid) || j.commands.of(r.Value) != nil || j.idle(r.Value) {
		return
	}
	j.breaks(valid, i, -1, "nobody proposed ", r.Value, ", and ", r.Node, " has it")
}
