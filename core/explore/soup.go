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
	watched bool // what is learnt is noted
	finds   []find
	sorted  int  // messages that rounds and hearers know of
	tells   bool // that something is chosen, and is known to be, is a transition too
}

// round is a number of a proposer, or an attempt of it.
type round struct {
	proposer *actor
	starts   []int // the starts that lead there, by value
	asks     []int32
	n        int64
	next     int      // the attempt after it, of the same proposer; -1: there is none
	before   int      // the one before
	reborn   int      // the first one after a restart in this one; -1: none
	after    int      // that attempt
	fell     int32    // the sign that it restarted
	begun    []int32  // local states of the proposer, by value
	again    []int32  // those after a restart in which it forgot the number; none if it does not
	promises []int32  // to it, as far as they are known
	votes    []int32  // acceptances told to it
	accepts  []uint64 // set of its accepts
	found    pairs    // (set of promises, whether anew): the place in lists
	lists    [][]int32
	gathers  []int32 // of promises, one for all that ask for the same
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

// apart reports whether s is a single decree in which no node is proposer, acceptor and learner at
// once.
func apart(s *Scene) bool {
	if s.Kinds == nil {
		return false
	}
	for _, r := range s.Place.Roles {
		switch r {
		case sim.Proposer, sim.Acceptor, sim.Learner, sim.Client:
		default:
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
	for _, n := range s.Place.With(sim.Learner) {
		m.hearers = append(m.hearers, &hearer{actor: newActor(m.stage, n)})
	}
	m.tells = s.Attempts > 0 || len(m.hearers) > 0
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
		rounds := len(m.rounds)
		for j := range proposers {
			a := newActor(m.stage, proposers[(i+j)%len(proposers)])
			r := round{proposer: a, next: -1, before: -1, reborn: -1, after: -1}
			for v := range s.Values {
				r.starts = append(r.starts, i*len(s.Values)+v)
			}
			if m.open(&r, make([]int32, len(s.Values))) {
				m.rounds = append(m.rounds, r)
				break
			}
		}
		if len(m.rounds) == rounds {
			m.unowned = append(m.unowned, n)
		}
	}
}

// attempts makes rounds of the attempts of each proposer, with the numbers that it takes if it
// hears of no other. Each has a value of its own: they are dealt out in turns.
func (m *Soup) attempts(proposers []sim.Node) {
	for _, v := range m.scene.Values {
		m.starts = append(m.starts, start{sim.NoNumber, v})
	}
	for j, p := range proposers {
		m.live(newActor(m.stage, p), j, 0, 0)
	}
}

// live makes the rounds of one life of a proposer, from a local state on, and of the lives after
// it: one that restarts has another value, and what it knows from its disk.
func (m *Soup) live(a *actor, value int, from int32, life int) (first int) {
	first = len(m.rounds)
	for i := range m.scene.Attempts {
		r := round{proposer: a, next: -1, before: -1, reborn: -1, after: -1,
			starts: []int{value % len(m.scene.Values)}}
		if !m.open(&r, []int32{from}) {
			break
		}
		at := len(m.rounds)
		if life > 0 {
			r.asks = append(slices.Clone(r.asks), m.sign(m.scene.Kinds.Prepare, at))
		}
		if i > 0 {
			m.rounds[at-1].next, r.before = at, at-1
		}
		m.rounds = append(m.rounds, r)
		from = r.begun[0]
	}
	if life == m.scene.lives() {
		return first
	}
	for i := first; i < first+m.scene.Attempts && i < len(m.rounds); i++ {
		e := a.effect(m.peek, m.rounds[i].begun[0], causeRestart)
		if e == nil {
			continue
		}
		child := m.live(a, value+1, e.next, life+1)
		if child < len(m.rounds) {
			m.rounds[i].reborn, m.rounds[child].after = child, i
			m.rounds[i].fell = m.sign(m.scene.Kinds.Promise, i)
		}
	}
	return first
}

// sign is a message to nobody that keeps in the state what happened to a round.
func (m *Soup) sign(kind uint8, round int) int32 {
	x := sim.NewMessage(kind)
	x.From, x.To, x.Seq = sim.NoNode, sim.NoNode, int64(round)
	return m.wire.number(&x)
}

// open starts a round of which the proposer is in local states from, by value.
func (m *Soup) open(r *round, from []int32) bool {
	for v, c := range r.starts {
		e := r.proposer.effect(m.peek, from[v], causeStart|cause(c))
		if e == nil {
			return false
		}
		next, sends := m.written(r.proposer, e)
		r.begun = append(r.begun, next)
		if v == 0 {
			r.asks = sends
			for _, ask := range sends {
				r.n = m.wire.messages[ask].N
			}
		}
	}
	return true
}

// written lets the disk of a proposer, which takes no time here, end what an effect wrote, and
// returns where it is then and what it has sent.
func (m *Soup) written(a *actor, e *effect) (next int32, sends []int32) {
	next, sends = e.next, e.sends
	for a.locals[next].writes > 0 {
		synced := a.effect(m.peek, next, causeSync)
		if synced == nil {
			break
		}
		next, sends = synced.next, append(slices.Clone(sends), synced.sends...)
	}
	return next, sends
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
		for _, h := range m.hearers {
			if h.actor.node == x.To && !slices.Contains(h.messages, int32(i)) {
				h.messages = append(h.messages, int32(i))
			}
		}
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
	return &soupReader{m, &peek{stage: m.stage, next: scratch(m.Words())}}
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
		if m.tells {
			k.announce(m, i, set, state, emit)
		}
	}
}

// ask gives the start of a round: of a number at any time, again too, of an attempt once and after
// the one before; then that the proposer of an attempt restarts.
func (k *peek) ask(m *Soup, i int, state []uint64, emit func(Action, []uint64)) {
	r, set := &m.rounds[i], k.messages(state)
	if k.scene.Attempts == 0 || !m.began(i, set) &&
		(r.before < 0 || m.current(r.before, set)) && (r.after < 0 || m.fell(r.after, set)) {
		k.askOnce(r, i, state, emit)
	}
	if r.reborn >= 0 && m.current(i, set) && k.restarts(state) {
		put(k.next, state)
		k.send([]int32{r.fell})
		k.spend(ofCrashes)
		k.spend(ofRestarts)
		emit(action(MoveRestart, nobody, i), k.next)
	}
}

// askOnce gives one start of a round. What was asked before is asked again, and changes nothing.
func (k *peek) askOnce(r *round, i int, state []uint64, emit func(Action, []uint64)) {
	if k.has(k.messages(state), r.asks) {
		emit(action(MoveStart, 0, i), state)
		return
	}
	put(k.next, state)
	k.send(r.asks)
	emit(action(MoveStart, 0, i), k.next)
}

// nobody stands for the actor of a proposer's restart.
const nobody = 0xff

// restarts reports whether there is a restart left.
func (k *peek) restarts(state []uint64) bool {
	b := &k.scene.Bounds
	return b.lives() > 0 && (b.Crashes == 0 || k.left(state, ofCrashes)) &&
		(b.Restarts == 0 || k.left(state, ofRestarts))
}

// current reports whether an attempt is the one that its proposer is at.
func (m *Soup) current(i int, set []uint64) bool {
	r := &m.rounds[i]
	return m.began(i, set) && (r.next < 0 || !m.began(r.next, set)) && !m.fell(i, set)
}

// fell reports whether the proposer of an attempt restarted then.
func (m *Soup) fell(i int, set []uint64) bool {
	r := &m.rounds[i]
	return r.reborn >= 0 && bit(set, r.fell) == 1
}

// asked reports whether a round has asked to accept.
func (m *Soup) asked(i int, set []uint64) bool {
	if m.scene.Attempts == 0 {
		return meets(m.rounds[i].accepts, set)
	}
	for _, g := range m.rounds[i].gathers {
		if m.has(set, m.gathers[g].sends) {
			return true
		}
	}
	return false
}

// began reports whether a round was started.
func (m *Soup) began(i int, set []uint64) bool { return m.has(set, m.rounds[i].asks) }

// has reports whether all of messages are in set.
func (s *stage) has(set []uint64, messages []int32) bool {
	for _, x := range messages {
		if bit(set, x) == 0 {
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
	if m.scene.Attempts > 0 && m.fell(i, set) {
		return
	}
	for _, g := range m.told(k, i, set) {
		put(k.next, state)
		k.send(m.gathers[g].sends)
		k.tell(m.gathers[g].chain)
		k.hear()
		emit(action(MoveGather, 0, int(g)), k.next)
	}
}

// gather gives what a proposer may ask to accept: for each set of promises that is enough and of
// which no part is, once for each promise in it that reports the highest number, as TLC counts
// Paxos.tla. A round asks once, unless its proposer restarts and has forgotten its number; an
// attempt asks only until the next one begins.
func (k *peek) gather(m *Soup, i int, set, state []uint64, emit func(Action, []uint64)) {
	anew := m.asked(i, set)
	if anew && (k.scene.Attempts > 0 || !k.restarts(state)) ||
		k.scene.Attempts > 0 && !m.current(i, set) {
		return
	}
	for _, g := range m.list(k, i, set, anew) {
		x := &m.gathers[g]
		put(k.next, state)
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

// Learnt returns what learners learn in a state, as deliveries.
func (m *Soup) Learnt(state []uint64) (all []Move) {
	for i, h := range m.hearers {
		for _, l := range m.lessons(i, m.subset(h.messages, m.messages(state))) {
			if !m.teaches(i, l) {
				continue
			}
			for _, x := range l.from {
				all = append(all, Move{Kind: MoveDeliver, Node: h.actor.node,
					Messages: []int32{x}})
			}
		}
	}
	return all
}

// Move returns what an action is.
func (m *Soup) Move(a Action, state []uint64) Move {
	kind, actor, what := a.parts()
	switch {
	case kind == MoveRestart && actor == nobody:
		r := &m.rounds[what]
		return Move{Kind: kind, Node: r.proposer.node, N: r.n, Up: true, Round: what}
	case kind == MoveStart:
		r := &m.rounds[what]
		x := m.starts[r.starts[0]]
		return Move{Kind: kind, Node: r.proposer.node, N: r.n, Value: x.value, Round: what}
	case kind == MoveGather:
		g := &m.gathers[what]
		return Move{Kind: kind, Node: m.rounds[g.round].proposer.node, N: m.rounds[g.round].n,
			Value: g.value, Anew: g.anew, Messages: g.messages, Round: g.round}
	}
	return m.move(a, state)
}
