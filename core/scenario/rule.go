package scenario

import (
	"slices"

	"github.com/synodlab/synod/core/sim"
)

// rule is what a step says of messages still to come: a standing rule, a step that waits for its
// one message, or a crash at a message.
type rule struct {
	step    *Step
	match   matcher
	count   counter
	verb    Verb
	by      sim.Micros
	once    bool // waits for one message
	after   bool // of a crash: after sending, not before
	spent   bool
	until   UntilKind
	at      sim.Micros
	cond    *watch
	flights []flightID // held by it
}

// flightID tells a message in flight apart from one that took its place later.
type flightID struct {
	place int
	id    uint32
}

// delivery is one that is made when the event that sent the message is over.
type delivery struct {
	flightID
	rule *rule
}

// move does something to messages.
func (r *Run) move(s *Step, a *Move) {
	m, err := r.matcher(&a.Message)
	if err != nil {
		r.refused(s, err.Problem+"; expected "+err.Wanted)
		return
	}
	switch a.Reach {
	case All:
		r.moveAll(s, a, &m)
	case Every:
		x := &rule{step: s, match: m, verb: a.Verb, by: sim.Micros(a.By), until: a.Until,
			at: sim.Micros(a.UntilTime)}
		if moved := r.moveAll(s, a, &m); a.Verb == Hold {
			x.flights = moved
		}
		r.stand(a, x)
	default:
		for _, pair := range r.selected(a, m) {
			r.moveOne(s, a, pair)
		}
	}
}

// selected returns a matcher for each message that a selector means: one for each pair of lists.
func (r *Run) selected(a *Move, m matcher) []matcher {
	sel := &a.Message
	if !sel.Ends || sel.AnyFrom && sel.AnyTo {
		return []matcher{m}
	}
	froms, tos := []uint64{anyNode}, []uint64{anyNode}
	if !sel.AnyFrom {
		froms = r.single(sel.From)
	}
	if !sel.AnyTo {
		tos = r.single(sel.To)
	}
	var all []matcher
	for _, from := range froms {
		for _, to := range tos {
			one := m
			one.from, one.to = from, to
			all = append(all, one)
		}
	}
	return all
}

func (r *Run) single(names []string) []uint64 {
	sets := make([]uint64, len(names))
	for i, n := range r.nodes(names) {
		sets[i] = 1 << n
	}
	return sets
}

func (r *Run) moveOne(s *Step, a *Move, m matcher) {
	i := r.oldest(&m, wanted(a.Verb))
	if i < 0 && a.Verb == Deliver {
		i = r.oldest(&m, (*sim.Flight).Held)
	}
	if i >= 0 {
		r.refused(s, r.touch(i, a.Verb, sim.Micros(a.By)))
		return
	}
	if r.rests() || a.Verb == Release || m.n > 0 && r.identity(&m) != 0 {
		r.refused(s, "no such message is in flight")
		return
	}
	r.rules = append(r.rules, &rule{step: s, match: m, verb: a.Verb, by: sim.Micros(a.By),
		once: true})
}

// wanted tells which messages in flight a verb is for.
func wanted(v Verb) func(*sim.Flight) bool {
	switch v {
	case Release:
		return (*sim.Flight).Held
	case Deliver, Hold:
		return func(f *sim.Flight) bool { return !f.Held() }
	}
	return func(*sim.Flight) bool { return true }
}

// moveAll moves every message in flight that fits, oldest first, and returns which it moved.
func (r *Run) moveAll(s *Step, a *Move, m *matcher) (moved []flightID) {
	want := wanted(a.Verb)
	if a.Verb == Deliver { // what is held is in flight too
		want = func(*sim.Flight) bool { return true }
	}
	only := uint32(0)
	if m.n > 0 {
		if only = r.identity(m); only == 0 {
			return nil
		}
	}
	var all []flightID
	r.World.Flights(func(i int, f *sim.Flight) bool {
		r.effort += costOfAsking
		x := inFlight(&f.Message)
		toSelf := a.Verb == Lose && x.from == x.to // is never lost
		if want(f) && !toSelf && (only == 0 || f.Message.ID == only) && r.matches(m, &x) {
			all = append(all, flightID{i, f.Message.ID})
		}
		return true
	})
	for _, f := range all {
		if !r.World.InFlight(f.place, f.id) || r.full() {
			continue
		}
		refusal := r.touch(f.place, a.Verb, sim.Micros(a.By))
		if refusal == "" {
			moved = append(moved, f)
		} else if a.Reach == All {
			r.refused(s, refusal)
		}
	}
	return moved
}

// touch does one thing to one message in flight.
func (r *Run) touch(flight int, v Verb, by sim.Micros) (refusal string) {
	w := r.World
	switch v {
	case Deliver:
		return w.Deliver(flight)
	case Lose:
		return w.Lose(flight)
	case Duplicate:
		w.Copy(flight)
	case Hold:
		return w.Hold(flight)
	case Release:
		return w.Release(flight)
	case Corrupt:
		w.Corrupt(flight)
	case DelayBy:
		w.Delay(flight, by)
	}
	return ""
}

// stand lets a rule stand for what is sent from now on. One that releases ends those above it that
// hold nothing else, and is an exception to the others.
func (r *Run) stand(a *Move, x *rule) {
	if x.until == UntilCondition {
		cond, err := r.watch(&a.Condition)
		if err != nil {
			r.wrong(x.step, err)
			return
		}
		x.cond = cond
	}
	if x.verb == Release {
		excepts := false
		for _, old := range r.rules {
			if old.verb == Hold && !old.once && !old.spent {
				old.spent = x.match.covers(&old.match)
				excepts = excepts || !old.spent
			}
		}
		if !excepts {
			return
		}
	}
	r.rules = append(r.rules, x)
}

// covers reports whether all that fits m fits s.
func (s *matcher) covers(m *matcher) bool {
	return m.kinds&^s.kinds == 0 && m.from&^s.from == 0 && m.to&^s.to == 0 && s.n == 0 &&
		len(s.fields) == 0
}

// loses is the world's question whether a standing rule loses a message that is being sent.
func (r *Run) loses(m *sim.Message) bool {
	for _, x := range r.rules {
		if x.verb == Lose && !x.once && r.applies(x, m) {
			return true
		}
	}
	return false
}

// applies reports whether a rule stands and fits a message that has its number.
func (r *Run) applies(x *rule, m *sim.Message) bool {
	if x.spent {
		return false
	}
	r.effort += 2 * costOfAsking
	msg := inFlight(m)
	if !r.matches(&x.match, &msg) {
		return false
	}
	if x.match.n == 0 {
		return true
	}
	r.count(&x.count, &x.match)
	return x.count.id == m.ID
}

// sent lets the standing rules and the oldest waiting step apply to a message on its way.
func (r *Run) sent(flight int) {
	if len(r.rules) == 0 {
		return
	}
	id := r.World.Message(flight).ID
	r.standing(flight, id, false)
	for _, x := range r.rules {
		if x.once && r.World.InFlight(flight, id) && r.applies(x, r.World.Message(flight)) {
			x.spent = true
			r.apply(x, flight, id)
			break
		}
	}
	r.rules = slices.DeleteFunc(r.rules, func(x *rule) bool { return x.spent && x.once })
}

// copied lets the standing rules apply to a copy that chance made.
func (r *Run) copied(flight int) {
	if len(r.rules) > 0 {
		r.standing(flight, r.World.Message(flight).ID, true)
	}
}

// standing applies the standing rules, in the order of their lines; a copy is not copied again.
func (r *Run) standing(flight int, id uint32, copied bool) {
	released := -1 // rules that hold and stand above this one have an exception
	for i, x := range r.rules {
		if x.verb == Release && r.applies(x, r.World.Message(flight)) {
			released = i
		}
	}
	for i, x := range r.rules {
		skip := x.once || x.verb == Lose || x.verb == Release || x.verb == Hold && i < released ||
			x.verb == Duplicate && copied
		if !skip && r.World.InFlight(flight, id) && r.applies(x, r.World.Message(flight)) {
			r.apply(x, flight, id)
		}
	}
}

// apply does what a rule says, at once; a delivery comes after the event that sent the message.
func (r *Run) apply(x *rule, flight int, id uint32) {
	if x.verb == Deliver {
		r.script.deliver = append(r.script.deliver, delivery{flightID{flight, id}, x})
		return
	}
	line := r.World.Line
	r.World.Line = uint32(x.step.Pos.Line)
	refusal := r.touch(flight, x.verb, x.by)
	r.World.Line = line
	switch {
	case x.once:
		r.refused(x.step, refusal)
	case x.verb == Hold && refusal == "":
		x.flights = append(x.flights, flightID{flight, id})
	}
}

// deliveries makes the deliveries that waited for the end of an event, and those that they cause.
func (r *Run) deliveries() {
	for next := 0; next < len(r.script.deliver) && !r.full(); next++ {
		d := r.script.deliver[next]
		if !r.World.InFlight(d.place, d.id) {
			continue
		}
		r.World.Line = uint32(d.rule.step.Pos.Line)
		refusal := r.World.Deliver(d.place)
		if d.rule.once {
			r.refused(d.rule.step, refusal)
		}
		r.World.Line = 0
		r.look()
	}
	r.script.deliver = r.script.deliver[:0]
}

// cut is the world's question whether a node crashes at a message that it sends. One to itself is
// meant only if exactly it is named.
func (r *Run) cut(m *sim.Message, sent bool) bool {
	r.effort += costOfAsking * len(r.cuts)
	for _, x := range r.cuts {
		if x.spent || x.after != sent || m.From == m.To && !x.match.toSelf() {
			continue
		}
		if msg := inFlight(m); !r.matches(&x.match, &msg) {
			continue
		}
		if n := x.match.n; n > 0 {
			before := r.count(&x.count, &x.match)
			if !sent {
				before++
			}
			if before != n {
				continue
			}
		}
		x.spent = true
		r.World.Line = uint32(x.step.Pos.Line)
		return true
	}
	return false
}

// expire ends the rules whose time has come; what they hold goes on, unless another holds it too.
func (r *Run) expire() {
	var over []*rule
	for _, x := range r.rules {
		if x.once || x.spent {
			continue
		}
		if x.until == UntilTime && r.World.Now >= x.at || x.cond != nil && r.holds(x.cond) {
			x.spent = true
			over = append(over, x)
		}
	}
	for _, x := range over {
		for _, f := range x.flights {
			if r.World.InFlight(f.place, f.id) && !r.inherits(f) {
				r.World.Release(f.place)
			}
		}
	}
	if over != nil {
		r.rules = slices.DeleteFunc(r.rules, func(x *rule) bool { return x.spent })
	}
}

// inherits hands a flight that its rule no longer holds to another that stands and would have held
// it, and reports whether there is one.
func (r *Run) inherits(f flightID) bool {
	for _, x := range r.rules {
		if x.verb == Hold && !x.once && r.applies(x, r.World.Message(f.place)) {
			x.flights = append(x.flights, f)
			return true
		}
	}
	return false
}

// nextExpiry returns when the next rule ends by its time.
func (r *Run) nextExpiry() (sim.Micros, bool) {
	var next sim.Micros
	found := false
	for _, x := range r.rules {
		if !x.spent && !x.once && x.until == UntilTime && (!found || x.at < next) {
			next, found = x.at, true
		}
	}
	return next, found
}
