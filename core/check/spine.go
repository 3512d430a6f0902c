package check

import "github.com/synodlab/synod/core/trace"

// spine is the longest of a set of sequences of which each is a prefix of the next. As long as
// nothing has diverged, "are these two comparable" is one comparison of numbers, however long the
// sequences are. A sequence that is no prefix and no extension of the spine is left off it.
type spine struct {
	at    []trace.History // at[d] is the first d+1 commands
	event []int32         // event[d] is the record that first brought the spine to d+1 commands
	by    []trace.Node    // by[d] is the node of that record
	place []int32         // by command: its first place on the spine, from 1; 0: none
}

// len returns how many commands the spine has.
func (s *spine) len() int { return len(s.at) }

// tip returns the whole sequence.
func (s *spine) tip() trace.History {
	if len(s.at) == 0 {
		return 0
	}
	return s.at[len(s.at)-1]
}

// add reports whether h is on the spine, after extending the spine by h if that is possible.
func (s *spine) add(t *trace.Histories, h trace.History, event int, by trace.Node) bool {
	had, n := len(s.at), int(t.Len(h))
	if n <= had {
		return s.has(t, h)
	}
	for len(s.at) < n {
		s.at, s.event = append(s.at, 0), append(s.event, int32(event))
		s.by = append(s.by, by)
	}
	rest := h
	for d := n - 1; d >= had; d-- {
		s.at[d] = rest
		_, rest = t.Last(rest)
	}
	if had > 0 && rest != s.at[had-1] {
		s.at, s.event, s.by = s.at[:had], s.event[:had], s.by[:had]
		return false
	}
	for d := had; d < n; d++ {
		v, _ := t.Last(s.at[d])
		if p := entry(&s.place, int(v)); *p == 0 {
			*p = int32(d + 1)
		}
	}
	return true
}

// has reports whether h is a prefix of the spine.
func (s *spine) has(t *trace.Histories, h trace.History) bool {
	n := int(t.Len(h))
	return n == 0 || n <= len(s.at) && s.at[n-1] == h
}

// placeOf returns the first place of command v on the spine, from 1; 0 if it is not there.
func (s *spine) placeOf(v trace.Value) int {
	if int(v) >= len(s.place) {
		return 0
	}
	return int(s.place[v])
}

// fork returns the record that brought the spine to its first command that h does not share, and
// its node; -1 if the spine has none.
func (s *spine) fork(t *trace.Histories, h trace.History) (event int, by trace.Node) {
	for !s.has(t, h) {
		_, h = t.Last(h)
	}
	n := int(t.Len(h))
	if n < len(s.event) {
		return int(s.event[n]), s.by[n]
	}
	return -1, trace.NoNode
}

func (s *spine) reset() {
	s.at, s.event, s.by, s.place = s.at[:0], s.event[:0], s.by[:0], s.place[:0]
}

func (s *spine) copyFrom(o *spine) {
	s.at, s.event = refill(s.at, o.at), refill(s.event, o.event)
	s.by, s.place = refill(s.by, o.by), refill(s.place, o.place)
}
