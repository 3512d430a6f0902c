package explore

// around is what is known of the arrivals about a local state.
type around struct {
	from []lead  // that lead to it
	here []cause // that do something in it
}

// lead is an arrival in a local state.
type lead struct {
	local int32
	cause cause
}

// relate finds out, when it is learnt what the arrival c does in local state l, for which pairs of
// arrivals that completes what comes of both orders.
func (a *actor) relate(l int32, c cause) {
	e := a.arrivalOf(l, c)
	if e == nil || a.stage.scene.Once {
		return
	}
	for len(a.around) < len(a.locals) {
		a.around = append(a.around, around{})
	}
	at := &a.around[l]
	for _, x := range at.from {
		a.compare(x.local, x.cause, c)
	}
	for _, d := range at.here {
		a.compare(l, c, d)
	}
	at.here = append(at.here, c)
	if e.next != l {
		next := &a.around[e.next]
		next.from = append(next.from, lead{l, c})
	}
}

// compare notes two arrivals in local state l for which it does not matter which comes first, if
// that is known. With facts it might; and what has no room in the states yet is not compared.
func (a *actor) compare(l int32, c, d cause) {
	e, f := a.arrivalOf(l, c), a.arrivalOf(l, d)
	if c == d || e == nil || f == nil || len(a.stage.wire.messages) > 64*len(a.inbox) {
		return
	}
	then, instead := a.arrivalOf(e.next, d), a.arrivalOf(f.next, c)
	if then == nil || instead == nil || then.next != instead.next ||
		e.chain|f.chain|then.chain|instead.chain != 0 {
		return
	}
	for w := range uint32(len(a.inbox)) {
		if a.masks[e.mask+w]|a.masks[then.mask+w] != a.masks[f.mask+w]|a.masks[instead.mask+w] {
			return
		}
	}
	a.either[int(e.mask)+d.what()/64] |= 1 << (d.what() % 64)
	a.either[int(f.mask)+c.what()/64] |= 1 << (c.what() % 64)
}

// arrivalOf returns what the arrival c does in local state l, nil if nothing or not known.
func (a *actor) arrivalOf(l int32, c cause) *effect {
	if n, _ := a.known.get(uint32(l), uint32(c)); n != 0 && c.kind() == causeDeliver {
		return &a.effects[n]
	}
	return nil
}

// arrival returns what message m does in local state l, which is known to be something.
func (a *actor) arrival(l int32, m int) *effect {
	r := &a.met[int(l)*len(a.inbox)+m/64]
	return &a.effects[a.reacts[r.rank(1<<(m%64))]]
}
