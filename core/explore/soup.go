package explore

import (
	"slices"

	"github.com/synodlab/synod/core/sim"
)

// Soup is the search of a single decree in which a proposer is its messages (Lamport's Paxos.tla):
// what it has collected is still on the wire and can be collected again, so that it has no state
// beside what it sent. A round gathers a set of promises that makes the real proposer ask to
// accept, in one transition. Acceptors are as they are.
type Soup struct {
	*peek
	rounds  []round
	gathers []gather
}

// round is a number of a proposer, or an attempt of it.
type round struct {
	proposer *actor
	starts   []int // the starts that lead there, by value
	asks     []int32
	n        int64
	next     int      // the round after it, of the same proposer; -1: it never ends
	begun    []int32  // local states of the proposer, by value
	again    []int32  // those after a restart in which it forgot the number; none if it does not
	promises []int32  // to it, as far as they are known
	votes    []int32  // acceptances told to it
	accepts  []uint64 // set of its accepts
	found    pairs    // (set of promises, whether anew): the place in lists
	lists    [][]int32
}

// gather is a set of promises and what comes of it.
type gather struct {
	round    int
	anew     bool
	times    int   // how often it counts
	tells    int   // 1: acceptances, of which comes what is chosen
	ready    int32 // the local state of the proposer then
	value    sim.Value
	messages []int32 // in the order in which they arrive
	set      []int32 // the same in order of number
	chain    uint32
	sends    []int32
}

// Pure reports whether s can be searched as a Soup: no proposer has another part, messages stay.
func Pure(s *Scene) bool {
	if s.Kinds == nil || s.Once || s.Timeouts > 0 || len(s.Values) == 0 ||
		len(s.Numbers) == 0 && s.Attempts == 0 {
		return false
	}
	return apart(s)
}

// apart reports whether s is a single decree of proposers and acceptors alone, each node one of
// these.
func apart(s *Scene) bool {
	if s.Kinds == nil {
		return false
	}
	for _, r := range s.Place.Roles {
		if r&sim.Proposer != 0 && r != sim.Proposer || r&sim.Learner != 0 {
			return false
		}
	}
	return true
}

// NewSoup returns the search of s, which is Pure.
func NewSoup(s *Scene) *Soup {
	m := &Soup{peek: &peek{stage: newStage(s), learns: true}}
	m.quiet = s.Kinds.Prepare + 1
	m.act(s.Place.With(sim.Acceptor))
	proposers := s.Place.With(sim.Proposer)
	if s.Attempts > 0 {
		m.attempts(proposers)
	} else {
		m.numbers(proposers)
	}
	m.lay(nil)
	m.widenRounds()
	return m
}

// numbers makes a round of each number.
func (m *Soup) numbers(proposers []sim.Node) {
	s := m.scene
	for i, n := range s.Numbers {
		for _, v := range s.Values {
			m.starts = append(m.starts, start{n, v})
		}
		for j := range proposers {
			a := newActor(m.stage, proposers[(i+j)%len(proposers)])
			r := round{proposer: a, next: -1}
			for v := range s.Values {
				r.starts = append(r.starts, i*len(s.Values)+v)
			}
			if m.open(&r, make([]int32, len(s.Values))) {
				m.rounds = append(m.rounds, r)
				break
			}
		}
	}
}

// attempts makes rounds of the attempts of each proposer, with the numbers that it takes if it
// hears of no other. Each has a value of its own: they are dealt out in turns.
func (m *Soup) attempts(proposers []sim.Node) {
	s := m.scene
	for _, v := range s.Values {
		m.starts = append(m.starts, start{sim.NoNumber, v})
	}
	for j, p := range proposers {
		a, from := newActor(m.stage, p), []int32{0}
		for i := range s.Attempts {
			r := round{proposer: a, next: -1, starts: []int{j % len(s.Values)}}
			if !m.open(&r, from) {
				break
			}
			if i > 0 {
				m.rounds[len(m.rounds)-1].next = len(m.rounds)
			}
			m.rounds = append(m.rounds, r)
			from = r.begun
		}
	}
}

// open starts a round of which the proposer is in local states from, by value.
func (m *Soup) open(r *round, from []int32) bool {
	for v, c := range r.starts {
		e := r.proposer.effect(m.peek, from[v], causeStart|cause(c))
		if e == nil {
			return false
		}
		r.begun = append(r.begun, e.next)
		if v == 0 {
			r.asks = e.sends
			for _, ask := range e.sends {
				r.n = m.wire.messages[ask].N
			}
		}
	}
	return true
}

func (m *Soup) widenRounds() {
	m.next = make([]uint64, m.Words())
	for i := range m.rounds {
		r := &m.rounds[i]
		r.accepts = make([]uint64, m.words)
	}
	m.sort(0)
}

// sort takes in what messages from number from on are to the rounds.
func (m *Soup) sort(from int) {
	for i := from; i < min(len(m.wire.messages), 64*m.words); i++ {
		x := &m.wire.messages[i]
		for j := range m.rounds {
			if r := &m.rounds[j]; r.n == x.N {
				r.sort(m.scene.Kinds, x, i)
			}
		}
	}
}

func (r *round) sort(kinds *Kinds, x *sim.Message, i int) {
	me := r.proposer.node
	switch {
	case x.Kind == kinds.Accept && x.From == me:
		r.accepts[i/64] |= 1 << (i % 64)
	case x.Kind == kinds.Promise && x.To == me && !slices.Contains(r.promises, int32(i)):
		r.promises = append(r.promises, int32(i))
	case x.Kind == kinds.Accepted && x.To == me && !slices.Contains(r.votes, int32(i)):
		r.votes = append(r.votes, int32(i))
	}
}

// Grow implements Grower.
func (m *Soup) Grow() (move func(out, state []uint64)) {
	words := m.words
	if move = m.stage.grow(); move == nil {
		return nil
	}
	m.next = make([]uint64, m.Words())
	if m.words != words {
		m.widenRounds()
	}
	return move
}

// Start implements Model.
func (m *Soup) Start(emit func([]uint64)) { m.begin(emit) }

// Next implements Model. Messages that are learnt of here are sorted at once.
func (m *Soup) Next(state []uint64, emit func(Action, []uint64)) {
	known := len(m.wire.messages)
	m.peek.soupNext(m, state, emit)
	m.sort(known)
}

// Fork implements Forker.
func (m *Soup) Fork() Reader {
	return &soupReader{m, &peek{stage: m.stage, next: make([]uint64, m.Words())}}
}

type soupReader struct {
	*Soup
	own *peek
}

// Peek implements Reader.
func (r *soupReader) Peek(state []uint64, emit func(Action, []uint64)) bool {
	r.own.missed = false
	r.own.soupNext(r.Soup, state, emit)
	return !r.own.missed
}

func (k *peek) soupNext(m *Soup, state []uint64, emit func(Action, []uint64)) {
	if k.ends() {
		return
	}
	set := k.messages(state)
	for i := range m.rounds {
		k.ask(m, i, state, emit)
	}
	for i := range k.actors {
		k.deliveries(i, state, emit)
		k.own(i, state, emit)
	}
	for i := range m.rounds {
		k.gather(m, i, set, state, emit)
		if k.scene.Attempts > 0 {
			k.announce(m, i, set, state, emit)
		}
	}
}

// ask gives the start of a round: of a number at any time, again too, of an attempt once and after
// the one before.
func (k *peek) ask(m *Soup, i int, state []uint64, emit func(Action, []uint64)) {
	r := &m.rounds[i]
	if k.scene.Attempts > 0 {
		set := k.messages(state)
		if m.began(i, set) || i > 0 && m.rounds[i-1].next == i && !m.began(i-1, set) {
			return
		}
	}
	if m.has(k.messages(state), r.asks) {
		emit(action(MoveStart, 0, i), state)
		return
	}
	copy(k.next, state)
	k.send(r.asks)
	emit(action(MoveStart, 0, i), k.next)
}

// began reports whether a round was started.
func (m *Soup) began(i int, set []uint64) bool { return m.has(set, m.rounds[i].asks) }

// has reports whether all of messages are in set.
func (m *Soup) has(set []uint64, messages []int32) bool {
	for _, x := range messages {
		if set[x/64]>>(x%64)&1 == 0 {
			return false
		}
	}
	return true
}

// meets reports whether two sets of messages have one in common.
func meets(a, b []uint64) bool {
	for i := range a {
		if a[i]&b[i] != 0 {
			return true
		}
	}
	return false
}

// announce gives that a client executes what a set of acceptances tells it to be chosen: at any
// time, again too. What is executed is kept as a message to nobody.
func (k *peek) announce(m *Soup, i int, set, state []uint64, emit func(Action, []uint64)) {
	for _, g := range m.told(k, i, set) {
		copy(k.next, state)
		k.send(m.gathers[g].sends)
		k.tell(m.gathers[g].chain)
		emit(action(MoveGather, 0, int(g)), k.next)
	}
}

// gather gives what a proposer may ask to accept: for each set of promises that is enough and of
// which no part is, once for each promise in it that reports the highest number, as TLC counts
// Paxos.tla. A round asks once, unless its proposer restarts and has forgotten its number; an
// attempt asks only until the next one begins.
func (k *peek) gather(m *Soup, i int, set, state []uint64, emit func(Action, []uint64)) {
	r := &m.rounds[i]
	anew := meets(r.accepts, set)
	if anew && !k.left(state, ofRestarts) && !k.left(state, ofCrashes) ||
		r.next >= 0 && m.began(r.next, set) {
		return
	}
	for _, g := range m.list(k, i, set, anew) {
		x := &m.gathers[g]
		copy(k.next, state)
		k.send(x.sends)
		k.tell(x.chain)
		if anew {
			k.spend(ofRestarts)
			k.spend(ofCrashes)
		}
		for range x.times {
			emit(action(MoveGather, 0, int(g)), k.next)
		}
	}
}

// Move returns what an action is.
func (m *Soup) Move(a Action, state []uint64) Move {
	kind, _, what := a.parts()
	switch kind {
	case MoveStart:
		r := &m.rounds[what]
		x := m.starts[r.starts[0]]
		return Move{Kind: kind, Node: r.proposer.node, N: r.n, Value: x.value}
	case MoveGather:
		g := &m.gathers[what]
		return Move{Kind: kind, Node: m.rounds[g.round].proposer.node, N: m.rounds[g.round].n,
			Value: g.value, Anew: g.anew, Messages: g.messages}
	}
	return m.move(a, state)
}
