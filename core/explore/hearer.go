package explore

import "slices"

// hearer is a learner in a Soup. It is no actor: that it could learn a value from what is on the
// wire is a fact as soon as it is so. A learner keeps the first value that it learns; if there are
// several, each value is learnt by another one.
type hearer struct {
	actor    *actor
	messages []int32 // to it, as far as they are known
	found    pairs   // set of messages: the chain of facts
	deeds    []deed  // the same: the set as a cause, the chain as its effect
}

// hear tells what learners can learn in the next state.
func (k *peek) hear() {
	for i, h := range k.hearers {
		there := k.subset(h.messages, k.messages(k.next))
		if there == 0 {
			continue
		}
		if _, known := h.found.get(there, 0); !known && !k.learns {
			k.missed = true
			return
		}
		k.tell(k.heard(i, there))
	}
}

// heard returns what the i-th hearer can learn from a part of its messages.
func (k *peek) heard(i int, there uint32) (chain uint32) {
	h := k.hearers[i]
	chain, known := h.found.get(there, 0)
	if !known {
		chain = k.learnable(i, there)
		h.found.put(there, 0, chain)
		h.deeds = append(h.deeds, deed{0, cause(there), chain})
	}
	return chain
}

// learnable returns the facts that the i-th hearer learns something from a part of its messages.
func (k *peek) learnable(i int, there uint32) (chain uint32) {
	for _, l := range k.lessons(i, there) {
		if k.teaches(i, l) {
			chain = k.ghosts.chains.cons(chain, l.fact)
		}
	}
	return chain
}

// teaches reports whether it is the i-th hearer that learns from l.
func (k *peek) teaches(i int, l lesson) bool {
	v := max(slices.Index(k.scene.Values, k.ghosts.facts[l.fact].Value), 0)
	return v%len(k.hearers) == i
}

// lesson is a value that can be learnt, and from what.
type lesson struct {
	fact uint32
	from []int32
}

// lessons returns what can be learnt from a part of the messages, of each value one lesson, in
// order of the facts. No quorum is larger than that of the judge.
func (k *peek) lessons(i int, there uint32) (all []lesson) {
	h, heard := k.hearers[i], []int32(nil)
	for j, m := range h.messages {
		if there>>j&1 == 1 {
			heard = append(heard, m)
		}
	}
	var path []int32
	var study func(l int32)
	study = func(l int32) {
		for _, m := range heard {
			e := h.actor.effect(k, l, causeDeliver|cause(m))
			if e == nil || e.next == l {
				continue
			}
			path = append(path, m)
			if e.chain != 0 {
				all = keepLesson(all, k.ghosts.chains.list[e.chain-1].top, path)
			} else if len(path) < k.scene.Judge.Quorum {
				study(e.next)
			}
			path = path[:len(path)-1]
		}
	}
	study(0)
	return all
}

// keepLesson puts a lesson in its place, unless its fact is known.
func keepLesson(all []lesson, fact uint32, path []int32) []lesson {
	at := 0
	for at < len(all) && all[at].fact < fact {
		at++
	}
	if at < len(all) && all[at].fact == fact {
		return all
	}
	all = append(all, lesson{})
	copy(all[at+1:], all[at:])
	all[at] = lesson{fact, append([]int32(nil), path...)}
	return all
}
