package check

import "github.com/synodlab/synod/core/trace"

// mustAgree judges agree: no two nodes learn, execute or decide different values for the same
// instance (all five seeds; Karp's "nodes with different v_a receive Q3", E-23, K-31). The instance
// is the slot of a chosen or execute record, the only one if a chosen record has no slot, or the
// view of a configuration (K-14). A node that learns twice, and differently, breaks it too (E-41):
// it acted on both. Executions without a slot are judged position by position, see
// mustAgreeInPlace.
func (j *Judge) mustAgree(i int, r *trace.Record, key int64) {
	if !j.open(agree) {
		return
	}
	number := r.Slot
	if key == viewKey {
		number = r.Ballot
	}
	in := j.instances.of(number, key)
	if in.learntAt == 0 {
		in.learnt, in.learntAt, in.learntBy = r.Value, int32(i)+1, r.Node
		return
	}
	if in.learnt == r.Value {
		return
	}
	word := " for slot "
	if key == viewKey {
		word = " for view "
	}
	j.breaks(agree, i, int(in.learntAt)-1, in.learntBy, " has ", in.learnt, ", ", r.Node, " has ",
		r.Value, numbered(word, number))
}

// mustAgreeInPlace judges agree where executions have no slots: the k-th command that one server
// executes is the k-th that any other does. For a protocol that executes a single stored command,
// that is that command (E-23, E-25).
func (j *Judge) mustAgreeInPlace(i int, r *trace.Record, straight bool, state trace.History) {
	if !j.open(agree) || straight {
		return
	}
	event, by := j.executed.fork(&j.log.Histories, state)
	place, was, is := j.differ(j.executed.tip(), state)
	j.breaks(agree, i, event, "command ", place, " of ", by, " is ", was, ", of ", r.Node, " ", is)
}
