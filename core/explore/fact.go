package explore

import (
	"math/bits"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/trace"
)

// ghosts numbers what a historian knows in a state: the set of facts that happened, each a record
// of the trace without its time, and which checks they break. It is judged once for each set and
// what is added to it, on a chain of facts in which the set first came about.
//
// That is exact for checks whose verdict depends on what happened before, and not on its order:
// those of a single decree, order and prefix, for what a server executed bears all that it executed
// before, and one-primary, for which it is kept who acts. Of the others (lock, linearizable,
// reply-durable, atomic) a break that needs another order of the same facts may be missed, and what
// is judged only at the end of a run is not judged.
type ghosts struct {
	facts  []trace.Record
	index  map[trace.Record]uint32
	chains sets // of facts in order: what one event tells; not sorted
	sets   sets
	list   []ghost
	byPart pairs // (set, broken and acting)
	acting []check.Set
	memo   pairs // (ghost, chain)

	log   *trace.Log
	base  *check.Judge // what happened before the search
	judge *check.Judge
	names []string
	goals uint32
	moot  uint32 // goals for which there was nothing to judge yet
	kinds uint32 // of records that matter, a bit each
	notes []trace.Value
	sends uint8 // type of messages of which the sending matters; 0: none
	path  []uint32
}

// ghost is one of them: a chain told after that of another.
type ghost struct {
	parent, chain uint32
	set, broken   uint32
	decided       bool
}

// matters are the kinds of records that a check judges, beside those that every check needs.
var matters = map[string]uint32{
	"agree":       1<<trace.Chosen | 1<<trace.Execute | 1<<trace.Configure,
	"chosen-once": 1<<trace.Accept | 1<<trace.Configure,
	"valid":       1<<trace.Accept | 1<<trace.Chosen | 1<<trace.Execute,
	"learn":       1<<trace.Accept | 1<<trace.Chosen | 1<<trace.Configure,
	"stable":      1<<trace.Chosen | 1<<trace.Execute,
	"promise":     1<<trace.Promise | 1<<trace.Accept | 1<<trace.Configure,
	"unique":      1 << trace.Send,
	"safe-proposal": 1<<trace.Send | 1<<trace.Accept |
		1<<trace.Configure,
	"order":  1<<trace.Reply | 1<<trace.Execute,
	"prefix": 1<<trace.Reply | 1<<trace.Execute,
	"once":   1 << trace.Execute,
}

// everything are the kinds that a check needs of which nothing is said above.
const everything = 1<<trace.Promise | 1<<trace.Accept | 1<<trace.Chosen | 1<<trace.Execute |
	1<<trace.Reply | 1<<trace.Lead | 1<<trace.StepDown | 1<<trace.Configure | 1<<trace.Note |
	1<<trace.Send | 1<<trace.Crash | 1<<trace.Restart

func newGhosts(s *Scene, log *trace.Log) *ghosts {
	g := &ghosts{log: log, names: check.Names(), index: map[trace.Record]uint32{},
		list: make([]ghost, 1), kinds: 1 << trace.Accept,
		base: check.New(s.Judge), judge: check.New(s.Judge)}
	for _, name := range s.Judge.Checks {
		kinds, known := matters[name]
		if !known && check.Safety(name) {
			kinds = everything
		}
		g.kinds |= kinds
	}
	if g.kinds>>trace.Execute&1 == 1 && g.kinds>>trace.Note&1 == 0 {
		g.notes = append(g.notes, log.Names.Of(trace.Proposes))
	}
	if g.kinds>>trace.Send&1 == 1 {
		g.sends = s.Judge.AcceptKind
	}
	for i, name := range g.names {
		for _, goal := range s.Goals {
			if goal == name {
				g.goals |= 1 << i
			}
		}
	}
	n := 0
	for _, facts := range [][]trace.Record{log.Records, s.proposed(log)} {
		for i := range facts {
			g.base.Observe(n, &facts[i])
			n++
		}
	}
	g.list[0].broken = g.broke(g.base)
	g.list[0].decided = len(g.base.Chosen()) > 0
	g.moot = g.goals
	g.applies(g.base)
	g.byPart.put(0, g.part(g.list[0].broken, g.base), 0)
	return g
}

// broke returns the checks that j found broken since it was asked last.
func (g *ghosts) broke(j *check.Judge) (set uint32) {
	for _, v := range j.Violations() {
		for i, name := range g.names {
			if name == v.Name {
				set |= 1 << i
			}
		}
	}
	return set
}

// applies takes in for which goals j had something to judge.
func (g *ghosts) applies(j *check.Judge) {
	for rest := g.moot; rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros32(rest)
		if j.Result(g.names[i]).Status != check.NotApplicable {
			g.moot &^= 1 << i
		}
	}
}

// chain numbers what an event told in records, as far as it matters.
func (g *ghosts) chain(records []trace.Record, node trace.Node) (chain uint32) {
	for i := range records {
		r := &records[i]
		if r.Node != node || !g.concerns(r) {
			continue
		}
		f := *r
		f.At, f.Message, f.Line, f.Cause = 0, 0, 0, 0
		chain = g.chains.cons(chain, g.fact(&f))
	}
	return chain
}

// fact returns the number of a fact.
func (g *ghosts) fact(f *trace.Record) uint32 {
	n, ok := g.index[*f]
	if !ok {
		n = uint32(len(g.facts))
		g.index[*f] = n
		g.facts = append(g.facts, *f)
	}
	return n
}

func (g *ghosts) concerns(r *trace.Record) bool {
	switch {
	case r.Kind == trace.Send:
		return g.sends != 0 && r.Type == g.sends
	case r.Kind == trace.Note && g.kinds>>trace.Note&1 == 0:
		for _, n := range g.notes {
			if n == r.Note {
				return true
			}
		}
		return false
	}
	return g.kinds>>r.Kind&1 == 1
}

// after returns the ghost in which chain was told after at.
func (g *ghosts) after(at, chain uint32) uint32 {
	if next, ok := g.memo.get(at, chain); ok {
		return next
	}
	n := g.replay(at)
	g.judge.Violations()
	g.tell(chain, n)
	set := g.list[at].set
	for c := chain; c != 0; c = g.chains.list[c-1].rest {
		set = g.sets.add(set, g.chains.list[c-1].top, false)
	}
	broken := g.list[at].broken | g.broke(g.judge)
	g.applies(g.judge)
	part := g.part(broken, g.judge)
	next, ok := g.byPart.get(set, part)
	if !ok {
		next = uint32(len(g.list))
		g.byPart.put(set, part, next)
		g.list = append(g.list, ghost{parent: at, chain: chain, set: set, broken: broken,
			decided: g.list[at].decided || len(g.judge.Chosen()) > 0 || g.decides(chain)})
	}
	g.memo.put(at, chain, next)
	return next
}

// replay brings the judge to where it is in a ghost, and returns the number of the next record.
func (g *ghosts) replay(at uint32) int {
	g.judge.CopyFrom(g.base)
	g.path = g.path[:0]
	for p := at; p != 0; p = g.list[p].parent {
		g.path = append(g.path, p)
	}
	n := 1 << 20
	for i := len(g.path) - 1; i >= 0; i-- {
		n = g.tell(g.list[g.path[i]].chain, n)
	}
	return n
}

// part numbers what tells ghosts of the same facts apart: which checks are broken, and who acts as
// leader, for one may begin and end to do so again and again.
func (g *ghosts) part(broken uint32, j *check.Judge) uint32 {
	if g.kinds>>trace.Lead&1 == 0 {
		return broken
	}
	now := j.Leaders()
	for i, s := range g.acting {
		if s == now {
			return broken | uint32(i)<<len(g.names)
		}
	}
	g.acting = append(g.acting, now)
	return broken | uint32(len(g.acting)-1)<<len(g.names)
}

// decides reports whether a node learns or executes something in chain.
func (g *ghosts) decides(chain uint32) bool {
	for c := chain; c != 0; c = g.chains.list[c-1].rest {
		k := g.facts[g.chains.list[c-1].top].Kind
		if k == trace.Chosen || k == trace.Execute {
			return true
		}
	}
	return false
}

// tell lets the judge observe a chain, first to last.
func (g *ghosts) tell(chain uint32, n int) int {
	if chain == 0 {
		return n
	}
	c := g.chains.list[chain-1]
	n = g.tell(c.rest, n)
	g.judge.Observe(n, &g.facts[c.top])
	return n + 1
}

// violation returns the goals that are broken in a ghost, a bit each.
func (g *ghosts) violation(at uint32) uint32 { return g.list[at].broken & g.goals }
