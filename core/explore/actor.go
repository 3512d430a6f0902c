package explore

import (
	"math/bits"
	"slices"

	"github.com/synodlab/synod/core/sim"
)

// actor is one node and the local states in which it was found, numbered from 0, that in which the
// search begins. The process itself, its disk, its timers and what it withholds live in a world of
// the simulator in which only this node acts; to be in a local state again, what led there first
// is done again in a new one.
type actor struct {
	stage   *stage
	node    sim.Node
	locals  []local
	index   map[string]int32
	effects []effect // 0: nothing happens
	known   pairs    // (local state, cause): the effect
	inbox   []uint64 // set of messages to this node
	met     []met    // by local state and word of the set of messages
	reacts  []uint32 // effects of arrivals, those of one met one after the other
	masks   []uint64 // of each effect, the set of what it sends
	either  []uint64 // and the set of messages for which it does not matter which comes first
	around  []around // by local state

	world   *sim.World
	at      int32 // the local state that it is in
	bytes   []byte
	path    []int32
	sent    []int32 // by the event that happens
	flight  int
	forging bool
	watched bool // what is learnt is noted
	deeds   []deed
}

// local is a local state: what led to it first, and what may happen there by itself.
type local struct {
	parent int32
	cause  cause
	up     bool
	timers uint32 // set of those that run
	writes int    // that wait for the disk
}

// effect is what one event does.
type effect struct {
	next  int32
	chain uint32  // of facts; 0: none
	mask  uint32  // place of the set of its messages, and of others as wide
	sends []int32 // messages
}

// met are messages of one word of the set, in one local state.
type met struct {
	known uint64 // of which the effect is known
	live  uint64 // that have one
	moves uint64 // that lead to another local state
	tells uint64 // of which facts come
	at    uint32 // place of their effects, in order
}

// cause is an event at a node: its kind, and what of that kind.
type cause uint32

const (
	causeDeliver cause = iota << causeShift // a message
	causeStart                              // a number and a value
	causeFire                               // a timer
	causeSync
	causeCrash   // how many writes stay
	causeRestart // the same, of a node that is up
)

const causeShift = 26

func (c cause) kind() cause { return c >> causeShift << causeShift }
func (c cause) what() int   { return int(c & (1<<causeShift - 1)) }

func newActor(st *stage, n sim.Node) *actor {
	a := &actor{stage: st, node: n, index: map[string]int32{}, effects: make([]effect, 1)}
	a.renew()
	a.number(0, 0)
	return a
}

// renew puts the actor into a new world, in its first local state.
func (a *actor) renew() {
	a.world, a.at = a.stage.scene.Begin(a.world), 0
	if !a.stage.scene.Once {
		a.world.Keep()
	}
	a.stage.tire(len(a.stage.log.Records) + len(a.stage.scene.Place.Nodes))
	a.world.Hooks = sim.Hooks{Sent: func(flight int) {
		if a.forging {
			a.flight = flight
			return
		}
		a.sent = append(a.sent, a.stage.wire.number(a.world.Message(flight)))
	}}
}

// number returns the number of the local state that the node is in now, to which c led from parent.
func (a *actor) number(parent int32, c cause) int32 {
	a.bytes = a.world.AppendLocal(a.bytes[:0], a.node)
	if n, ok := a.index[string(a.bytes)]; ok {
		return n
	}
	n := int32(len(a.locals))
	a.index[string(a.bytes)] = n
	l := local{parent: parent, cause: c, up: a.world.Up(a.node)}
	for _, x := range a.world.Choices(nil) {
		if x.Node != a.node {
			continue
		}
		switch x.Kind {
		case sim.ChooseFire:
			l.timers |= 1 << x.Timer
		case sim.ChooseCrash:
			l.writes = max(l.writes, x.Keep)
		}
	}
	a.stage.stirs = a.stage.stirs || l.writes > 0
	a.locals = append(a.locals, l)
	if n > maxLocals {
		a.stage.full = "states of one node: more than 65,536"
	}
	return n
}

// maxLocals is the highest number of a local state.
const maxLocals = 1<<16 - 1

// goTo brings the world into local state l.
func (a *actor) goTo(l int32) {
	a.path = a.path[:0]
	for x := l; x != a.at; x = a.locals[x].parent {
		if x == 0 {
			a.renew()
			break
		}
		a.path = append(a.path, x)
	}
	for i := len(a.path) - 1; i >= 0; i-- {
		a.do(a.locals[a.path[i]].cause)
		a.stage.tire(1)
		a.at = a.path[i]
	}
}

// effect returns what c does in local state l, nil if nothing; a peek does not find out.
func (a *actor) effect(k *peek, l int32, c cause) *effect {
	n, known := a.known.get(uint32(l), uint32(c))
	if !known {
		if !k.learns {
			k.missed = true
			return nil
		}
		n = a.learn(l, c)
		a.known.put(uint32(l), uint32(c), n)
		a.relate(l, c)
		if a.watched {
			a.deeds = append(a.deeds, deed{l, c, n})
		}
	}
	if n == 0 {
		return nil
	}
	return &a.effects[n]
}

// learn lets c happen in local state l.
func (a *actor) learn(l int32, c cause) uint32 {
	if a.stage.full != "" {
		return 0
	}
	a.goTo(l)
	log := a.stage.log
	log.Records = log.Records[:0]
	a.sent = a.sent[:0]
	if a.do(c) != "" {
		return 0
	}
	chain := a.stage.ghosts.chain(log.Records, a.node)
	e := effect{next: a.number(l, c), chain: chain, sends: slices.Clone(a.sent)}
	a.stage.heed()
	a.at = e.next
	if e.next == l && len(e.sends) == 0 && a.stage.ghosts.passes(e.chain) {
		return 0
	}
	a.effects = append(a.effects, e)
	a.mask(len(a.effects) - 1)
	return uint32(len(a.effects) - 1)
}

// do lets c happen in the world and returns why it cannot, if it cannot.
func (a *actor) do(c cause) (refusal string) {
	w, what := a.world, c.what()
	switch c.kind() {
	case causeDeliver:
		return a.deliver(&a.stage.wire.messages[what])
	case causeStart:
		return w.Do(a.node, a.stage.starts[what].input())
	case causeFire:
		return w.Fire(a.node, what)
	case causeSync:
		return w.Sync(a.node)
	case causeCrash:
		return w.Take(sim.Choice{Kind: sim.ChooseCrash, Node: a.node, Keep: what})
	}
	if w.Up(a.node) {
		w.Take(sim.Choice{Kind: sim.ChooseCrash, Node: a.node, Keep: what})
	}
	return w.Restart(a.node, a.stage.scene.Losing)
}

// deliver lets m arrive at the node.
func (a *actor) deliver(m *sim.Message) (refusal string) {
	a.flight, a.forging = -1, true
	a.world.Convey(*m)
	a.forging = false
	if a.flight < 0 {
		return "the link is cut"
	}
	return a.world.Deliver(a.flight)
}

// widen gives the sets of messages more words.
func (a *actor) widen(words int) {
	either, width := a.either, len(a.inbox)
	a.inbox, a.met, a.reacts = make([]uint64, words), nil, nil
	a.masks, a.either = nil, nil
	for n := range a.effects {
		was := int(a.effects[n].mask)
		a.mask(n)
		copy(a.either[a.effects[n].mask:], either[was:was+width])
	}
}

// mask makes out the set of what effect n sends, as far as there is room.
func (a *actor) mask(n int) {
	e := &a.effects[n]
	e.mask = uint32(len(a.masks))
	a.masks = append(a.masks, make([]uint64, len(a.inbox))...)
	a.either = append(a.either, make([]uint64, len(a.inbox))...)
	for _, m := range e.sends {
		if int(m)/64 < len(a.inbox) {
			a.masks[int(e.mask)+int(m)/64] |= 1 << (m % 64)
		}
	}
}

// heed takes in that message m, which is to this node, exists.
func (a *actor) heed(m int) { a.inbox[m/64] |= 1 << (m % 64) }

// reactions returns what of the messages of word w of a set does something in local state l.
func (a *actor) reactions(k *peek, l int32, w int, word uint64) *met {
	at := int(l)*len(a.inbox) + w
	if at < len(a.met) && word&^a.met[at].known == 0 {
		return &a.met[at]
	}
	if !k.learns {
		k.missed = true
		return &met{}
	}
	return a.study(k, l, w, word)
}

// study finds out what the messages of word w of a set do.
func (a *actor) study(k *peek, l int32, w int, word uint64) *met {
	at := int(l)*len(a.inbox) + w
	for len(a.met) <= at {
		a.met = append(a.met, met{})
	}
	r := a.met[at]
	for unmet := word &^ r.known; unmet != 0; unmet &= unmet - 1 {
		bit := unmet & -unmet
		r.known |= bit
		if a.effect(k, l, causeDeliver|cause(w*64+bits.TrailingZeros64(bit))) != nil {
			r.live |= bit
		}
	}
	r.at = uint32(len(a.reacts))
	for live := r.live; live != 0; live &= live - 1 {
		n, _ := a.known.get(uint32(l), uint32(causeDeliver)|uint32(w*64+bits.TrailingZeros64(live)))
		a.reacts = append(a.reacts, n)
		if a.effects[n].next != l {
			r.moves |= live & -live
		}
		if a.effects[n].chain != 0 {
			r.tells |= live & -live
		}
	}
	a.met[at] = r
	return &a.met[at]
}
