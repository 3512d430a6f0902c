package check

import "github.com/synodlab/synod/core/trace"

// Choice is a value that a quorum accepted under one number.
type Choice struct {
	Slot   int64 // NoNumber in a single-decree protocol
	Ballot int64 // the number under which it was chosen first
	Value  trace.Value
	Event  int // the accept that completed the quorum
}

// votes is the ghost state: who accepted what under which number, as a historian would have it. A
// vote that a node forgot later was cast all the same.
type votes struct {
	list    []vote
	index   table // by slot and ballot: the last vote of the list there
	choices []Choice
	first   []int32 // by value: its first choice plus 1; 0: never chosen
	where   table   // by slot and value: the choice
	eras    []era
	wiped   Set   // nodes that lost their disk and were not admitted again since
	again   Set   // nodes that were
	last    int64 // the highest slot of an accept, counted or not
	late    bool  // a configuration became known after an accept that it governs
}

// vote is one value under one number.
type vote struct {
	slot, ballot int64
	value        trace.Value
	by           Set
	chosen       bool
	next         int32 // another value under the same number, plus 1
}

// era is a configuration: from a slot on, so many of these make a quorum.
type era struct {
	from    int64
	members Set
	quorum  int
}

// add counts the accept r. If it completes a quorum for its value under its number it returns that
// vote, and whether the value was not yet chosen in its slot under another number.
func (s *votes) add(acceptors Set, quorum int, i int, r *trace.Record) (done *vote, fresh bool) {
	s.last = max(s.last, r.Slot)
	for _, e := range s.eras {
		if e.from <= r.Slot {
			acceptors, quorum = e.members, e.quorum
		}
	}
	if !acceptors.Has(r.Node) {
		return nil, false
	}
	v := s.vote(r)
	v.by = v.by.With(r.Node)
	if v.chosen || (v.by&acceptors).Len() < quorum {
		return nil, false
	}
	v.chosen = true
	if _, already := s.at(r.Value, r.Slot); already {
		return v, false
	}
	s.where.set(r.Slot, int64(r.Value), len(s.choices))
	s.choices = append(s.choices, Choice{Slot: r.Slot, Ballot: r.Ballot, Value: r.Value, Event: i})
	if f := entry(&s.first, int(r.Value)); *f == 0 {
		*f = int32(len(s.choices))
	}
	return v, true
}

// vote returns the entry of r's value under r's number.
func (s *votes) vote(r *trace.Record) *vote {
	head := s.index.get(r.Slot, r.Ballot)
	for at := head; at >= 0; at = int(s.list[at].next) - 1 {
		if s.list[at].value == r.Value {
			return &s.list[at]
		}
	}
	s.list = append(s.list, vote{slot: r.Slot, ballot: r.Ballot, value: r.Value,
		next: int32(head) + 1})
	s.index.set(r.Slot, r.Ballot, len(s.list)-1)
	return &s.list[len(s.list)-1]
}

// at returns the number of the choice of v in slot.
func (s *votes) at(v trace.Value, slot int64) (choice int, ok bool) {
	choice = s.where.get(slot, int64(v))
	return choice, choice >= 0
}

func (s *votes) reset() {
	s.list, s.choices, s.first, s.eras = s.list[:0], s.choices[:0], s.first[:0], s.eras[:0]
	s.wiped, s.again, s.last, s.late = 0, 0, trace.NoNumber, false
	s.index.reset()
	s.where.reset()
}

func (s *votes) copyFrom(o *votes) {
	s.list, s.choices = refill(s.list, o.list), refill(s.choices, o.choices)
	s.first, s.eras, s.wiped = refill(s.first, o.first), refill(s.eras, o.eras), o.wiped
	s.again, s.last, s.late = o.again, o.last, o.late
	s.index.copyFrom(&o.index)
	s.where.copyFrom(&o.where)
}

// Chosen returns what was chosen, each value once for each slot, in order. It is borrowed until
// the next record. It is empty if Config.Quorum is 0.
func (j *Judge) Chosen() []Choice { return j.votes.choices }

// ChosenValue returns the accept by which v was first chosen, in any slot.
func (j *Judge) ChosenValue(v trace.Value) (event int, ok bool) {
	if int(v) >= len(j.votes.first) || j.votes.first[v] == 0 {
		return -1, false
	}
	return j.votes.choices[j.votes.first[v]-1].Event, true
}

// ChosenAt returns the accept by which v was chosen in slot.
func (j *Judge) ChosenAt(v trace.Value, slot int64) (event int, ok bool) {
	at, ok := j.votes.at(v, slot)
	if !ok {
		return -1, false
	}
	return j.votes.choices[at].Event, true
}

// configures takes in a configuration. One with a slot governs the slots from there on: the text of
// its value names its members, separated by blanks, and its VBallot is their accept quorum, a
// majority if that is absent. Members that are no nodes of this run have no vote. Two different
// configurations under one number break agree (K-14, K-38).
func (j *Judge) configures(i int, r *trace.Record) {
	if r.Ballot != trace.NoNumber {
		j.mustAgree(i, r, viewKey)
	}
	if r.Slot == trace.NoNumber {
		return
	}
	e := era{from: r.Slot}
	named := 0
	e.members, named = j.members(j.log.Names.Bytes(r.Value))
	e.quorum = named/2 + 1
	if r.VBallot != trace.NoNumber {
		e.quorum = int(r.VBallot)
	}
	at := len(j.votes.eras)
	for ; at > 0 && j.votes.eras[at-1].from >= e.from; at-- {
		if j.votes.eras[at-1].from == e.from {
			return // another node tells of the same one
		}
	}
	j.votes.late = j.votes.late || j.votes.last >= e.from
	j.votes.eras = append(j.votes.eras, era{})
	copy(j.votes.eras[at+1:], j.votes.eras[at:])
	j.votes.eras[at] = e
	j.admits(e.members)
}

// members returns the nodes that text names, and how many names it has.
func (j *Judge) members(text []byte) (members Set, named int) {
	for start := 0; start < len(text); {
		end := start
		for end < len(text) && text[end] != ' ' && text[end] != ',' {
			end++
		}
		if end > start {
			named++
			members = members.With(j.named(text[start:end]))
		}
		start = end + 1
	}
	return members, named
}

func (j *Judge) named(text []byte) trace.Node {
	for n, name := range j.log.Nodes {
		if name == string(text) {
			return trace.Node(n)
		}
	}
	return trace.NoNode
}
