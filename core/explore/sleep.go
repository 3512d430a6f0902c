package explore

import "slices"

// sleep is, for each state that is found and not yet looked into, the set of steps
// that lead from there to a state that will be known by then. Let two steps that
// commute lead from one state to two others. The one found first is looked into
// first; what the second step does there is found there, and need not be found again
// by what the first step does in the other. So a state inherits from the one that it
// was found from the steps that sleep there, those that change nothing there, and
// those to what was found before it, as far as they commute with the step to it.
type sleep struct {
	words     int      // of a set; 0: nothing sleeps
	now, next []uint64 // of the states of the level that is looked into, and of those behind it
}

// open begins anew, with states that were found and of which nothing is known: those
// of the level that is looked into, and of the next.
func (z *sleep) open(w *worker, now, next int) {
	if w.steps != z.words {
		z.now, z.next = make([]uint64, w.steps*now), make([]uint64, w.steps*next)
	}
	z.words = w.steps
}

// turn begins a level.
func (z *sleep) turn() { z.now, z.next = z.next, z.now[:0] }

// of is what sleeps in some states of the level, from one to another.
func (z *sleep) of(from, to int) []uint64 { return z.now[from*z.words : to*z.words] }

func (z *sleep) bytes() int { return 8 * (cap(z.now) + cap(z.next)) }

// keep keeps what a block handed on.
func (z *sleep) keep(b *block) {
	if cap(z.next)-len(z.next) < len(b.handed) {
		z.next = slices.Grow(z.next, max(len(z.next), len(b.handed)))
	}
	z.next = append(z.next, b.handed...)
}

// hand hands on what sleeps in the states of the n-th block that is merged to the new
// ones among their candidates. In the first states nothing sleeps.
func (w *worker) hand(s *Search, n int) {
	b := &s.merge.blocks[n]
	if b.from < 0 {
		b.handed = append(b.handed, make([]uint64, w.steps*len(b.hashes))...)
		return
	}
	answers, from := w.read(s, n), 0
	for i := range b.parents {
		to := int(b.parents[i].end)
		w.state = b.state(i, w.words)
		w.handOn(b, answers, b.resting(i, w.steps), from, to)
		from = to
	}
}

// handOn hands on what sleeps in one state, of which it has the candidates from one to
// another. What was known before the state was looked into was found before all of
// them; else a candidate was found before those after it.
func (w *worker) handOn(b *block, answers []uint32, asleep []uint64, from, to int) {
	for i := from; i < to; i++ {
		if answers[i] == elder {
			w.lull(asleep, b.actions[i])
		}
	}
	for i := from; i < to; i++ {
		switch answers[i] {
		case elder:
			continue
		case 0:
		default:
			at := len(b.handed)
			b.handed = append(b.handed, asleep...)
			w.sleeper.Wake(b.actions[i], w.state, b.handed[at:])
		}
		w.lull(asleep, b.actions[i])
	}
}

// lull adds the step of an action to a set.
func (w *worker) lull(asleep []uint64, a Action) {
	if step := w.sleeper.Step(a); step >= 0 {
		asleep[step/64] |= 1 << (step % 64)
	}
}
