package explore

// settle finds the states from which no decided state can be reached. A state
// that is decided is hopeful, and so is one that leads to a hopeful state: first of
// all that from which a hopeful state was found, which costs nothing to know. Runs
// over all states that are not hopeful yet, last found first, go on until one
// finds nothing: transitions mostly lead to states found later, so runs are few.
type settle struct {
	next     int // the state to look at, downwards
	climb    climb
	changed  bool // in this run
	spent    int
	leads    bool
	scratch  []uint64
	searched *Search
}

// end is the search's end, or the beginning of settling.
func (s *Search) end() int {
	if s.decided() == nil || s.result.Bounded != "" || s.result.Violation != 0 {
		s.phase = finished
		return 0
	}
	s.phase = settling
	t := &s.settle
	t.searched, t.scratch, t.changed = s, make([]uint64, s.model.Words()), true
	return s.settleNext()
}

func (s *Search) settleNext() int {
	t := &s.settle
	if t.next > 0 {
		return 1
	}
	if t.changed {
		t.next, t.changed = s.result.Distinct, false
		t.climb = s.tree.climb(t.next)
		return 1
	}
	s.result.Settled = true
	for i := s.result.Distinct - 1; i >= 0; i-- {
		if !s.hopeful(s.where(i)) {
			s.result.Stuck++
			s.result.StuckAt = i
		}
	}
	s.phase = finished
	return 0
}

// Settling tells, once all states are found, whether it is being asked what can still be decided
// from them, and of how many that is still to be asked in this run over them.
func (s *Search) Settling() (left int, going bool) { return s.settle.next, s.phase == settling }

// settleRun looks at one block's worth of states.
func (s *Search) settleRun() {
	t := &s.settle
	t.spent++
	for stop := max(0, t.next-blockStates); t.next > stop; {
		t.next--
		parent := t.climb.parent()
		number, place := s.where(t.next)
		if !s.hopeful(number, place) {
			t.spent++
			t.leads = false
			if s.model.Next(s.State(t.next), t.try); !t.leads {
				continue
			}
			s.hope(number, place)
		}
		if parent >= 0 {
			s.hope(s.where(parent))
		}
	}
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
