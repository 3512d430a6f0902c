package explore

// sleep is, for each state that is found and not yet looked into, the set of steps
// that lead from there to a state that will be known by then. Let two steps that
// commute lead from one state to two others. The one found first is looked into
// first; what the second step does there is found there, and need not be found again
// by what the first step does in the other. So a state inherits from the one that it
// was found from the steps that sleep there, those that change nothing there, and
// those to what was found before it, as far as they commute with the step to it.
type sleep struct {
	reader    Sleeper  // nil: nothing sleeps
	words     int      // of a set
	now, next []uint64 // of the states of the level that is looked into, and of those behind it
}

// open begins anew, with states that were found and of which nothing is known: those
// of the level that is looked into, and of the next.
func (z *sleep) open(w *worker, now, next int) {
	if w.steps != z.words {
		z.now, z.next = make([]uint64, w.steps*now), make([]uint64, w.steps*next)
	}
	z.reader, z.words = w.sleeper, w.steps
}

// turn begins a level.
func (z *sleep) turn() { z.now, z.next = z.next, z.now[:0] }

// of is what sleeps in some states of the level, from one to another.
func (z *sleep) of(from, to int) []uint64 { return z.now[from*z.words : to*z.words] }

func (z *sleep) bytes() int { return 8 * (cap(z.now) + cap(z.next)) }

// hand hands on what sleeps in the at-th state of a block to the new ones among its
// candidates, those from one to another.
func (z *sleep) hand(b *block, at, from, to int) {
	if b.from < 0 { // the first states: nothing sleeps there
		z.next = append(z.next, make([]uint64, z.words*(to-from))...)
		return
	}
	asleep := b.resting(at, z.words)
	for i := from; i < to; i++ {
		if b.fresh[i] == elder {
			z.add(asleep, b.actions[i])
		}
	}
	for i := from; i < to; i++ {
		switch b.fresh[i] {
		case elder:
			continue
		case 0:
		default:
			z.inherit(asleep, b.actions[i])
		}
		z.add(asleep, b.actions[i])
	}
}

// add adds the step of an action to a set.
func (z *sleep) add(asleep []uint64, a Action) {
	if step, _ := z.reader.Commute(a); step >= 0 {
		asleep[step/64] |= 1 << (step % 64)
	}
}

// inherit keeps, of what sleeps in a state, what still sleeps after an action.
func (z *sleep) inherit(asleep []uint64, a Action) {
	from := len(z.next)
	z.next = append(z.next, asleep...)
	_, against := z.reader.Commute(a)
	if against == nil {
		clear(z.next[from:])
	}
	for w, word := range against {
		z.next[from+w] &^= word
	}
}
