package scenario

import (
	"github.com/synodlab/synod/core/sim"
)

// rule is what a step says of messages still to come: a standing rule, a step that waits for its
// one message, or a crash at a message.
type rule struct {
	step    *Step
	match   matcher
	verb    Verb
	by      sim.Micros
	once    bool // waits for one message
	sent    bool // of a crash: after sending, not before
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
		r.moveAll(s, a, &m)
		r.stand(a, &rule{step: s, match: m, verb: a.Verb, by: sim.Micros(a.By), until: a.Until,
			at: sim.Micros(a.UntilTime)})
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
	if r.Scenario.Header.ByHand || a.Verb == Release {
		r.refused(s, "no such message is in flight")
		return
	}
	r.rules = append(r.rules, &rule{step: s, match: m, verb: a.Verb, by: sim.Micros(a.By), once: true})
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

// moveAll moves every message in flight that fits, oldest first.
func (r *Run) moveAll(s *Step, a *Move, m *matcher) {
	var all []flightID
	want := wanted(a.Verb)
	r.World.Flights(func(i int, f *sim.Flight) bool {
		if x := inFlight(&f.Message); want(f) && r.matches(m, &x) {
			all = append(all, flightID{i, f.Message.ID})
		}
		return true
	})
	for _, f := range all {
		if r.World.InFlight(f.place, f.id) {
			r.refused(s, r.touch(f.place, a.Verb, sim.Micros(a.By)))
		}
	}
	if a.Verb == Release && a.Reach == Every {
		for _, old := range r.rules {
			if old.verb == Hold && !old.once && old.match.kinds&m.kinds != 0 {
				old.spent = true
			}
		}
	}
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

// stand lets a rule stand for what is sent from now on.
func (r *Run) stand(a *Move, x *rule) {
	if a.Verb == Release {
		return
	}
	if x.until == UntilCondition {
		cond, err := r.watch(&a.Condition)
		if err != nil {
			r.err = err
			return
		}
		x.cond = cond
	}
	r.rules = append(r.rules, x)
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

// applies reports whether a rule stands and fits.
func (r *Run) applies(x *rule, m *sim.Message) bool {
	if x.spent {
		return false
	}
	msg := inFlight(m)
	return r.matches(&x.match, &msg)
}

// sent lets the standing rules and the oldest waiting step apply to a message on its way.
func (r *Run) sent(flight int) {
	m := *r.World.Message(flight)
	id := m.ID
	for _, x := range r.rules {
		if !x.once && x.verb != Lose && r.applies(x, &m) && r.World.InFlight(flight, id) {
			r.apply(x, flight, id)
		}
	}
	for _, x := range r.rules {
		if x.once && r.applies(x, &m) && r.isNth(x, id) && r.World.InFlight(flight, id) {
			x.spent = true
			r.apply(x, flight, id)
			return
		}
	}
}

// isNth reports whether the message is the one that a step with #n waits for.
func (r *Run) isNth(x *rule, id uint32) bool {
	return x.match.n == 0 || r.identity(&x.match) == id
}

// apply does what a rule says, at once; a delivery comes after the event that sent the message.
func (r *Run) apply(x *rule, flight int, id uint32) {
	if x.verb == Deliver {
		r.script.deliver = append(r.script.deliver, flightID{flight, id})
		return
	}
	line := r.World.Line
	r.World.Line = uint32(x.step.Pos.Line)
	r.refused(x.step, r.touch(flight, x.verb, x.by))
	r.World.Line = line
	if x.verb == Hold {
		x.flights = append(x.flights, flightID{flight, id})
	}
}

// cut is the world's question whether a node crashes at a message that it sends.
func (r *Run) cut(m *sim.Message, sent bool) bool {
	for _, x := range r.cuts {
		if x.sent != sent || !r.applies(x, m) {
			continue
		}
		before := r.sentBefore(&x.match)
		if !sent {
			before++
		}
		if x.match.n == 0 || before == x.match.n {
			x.spent = true
			r.World.Line = uint32(x.step.Pos.Line)
			return true
		}
	}
	return false
}

// expire ends the rules whose time has come; what they hold goes on.
func (r *Run) expire() {
	for _, x := range r.rules {
		if x.spent || x.once {
			continue
		}
		if x.until == UntilTime && r.World.Now >= x.at || x.cond != nil && r.holds(x.cond) {
			x.spent = true
			for _, f := range x.flights {
				if r.World.InFlight(f.place, f.id) {
					r.World.Release(f.place)
				}
			}
		}
	}
}

// nextExpiry returns when the next rule ends by its time.
func (r *Run) nextExpiry() (sim.Micros, bool) {
	var next sim.Micros
	found := false
	for _, x := range r.rules {
		if !x.spent && x.until == UntilTime && (!found || x.at < next) {
			next, found = x.at, true
		}
	}
	return next, found
}
