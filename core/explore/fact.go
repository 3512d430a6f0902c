package explore

import (
	"math/bits"
	"slices"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/trace"
)

// ghosts numbers what a historian knows in a state: the set of facts that happened, each a record
// of the trace without its time, which checks they break, and what the judge remembers of their
// order (check.Judge.AppendMemory). It is judged once for each of these and what is added to it, on
// a chain of facts by which it first came about.
//
// That is exact for every safety check: whatever comes is judged alike after each chain of the same
// number. What is judged where a run ends is judged in every state, for a run may end there.
type ghosts struct {
	facts  []trace.Record
	index  map[trace.Record]uint32
	chains sets // of facts in order: what one event tells; not sorted
	sets   sets
	list   []ghost
	byPart pairs             // (set, part)
	bySet  pairs             // (set, 0): the first one that has it
	parts  pairs             // (broken, memory)
	places map[string]uint32 // of memories
	memory []byte
	memo   pairs // (ghost, chain)

	log    *trace.Log
	config *check.Config
	base   *check.Judge // what happened before the search
	judge  *check.Judge
	names  []string
	goals  uint32
	moot   uint32 // goals for which there was nothing to judge yet
	kept   uint32 // kinds of records that are facts, a bit each
	told   uint32 // kinds of records that the judge remembers alone
	notes  []trace.Value
	whose  bool // it matters who learns a value
	path   []uint32
}

// ghost is one of them: a chain told after that of another.
type ghost struct {
	parent, chain uint32
	set           uint32
	broken, ends  uint32 // checks; ends: all that are broken if the run ends here
	decided       bool
	twin          bool   // another one has the same set
	alone         uint64 // the chains after which that is known to be otherwise, of the first 64
}

// need is what a check judges: kinds of records that are facts, kinds that act through what the
// judge remembers alone, and notes that are facts.
type need struct {
	check      string
	kept, told uint32
	notes      []string
}

const (
	downtimes = 1<<trace.Crash | 1<<trace.Restart
	decisions = 1<<trace.Chosen | 1<<trace.Execute
	services  = 1<<trace.Reply | 1<<trace.Lead | 1<<trace.StepDown | 1<<trace.Promise |
		1<<trace.Note | 1<<trace.Send | downtimes | decisions
)

var proposes = []string{trace.Proposes}

// needs are those of each check, beside accepts and configurations.
var needs = [...]need{
	{"agree", decisions, 0, nil},
	{"chosen-once", 0, 0, nil},
	{"valid", decisions, 0, proposes},
	{"learn", 1 << trace.Chosen, 0, nil},
	{"stable", decisions, downtimes, nil},
	{"promise", 1 << trace.Promise, 0, nil},
	{"unique", 1 << trace.Send, 0, nil},
	{"safe-proposal", 1 << trace.Send, 0, nil},
	{"order", 1 << trace.Execute, downtimes, nil},
	{"prefix", 1 << trace.Reply, 0, nil},
	{"once", 1 << trace.Execute, downtimes, nil},
	{"reply-durable", 1<<trace.Reply | 1<<trace.Execute, downtimes, nil},
	{"lock", 1 << trace.Reply, 1 << trace.Send, proposes},
	{"one-primary", 1 << trace.Lead, downtimes | 1<<trace.StepDown, nil},
	{"atomic", 0, 0, []string{trace.Commits, trace.Aborts}},
	{"linearizable", 1 << trace.Reply, 0, proposes},
}

func newGhosts(s *Scene, log *trace.Log) *ghosts {
	g := &ghosts{log: log, names: check.Names(), index: map[trace.Record]uint32{},
		list: make([]ghost, 1), places: map[string]uint32{}, config: &s.Judge,
		kept: 1<<trace.Accept | 1<<trace.Configure, told: decisions,
		base: check.New(s.Judge), judge: check.New(s.Judge)}
	for i := range needs {
		if slices.Contains(s.Judge.Checks, needs[i].check) {
			g.needs(&needs[i], s.Wide)
		}
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
			g.list[0].decided = g.list[0].decided || decisions>>facts[i].Kind&1 == 1
			n++
		}
	}
	g.moot = g.goals
	g.judge.CopyFrom(g.base)
	part := g.finds(&g.list[0])
	g.byPart.put(0, part, 0)
	g.bySet.put(0, 0, 0)
	return g
}

// needs takes in what a check needs; if wide, one that is about more than decrees needs all that a
// service tells.
func (g *ghosts) needs(n *need, wide bool) {
	g.kept, g.told = g.kept|n.kept, g.told|n.told
	for _, note := range n.notes {
		g.notes = append(g.notes, g.log.Names.Of(note))
	}
	switch n.check {
	case "stable":
		g.whose = true
	case "reply-durable", "lock", "one-primary", "atomic", "linearizable":
		if wide {
			g.kept |= services
		}
	}
}

// finds adds to x what the judge finds, and returns what tells x apart from others with its facts.
func (g *ghosts) finds(x *ghost) (part uint32) {
	x.broken |= g.broke()
	x.decided = x.decided || len(g.judge.Chosen()) > 0
	part = g.part(x)
	g.judge.End(0, false)
	x.ends = x.broken | g.broke()
	g.applies()
	return part
}

// broke returns the checks that the judge found broken since it was asked last.
func (g *ghosts) broke() (set uint32) {
	for _, v := range g.judge.Violations() {
		for i, name := range g.names {
			if name == v.Name {
				set |= 1 << i
			}
		}
	}
	return set
}

// applies takes in for which goals there was something to judge.
func (g *ghosts) applies() {
	for rest := g.moot; rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros32(rest)
		if g.judge.Result(g.names[i]).Status != check.NotApplicable {
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
		if f.Kind == trace.Chosen && !g.whose {
			f.Node = trace.NoNode
		}
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

// concerns reports whether a record is told to the judge.
func (g *ghosts) concerns(r *trace.Record) bool {
	return g.keeps(r) || g.told>>r.Kind&1 == 1 &&
		(r.Kind != trace.Send || g.config.Clients.Has(r.Node))
}

// keeps reports whether a record is a fact.
func (g *ghosts) keeps(r *trace.Record) bool {
	switch r.Kind {
	case trace.Send:
		return g.kept>>trace.Send&1 == 1 && r.Type != 0 && r.Type == g.config.AcceptKind
	case trace.Note:
		return g.kept>>trace.Note&1 == 1 || slices.Contains(g.notes, r.Note)
	}
	return g.kept>>r.Kind&1 == 1
}

// passes reports whether nothing in a chain is a fact, nor decides anything.
func (g *ghosts) passes(chain uint32) bool {
	for c := chain; c != 0; c = g.chains.list[c-1].rest {
		f := &g.facts[g.chains.list[c-1].top]
		if g.keeps(f) || decisions>>f.Kind&1 == 1 {
			return false
		}
	}
	return true
}

// after returns the ghost in which chain was told after at.
func (g *ghosts) after(at, chain uint32) uint32 {
	if next, ok := g.memo.get(at, chain); ok {
		return next
	}
	g.tell(chain, g.replay(at))
	x := ghost{parent: at, chain: chain, set: g.list[at].set, broken: g.list[at].broken,
		decided: g.list[at].decided}
	for c := chain; c != 0; c = g.chains.list[c-1].rest {
		top := g.chains.list[c-1].top
		if g.keeps(&g.facts[top]) {
			x.set = g.sets.add(x.set, top, false)
		}
		x.decided = x.decided || decisions>>g.facts[top].Kind&1 == 1
	}
	part := g.finds(&x)
	next, ok := g.byPart.get(x.set, part)
	if !ok {
		next = uint32(len(g.list))
		g.byPart.put(x.set, part, next)
		x.twin = g.another(x.set, next)
		g.list = append(g.list, x)
	}
	g.memo.put(at, chain, next)
	if chain < 64 && !g.list[next].twin {
		g.list[at].alone |= 1 << chain
	}
	return next
}

// another reports whether ghost n is not the first of its set.
func (g *ghosts) another(set, n uint32) bool {
	first, ok := g.bySet.get(set, 0)
	if !ok {
		g.bySet.put(set, 0, n)
		return false
	}
	if g.list[first].twin {
		return true
	}
	g.list[first].twin = true
	for i := range g.list {
		g.list[i].alone = 0
	}
	return true
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

// part numbers what tells ghosts of the same facts apart: which checks are broken, what the judge
// remembers, and whether anything is decided, where that is no fact.
func (g *ghosts) part(x *ghost) uint32 {
	g.memory = g.judge.AppendMemory(g.memory[:0])
	if x.decided && g.kept&decisions != decisions {
		g.memory = append(g.memory, 1)
	}
	at, ok := g.places[string(g.memory)]
	if !ok {
		at = uint32(len(g.places))
		g.places[string(g.memory)] = at
	}
	part, ok := g.parts.get(x.broken, at)
	if !ok {
		part = uint32(g.parts.used)
		g.parts.put(x.broken, at, part)
	}
	return part
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
func (g *ghosts) violation(at uint32) uint32 { return g.list[at].ends & g.goals }
