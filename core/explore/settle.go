package explore

// settle finds the states from which no decided state can be reached. A state
// that is decided is hopeful, and so is one that leads to a hopeful state: first of
// all that from which a hopeful state was found, which costs nothing to know. Runs
// over all states that are not hopeful yet, last found first, go on until one
// finds nothing: transitions mostly lead to states found later, so runs are few.
type settle struct {
	hopeful  [][]uint64 // by shard, a bit for each place
	next     int        // the state to look at, downwards
	climb    climb
	changed  bool // in this run
	spent    int
	state    []uint64
	leads    bool
	decided  func(state []uint64) bool
	scratch  []uint64
	searched *Search
}

func (t *settle) bytes() int {
	bytes := 0
	for _, shard := range t.hopeful {
		bytes += 8 * len(shard)
	}
	return bytes
}

// end is the search's end, or the beginning of settling.
func (s *Search) end() int {
	goal, ok := s.model.(Decided)
	if !ok || s.result.Bounded != "" || s.result.Violation != 0 {
		s.phase = finished
		return 0
	}
	s.phase = settling
	t := &s.settle
	t.searched, t.decided = s, goal.Decided
	t.scratch = make([]uint64, s.model.Words())
	for i := range s.shards {
		t.hopeful = append(t.hopeful, make([]uint64, s.shards[i].count/64+1))
	}
	t.next, t.climb = s.result.Distinct, s.tree.climb(s.result.Distinct)
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
		if !t.is(s.where(i)) {
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
	for stop := max(0, t.next-blockStates); t.next > stop; {
		t.next--
		parent := t.climb.parent()
		number, place := s.where(t.next)
		if !t.is(number, place) {
			t.spent++
			if !s.hopeful(s.State(t.next)) {
				continue
			}
			t.mark(number, place)
		}
		if parent >= 0 {
			t.mark(s.where(parent))
		}
	}
}

// hopeful tells whether a state is decided, or leads to one that is known to be hopeful.
func (s *Search) hopeful(state []uint64) bool {
	t := &s.settle
	t.state, t.leads = state, t.decided(state)
	if !t.leads {
		s.model.Next(state, t.try)
	}
	return t.leads
}

func (t *settle) mark(number, place int) {
	word, bit := &t.hopeful[number][place>>6], uint64(1)<<(place&63)
	t.changed = t.changed || *word&bit == 0
	*word |= bit
}

func (t *settle) is(number, place int) bool {
	return t.hopeful[number][place>>6]>>(place&63)&1 != 0
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
	t.leads = t.is(number, s.shards[number].find(h, t.scratch))
}

// where is the shard and the place of state i.
func (s *Search) where(i int) (number, place int) {
	if len(s.shards) == 1 {
		return 0, i
	}
	at := int(s.order[i>>pageBits][i&pageMask])
	return at & (len(s.shards) - 1), at / len(s.shards)
}
