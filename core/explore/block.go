package explore

import "slices"

// blockStates is how many states one task of expanding takes: enough to let the
// loads of their successors overlap, and few, for the workers to share.
const blockStates = 128

// A block is a run of states, one after the other in order, and the successors
// that they gave: the candidates. Candidates equal to their parent are counted
// and not kept.
type block struct {
	from, to int      // numbers of the states
	own      []uint64 // the states: where they are kept, those that follow may lie far apart
	missed   bool     // some are not expanded
	parents  []parent
	states   []uint64 // candidates, canonical
	hashes   []uint64
	wrong    []fault
	decided  []bool   // by candidate, if anybody asks
	asleep   []uint64 // by state: steps that are passed over
	actions  []Action // by candidate, if steps may be passed over
	handed   []uint64 // by new candidate: what is passed over there
	sorted   []int32  // candidates by shard, and in order in each
	ends     []int32  // by shard: where its candidates end there
	_        gap
}

// fault is a candidate that Judge found wrong.
type fault struct {
	candidate int
	violation uint32
}

// faults is how many there are before a candidate.
func (b *block) faults(candidate int) int {
	at, _ := slices.BinarySearchFunc(b.wrong, candidate, func(f fault, c int) int {
		return f.candidate - c
	})
	return at
}

// violation is what is wrong with a candidate.
func (b *block) violation(candidate int) uint32 {
	if len(b.wrong) == 0 {
		return 0
	}
	if at := b.faults(candidate); at < len(b.wrong) && b.wrong[at].candidate == candidate {
		return b.wrong[at].violation
	}
	return 0
}

// elder is, in place of 0, the answer to what was known before its parent was looked into.
const elder = 1<<32 - 1

// parent is what expanding one state gave.
type parent struct {
	end     int32 // its candidates end here
	emitted int32
	changes bool // some transition leads elsewhere
	missed  bool // not expanded yet: something is unknown
}

func (b *block) reset(from, to int, asleep []uint64) {
	b.from, b.to = from, to
	b.parents, b.states = b.parents[:0], b.states[:0]
	b.hashes = b.hashes[:0]
	b.wrong, b.decided = b.wrong[:0], b.decided[:0]
	b.asleep, b.actions, b.handed = asleep, b.actions[:0], b.handed[:0]
}

// A worker expands blocks. It holds what one goroutine may write.
type worker struct {
	words     int
	next      func(state []uint64, emit func(Action, []uint64)) bool
	judge     func(state []uint64) uint32
	decided   func(state []uint64) bool // nil: nobody asks
	canonical func(state []uint64)
	sleeper   Sleeper // nil: every step is looked at
	steps     int
	emit      func(Action, []uint64) // take, bound once
	block     *block
	state     []uint64 // being expanded
	now       parent
	answers   []uint32 // scratch: of one block
	at        []int    // and how far those of each shard were read
	spare     block    // memory for mend; it ends apart from the next worker
}

// open readies a worker on one view of the model.
func (w *worker) open(words int, view Reader, decided func(state []uint64) bool) {
	w.words, w.next, w.judge, w.decided = words, view.Peek, view.Judge, decided
	if symmetric, ok := view.(Symmetric); ok {
		w.canonical = symmetric.Canonical
	} else if sleeper, ok := view.(Sleeper); ok && sleeper.Steps() > 0 {
		w.sleeper, w.steps = sleeper, sleeper.Steps()
	}
	w.emit = w.take
}

// take is one transition.
func (w *worker) take(a Action, next []uint64) {
	w.now.emitted++
	if w.state != nil && (&w.state[0] == &next[0] || same(w.state, next)) {
		return
	}
	w.now.changes = true
	b := w.block
	from := len(b.states)
	b.states = slices.Grow(b.states, w.words)[:from+w.words]
	kept := b.states[from:]
	put(kept, next[:w.words])
	if w.canonical != nil {
		w.canonical(kept)
	}
	b.hashes = append(b.hashes, hash(kept))
	if violation := w.judge(kept); violation != 0 {
		b.wrong = append(b.wrong, fault{len(b.hashes) - 1, violation})
	}
	if w.decided != nil {
		b.decided = append(b.decided, w.decided(kept))
	}
	if w.sleeper != nil {
		b.actions = append(b.actions, a)
	}
}

// start puts a model's first states into a block, as children of a parent that
// is no state.
func (w *worker) start(m Model, b *block) {
	b.reset(-1, 0, nil)
	w.block, w.state, w.now = b, nil, parent{}
	m.Start(func(state []uint64) { w.take(0, state) })
	w.close()
}

// expand expands the states of a block, but for those for which its view of the model does not
// suffice.
func (w *worker) expand(s *Search, b *block) {
	w.block = b
	b.own = slices.Grow(b.own[:0], (b.to-b.from)*w.words)[:(b.to-b.from)*w.words]
	for i := range b.to - b.from {
		put(b.state(i, w.words), s.State(b.from+i))
	}
	b.missed = false
	for i := range b.to - b.from {
		kept := len(b.hashes)
		if w.state, w.now = b.state(i, w.words), (parent{}); !w.look(i) {
			b.cut(kept, w.words)
			w.now, b.missed = parent{missed: true}, true
		}
		w.close()
	}
	b.sort(len(s.shards))
}

// sort sorts candidates by the shards to which they belong, each in order.
func (b *block) sort(shards int) {
	mask := uint64(shards - 1)
	b.ends = slices.Grow(b.ends[:0], shards)[:shards]
	clear(b.ends)
	for _, h := range b.hashes {
		b.ends[h&mask]++
	}
	at := int32(0)
	for i, n := range b.ends {
		b.ends[i] = at
		at += n
	}
	b.sorted = slices.Grow(b.sorted[:0], len(b.hashes))[:len(b.hashes)]
	for i, h := range b.hashes {
		end := &b.ends[h&mask]
		b.sorted[*end] = int32(i)
		*end++
	}
}

// of lists the candidates that belong to a shard.
func (b *block) of(shard int) []int32 {
	from := int32(0)
	if shard > 0 {
		from = b.ends[shard-1]
	}
	return b.sorted[from:b.ends[shard]]
}

// state is the i-th state of a block.
func (b *block) state(i, words int) []uint64 { return b.own[i*words : (i+1)*words] }

// cut takes back all candidates but the first ones.
func (b *block) cut(kept, words int) {
	b.hashes, b.states = b.hashes[:kept], b.states[:kept*words]
	b.decided = b.decided[:min(kept, len(b.decided))]
	b.wrong = b.wrong[:b.faults(kept)]
	b.actions = b.actions[:min(kept, len(b.actions))]
}

// mend expands what was missed in a block, with a view that knows all.
func (w *worker) mend(b *block) {
	old := &w.spare
	*old, *b = *b, *old
	b.own, old.own = old.own, b.own
	b.reset(old.from, old.to, old.asleep)
	w.block = b
	from := 0
	for i, p := range old.parents {
		if w.now = p; p.missed {
			w.state, w.now = b.state(i, w.words), parent{}
			w.look(i)
		}
		b.take(old, from, int(p.end), w.words)
		w.close()
		from = int(p.end)
	}
}

// take appends candidates of another block.
func (b *block) take(old *block, from, to, words int) {
	b.states = append(b.states, old.states[from*words:to*words]...)
	b.hashes = append(b.hashes, old.hashes[from:to]...)
	for _, f := range old.wrong[old.faults(from):old.faults(to)] {
		b.wrong = append(b.wrong, fault{f.candidate + len(b.hashes) - to, f.violation})
	}
	if len(old.decided) > 0 {
		b.decided = append(b.decided, old.decided[from:to]...)
	}
	if len(old.actions) > 0 {
		b.actions = append(b.actions, old.actions[from:to]...)
	}
}

// look takes the transitions of the i-th state of the block, but for those that sleep.
func (w *worker) look(i int) (known bool) {
	if w.sleeper == nil {
		return w.next(w.state, w.emit)
	}
	passed, known := w.sleeper.PeekAwake(w.state, w.block.resting(i, w.steps), w.emit)
	w.now.emitted += int32(passed.Count)
	w.now.changes = w.now.changes || passed.Changes
	return known
}

// resting is the set of steps that are passed over in the i-th state of a block.
func (b *block) resting(i, steps int) []uint64 { return b.asleep[i*steps : (i+1)*steps] }

func (w *worker) close() {
	w.now.end = int32(len(w.block.hashes))
	w.block.parents = append(w.block.parents, w.now)
}

// all is the view that needs no reader: the model itself.
type all struct{ Model }

func (m all) Peek(state []uint64, emit func(Action, []uint64)) bool {
	m.Next(state, emit)
	return true
}

// renamed is all of a symmetric model.
type renamed struct {
	all
	Symmetric
}

// Whole is the view of a model that knows everything from the beginning: what
// its Fork returns, of a copy with scratch space of its own.
func Whole(m Model) Reader {
	if symmetric, ok := m.(Symmetric); ok {
		return renamed{all{m}, symmetric}
	}
	if itself, ok := m.(Reader); ok {
		return itself
	}
	return all{m}
}
