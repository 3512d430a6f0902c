package check

import "github.com/synodlab/synod/core/trace"

// instance is one decision: a slot of a log, the only one of a single-decree protocol (its slot is
// NoNumber), or a view.
type instance struct {
	learnt      trace.Value // the first value learnt or executed here
	learntAt    int32       // that record, plus 1; 0: none
	learntBy    trace.Node
	choice      int32 // the first value chosen here: its number in votes.choices, plus 1
	lowest      int64 // the lowest number under which a value was chosen here, if one was
	lowestValue trace.Value
	lowestAt    int32 // the accept that completed its quorum, plus 1; 0: nothing was chosen
	proposals   int32 // the last proposal made here: its number in proposals.list, plus 1
}

// What an instance's number means.
const (
	slotKey int64 = iota
	viewKey
)

// instances finds instances by their numbers.
type instances struct {
	list  []instance
	index table
}

// of returns the instance of that number, valid until another is added.
func (s *instances) of(number, key int64) *instance {
	at := s.index.get(number, key)
	if at < 0 {
		at = len(s.list)
		s.list = append(s.list, instance{})
		s.index.set(number, key, at)
	}
	return &s.list[at]
}

func (s *instances) reset() {
	s.list = s.list[:0]
	s.index.reset()
}

func (s *instances) copyFrom(o *instances) {
	s.list = refill(s.list, o.list)
	s.index.copyFrom(&o.index)
}

// learnings keeps, for pairs of numbers, one value or number and the record that set it.
type learnings struct {
	list  []learning
	index table
}

type learning struct {
	number int64
	event  int32
}

// of returns what is kept for (a, b), valid until more is added; nil if nothing is.
func (s *learnings) of(a, b int64) *learning {
	if at := s.index.get(a, b); at >= 0 {
		return &s.list[at]
	}
	return nil
}

// add keeps l for (a, b), for which nothing is kept yet.
func (s *learnings) add(a, b int64, l learning) {
	s.index.set(a, b, len(s.list))
	s.list = append(s.list, l)
}

func (s *learnings) reset() {
	s.list = s.list[:0]
	s.index.reset()
}

func (s *learnings) copyFrom(o *learnings) {
	s.list = refill(s.list, o.list)
	s.index.copyFrom(&o.index)
}
