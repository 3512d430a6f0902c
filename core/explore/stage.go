package explore

import (
	"math/bits"

	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// stage is what the two searches of real processes share: actors, messages, facts, and how a state
// is packed. A state is words of four fields of 16 bits each, then the set of messages:
//
//	fields 0, 1     number of the ghost
//	budget          used of crashes, restarts, losses, duplicates, timeouts, if any is allowed
//	begun           numbers or attempts that were started, where messages do not tell
//	spare           messages that are there more than once, if a delivery takes them away
//	local           number of the local state, of each actor
type stage struct {
	scene   *Scene
	log     *trace.Log
	wire    wire
	ghosts  *ghosts
	actors  []*actor
	starts  []start
	hearers []*hearer
	heeded  int // messages that their receivers know of
	words   int // of the set of messages
	fields  int
	budget  int // its first field; 0: there is none
	begun   int
	spare   int
	first   int // of the local states
	sets    sets
	quiet   uint8  // kind of messages, plus 1, of which an arrival that changes nothing is none
	silent  uint64 // set of kinds of messages that never arrive
	full    string
}

// start is a number that a proposer may start, and what it then proposes.
type start struct {
	n     int64 // NoNumber: its own next one
	value sim.Value
}

func (s *start) input() sim.Input {
	return sim.Input{Kind: sim.Propose, N: s.n, Value: s.value}
}

// peek is who looks into the stage: the model itself, which learns what it does not know, or one
// of several readers, which only notes that it missed something.
type peek struct {
	*stage
	learns bool
	missed bool
	next   []uint64
	mask   []uint64
}

func newStage(s *Scene) *stage {
	w := s.Begin()
	st := &stage{scene: s, log: w.Log}
	st.ghosts = newGhosts(s, w.Log)
	return st
}

// act makes actors of nodes.
func (s *stage) act(nodes []sim.Node) {
	for _, n := range nodes {
		s.actors = append(s.actors, newActor(s, n))
	}
}

// lay decides where in a state everything stands.
func (s *stage) lay(begun int) {
	s.fields = 2
	field := func(n int) int {
		s.fields += n
		return s.fields - n
	}
	b := &s.scene.Bounds
	if b.Crashes|b.Restarts|b.Losses|b.Duplicates|b.Timeouts != 0 {
		s.budget = field(2)
	}
	if begun > 0 {
		s.begun = field((begun + 15) / 16)
	}
	if b.Once {
		s.spare = field(2)
	}
	s.first = field(len(s.actors))
	s.words = 1
	s.widen()
}

// Words implements Model.
func (s *stage) Words() int { return (s.fields+3)/4 + s.words }

// messages returns the set of messages of a state.
func (s *stage) messages(state []uint64) []uint64 { return state[(s.fields+3)/4:] }

func field(state []uint64, i int) int { return int(state[i/4] >> (16 * (i % 4)) & 0xffff) }

func setField(state []uint64, i, v int) {
	shift := 16 * (i % 4)
	state[i/4] = state[i/4]&^(0xffff<<shift) | uint64(v)<<shift
}

// wideField is a number of 32 bits in two fields.
func wideField(state []uint64, i int) uint32 {
	return uint32(field(state, i)) | uint32(field(state, i+1))<<16
}

func setWide(state []uint64, i int, v uint32) {
	setField(state, i, int(v&0xffff))
	setField(state, i+1, int(v>>16))
}

// Wide reports that there are more messages than the states have bits.
func (s *stage) Wide() bool { return len(s.wire.messages) > 64*s.words }

// ends reports whether the search is to come to its end: nothing more is emitted.
func (s *stage) ends() bool { return s.Wide() || s.full != "" }

// Widen makes room for the messages that there are, and some more.
func (s *stage) Widen() {
	for s.Wide() {
		s.words++
	}
	s.widen()
}

func (s *stage) widen() {
	for _, a := range s.actors {
		a.widen(s.words)
	}
	s.heeded = 0
	s.heed()
}

// heed lets receivers know of the messages that are new.
func (s *stage) heed() {
	for ; s.heeded < min(len(s.wire.messages), 64*s.words); s.heeded++ {
		for _, a := range s.actors {
			m := &s.wire.messages[s.heeded]
			if a.node == m.To && len(a.inbox) > 0 && s.silent>>m.Kind&1 == 0 {
				a.heed(s.heeded)
			}
		}
	}
}

// Full says what there is too much of.
func (s *stage) Full() string { return s.full }

// Broken returns the name of the check behind a violation.
func (s *stage) Broken(violation uint32) string { return s.ghosts.names[violation-1] }

// Message returns a message.
func (s *stage) Message(n int32) *sim.Message { return &s.wire.messages[n] }

// Sent returns the messages that are there in a state and were not in the one before it.
func (s *stage) Sent(before, after []uint64) (fresh []int32) {
	old := s.messages(before)
	for w, word := range s.messages(after) {
		for word &^= old[w]; word != 0; word &= word - 1 {
			fresh = append(fresh, int32(w*64+bits.TrailingZeros64(word)))
		}
	}
	return fresh
}

// Judge implements Model.
func (s *stage) Judge(state []uint64) uint32 { return s.ghosts.violation(uint32(state[0])) }

// Decided implements the interface of that name: something is chosen, or executed.
func (s *stage) Decided(state []uint64) bool { return s.ghosts.list[uint32(state[0])].decided }

// begin gives the first state: what is in flight when the search begins is there.
func (s *stage) begin(emit func([]uint64)) {
	k := peek{stage: s, learns: true}
	w := s.scene.Begin()
	var there []int32
	w.Flights(func(i int, f *sim.Flight) bool {
		if !f.Held() {
			there = append(there, s.wire.number(w.Message(i)))
		}
		return true
	})
	s.heed()
	k.next = make([]uint64, s.Words())
	if !s.Wide() {
		k.send(there)
		emit(k.next)
	}
}

// send puts messages into the next state.
func (k *peek) send(messages []int32) {
	set := k.messages(k.next)
	for _, m := range messages {
		if int(m) >= 64*k.words {
			return // Wide says so
		}
		if k.scene.Once && set[m/64]>>(m%64)&1 == 1 {
			k.spares(uint32(m), 1)
		}
		set[m/64] |= 1 << (m % 64)
	}
}

// take takes one message out of the next state.
func (k *peek) take(m int) {
	if k.sets.has(wideField(k.next, k.spare), uint32(m)) {
		k.spares(uint32(m), -1)
		return
	}
	k.messages(k.next)[m/64] &^= 1 << (m % 64)
}

// spares adds a further copy of m, or takes one away.
func (k *peek) spares(m uint32, by int) {
	if !k.learns {
		k.missed = true
		return
	}
	set := wideField(k.next, k.spare)
	if by > 0 {
		set = k.sets.add(set, m, true)
	} else {
		set = k.sets.remove(set, m)
	}
	setWide(k.next, k.spare, set)
}

// tell adds facts to the next state.
func (k *peek) tell(chain uint32) {
	if chain == 0 {
		return
	}
	at := uint32(k.next[0])
	next, known := k.ghosts.memo.get(at, chain)
	if !known {
		if !k.learns {
			k.missed = true
			return
		}
		next = k.ghosts.after(at, chain)
	}
	k.next[0] = k.next[0]&^0xffffffff | uint64(next)
}

// turn makes the next state that of an effect of actor i.
func (k *peek) turn(i int, e *effect) {
	setField(k.next, k.first+i, int(e.next))
	k.send(e.sends)
	k.tell(e.chain)
	k.hear()
}

// Budgets, by their places.
const (
	ofCrashes = iota
	ofRestarts
	ofLosses
	ofDuplicates
	ofTimeouts
)

func (b *Bounds) budgets() [5]int {
	return [...]int{b.Crashes, b.Restarts, b.Losses, b.Duplicates, b.Timeouts}
}

// budgetBits is how many bits each budget has.
const budgetBits = 6

// spent returns how much of a budget is used.
func (k *peek) spent(state []uint64, which int) int {
	if k.budget == 0 {
		return 0
	}
	return int(wideField(state, k.budget)>>(budgetBits*which)) & (1<<budgetBits - 1)
}

// left reports whether there is something left of a budget.
func (k *peek) left(state []uint64, which int) bool {
	b := k.scene.budgets()
	return b[which] > 0 && k.spent(state, which) < b[which]
}

// spend uses one of a budget in the next state, if it is named at all.
func (k *peek) spend(which int) {
	if k.scene.budgets()[which] > 0 {
		setWide(k.next, k.budget, wideField(k.next, k.budget)+1<<(budgetBits*which))
	}
}

// subset returns which of messages are in set.
func (s *stage) subset(messages []int32, set []uint64) (there uint32) {
	for j, p := range messages {
		if j == maxGathered {
			s.full = "different answers to one number: more than 32"
			break
		}
		there |= uint32(set[p/64]>>(p%64)&1) << j
	}
	return there
}
