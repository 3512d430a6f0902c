package explore

import (
	"math/bits"
	"slices"
)

// layout is where in a state everything stands: numbers of just as many bits as they need by now,
// none across two words, and then the set of messages, a bit for each.
//
//	locals   number of the local state, of each actor
//	ghost    number of what happened
//	spare    messages that are there more than once, if a delivery takes them away
//	budgets  used of crashes, restarts, losses, duplicates, timeouts, if any is allowed
//	begun    numbers or attempts that were started, where messages do not tell
type layout struct {
	locals  []place
	ghost   place
	spare   place
	budgets [5]place
	begun   []place
	allowed [5]int // of the budgets

	unharmed bool // no budget is named

	head  int // words before the set of messages
	words int // of the set of messages
}

// place is where a number stands.
type place struct {
	word  int
	shift uint
	width uint // in bits; 0: it is always 0
}

func (p *place) of(state []uint64) uint32 {
	return uint32(state[p.word] >> p.shift & (1<<p.width - 1))
}

// put writes a number; what has no room is cut off, and the states grow before they are kept.
func (p *place) put(state []uint64, x uint32) {
	mask := uint64(1)<<p.width - 1
	state[p.word] = state[p.word]&^(mask<<p.shift) | uint64(x)&mask<<p.shift
}

// open begins with room for little.
func (l *layout) open(s *Scene, actors int, begun []uint) {
	l.locals = make([]place, actors)
	for i := range l.locals {
		l.locals[i].width = 4
	}
	l.ghost.width = 4
	if s.Once {
		l.spare.width = 4
	}
	l.allowed = s.budgets()
	l.unharmed = l.allowed == [5]int{}
	for i, n := range l.allowed {
		l.budgets[i].width = uint(bits.Len(uint(n)))
	}
	for _, width := range begun {
		l.begun = append(l.begun, place{width: width})
	}
	l.words = 1
	l.line()
}

// lacks tells whether a place has no room for so many numbers.
func (p *place) lacks(numbers int) bool { return p.width != 0 && numbers > 1<<p.width }

// need gives a place room for so many numbers and as many again, and no more.
func (p *place) need(numbers int) {
	if p.width != 0 {
		p.width = uint(bits.Len(uint(numbers-1))) + 1
	}
}

// clone is a layout that stays as it is.
func (l *layout) clone() layout {
	c := *l
	c.locals, c.begun = slices.Clone(l.locals), slices.Clone(l.begun)
	return c
}

// each visits all places, always in the same order.
func (l *layout) each(visit func(p *place)) {
	for i := range l.locals {
		visit(&l.locals[i])
	}
	visit(&l.ghost)
	visit(&l.spare)
	for i := range l.budgets {
		visit(&l.budgets[i])
	}
	for i := range l.begun {
		visit(&l.begun[i])
	}
}

// widest is how many bits a number takes at most: more room would serve nothing.
const widest = 32

// arrange puts the places one after the other. The numbers that there may be more of share the
// bits that would be left over, those that there are more of already take more of them: so states
// are seldom written anew.
func (l *layout) arrange() {
	spare, all := -l.line(), uint(0)
	grow := []*place{&l.ghost, &l.spare}
	for i := range l.locals {
		grow = append(grow, &l.locals[i])
	}
	for _, p := range grow {
		all += p.width
	}
	head, narrow := l.head, l.clone()
	spare += 64 * uint(head)
	for _, p := range grow {
		p.width = min(p.width+p.width*spare/all, widest)
	}
	if l.line(); l.head > head {
		*l = narrow
	}
}

// line puts the places one after the other, by their widths, of which it returns the sum.
func (l *layout) line() (used uint) {
	at := uint(0)
	l.each(func(p *place) {
		if at%64+p.width > 64 {
			at += 64 - at%64
		}
		if p.width > 0 {
			p.word, p.shift = int(at/64), at%64
		}
		at += p.width
		used += p.width
	})
	l.head = int(at+63) / 64
	return used
}

// rewriter writes states anew that were laid out as in old.
func (l *layout) rewriter(old *layout) func(out, state []uint64) {
	var from, to []place
	old.each(func(p *place) { from = append(from, *p) })
	l.each(func(p *place) { to = append(to, *p) })
	return func(out, state []uint64) {
		for i := range from {
			to[i].put(out, from[i].of(state))
		}
		copy(l.messages(out), old.messages(state))
	}
}

// Words implements Model.
func (l *layout) Words() int { return l.head + l.words }

// messages returns the set of messages of a state.
func (l *layout) messages(state []uint64) []uint64 { return state[l.head:] }

// lives is how often a node may begin anew.
func (b *Bounds) lives() int {
	if b.Stay {
		return 0
	}
	return max(b.Crashes, b.Restarts)
}

func (b *Bounds) budgets() [5]int {
	return [...]int{b.Crashes, b.Restarts, b.Losses, b.Duplicates, b.Timeouts}
}
