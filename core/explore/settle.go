package explore

import "math/bits"

// settle finds the states from which no decided state can be reached. A state
// that is decided is hopeful, and so is one that leads to a hopeful state: first of
// all that from which a hopeful state was found, which costs nothing to know. Runs
// over all states that are not hopeful yet, last found first, go on until one
// finds nothing: transitions mostly lead to states found later, so runs are few.
type settle struct {
	left     int // states still to be looked at in this run
	climb    climb
	climbs   bool // the first run, which goes up the tree
	shard    int  // in the others: the shard looked at, and how many of its places are left
	place    int
	changed  bool // in this run
	spent    int
	leads    bool
	scratch  []uint64
	searched *Search
}

// settleStates is how many states one task of settling looks at.
const settleStates = 8 * blockStates

// end is the search's end, or the beginning of settling.
func (s *Search) end() int {
	if s.decided() == nil || s.result.Bounded != "" || s.result.Violation != 0 {
		s.phase = finished
		return 0
	}
	s.phase = settling
	t := &s.settle
	t.searched, t.scratch = s, make([]uint64, s.model.Words())
	t.left, t.climbs, t.climb = s.result.Distinct, true, s.tree.climb(s.result.Distinct)
	return s.settleNext()
}

func (s *Search) settleNext() int {
	t := &s.settle
	if t.left > 0 {
		return 1
	}
	if (t.climbs || t.changed) && s.result.Distinct > 0 {
		t.climbs, t.changed = false, false
		t.left, t.shard, t.place = s.result.Distinct, 0, s.shards[0].count
		return 1
	}
	s.count()
	s.phase = finished
	return 0
}

// count tells what is settled.
func (s *Search) count() {
	r := &s.result
	r.Settled, r.Stuck = true, r.Distinct
	for i := range s.shards {
		for _, word := range s.shards[i].hopeful {
			r.Stuck -= bits.OnesCount64(word)
		}
	}
	if r.Stuck > 0 {
		for r.StuckAt = 0; s.hopeful(s.where(r.StuckAt)); r.StuckAt++ {
		}
	}
}

// Settling tells, once all states are found, whether it is being asked what can still be decided
// from them, and of how many that is still to be asked in this run over them.
func (s *Search) Settling() (left int, going bool) { return s.settle.left, s.phase == settling }

// settleRun looks at some states, those found last first.
func (s *Search) settleRun() {
	t := &s.settle
	t.spent += settleStates / blockStates
	if !t.climbs {
		s.settleRest()
		return
	}
	for stop := max(0, t.left-settleStates); t.left > stop; {
		t.left--
		parent := t.climb.parent()
		number, place := s.where(t.left)
		if !s.hopeful(number, place) && !s.leads(number, place) {
			continue
		}
		if parent >= 0 {
			s.hope(s.where(parent))
		}
	}
}

// settleRest looks at some states of one shard that are not hopeful yet.
func (s *Search) settleRest() {
	t := &s.settle
	for t.place == 0 {
		t.shard++
		t.place = s.shards[t.shard].count
	}
	shard := &s.shards[t.shard]
	for stop := max(0, t.place-settleStates); t.place > stop; {
		word := (t.place - 1) >> 6
		some := t.place - word<<6
		t.left, t.place = t.left-some, word<<6
		for rest := ^shard.hopeful[word] & (1<<some - 1); rest != 0; {
			last := bits.Len64(rest) - 1
			rest &^= 1 << last
			s.leads(t.shard, word<<6+last)
		}
	}
}

// leads finds out whether a state that is not hopeful leads to one that is: then it is hopeful too.
func (s *Search) leads(number, place int) bool {
	t := &s.settle
	t.spent++
	t.leads = false
	if s.model.Next(s.shards[number].at(place), t.try); t.leads {
		s.hope(number, place)
	}
	return t.leads
}

func (s *Search) hopeful(number, place int) bool {
	return s.shards[number].hopeful[place>>6]>>(place&63)&1 != 0
}

// hope notes that a state is hopeful.
func (s *Search) hope(number, place int) {
	word, bit := &s.shards[number].hopeful[place>>6], uint64(1)<<(place&63)
	if *word&bit == 0 {
		*word |= bit
		s.settle.changed = true
	}
}

// try is one transition of the state looked at.
func (t *settle) try(_ Action, next []uint64) {
	if t.leads {
		return
	}
	s := t.searched
	copy(t.scratch, next)
	if s.whole.canonical != nil {
		s.whole.canonical(t.scratch)
	}
	h := hash(t.scratch)
	number := int(h & uint64(len(s.shards)-1))
	shard := &s.shards[number]
	_, place := shard.find(h, t.scratch, shard.slot(h))
	t.leads = s.hopeful(number, place)
}

// where is the shard and the place of state i.
func (s *Search) where(i int) (number, place int) {
	if len(s.shards) == 1 {
		return 0, i
	}
	at := int(s.order[i>>pageBits][i&pageMask])
	return at & (len(s.shards) - 1), at / len(s.shards)
}
