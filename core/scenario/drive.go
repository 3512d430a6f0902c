package scenario

import "github.com/synodlab/synod/core/sim"

// Who moves a run on: the clock, the lines of a text by hand, and `run` between them.

// proceed begins a `run` or a `step`.
func (r *Run) proceed(c *chain, s *Step) {
	g := &going{chain: c, step: s, end: -1, left: -1, until: sim.Micros(virtualEnd)}
	switch a := s.Action.(type) {
	case *Advance:
		g.left = a.Events
	case *Proceed:
		switch a.Until {
		case UntilTime:
			g.end = r.World.Now + sim.Micros(a.For)
		case UntilCondition:
			var err *Error
			if g.cond, err = r.watch(&a.Condition); err != nil {
				r.wrong(s, err)
				r.letGo(c)
				r.follows(c)
				r.arm()
				return
			}
		}
	}
	r.script.going = g
	if r.rests() {
		g.until += r.World.Now
		r.World.Arm()
	}
}

// arrived reports whether a `run` or `step` is over before the event due at next, if there is one.
func (r *Run) arrived(g *going, next sim.Micros, any bool) bool {
	switch {
	case g.left >= 0:
		return g.left == 0 || !any
	case g.cond != nil:
		return r.holds(g.cond)
	case g.end >= 0:
		return !any || next > g.end
	}
	return r.World.Quiet() || !any || next > g.until
}

// arrive ends a `run` or `step`.
func (r *Run) arrive(g *going) {
	r.moveTo(max(r.World.Now, g.end))
	r.script.going = nil
	if r.rests() {
		r.World.Rest()
	}
	r.letGo(g.chain)
	r.follows(g.chain)
	r.arm()
	r.settle()
}

// moveTo lets time pass: deadlines that lie before it are over.
func (r *Run) moveTo(at sim.Micros) {
	r.closeDeadlines(at)
	r.World.Now = max(r.World.Now, at)
}

// byHand takes one step of a run in which nothing moves by itself: the lines in order, a
// millisecond each.
func (r *Run) byHand() {
	r.awaken()
	for _, c := range r.script.chains {
		if begins(c.items[0]) && !c.waits && !c.over() && !r.goesOn(c) {
			r.turn(c)
			return
		}
	}
	if g := r.script.going; g != nil {
		r.goByHand(g)
		return
	}
	for _, c := range r.script.chains {
		if !begins(c.items[0]) && !c.over() {
			_, isStep := c.items[c.next].(*Step)
			r.turn(c)
			if isStep && r.script.going == nil {
				r.moveTo(r.World.Now + sim.Micros(Millisecond))
			}
			return
		}
	}
	r.end()
}

func (r *Run) goByHand(g *going) {
	next, any := r.World.Due()
	switch {
	case r.arrived(g, next, any):
		r.arrive(g)
	case g.cond != nil && (!any || next > g.until || r.World.Quiet()):
		if g.step.Try || r.tolerates(g.step) {
			r.never(g.step, "its condition never came true")
			r.arrive(g)
			return
		}
		r.end()
	default:
		r.happen(next)
		g.left = max(g.left-1, -1)
	}
}

// happen lets the next event happen, which is due at that time.
func (r *Run) happen(due sim.Micros) {
	r.closeDeadlines(due)
	r.World.Next()
	r.settle()
}

// timed takes one step of a run that the clock drives: what is due of the script, then what waited
// for a moment that has come, then the world.
func (r *Run) timed() {
	if c := r.ready(); c != nil {
		r.turn(c)
		return
	}
	if r.awaken() {
		return
	}
	step, steps := r.nextStep()
	next, events := r.World.Due()
	g := r.script.going
	first, any := next, events
	stepsFirst := steps && (!events || step <= next)
	if stepsFirst {
		first, any = step, true
	}
	switch {
	case g != nil && r.arrived(g, first, any):
		r.arrive(g)
	case r.finished(first, any, steps):
		if !r.restNow() && !r.goOnWithout() {
			r.finish()
		}
	case stepsFirst:
		r.moveTo(step)
		r.expire()
	default:
		if g != nil && g.left > 0 {
			g.left--
		}
		r.happen(next)
	}
}

// finished reports whether the end of a timed run has come.
func (r *Run) finished(first sim.Micros, any, steps bool) bool {
	until := sim.Micros(r.Scenario.Header.Until)
	if until > 0 {
		return !any || first > until
	}
	if !any || first > sim.Micros(virtualEnd) {
		return true
	}
	return !steps && r.script.going == nil && !r.hoping() && r.World.Quiet()
}

// hoping reports whether a step still waits that would fail the run if its turn never came.
func (r *Run) hoping() bool {
	for _, c := range r.script.chains {
		if c.armed && c.waits && !c.over() && !c.repeats && !c.rests() &&
			r.fails(c.items[c.next]) {
			return true
		}
	}
	for _, x := range r.rules {
		if x.once && r.fails(x.step) {
			return true
		}
	}
	for _, x := range r.cuts {
		if !x.spent && r.fails(x.step) {
			return true
		}
	}
	for _, x := range r.tears {
		if !x.spent && r.fails(x.step) {
			return true
		}
	}
	return false
}

// fails reports whether the run fails if the turn of s never comes.
func (r *Run) fails(s Statement) bool {
	x, ok := s.(*Step)
	return ok && !x.Try && !r.tolerates(x)
}

// finish ends a timed run.
func (r *Run) finish() {
	r.notQuiet = r.toEnd()
	r.end()
}

// toEnd lets time pass to the end of a timed run that is finished, and reports whether that comes
// before it is quiet.
func (r *Run) toEnd() (early bool) {
	end := sim.Micros(r.Scenario.Header.Until)
	if end == 0 {
		_, any := r.World.Due()
		if !any || r.World.Quiet() {
			return false
		}
		end, early = sim.Micros(virtualEnd), true
	}
	r.moveTo(end)
	return early
}
