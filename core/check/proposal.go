package check

import "github.com/synodlab/synod/core/trace"

// proposals are the accept messages that were sent, each slot, number and value once.
type proposals struct {
	list  []proposal
	index table // by slot and ballot: the last one of the list there
}

type proposal struct {
	ballot int64
	value  trace.Value
	event  int32
	same   int32 // another one under the same number, plus 1
	before int32 // the one before in the same slot, plus 1
}

// find returns the first proposal under r's number, and whether r repeats one under it.
func (s *proposals) find(r *trace.Record) (first *proposal, known bool) {
	for at := s.index.get(r.Slot, r.Ballot); at >= 0; at = int(s.list[at].same) - 1 {
		first = &s.list[at]
		known = known || first.value == r.Value
	}
	return first, known
}

func (s *proposals) reset() {
	s.list = s.list[:0]
	s.index.reset()
}

func (s *proposals) copyFrom(o *proposals) {
	s.list = refill(s.list, o.list)
	s.index.copyFrom(&o.index)
}

// proposes judges the sending of an accept message.
//
// It judges unique: at most one value is proposed under one number in one slot (the first step of
// ETH's proof of Lemma 1.14, Karp's "must be unique"; E-30, E-41, L-17, B-15).
func (j *Judge) proposes(i int, r *trace.Record) {
	first, known := j.proposals.find(r)
	if known {
		return
	}
	if j.open(unique) && first != nil {
		j.breaks(unique, i, int(first.event), first.value, " and ", r.Value,
			" are both proposed under number ", r.Ballot, numbered(" in slot ", r.Slot))
	}
	in := j.instances.of(r.Slot, slotKey)
	s := &j.proposals
	s.list = append(s.list, proposal{ballot: r.Ballot, value: r.Value, event: int32(i),
		same: int32(s.index.get(r.Slot, r.Ballot)) + 1, before: in.proposals})
	s.index.set(r.Slot, r.Ballot, len(s.list)-1)
	in.proposals = int32(len(s.list))
	j.mustAdopt(i, r, in)
}

// mustAdopt judges safe-proposal where a proposal is sent after a choice: once a value is chosen
// under number t, each proposal with a number above t is for the same value (ETH Lemma 1.14,
// Lamport's P2b, Karp's case 2; E-27, E-33, K-26, M-45).
func (j *Judge) mustAdopt(i int, r *trace.Record, in *instance) {
	if in.lowestAt == 0 || !j.open(safeProposal) {
		return
	}
	if r.Ballot > in.lowest && r.Value != in.lowestValue {
		j.breaks(safeProposal, i, int(in.lowestAt)-1,
			j.stray(in.lowestValue, in.lowest, r.Value, r.Ballot))
	}
}

// choiceBinds judges safe-proposal where a value is chosen after a higher proposal was sent: the
// lemma speaks of every proposal ever issued, before or after.
func (j *Judge) choiceBinds(i int, v *vote) {
	in := j.instances.of(v.slot, slotKey)
	if in.lowestAt == 0 || v.ballot < in.lowest {
		in.lowest, in.lowestValue, in.lowestAt = v.ballot, v.value, int32(i)+1
	}
	for at := in.proposals; at != 0 && j.open(safeProposal); at = j.proposals.list[at-1].before {
		p := &j.proposals.list[at-1]
		if p.ballot > v.ballot && p.value != v.value {
			j.breaks(safeProposal, i, int(p.event), j.stray(v.value, v.ballot, p.value, p.ballot))
		}
	}
}

func (j *Judge) stray(chosen trace.Value, low int64, proposed trace.Value, high int64) string {
	return j.say(chosen, " is chosen under number ", low, ", ", proposed, " is proposed under ",
		high)
}
