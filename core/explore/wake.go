package explore

import "math/bits"

// Steps implements Sleeper: they are the arrivals of messages. What takes a message away, or
// depends on what learners hear, does not commute with them.
func (s *stage) Steps() int {
	if s.scene.Once || len(s.hearers) > 0 {
		return 0
	}
	return s.words
}

// Step implements Sleeper.
func (s *stage) Step(a Action) int {
	if kind, _, what := a.parts(); kind == MoveDeliver {
		return what
	}
	return -1
}

// Wake implements Sleeper. What happens at one actor commutes with the arrivals at the others:
// these find the same local state, and messages stay.
func (s *stage) Wake(a Action, state, asleep []uint64) {
	kind, i, what := a.parts()
	switch kind {
	case MoveDeliver:
		x := s.actors[i]
		either := x.either[x.arrival(int32(s.locals[i].of(state)), what).mask:]
		for w, word := range x.inbox {
			asleep[w] &^= word &^ either[w]
		}
	case MoveStart, MoveFire, MoveSync, MoveCrash, MoveRestart:
		for w, word := range s.actors[i].inbox {
			asleep[w] &^= word
		}
	default:
		clear(asleep)
	}
}

// pass returns which of the arrivals in live, at actor a, are passed over, and counts them. Of
// those that tell facts the other order led to the same set; that this is one ghost is looked up.
func (k *peek) pass(a *actor, w int, live uint64, r *met, state []uint64) (over uint64) {
	over = live & k.asleep[w]
	if over&r.tells != 0 {
		at := k.ghost.of(state)
		for tells := over & r.tells; tells != 0; tells &= tells - 1 {
			if !k.alone(at, a.effects[a.reacts[r.rank(tells)]].chain) {
				over &^= tells & -tells
			}
		}
	}
	k.passed.Count += bits.OnesCount64(over)
	k.passed.Changes = k.passed.Changes || over&r.moves != 0
	return over
}

// alone reports whether there is one ghost only of what is known once chain is told after at.
func (k *peek) alone(at, chain uint32) bool {
	if chain < 64 && k.ghosts.list[at].alone>>chain&1 == 1 {
		return true
	}
	return !k.ghosts.list[k.after(at, chain)].twin
}

// rank is the place of the effect of the lowest message of live.
func (r *met) rank(live uint64) int {
	return int(r.at) + bits.OnesCount64(r.live&(live&-live-1))
}

// resolve finds out whether an arrival that was passed over changes anything, if all are of those
// that leave the receiver as it is.
func (k *peek) resolve(state, asleep []uint64) {
	for i, a := range k.actors {
		l := int32(k.locals[i].of(state))
		for w, word := range k.messages(state) {
			if k.passed.Changes {
				return
			}
			if word &= a.inbox[w] & asleep[w]; word == 0 {
				continue
			}
			r := a.reactions(k, l, w, word)
			for live := word & r.live; live != 0; live &= live - 1 {
				if !k.still(i, &a.effects[a.reacts[r.rank(live)]], l, state) {
					k.passed.Changes = true
				}
			}
		}
	}
}
