package explore

import (
	"slices"
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/sim"
)

// Fold is a Soup in which one state stands for all that differ in the names of acceptors, or of
// values that any number may propose: the least of them over all renamings.
//
// That renaming turns each transition into another one is not assumed. It is looked up for each
// thing that is learnt: what an arrival, a disk, a crash does to an acceptor, what promises are
// enough for, what a learner hears, what is broken. If anything differs, the search is Full. So
// steps above a search, links and disks may treat acceptors differently: that is found out.
type Fold struct {
	*Soup
	acceptors, values int

	mirrors []mirror // all renamings but that to itself
	closed  int      // of what was learnt
	own     image
}

// Uneven is what a Fold is Full of if renaming makes a difference.
const Uneven = "its acceptors or its values are not alike"

// maxMirrors bounds the renamings: as many as five acceptors and two values have. Each is compared
// for all that is learnt, which costs more than it saves beyond.
const maxMirrors = 240

// Alike returns how many acceptors and values of s, which is Pure, may be renamed; 1 is none.
// A value has a proposer if there are attempts, and a learner if there are several.
func Alike(s *Scene) (acceptors, values int) {
	acceptors, values = len(s.Place.With(sim.Acceptor)), len(s.Values)
	if s.Attempts > 0 || len(s.Place.With(sim.Learner)) > 1 {
		values = 1
	}
	if factorial(acceptors) > maxMirrors {
		acceptors = 1
	}
	if factorial(acceptors)*factorial(values) > maxMirrors {
		values = 1
	}
	return acceptors, values
}

func factorial(n int) int {
	all := 1
	for i := 2; i <= n && all <= maxMirrors; i++ {
		all *= i
	}
	return all
}

// NewFold folds m, of which nothing was looked into yet, by the names of its acceptors, of its
// values, or of both, as far as they are Alike.
func NewFold(m *Soup, acceptors, values bool) *Fold {
	f := &Fold{Soup: m}
	f.acceptors, f.values = Alike(m.scene)
	if !acceptors {
		f.acceptors = 1
	}
	if !values {
		f.values = 1
	}
	for i, p := range orders(f.acceptors) {
		for j, q := range orders(f.values) {
			if i+j > 0 {
				f.mirrors = append(f.mirrors, f.mirror(p, q))
			}
		}
	}
	f.watch()
	for i := range f.mirrors {
		for j := range m.rounds {
			r := &m.rounds[j]
			f.need(f.alike(&f.mirrors[i], r.asks, r.asks))
			if r.reborn >= 0 {
				f.need(f.alike(&f.mirrors[i], []int32{r.fell}, []int32{r.fell}))
			}
		}
	}
	f.close()
	return f
}

// watch has what is learnt noted.
func (f *Fold) watch() {
	f.watched = true
	for _, a := range f.actors {
		a.watched = true
	}
}

// orders are all orders of n things, the first being as they are.
func orders(n int) [][]int {
	all := [][]int{nil}
	for x := range n {
		var longer [][]int
		for at := x; at >= 0; at-- {
			for _, p := range all {
				longer = append(longer, slices.Insert(slices.Clone(p), at, x))
			}
		}
		all = longer
	}
	return all
}

// need ends the search unless ok.
func (f *Fold) need(ok bool) {
	if !ok && f.full == "" {
		f.full = Uneven
	}
}

// Next implements Model. The images of what is learnt are learnt at once.
func (f *Fold) Next(state []uint64, emit func(Action, []uint64)) {
	f.peek.soupNext(f.Soup, state, func(a Action, next []uint64) {
		f.close()
		emit(a, next)
	})
	f.close()
}

// Start implements Model. A renaming leaves the first state as it is.
func (f *Fold) Start(emit func([]uint64)) {
	f.begin(func(state []uint64) {
		there := f.Sent(make([]uint64, len(state)), state)
		for i := range f.mirrors {
			f.need(f.alike(&f.mirrors[i], there, there))
		}
		f.close()
		f.need(f.Narrow() || f.Orbit(state) == 1)
		emit(state)
	})
}

// Grow implements Grower.
func (f *Fold) Grow() (move func(out, state []uint64)) {
	if move = f.Soup.Grow(); move != nil {
		f.closed = 0
		f.close()
	}
	return move
}

// Canonical implements Symmetric.
func (f *Fold) Canonical(state []uint64) { f.own.least(f, state) }

// Names says what of the model may be renamed, like "3 acceptors and 2 values"; "" is nothing.
func (f *Fold) Names() string {
	var parts []string
	for _, x := range []struct {
		n    int
		what string
	}{{f.acceptors, " acceptors"}, {f.values, " values"}} {
		if x.n > 1 {
			parts = append(parts, strconv.Itoa(x.n)+x.what)
		}
	}
	return strings.Join(parts, " and ")
}

// Orbit returns of how many states one state is the image.
func (f *Fold) Orbit(state []uint64) int {
	if f.full != "" {
		return 0
	}
	same := 1
	for i := range f.mirrors {
		if f.own.compare(f, &f.mirrors[i], state, state) == 0 {
			same++
		}
	}
	return (len(f.mirrors) + 1) / same
}

// Fork implements Forker.
func (f *Fold) Fork() Reader {
	own := image{scratch(f.Words()), scratch(f.Words())}
	return &foldReader{soupReader: f.Soup.Fork().(*soupReader), fold: f, own: own}
}

type foldReader struct {
	*soupReader
	fold *Fold
	own  image
}

// Canonical implements Symmetric.
func (r *foldReader) Canonical(state []uint64) { r.own.least(r.fold, state) }

// image is room for images of a state.
type image struct{ best, trial []uint64 }

// least replaces state by the least of its images. Their order is that of the numbers of local
// states, of messages and of facts, so that it does not depend on the layout.
func (x *image) least(f *Fold, state []uint64) {
	if f.full != "" {
		return // not everything has an image
	}
	x.best = append(x.best[:0], state...)
	for i := range f.mirrors {
		if x.compare(f, &f.mirrors[i], state, x.best) < 0 {
			x.best, x.trial = x.trial, x.best
		}
	}
	copy(state, x.best)
}

// compare compares the image of state in m with best. If it is less, it is in x.trial.
func (x *image) compare(f *Fold, m *mirror, state, best []uint64) int {
	order := 0
	for j, i := range m.from {
		a, b := m.locals[i][f.locals[i].of(state)], int32(f.locals[j].of(best))
		if order = int(a) - int(b); order != 0 {
			break
		}
	}
	if order > 0 {
		return order
	}
	x.trial = append(x.trial[:0], state...)
	f.reflect(m, x.trial, state)
	if order == 0 {
		order = slices.Compare(f.messages(x.trial), f.messages(best))
	}
	if order == 0 {
		order = int(f.ghost.of(x.trial)) - int(f.ghost.of(best))
	}
	return order
}
