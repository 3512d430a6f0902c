package scenario

// What `rest` does: the clock gives the run over to the lines of its text.

// rests reports whether nothing moves unless a line moves it.
func (r *Run) rests() bool { return r.Scenario.Header.ByHand || r.rested }

func isRest(s Statement) bool {
	x, ok := s.(*Step)
	if ok {
		_, ok = x.Action.(*Rest)
	}
	return ok
}

// rests reports whether c is the `rest` of a run that the clock drives.
func (c *chain) rests() bool { return isRest(c.items[0]) && c.waits }

// pending reports whether a chain above c is not over; nil: any.
func (r *Run) pending(c *chain) bool {
	for _, x := range r.script.chains {
		if x == c {
			break
		}
		if !x.over() {
			return true
		}
	}
	return false
}

// restNow lets a `rest` have its turn in a run that is over but for it, if there is one.
func (r *Run) restNow() bool {
	for _, c := range r.script.chains {
		if c.rests() {
			r.toEnd()
			c.waits, c.due = false, r.World.Now
			return true
		}
	}
	return false
}

// rest ends what lines above that of chain c would still do. A step whose turn can come no more
// fails the run, but for what a `whenever` repeats.
func (r *Run) rest(c *chain) {
	if g := r.script.going; g != nil && g.cond != nil {
		r.never(g.step, "its condition never came true")
	}
	r.script.going = nil
	for _, x := range r.script.chains {
		if x == c {
			break
		}
		if !x.over() && !x.repeats && !r.rests() {
			r.script.unmet(r, x)
		}
		x.next, x.waits, x.repeats = len(x.items), false, false
	}
	r.script.drop(r)
	r.rested = true
	r.World.Rest()
	r.script.segment = len(r.body)
	r.arm()
}

// drop ends all rules. One that waits for its message or its record was never done.
func (s *script) drop(r *Run) {
	const unsent = "no such message was sent"
	for _, x := range r.rules {
		if x.once {
			r.never(x.step, unsent)
		}
	}
	for _, x := range r.cuts {
		if !x.spent {
			r.never(x.step, unsent)
		}
	}
	for _, x := range r.tears {
		if !x.spent {
			r.never(x.step, "no such record was written")
		}
	}
	r.rules, r.cuts, r.tears = nil, nil, nil
}
