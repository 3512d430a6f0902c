package explore

// settle finds the states from which no decided state can be reached. A state
// that is decided is hopeful, and so is one that leads to a hopeful state. Runs
// over all states that are not hopeful yet, last found first, go on until one
// finds nothing: transitions mostly lead to states found later, so runs are few.
type settle struct {
	hopeful  [][]uint64 // by shard, a bit for each place
	next     int        // the state to look at, downwards
	changed  bool       // in this run
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
	t.next = s.result.Distinct
	return s.settleNext()
}

func (s *Search) settleNext() int {
	t := &s.settle
	if t.next > 0 {
		return 1
	}
	if t.changed {
		t.next, t.changed = s.result.Distinct, false
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
		number, place := s.where(t.next)
		if t.is(number, place) {
			continue
		}
		t.spent++
		t.state, t.leads = s.State(t.next), false
		if !t.decided(t.state) {
			s.model.Next(t.state, t.try)
		} else {
			t.leads = true
		}
		if t.leads {
			t.hopeful[number][place>>6] |= 1 << (place & 63)
			t.changed = true
		}
	}
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
