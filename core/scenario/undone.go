package scenario

// What becomes of steps that cannot be done, or whose turn never comes.

// goOnWithout gives up a step that holds others back and cannot be done on another protocol, so
// that these have their turn. It reports whether there was one.
func (r *Run) goOnWithout() bool {
	if g := r.script.going; g != nil && !r.fails(g.step) && r.heldBack() {
		r.never(g.step, "its condition never came true")
		r.arrive(g)
		return true
	}
	for _, c := range r.script.chains {
		if c.over() || !c.armed || r.goesOn(c) || !r.heldBack() {
			continue
		}
		if x, ok := c.items[c.next].(*Step); ok && !r.fails(x) {
			before := r.script.segment
			r.never(x, "its turn never came")
			r.abandon(c)
			if r.script.segment > before {
				r.arm()
				return true
			}
		}
	}
	return false
}

// heldBack reports whether a chain is held back.
func (r *Run) heldBack() bool {
	for _, c := range r.script.chains {
		if !c.armed {
			return true
		}
	}
	return false
}

// tolerates reports whether s is skipped if it cannot be done: it was written for another protocol,
// or for a run that went another way.
func (r *Run) tolerates(s *Step) bool { return r.lenient && !r.own[s] }

// wrong takes in that a step names what the protocol does not have.
func (r *Run) wrong(s *Step, err *Error) {
	if s.Try || r.tolerates(s) {
		r.refused(s, err.Problem)
	} else if r.err == nil {
		r.err = err
	}
}

// never takes in that the turn of a step did not come, which fails the run.
//
//go:noinline
func (r *Run) never(s *Step, why string) {
	switch {
	case s.Try || r.err != nil:
	case r.tolerates(s):
		r.skipped = append(r.skipped, Skip{Line: s.Pos.Line, Text: s.Text, Reason: why})
	default:
		r.stuck = append(r.stuck, Outcome{Expect: &Expect{Origin: s.Origin}, Judged: true,
			Detail: "the turn of this step never came: " + why})
	}
}

// leftOut says that what stands below a `whenever` was not done, since that never came. This is no
// fault: each time may be no time.
func (c *chain) leftOut(r *Run) {
	if !c.repeats || c.came || len(c.items) < 2 {
		return
	}
	if x, ok := c.items[1].(*Step); ok {
		r.skipped = append(r.skipped, Skip{Line: x.Pos.Line, Text: x.Text,
			Reason: "it follows a `whenever` that never came true"})
	}
}

// unfinished fails the run at the first step of each chain whose turn never came.
func (s *script) unfinished(r *Run) {
	if g := s.going; g != nil && g.cond != nil {
		r.never(g.step, "its condition never came true")
	}
	for _, c := range s.chains {
		c.leftOut(r)
		if c.over() || c.repeats || s.going != nil && s.going.chain == c && s.going.cond != nil {
			continue
		}
		s.unmet(r, c)
	}
	s.drop(r)
}

// unmet takes in that the turn of what is next in a chain did not come.
func (s *script) unmet(r *Run, c *chain) {
	if x, ok := c.items[c.next].(*Step); ok {
		why := "the run ended before"
		if c.waits {
			why = "what it waits for did not happen"
		}
		r.never(x, why)
	}
}
