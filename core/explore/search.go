package explore

import (
	"math/bits"
	"slices"
)

// What a Search is about to do; see Tasks.
const (
	starting = iota
	expanding
	inserting
	handing
	settling
	finished
)

// A Search is one breadth-first search. It is made by New, and goes on by Run,
// or by Tasks and Do where several workers share it.
type Search struct {
	model  Model
	limits Limits
	result Result
	phase  int

	sought  uint32 // violations that are still looked for
	several bool   // each of them, and not just one
	found   []Finding

	memory  Memory
	workers []worker
	whole   worker // the model itself, for what no reader knows
	shards  []shard
	blocks  []block
	used    int // blocks of this round

	order    [][]uint32 // with several shards: where state i is kept
	tree     tree
	sleep    sleep
	expanded int // states looked into, always the first ones
	level    int // states found when the level now looked into was complete
	before   int // and those of the levels before it

	settle settle
}

// New is a search that has not begun.
func New(m Model, limits Limits) *Search {
	s := &Search{model: m, limits: limits, memory: heap{}, sought: ^uint32(0)}
	s.result.At, s.result.StuckAt = -1, -1
	s.Share(1)
	return s
}

// Share readies a search that has not begun for so many workers at the same
// time; it returns how many the model allows, which is one if it is no Forker.
// What a search finds, and in which order, does not depend on it.
func (s *Search) Share(workers int) int {
	if _, ok := s.model.(Forker); !ok || workers < 1 {
		workers = 1
	}
	s.workers = make([]worker, workers)
	s.shards = make([]shard, 1<<bits.Len(uint(workers-1)))
	s.blocks = make([]block, 1)
	if workers > 1 {
		s.blocks = make([]block, 32*workers)
	}
	s.open()
	return workers
}

// open readies the workers and the shards for states as wide as they are now.
func (s *Search) open() {
	words := s.model.Words()
	s.whole.open(words, Whole(s.model))
	for i := range s.workers {
		if len(s.workers) == 1 {
			s.workers[i].open(words, Whole(s.model))
		} else {
			s.workers[i].open(words, s.model.(Forker).Fork())
		}
	}
	for i := range s.shards {
		s.shards[i] = shard{}
		s.shards[i].open(words, s.memory, s.decided())
	}
	s.order = nil
	s.sleep.open(&s.whole, s.level-s.before, s.result.Distinct-s.level)
}

// decided is what the model says of a goal; nil, if it has none.
func (s *Search) decided() func(state []uint64) bool {
	if goal, ok := s.model.(Decided); ok {
		return goal.Decided
	}
	return nil
}

// grown tells whether the round that was expanded must be repeated: its model's
// states were too narrow. All that was found is then rewritten.
func (s *Search) grown() bool {
	grower, ok := s.model.(Grower)
	if !ok {
		return false
	}
	move := grower.Grow()
	if move == nil {
		return false
	}
	if canonical := s.whole.canonical; canonical != nil {
		bare := move
		move = func(out, state []uint64) {
			bare(out, state)
			canonical(out)
		}
	}
	state := make([]uint64, s.model.Words())
	if len(state) == s.shards[0].words && len(s.shards) == 1 {
		s.shards[0].rewrite(state, move)
		return true
	}
	old := *s
	s.shards = make([]shard, len(old.shards))
	s.open()
	s.result.Distinct = 0
	for i := range old.result.Distinct {
		clear(state)
		move(state, old.State(i))
		h := hash(state)
		number := int(h & uint64(len(s.shards)-1))
		shard := &s.shards[number]
		shard.reserve(1)
		at, _ := shard.find(h, state, shard.slot(h))
		s.name(number, shard.add(h, state, at))
	}
	return true
}

// Seek has a search that has not begun look for each of violations, a bit each of what Judge
// returns, and for no other: it ends when all are found. What is wrong already is looked into like
// any other state, so that the first state with each violation is as near as one can be. Without
// Seek a search ends at the first state that is wrong in any way.
func (s *Search) Seek(violations uint32) { s.sought, s.several = violations, true }

// Findings returns the violations found by now, in order of depth; borrowed. Of a search that does
// not Seek there is at most one.
func (s *Search) Findings() []Finding { return s.found }

// Keep has a search that has not begun keep what it finds in m.
func (s *Search) Keep(m Memory) {
	s.memory = m
	s.open()
}

// Run goes on, alone, until about budget more states are looked into or the
// search is over, which it tells.
func (s *Search) Run(budget int) (done bool) {
	for until := s.spent() + budget; s.spent() < until; {
		tasks := s.Tasks()
		if tasks == 0 {
			return true
		}
		for i := range tasks {
			s.Do(0, i)
		}
	}
	return s.phase == finished
}

// spent counts the states that were looked into, again and again while settling.
func (s *Search) spent() int { return s.expanded + s.settle.spent }

// Tasks begins the next part of the search and tells how many tasks it has; 0 is
// the end. Each task must be done once, by Do, before Tasks is called again;
// tasks may be done at the same time, by different workers.
func (s *Search) Tasks() int {
	switch s.phase {
	case starting:
		s.used = 1
		s.whole.start(s.model, &s.blocks[0])
		if s.grown() {
			return s.Tasks()
		}
		return s.insertNext()
	case expanding:
		for i := range s.used {
			s.whole.mend(s, &s.blocks[i])
		}
		if s.grown() {
			return s.plan()
		}
		return s.insertNext()
	case inserting:
		if s.phase = handing; s.sleep.words > 0 {
			return s.used
		}
		return s.Tasks()
	case handing:
		s.merge()
		return s.plan()
	case settling:
		return s.settleNext()
	}
	return 0
}

// Do does one task of the present part; worker is below what Share returned.
func (s *Search) Do(worker, task int) {
	switch s.phase {
	case expanding:
		s.workers[worker].expand(s, &s.blocks[task])
	case inserting:
		s.insert(&s.workers[worker], task)
	case handing:
		s.workers[worker].hand(s, &s.blocks[task])
	case settling:
		s.settleRun()
	}
}

func (s *Search) insertNext() int {
	s.phase = inserting
	for i := range s.used {
		b := &s.blocks[i]
		b.fresh = slices.Grow(b.fresh, len(b.hashes))[:len(b.hashes)]
		clear(b.fresh)
	}
	return len(s.shards)
}

// plan chooses the states of the next round, none beyond the present level.
func (s *Search) plan() int {
	if s.expanded == s.level && s.result.Distinct > s.level {
		s.result.Depth++
		s.before, s.level = s.level, s.result.Distinct
		s.sleep.turn()
	}
	over := s.sought == 0 || s.result.Bounded != "" && s.result.Bounded != BoundedDepth
	if over || s.expanded == s.result.Distinct || s.expanded == s.level {
		return s.end()
	}
	s.phase, s.used = expanding, 0
	for from := s.expanded; from < s.level && s.used < len(s.blocks); s.used++ {
		to := min(from+blockStates, s.level)
		s.blocks[s.used].reset(from, to, s.sleep.of(from-s.before, to-s.before))
		from = to
	}
	return s.used
}

// last tells that the states being looked into lie at the limit of depth: what
// they lead to is not kept.
func (s *Search) last() bool { return s.limits.Depth > 0 && s.result.Depth >= s.limits.Depth }

// ahead is how many candidates are looked up at a time. Their loads do not wait
// for each other; a search is bound by them.
const ahead = 32

// insert finds a shard's candidates, in order, and keeps those that are new.
func (s *Search) insert(w *worker, number int) {
	shard, mask := &s.shards[number], uint64(len(s.shards)-1)
	shard.bad = shard.bad[:0]
	for n := range s.used {
		b, p, before := &s.blocks[n], 0, shard.count
		shard.mine = shard.mine[:0]
		for i, h := range b.hashes {
			if h&mask == uint64(number) {
				shard.mine = append(shard.mine, int32(i))
			}
		}
		for at := 0; at < len(shard.mine); at += ahead {
			some := shard.mine[at:min(at+ahead, len(shard.mine))]
			shard.touch(b, some)
			for j, i := range some {
				for ; i >= b.parents[p].end; p++ {
					before = shard.count
				}
				s.insertOne(w, shard, b, int(i), shard.near[j], before)
			}
		}
	}
}

// touch loads what finding some candidates will need.
func (s *shard) touch(b *block, some []int32) {
	s.reserve(len(some))
	sink := uint64(0)
	for _, i := range some {
		sink += uint64(s.table[s.slot(b.hashes[i])])
	}
	for j, i := range some {
		at, place := s.like(b.hashes[i], s.slot(b.hashes[i]))
		if s.near[j] = at; place >= 0 {
			sink += s.at(place)[0]
		}
	}
	s.sink = sink
}

// insertOne finds a candidate, from a slot on; before is how many states were here when its
// parent's first one came.
func (s *Search) insertOne(w *worker, shard *shard, b *block, i, slot, before int) {
	state := b.states[i*shard.words : (i+1)*shard.words]
	at, place := shard.find(b.hashes[i], state, slot)
	if place >= 0 {
		if place < before {
			b.fresh[i] = elder
		}
		return
	}
	if s.last() {
		b.fresh[i] = 1
		return
	}
	place = shard.add(b.hashes[i], state, at)
	b.fresh[i] = uint32(place + 1)
	if violation := w.judge(state) & s.sought; violation != 0 {
		shard.bad = append(shard.bad, fault{place, violation})
	}
}

// merge numbers the new states, in the order in which one worker alone would
// have found them.
func (s *Search) merge() {
	for n := range s.used {
		b, from := &s.blocks[n], int32(0)
		s.sleep.keep(b)
		for _, p := range b.parents {
			going := s.adopt(b, int(from), int(p.end))
			from = p.end
			s.result.Generated += int(p.emitted)
			if b.from >= 0 {
				s.expanded++
				if !p.changes {
					s.result.Terminal++
				}
			}
			s.note()
			if !going {
				return
			}
			s.tree.close()
		}
	}
	if s.limits.Bytes > 0 && s.Bytes() > s.limits.Bytes {
		s.result.Bounded = BoundedMemory
	}
}

// adopt numbers the new ones of one state's successors, or of the first states;
// it tells whether the search goes on.
func (s *Search) adopt(b *block, from, to int) bool {
	r := &s.result
	for i := from; i < to; i++ {
		if b.fresh[i] == 0 || b.fresh[i] == elder {
			continue
		}
		if s.last() {
			r.Bounded = BoundedDepth
			return true
		}
		if s.limits.States > 0 && r.Distinct == s.limits.States {
			r.Bounded = BoundedStates
			return false
		}
		number := int(b.hashes[i] & uint64(len(s.shards)-1))
		place := int(b.fresh[i] - 1)
		s.name(number, place)
		s.tree.child()
		if bad := s.shards[number].bad; len(bad) > 0 && bad[0].place == place {
			s.shards[number].bad = bad[1:]
			if s.finds(bad[0].violation); s.sought == 0 {
				return false
			}
		}
	}
	return true
}

// finds takes in what is wrong with the state that was numbered last.
func (s *Search) finds(violation uint32) {
	fresh := violation & s.sought
	if fresh == 0 {
		return
	}
	if s.sought &^= fresh; !s.several {
		s.sought = 0
	}
	r := &s.result
	s.found = append(s.found, Finding{Violation: fresh, At: r.Distinct - 1})
	if r.Violation == 0 {
		r.Violation, r.At = fresh, r.Distinct-1
	}
}

// note adds to what was just found how far the search was then.
func (s *Search) note() {
	for i := len(s.found) - 1; i >= 0 && s.found[i].Then.Distinct == 0; i-- {
		f := &s.found[i]
		f.Then = s.Result()
		f.Then.Distinct = f.At + 1
		f.Then.Frontier = f.Then.Distinct - s.expanded
		f.Then.Violation, f.Then.At = f.Violation, f.At
	}
}

// name gives the next number to the state at a place of a shard. One shard alone
// keeps its states in order.
func (s *Search) name(number, place int) {
	if len(s.shards) > 1 {
		if s.result.Distinct&pageMask == 0 {
			s.order = append(s.order, make([]uint32, pageStates))
		}
		page := s.order[s.result.Distinct>>pageBits]
		page[s.result.Distinct&pageMask] = uint32(place*len(s.shards) + number)
	}
	s.result.Distinct++
}

// State is the state of that number, in order of finding, from 0; borrowed, and
// not to be changed.
func (s *Search) State(i int) []uint64 {
	if len(s.shards) == 1 {
		return s.shards[0].at(i)
	}
	at := int(s.order[i>>pageBits][i&pageMask])
	return s.shards[at&(len(s.shards)-1)].at(at / len(s.shards))
}

// Each visits all states found, in order; state is borrowed.
func (s *Search) Each(visit func(i int, state []uint64)) {
	for i := range s.result.Distinct {
		visit(i, s.State(i))
	}
}

// Result is what is known by now.
func (s *Search) Result() Result {
	r := s.result
	r.Frontier = r.Distinct - s.expanded
	if r.Distinct > s.level {
		r.Depth++ // the level that is being found
	}
	return r
}

// Bytes is the memory that the search takes for states, tables and tree; what
// the model keeps is not in it.
func (s *Search) Bytes() int {
	bytes := 4*len(s.order)*pageStates + 8*cap(s.tree.words) + s.sleep.bytes()
	for i := range s.shards {
		bytes += s.shards[i].bytes()
	}
	return bytes
}
