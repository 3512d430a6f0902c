package check

import "github.com/synodlab/synod/core/trace"

// command is a value that somebody issued: a client its command, a proposer its value.
type command struct {
	by       Set   // who issued it
	issued   int32 // the first record that says so
	issuedAt int64
	floor    int32 // how many commands the longest state had that any client had seen by then
	settled  bool  // a client heard an answer to it, or it was chosen or learnt
	answered bool  // a client heard an answer to it
	granted  bool  // it got the lock
	replyAt  int64 // when it was answered first
	chosenAt int64 // when it was chosen, or else learnt, first
}

// commands finds commands by their values. One that nobody issued is not there.
type commands struct {
	list    []command
	byValue []int32 // the command's number in list, plus 1
}

// of returns the command v, nil if nobody issued it. It is valid until another is issued.
func (s *commands) of(v trace.Value) *command {
	if int(v) >= len(s.byValue) || s.byValue[v] == 0 {
		return nil
	}
	return &s.list[s.byValue[v]-1]
}

// issue takes in that r.Node issues r.Value while clients have seen floor commands.
func (s *commands) issue(i int, r *trace.Record, floor int) {
	if r.Value == 0 {
		return
	}
	if c := s.of(r.Value); c != nil {
		c.by = c.by.With(r.Node)
		return
	}
	s.list = append(s.list, command{by: SetOf(r.Node), issued: int32(i), issuedAt: r.At,
		floor: int32(floor)})
	*entry(&s.byValue, int(r.Value)) = int32(len(s.list))
}

// chosen takes in that v was chosen or learnt at a time.
func (s *commands) chosen(v trace.Value, at int64) {
	if c := s.of(v); c != nil && !c.settled {
		c.settled, c.chosenAt = true, at
	}
}

func (s *commands) reset() { s.list, s.byValue = s.list[:0], s.byValue[:0] }

func (s *commands) copyFrom(o *commands) {
	s.list, s.byValue = refill(s.list, o.list), refill(s.byValue, o.byValue)
}

// answered takes in that a client hears an answer to c.
func (j *Judge) answered(r *trace.Record, c *command) {
	if c != nil && !c.answered {
		c.answered, c.replyAt = true, r.At
	}
}

// Latency returns how long v took, in microseconds: from the moment it was issued until a client
// first heard an answer, or, if nobody did, until it was chosen or learnt.
func (j *Judge) Latency(v trace.Value) (us int64, ok bool) {
	c := j.commands.of(v)
	switch {
	case c == nil:
		return 0, false
	case c.answered:
		return c.replyAt - c.issuedAt, true
	case c.settled:
		return c.chosenAt - c.issuedAt, true
	}
	return 0, false
}
