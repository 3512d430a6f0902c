package explore

// What a Search is about to do; see Tasks.
const (
	starting = iota
	looking  // a batch is expanded, and one is merged
	keeping  // a batch is mended, one is inserted, and what sleeps in one is kept
	settling
	finished
)

// A batch is some blocks of one level. It is expanded, then mended: what was unknown to the workers
// is looked into with the model itself, which learns. Then its candidates are inserted where states
// are kept, and merged: what is new gets its number. Several workers have three batches under way,
// so that they need not wait for what only one of them may do. One worker alone has one.
type batch struct {
	blocks []block
	used   int
}

// batches are those under way, by what they wait for. An empty one is none.
type batches struct {
	expand, insert, merge *batch
	narrow                bool // the states must grow before the next one
}

func newBatches(blocks int) batches {
	of := func() *batch { return &batch{blocks: make([]block, blocks)} }
	return batches{expand: of(), insert: of(), merge: of()}
}

// drained tells whether everything that was expanded is merged.
func (b *batches) drained() bool { return b.insert.used+b.merge.used == 0 }

// Tasks begins the next part of the search and tells how many tasks it has; 0 is
// the end. Each task must be done once, by Do, before Tasks is called again;
// tasks may be done at the same time, by different workers.
func (s *Search) Tasks() (tasks int) {
	for tasks == 0 && s.phase != finished {
		tasks = s.turn()
	}
	return tasks
}

// turn ends a part of the search and begins the next.
func (s *Search) turn() (tasks int) {
	switch s.phase {
	case starting:
		for s.begin(); s.grown(); {
			s.begin()
		}
		return s.keep()
	case looking:
		if s.over() {
			return s.end()
		}
		return s.keep()
	case keeping:
		s.kept()
		return s.look()
	}
	return s.settleNext()
}

// Do does one task of the present part; worker is below what Share returned. What takes longest
// comes first.
func (s *Search) Do(worker, task int) {
	switch s.phase {
	case looking:
		s.doLooking(&s.workers[worker], task)
	case keeping:
		s.doKeeping(task)
	case settling:
		s.settleRun()
	}
}

// doLooking does a task of looking: the one that merges, those that hand on, those that expand.
func (s *Search) doLooking(w *worker, task int) {
	handing := s.handing()
	if s.merge.used > 0 {
		task--
	}
	switch {
	case task < 0:
		s.mergeAll(w)
	case task < handing:
		w.hand(s, task)
	default:
		w.expand(s, &s.expand.blocks[task-handing])
	}
}

// doKeeping does a task of keeping: the one that mends, the one that keeps what sleeps, those that
// insert.
func (s *Search) doKeeping(task int) {
	if s.expand.used == 0 {
		task++
	}
	if s.merge.used == 0 && task > 0 {
		task++
	}
	switch task {
	case 0:
		s.mend()
	case 1:
		for i := range s.merge.used {
			s.sleep.keep(&s.merge.blocks[i])
		}
	default:
		s.insertInto(task - 2)
	}
}

// handing is how many blocks hand on what sleeps.
func (s *Search) handing() int {
	if s.sleep.words == 0 {
		return 0
	}
	return s.merge.used
}

// begin makes a batch of the model's first states.
func (s *Search) begin() {
	s.insert.used = 1
	s.whole.start(s.model, &s.insert.blocks[0])
	s.insert.blocks[0].sort(len(s.shards))
}

// look begins to look into further states.
func (s *Search) look() (tasks int) {
	s.phase = looking
	if s.plan(); s.expand.used == 0 && s.drained() {
		return s.end()
	}
	if s.merge.used == 0 {
		return s.expand.used
	}
	candidates := 0
	for i := range s.merge.used {
		candidates += len(s.merge.blocks[i].hashes)
	}
	s.reserve(candidates)
	return 1 + s.handing() + s.expand.used
}

// plan chooses the states of the next batch, none beyond the present level.
func (s *Search) plan() {
	alone := s.drained()
	if !alone && (len(s.workers) == 1 || s.narrow || s.planned == s.level) {
		return
	}
	if s.narrow {
		s.narrow = !s.grown()
	}
	if s.planned == s.level && s.result.Distinct > s.level {
		s.result.Depth++
		s.before, s.level = s.level, s.result.Distinct
		s.sleep.turn()
	}
	b := s.expand
	for ; s.planned < s.level && b.used < len(b.blocks); b.used++ {
		from, to := s.planned, min(s.planned+blockStates, s.level)
		b.blocks[b.used].reset(from, to, s.sleep.of(from-s.before, to-s.before))
		s.planned = to
	}
}

// over tells whether nothing more is looked for, or kept.
func (s *Search) over() bool {
	return s.sought == 0 || s.result.Bounded != "" && s.result.Bounded != BoundedDepth
}

// keep begins to keep what was found.
func (s *Search) keep() (tasks int) {
	s.phase = keeping
	if s.insert.used > 0 {
		tasks = len(s.shards)
	}
	if s.expand.used > 0 {
		tasks++
	}
	if s.merge.used > 0 {
		tasks++
	}
	return tasks
}

// mend looks into what the workers missed.
func (s *Search) mend() {
	for i := range s.expand.used {
		b := &s.expand.blocks[i]
		if b.missed {
			s.whole.mend(b)
			b.sort(len(s.shards))
		}
	}
}

// kept ends keeping. A batch of which something had no room in a state is expanded again later.
func (s *Search) kept() {
	s.merge.used = 0
	s.merge, s.insert, s.expand = s.insert, s.expand, s.merge
	grower, ok := s.model.(Grower)
	if ok && s.insert.used > 0 && grower.Narrow() {
		s.planned, s.insert.used, s.narrow = s.insert.blocks[0].from, 0, true
	}
}
