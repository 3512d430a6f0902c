package explore

import "slices"

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

func (w *worker) close() {
	w.now.end = int32(len(w.block.hashes))
	w.block.parents = append(w.block.parents, w.now)
}

// read gathers the answers to the candidates of the n-th block that is merged.
func (w *worker) read(s *Search, n int) []uint32 {
	b, mask := &s.merge.blocks[n], uint64(len(s.shards)-1)
	if mask == 0 {
		return s.shards[0].answers[s.shards[0].begins[n]:][:len(b.hashes)]
	}
	w.at = w.at[:0]
	for i := range s.shards {
		w.at = append(w.at, s.shards[i].begins[n])
	}
	w.answers = w.answers[:0]
	for _, h := range b.hashes {
		at := &w.at[h&mask]
		w.answers = append(w.answers, s.shards[h&mask].answers[*at])
		*at++
	}
	return w.answers
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
