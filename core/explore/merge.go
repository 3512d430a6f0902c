package explore

// mergeAll numbers the new states of a batch, in the order in which one worker alone would
// have found them.
func (s *Search) mergeAll(w *worker) {
	for n := range s.merge.used {
		b, answers, from := &s.merge.blocks[n], w.read(s, n), int32(0)
		for _, p := range b.parents {
			going := s.adopt(b, answers, int(from), int(p.end))
			from = p.end
			s.result.Generated += int(p.emitted)
			if b.from >= 0 {
				s.expanded++
				if !p.changes {
					s.result.Terminal++
				}
			}
			s.note()
			if !going {
				return
			}
			s.tree.close()
		}
	}
	if s.limits.Bytes > 0 && s.Bytes()+s.besides() > s.limits.Bytes {
		s.result.Bounded = BoundedMemory
	}
}

// adopt numbers the new ones of one state's successors, or of the first states;
// it tells whether the search goes on.
func (s *Search) adopt(b *block, answers []uint32, from, to int) bool {
	r := &s.result
	for i := from; i < to; i++ {
		if answers[i] == 0 || answers[i] == elder {
			continue
		}
		if s.last() {
			r.Bounded = BoundedDepth
			return true
		}
		if s.limits.States > 0 && r.Distinct == s.limits.States {
			r.Bounded = BoundedStates
			return false
		}
		number := int(b.hashes[i] & uint64(len(s.shards)-1))
		place := int(answers[i] - 1)
		s.name(number, place)
		s.tree.child()
		if s.finds(b.violation(i)); s.sought == 0 {
			return false
		}
	}
	return true
}

// finds takes in what is wrong with the state that was numbered last.
func (s *Search) finds(violation uint32) {
	fresh := violation & s.sought
	if fresh == 0 {
		return
	}
	if s.sought &^= fresh; !s.several {
		s.sought = 0
	}
	r := &s.result
	s.found = append(s.found, Finding{Violation: fresh, At: r.Distinct - 1})
	if r.Violation == 0 {
		r.Violation, r.At = fresh, r.Distinct-1
	}
}

// note adds to what was just found how far the search was then.
func (s *Search) note() {
	for i := len(s.found) - 1; i >= 0 && s.found[i].Then.Distinct == 0; i-- {
		f := &s.found[i]
		f.Then = s.Result()
		f.Then.Distinct = f.At + 1
		f.Then.Frontier = f.Then.Distinct - s.expanded
		f.Then.Violation, f.Then.At = f.Violation, f.At
	}
}
