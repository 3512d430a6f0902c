package scenario

import "github.com/synodlab/synod/core/sim"

// script is what a run does by itself: its chains, and how far each has come.
//
// A chain is a statement and those that follow it: it begins where a part of the text begins, or
// with a prefix that says when. `run` and `step` hold back every chain that begins below them.
type script struct {
	chains  []*chain
	segment int // how many of the steps that hold back are over
	going   *going
	deliver []flightID // deliveries to make when the event that is happening is over
}

type chain struct {
	items   []Statement
	next    int
	segment int // steps that hold back above its beginning
	armed   bool
	waits   bool       // for its condition or event
	due     sim.Micros // when its next statement comes, unless it waits
	cond    *watch
	repeats bool
}

// going is the `run` or `step` that holds the script back.
type going struct {
	chain *chain
	step  *Step
	end   sim.Micros // of `run 100ms`
	left  int        // of `step 3`
	cond  *watch
}

// prepare cuts the body into chains. The control's own part begins at index control.
func (r *Run) prepare(control int) {
	r.World.Hooks = sim.Hooks{Cut: r.cut, Loses: r.loses, Sent: r.sent}
	byHand := r.Scenario.Header.ByHand
	var main *chain
	barriers := 0
	for i, s := range r.body {
		if !r.inScript(s) {
			continue
		}
		afresh := main == nil || !byHand && (i == r.Scenario.Common || i == control)
		c := main
		if begins(s) || afresh {
			c = &chain{segment: barriers}
			r.script.chains = append(r.script.chains, c)
		}
		if !begins(s) || !byHand {
			main = c
		}
		c.items = append(c.items, s)
		if holdsBack(s) && !byHand {
			barriers++
		}
	}
	r.arm()
}

// inScript reports whether s has its turn in the script; what is judged at the end has not.
func (r *Run) inScript(s Statement) bool {
	switch x := s.(type) {
	case *Step:
		return true
	case *Expect:
		o := &Outcome{Expect: x}
		r.outcomes = append(r.outcomes, o)
		return x.HasAt || x.Here && !x.HasBy && !Searches(x.Claim)
	}
	return false
}

// begins reports whether s begins a chain by its prefix.
func begins(s Statement) bool {
	switch x := s.(type) {
	case *Step:
		return x.When.Kind != Next && x.When.Kind != After
	case *Expect:
		return x.HasAt
	}
	return false
}

func holdsBack(s Statement) bool {
	x, ok := s.(*Step)
	if !ok {
		return false
	}
	switch x.Action.(type) {
	case *Proceed, *Advance:
		return true
	}
	return false
}

// arm lets the chains go on that nothing holds back any more.
func (r *Run) arm() {
	for _, c := range r.script.chains {
		if !c.armed && c.segment <= r.script.segment {
			c.armed = true
			r.begin(c)
		}
	}
}

// begin sets when the first statement of a chain comes.
func (r *Run) begin(c *chain) {
	c.due = r.World.Now
	switch x := c.items[0].(type) {
	case *Expect:
		if x.HasAt {
			c.due = sim.Micros(x.At)
		}
	case *Step:
		switch x.When.Kind {
		case At:
			c.due = sim.Micros(x.When.Time)
		case After:
			c.due += sim.Micros(x.When.Time)
		case Once, Whenever:
			c.waits, c.repeats = true, x.When.Kind == Whenever
			if c.cond == nil {
				var err *Error
				if c.cond, err = r.watch(&x.When.Condition); err != nil {
					r.err = err
				}
			}
		case AtEvent:
			c.waits = true
		}
	}
}

// over reports whether nothing of the chain is left.
func (c *chain) over() bool { return c.next >= len(c.items) }

// ready returns the first chain whose next statement is due, nil if there is none.
func (r *Run) ready() *chain {
	for _, c := range r.script.chains {
		if c.armed && !c.waits && !c.over() && c.due <= r.World.Now && !r.goesOn(c) {
			return c
		}
	}
	return nil
}

// goesOn reports whether the chain waits for its own `run`.
func (r *Run) goesOn(c *chain) bool { return r.script.going != nil && r.script.going.chain == c }

// nextStep returns when the next statement comes by its time.
func (r *Run) nextStep() (at sim.Micros, found bool) {
	at, found = r.nextExpiry()
	for _, c := range r.script.chains {
		if c.armed && !c.waits && !c.over() && !r.goesOn(c) && (!found || c.due < at) {
			at, found = c.due, true
		}
	}
	return at, found
}

// turn lets the next statement of c have its turn.
func (r *Run) turn(c *chain) {
	s := c.items[c.next]
	c.next++
	switch x := s.(type) {
	case *Expect:
		r.judgeHere(x)
	case *Step:
		if holdsBack(s) {
			r.proceed(c, x)
			return
		}
		r.act(x)
		r.settle()
	}
	r.follows(c)
}

// follows sets when the statement after the one just done comes.
func (r *Run) follows(c *chain) {
	c.due = r.World.Now
	if c.over() {
		if c.repeats {
			c.next, c.waits = 0, true
		}
		return
	}
	if x, ok := c.items[c.next].(*Step); ok && x.When.Kind == After {
		c.due += sim.Micros(x.When.Time)
	}
}

// settle is what follows every event and every step: the checks look, deliveries that waited for
// it are made, rules end, conditions may have come true.
func (r *Run) settle() {
	r.look()
	for len(r.script.deliver) > 0 {
		f := r.script.deliver[0]
		r.script.deliver = append(r.script.deliver[:0], r.script.deliver[1:]...)
		if r.World.InFlight(f.place, f.id) {
			r.World.Deliver(f.place)
			r.look()
		}
	}
	r.World.Line = 0
	r.expire()
	r.watchDeadlines()
	for _, c := range r.script.chains {
		if c.armed && c.waits && r.awaited(c) {
			c.waits = false
			c.due = r.World.Now
		}
	}
}

// awaited reports whether what a chain waits for has come.
func (r *Run) awaited(c *chain) bool {
	x := c.items[0].(*Step)
	if x.When.Kind == AtEvent {
		if uint64(len(r.Log.Records)) <= x.When.Event {
			return false
		}
		r.lenient = true // what comes later was written for another run
		return true
	}
	if c.repeats {
		return r.rises(c.cond)
	}
	return r.holds(c.cond)
}

// proceed begins a `run` or a `step`.
func (r *Run) proceed(c *chain, s *Step) {
	g := &going{chain: c, step: s, end: -1, left: -1}
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
				r.err = err
				return
			}
		}
	}
	r.script.going = g
	if r.Scenario.Header.ByHand {
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
	return r.World.Quiet() || !any || next > sim.Micros(virtualEnd)
}

// arrive ends a `run` or `step`.
func (r *Run) arrive(g *going) {
	if g.end > r.World.Now {
		r.World.Now = g.end
	}
	r.script.going = nil
	if r.Scenario.Header.ByHand {
		r.World.Rest()
	}
	r.script.segment++
	r.follows(g.chain)
	r.arm()
	r.settle()
}

// byHand takes one step of a run in which nothing moves by itself: the lines in order, a
// millisecond each.
func (r *Run) byHand() {
	if g := r.script.going; g != nil {
		r.goByHand(g)
		return
	}
	for _, c := range r.script.chains {
		if begins(c.items[0]) && !c.waits && !c.over() {
			r.turn(c)
			return
		}
	}
	for _, c := range r.script.chains {
		if !begins(c.items[0]) && !c.over() {
			_, isStep := c.items[c.next].(*Step)
			r.turn(c)
			if isStep && r.script.going == nil {
				r.World.Now += sim.Micros(Millisecond)
			}
			return
		}
	}
	r.end()
}

func (r *Run) goByHand(g *going) {
	next, any := r.World.Due()
	if r.arrived(g, next, any) {
		r.arrive(g)
		return
	}
	if !any || g.cond != nil && r.World.Quiet() {
		r.never(g.step, "the run is quiet and the condition never came true")
		return
	}
	r.World.Next()
	g.left = max(g.left-1, -1)
	r.settle()
}

// timed takes one step of a run that the clock drives.
func (r *Run) timed() {
	if c := r.ready(); c != nil {
		r.turn(c)
		return
	}
	step, steps := r.nextStep()
	next, events := r.World.Due()
	g := r.script.going
	first, any := next, events
	if steps && (!events || step <= next) {
		first, any = step, true
	}
	if g != nil && r.arrived(g, first, any) {
		r.arrive(g)
		return
	}
	if r.finished(first, any, steps) {
		return
	}
	if steps && (!events || step <= next) {
		r.World.Now = max(r.World.Now, step)
		r.expire()
		return
	}
	r.World.Next()
	if g != nil && g.left > 0 {
		g.left--
	}
	r.settle()
}

// finished ends a timed run whose end has come.
func (r *Run) finished(first sim.Micros, any, steps bool) bool {
	until := sim.Micros(r.Scenario.Header.Until)
	open := until == 0
	if open {
		until = sim.Micros(virtualEnd)
	}
	switch {
	case any && first <= until && !(open && !steps && r.script.going == nil && r.World.Quiet()):
		return false
	case !open || any && first > until:
		r.World.Now = max(r.World.Now, until)
	}
	r.end()
	return true
}

// never fails the run at a step whose turn did not come.
func (r *Run) never(s *Step, why string) {
	if s.Try || r.err != nil {
		r.script.going = nil
		return
	}
	if r.lenient {
		r.skipped = append(r.skipped, Skip{Line: s.Pos.Line, Text: s.Text, Reason: why})
		if r.script.going != nil {
			r.arrive(r.script.going)
		}
		return
	}
	r.err = r.fault(s.Pos, "the turn of this step never came: "+why, "")
}

// unfinished fails the run at the first step whose turn never came.
func (s *script) unfinished(r *Run) {
	for _, c := range s.chains {
		if c.over() || c.repeats {
			continue
		}
		x, ok := c.items[c.next].(*Step)
		if g := s.going; g != nil && g.chain == c {
			x, ok = g.step, true
		}
		if ok {
			r.never(x, "the run ended before")
		}
	}
	for _, x := range append(r.rules, r.cuts...) {
		if (x.once || x.verb == 0 && x.isCut()) && !x.spent {
			r.never(x.step, "no such message was sent")
		}
	}
}

// isCut reports whether the rule is a crash at a message.
func (x *rule) isCut() bool {
	_, ok := x.step.Action.(*Crash)
	return ok
}
