package explore

import (
	"math/bits"
)

// A Search is one breadth-first search. It is made by New, and goes on by Run,
// or by Tasks and Do where several workers share it.
type Search struct {
	model  Model
	limits Limits
	phase  int

	several bool // each violation that is looked for, and not just one

	memory  Memory
	workers []worker
	whole   worker // the model itself, for what no reader knows
	shards  []shard
	batches
	order   [][]uint32 // with several shards: where state i is kept
	sleep   sleep
	planned int // states that are being looked into, or were, always the first ones
	level   int // states found when the level now looked into was complete
	before  int // and those of the levels before it
	settle  settle

	_        gap // what follows is written while others look into states
	result   Result
	sought   uint32 // violations that are still looked for
	found    []Finding
	tree     tree
	expanded int // of what is planned, those states of which everything is kept
	_        gap
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
	s.shards, s.batches = make([]shard, 1), newBatches(1)
	if workers > 1 {
		s.shards = make([]shard, 2<<bits.Len(uint(workers-1)))
		s.batches = newBatches(64 * workers)
	}
	s.open()
	return workers
}

// open readies the workers and the shards for states as wide as they are now.
func (s *Search) open() {
	words := s.model.Words()
	s.whole.open(words, Whole(s.model), s.decided())
	for i := range s.workers {
		if len(s.workers) == 1 {
			s.workers[i].open(words, Whole(s.model), s.decided())
		} else {
			s.workers[i].open(words, s.model.(Forker).Fork(), s.decided())
		}
	}
	for i := range s.shards {
		s.shards[i] = shard{}
		s.shards[i].open(words, s.memory)
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
	s.reserve(old.result.Distinct)
	decided := s.decided()
	for i := range old.result.Distinct {
		clear(state)
		move(state, old.State(i))
		h := hash(state)
		number := int(h & uint64(len(s.shards)-1))
		shard := &s.shards[number]
		shard.reserve(1)
		at, _ := shard.find(h, state, shard.slot(h))
		place := shard.add(h, state, at)
		if decided != nil {
			shard.hope(place, decided(state))
		}
		s.name(number, place)
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

// reserve makes room for the names of so many more states. One shard alone keeps its states in
// order.
func (s *Search) reserve(states int) {
	for len(s.shards) > 1 && len(s.order)<<pageBits < s.result.Distinct+states {
		s.order = append(s.order, make([]uint32, pageStates))
	}
}

// name gives the next number to the state at a place of a shard.
func (s *Search) name(number, place int) {
	if len(s.shards) > 1 {
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

// besides is the memory that the model takes, as far as it says so.
func (s *Search) besides() int {
	if m, ok := s.model.(Keeper); ok {
		return m.Kept()
	}
	return 0
}
