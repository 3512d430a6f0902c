package scenario

import (
	"slices"
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/explore"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// tell returns the way to a state as the lines of a by-hand scenario, and the run that went there.
// It is walked in a world as it is told, so that each line can be done. Where the search keeps
// messages on the wire, one that is needed again is doubled first.
func (s *Search) tell(state int) ([]string, *Run) {
	paces, last := s.walk(state)
	t := teller{search: s, steps: paces}
	t.order()
	for _, m := range s.real.Learnt(last) {
		t.steps = append(t.steps, pace{Move: m})
	}
	sub, err := s.fresh(nil)
	if err != nil {
		return nil, nil
	}
	t.world = sub.World
	for i := range t.steps {
		t.tell(&t.steps[i])
	}
	sub.look()
	return t.lines, sub
}

// pace is one move of a path, and what it sent first.
type pace struct {
	explore.Move
	sent   []int32
	needs  []int // paces before it, by their places
	forged bool  // its proposer cannot be where it would have to be
	done   bool
}

// walk returns the moves that lead to a state, and where they really end: in a state that differs
// from it in names alone.
func (s *Search) walk(state int) (paces []pace, before []uint64) {
	s.graph.Walk(state, func(a explore.Action, state []uint64) {
		if before != nil {
			p := pace{Move: s.real.Move(a, before)}
			p.sent = s.real.Sent(before, state)
			paces = append(paces, p)
		}
		before = append(before[:0], state...)
	})
	return paces, before
}

// teller tells a path.
type teller struct {
	search *Search
	steps  []pace
	world  *sim.World
	lines  []string
}

// order brings the paces into an order in which a proposer can go: it has one number at a time.
// In the search it has none, but for what it sent. What happens at one acceptor stays in order.
func (t *teller) order() {
	if t.search.Actors {
		return
	}
	for i := range t.steps {
		p := &t.steps[i]
		for j := range t.steps {
			if j != i && t.after(i, j) {
				p.needs = append(p.needs, j)
			}
		}
	}
	var sorted []pace
	for len(sorted) < len(t.steps) {
		i := slices.IndexFunc(t.steps, func(p pace) bool { return !p.done && t.ready(&p) })
		if i < 0 {
			if i = slices.IndexFunc(t.steps, func(p pace) bool { return !p.done }); i < 0 {
				break
			}
			t.steps[i].forged = t.steps[i].Kind == explore.MoveGather
		}
		t.steps[i].done = true
		sorted = append(sorted, t.steps[i])
	}
	t.steps = sorted
}

func (t *teller) ready(p *pace) bool {
	return !slices.ContainsFunc(p.needs, func(j int) bool { return !t.steps[j].done })
}

// after reports whether pace i comes after pace j.
func (t *teller) after(i, j int) bool {
	p, q := &t.steps[i], &t.steps[j]
	if slices.ContainsFunc(p.Messages, func(m int32) bool { return slices.Contains(q.sent, m) }) {
		return true
	}
	if p.Node != q.Node {
		return false
	}
	proposes := func(x *pace) bool {
		return x.Kind == explore.MoveStart || x.Kind == explore.MoveGather ||
			x.Kind == explore.MoveRestart && x.N != sim.NoNumber
	}
	if !proposes(p) || !proposes(q) {
		return j < i
	}
	if p.Round != q.Round {
		return p.Round > q.Round
	}
	if p.Kind == explore.MoveRestart || q.Kind == explore.MoveRestart {
		return p.Kind == explore.MoveRestart
	}
	return j < i
}

// tell does one pace and appends its lines.
func (t *teller) tell(p *pace) {
	w, name := t.world, t.search.run.place.Nodes[p.Node]
	switch p.Kind {
	case explore.MoveStart:
		t.start(p, t.proposed(p))
	case explore.MoveDeliver:
		t.deliver(p.Messages[0])
	case explore.MoveGather:
		t.gather(p)
	case explore.MoveLose, explore.MoveCopy:
		kind := sim.ChooseLose
		if p.Kind == explore.MoveCopy {
			kind = sim.ChooseCopy
		}
		if f := t.flight(p.Messages[0]); f >= 0 {
			t.take(sim.Choice{Kind: kind, Node: p.Node, Flight: f, ID: w.Message(f).ID})
		}
	case explore.MoveFire:
		t.take(sim.Choice{Kind: sim.ChooseFire, Node: p.Node, Timer: p.Timer})
	case explore.MoveSync:
		t.take(sim.Choice{Kind: sim.ChooseSync, Node: p.Node})
	case explore.MoveCrash:
		t.take(sim.Choice{Kind: sim.ChooseCrash, Node: p.Node, Keep: p.Keep})
	case explore.MoveRestart:
		if p.Up && p.Keep > 0 {
			t.take(sim.Choice{Kind: sim.ChooseCrash, Node: p.Node, Keep: p.Keep})
		}
		t.restart(p.Node, name)
	}
}

// take makes a choice of the world and says so.
func (t *teller) take(c sim.Choice) {
	t.lines = append(t.lines, string(t.world.AppendChoice(nil, c)))
	t.world.Take(c)
}

func (t *teller) restart(n sim.Node, name string) {
	text := "restart " + name
	for i, f := range t.search.scene.Losing {
		if i == 0 {
			text += " losing"
		}
		text += " " + t.search.run.Protocol.Fields[f]
	}
	t.lines = append(t.lines, text)
	t.world.Restart(n, t.search.scene.Losing)
}

// proposed returns the value with which a round begins: that which it asks to accept later.
func (t *teller) proposed(p *pace) sim.Value {
	if t.search.Actors || t.search.scene.Attempts > 0 {
		return p.Value
	}
	for i := range t.steps {
		g := &t.steps[i]
		if g.Kind == explore.MoveGather && g.Node == p.Node && g.N == p.N && !g.Anew &&
			g.Value != 0 {
			return g.Value
		}
	}
	return p.Value
}

func (t *teller) start(p *pace, v sim.Value) {
	text := t.search.run.place.Nodes[p.Node] + " proposes " + t.world.Log.Names.Text(v)
	in := sim.Input{Kind: sim.Propose, N: p.N, Value: v}
	if p.N != sim.NoNumber {
		text += " with " + strconv.FormatInt(p.N, 10)
	}
	t.lines = append(t.lines, text)
	t.world.Do(p.Node, in)
	if !t.search.Actors && t.world.Writing(p.Node) {
		t.take(sim.Choice{Kind: sim.ChooseSync, Node: p.Node})
	}
}

// gather lets a proposer collect what it needs; one that restarts begins its number anew.
func (t *teller) gather(p *pace) {
	if p.forged {
		for _, m := range p.sent {
			t.forge(m)
		}
		return
	}
	if p.Anew {
		t.restart(p.Node, t.search.run.place.Nodes[p.Node])
		t.start(p, p.Value)
	}
	for _, m := range p.Messages {
		t.deliver(m)
	}
	for _, m := range p.sent {
		if x := t.search.real.Message(m); x.To == sim.NoNode && !t.learnt(x.V) {
			t.spread(x)
		}
	}
}

// learnt reports whether anybody learnt v.
func (t *teller) learnt(v sim.Value) bool {
	return slices.ContainsFunc(t.world.Log.Records, func(r trace.Record) bool {
		return r.Kind == trace.Chosen && r.Value == v
	})
}

// spread lets those learn what is executed who hear of it: the proposer itself had learnt another
// value before, which is all that it ever will.
func (t *teller) spread(executed *sim.Message) {
	var told []sim.Choice
	t.world.Flights(func(i int, _ *sim.Flight) bool {
		if m := t.world.Message(i); m.Kind == executed.Kind && m.V == executed.V {
			told = append(told, sim.Choice{Node: m.To, Flight: i, ID: m.ID})
		}
		return true
	})
	for _, c := range told {
		t.take(c)
	}
}

// deliver lets a message arrive; if it is needed again, or may be, a copy of it.
func (t *teller) deliver(m int32) {
	f := t.flight(m)
	if f < 0 {
		t.forge(m)
		if f = t.flight(m); f < 0 {
			return
		}
	}
	c := sim.Choice{Node: t.world.Message(f).To, Flight: f, ID: t.world.Message(f).ID}
	if !t.search.scene.Once && t.again(m) && t.copies(m) < 2 {
		c.Kind = sim.ChooseCopy
		t.take(c)
		c.Kind = sim.ChooseDeliver
	}
	t.take(c)
}

// again reports whether a message arrives more than once on the path.
func (t *teller) again(m int32) bool {
	n := 0
	for i := range t.steps {
		for _, x := range t.steps[i].Messages {
			if x == m {
				n++
			}
		}
	}
	return n > 1
}

// flight returns where message m is in flight, -1 if it is not.
func (t *teller) flight(m int32) int {
	at := -1
	t.world.Flights(func(i int, _ *sim.Flight) bool {
		if t.is(i, m) {
			at = i
		}
		return at < 0
	})
	return at
}

func (t *teller) copies(m int32) (n int) {
	t.world.Flights(func(i int, _ *sim.Flight) bool {
		if t.is(i, m) {
			n++
		}
		return true
	})
	return n
}

// is reports whether the message in flight at i is m but for its identity.
func (t *teller) is(i int, m int32) bool {
	a, b := t.world.Message(i), t.search.real.Message(m)
	return a.Kind == b.Kind && a.From == b.From && a.To == b.To && a.N == b.N && a.NA == b.NA &&
		a.Seq == b.Seq && a.Max == b.Max && a.V == b.V && a.VA == b.VA && a.H == b.H &&
		slices.Equal(a.Body, b.Body)
}

// forge sends a message that its sender cannot send on this path.
func (t *teller) forge(m int32) {
	x := *t.search.real.Message(m)
	if x.To == sim.NoNode {
		return
	}
	r := t.search.run
	kind := &r.Protocol.Kinds[x.Kind]
	var fields []string
	for _, f := range kind.Fields {
		text := map[string]string{"n": number(x.N), "n_a": number(x.NA), "seq": number(x.Seq),
			"max": number(x.Max), "v": t.world.Log.Names.Text(x.V),
			"v_a": t.world.Log.Names.Text(x.VA)}[f]
		if text != "" {
			fields = append(fields, f+"="+text)
		}
	}
	t.lines = append(t.lines, "forge "+kind.Name+"("+strings.Join(fields, " ")+") "+
		r.place.Nodes[x.From]+" -> "+r.place.Nodes[x.To])
	t.world.Convey(x)
}

func number(n int64) string {
	if n == sim.NoNumber {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
