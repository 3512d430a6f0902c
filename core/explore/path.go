package explore

// Walk goes a shortest way from a first state to state i: visit is called with
// the first state and action 0, then after each transition. With a Symmetric
// model the states visited are the model's own, as it really goes through them:
// the last is state i but for names.
func (s *Search) Walk(i int, visit func(a Action, state []uint64)) {
	var chain []int
	for ; i >= 0; i = s.tree.parent(i) {
		chain = append(chain, i)
	}
	w := walker{search: s, state: make([]uint64, s.model.Words())}
	w.canonical = make([]uint64, len(w.state))
	w.next = make([]uint64, len(w.state))
	for n := len(chain) - 1; n >= 0; n-- {
		w.goal, w.found = s.State(chain[n]), false
		if n == len(chain)-1 {
			s.model.Start(func(state []uint64) { w.try(0, state) })
		} else {
			s.model.Next(w.state, w.try)
		}
		copy(w.state, w.next)
		visit(w.action, w.state)
	}
}

// Path is the actions of Walk: as few as lead to state i.
func (s *Search) Path(i int) []Action {
	var path []Action
	s.Walk(i, func(a Action, _ []uint64) { path = append(path, a) })
	return path[1:]
}

// A walker finds, among the transitions of a state, the one that leads to the
// next state of a way.
type walker struct {
	search    *Search
	goal      []uint64
	state     []uint64 // where the walk is
	next      []uint64 // where it goes
	canonical []uint64
	action    Action
	found     bool
}

func (w *walker) try(a Action, next []uint64) {
	if w.found {
		return
	}
	copy(w.canonical, next)
	if rename := w.search.whole.canonical; rename != nil {
		rename(w.canonical)
	}
	if same(w.goal, w.canonical) {
		w.found, w.action = true, a
		copy(w.next, next)
	}
}
