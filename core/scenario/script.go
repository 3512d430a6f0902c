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
	deliver []delivery // to make when the event that is happening is over
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
	came    bool // what it waits for came, once at least
	passed  int  // how many of its items have let go what they hold back
}

// going is the `run` or `step` that holds the script back.
type going struct {
	chain *chain
	step  *Step
	end   sim.Micros // of `run 100ms`
	left  int        // of `step 3`
	until sim.Micros // without an end of its own
	cond  *watch
}

// prepare cuts the body into chains. A case begins afresh at index common of the body, a control at
// index own; by hand all lines are one.
func (r *Run) prepare(common, own int) {
	r.World.Hooks = sim.Hooks{Cut: r.cut, Loses: r.loses, Sent: r.sent, Copied: r.copied}
	byHand := r.Scenario.Header.ByHand
	var main *chain
	barriers, part := 0, 0
	for i, s := range r.body {
		if !byHand && (part == 0 && i >= common || part < 2 && i >= own) {
			main, part = nil, part+1
			if i >= own {
				part = 2
			}
		}
		if !r.inScript(s) {
			continue
		}
		if isRest(s) && !byHand {
			r.script.chains = append(r.script.chains, &chain{items: r.body[i : i+1]})
			main, byHand = nil, true
			barriers++
			continue
		}
		c := main
		if begins(s) || main == nil {
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
		o := r.outcomeOf(x)
		r.outcomes = append(r.outcomes, o)
		if x.HasBy {
			r.deadlines = append(r.deadlines, o)
		}
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
		if c.waits = isRest(x) && !r.rests(); c.waits {
			return
		}
		switch x.When.Kind {
		case At:
			c.due = sim.Micros(x.When.Time)
		case After:
			c.due += sim.Micros(x.When.Time)
		case Once, Whenever:
			c.waits, c.repeats = true, x.When.Kind == Whenever
			var err *Error
			if c.cond, err = r.watch(&x.When.Condition); err != nil {
				r.wrong(x, err)
				r.abandon(c)
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

// goesOn reports whether the chain waits for its own `run`, or would run while another chain does.
func (r *Run) goesOn(c *chain) bool {
	g := r.script.going
	return g != nil && (g.chain == c || !c.over() && holdsBack(c.items[c.next]))
}

// letGo lets what the statement of c that is over holds back have its turn; once, if c repeats.
func (r *Run) letGo(c *chain) {
	if c.next > c.passed {
		c.passed = c.next
		r.script.segment++
	}
}

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
		if isRest(x) {
			r.rest(c)
		} else {
			r.act(x)
		}
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
			r.awaken()
		}
		return
	}
	if x, ok := c.items[c.next].(*Step); ok && x.When.Kind == After {
		c.due += sim.Micros(x.When.Time)
	}
}

// settle is what follows every event and every step: the checks look, deliveries that waited for
// it are made, rules end, deadlines may be met.
func (r *Run) settle() {
	r.look()
	r.deliveries()
	r.World.Line = 0
	r.expire()
	r.watchDeadlines()
	for _, w := range r.live {
		if w.first < 0 && r.holds(w) {
			w.first = max(len(r.Log.Records)-1, 0)
		}
	}
}

// awaken lets the chains go on whose condition has come true, and reports whether there are any.
func (r *Run) awaken() bool {
	any := false
	for _, c := range r.script.chains {
		if c.armed && c.waits && !c.over() && r.awaited(c) {
			c.waits, c.came, any = false, true, true
			c.due = r.World.Now
		}
	}
	return any
}

// abandon ends a chain whose turn cannot come. What it would have held back goes on.
func (r *Run) abandon(c *chain) {
	for _, s := range c.items[c.next:] {
		if holdsBack(s) && !r.rests() {
			r.script.segment++
		}
	}
	c.next, c.waits, c.repeats = len(c.items), false, false
}

// awaited reports whether what a chain waits for has come.
func (r *Run) awaited(c *chain) bool {
	x := c.items[0].(*Step)
	if c.rests() {
		return r.script.going == nil && !r.pending(c)
	}
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
