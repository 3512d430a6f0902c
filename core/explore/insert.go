package explore

// last tells that the states being looked into lie at the limit of depth: what
// they lead to is not kept.
func (s *Search) last() bool { return s.limits.Depth > 0 && s.result.Depth >= s.limits.Depth }

// ahead is how many candidates are looked up at a time. Their loads do not wait
// for each other; a search is bound by them.
const ahead = 64

// insertInto finds a shard's candidates, in order, and keeps those that are new. The answers stay
// with the shard until the next batch: in blocks, several workers would write next to each other.
func (s *Search) insertInto(number int) {
	shard := &s.shards[number]
	shard.answers, shard.begins = shard.answers[:0], shard.begins[:0]
	for n := range s.insert.used {
		b, p, before := &s.insert.blocks[n], 0, shard.count
		shard.begins = append(shard.begins, len(shard.answers))
		mine := b.of(number)
		for at := 0; at < len(mine); at += ahead {
			some := mine[at:min(at+ahead, len(mine))]
			shard.touch(b, some)
			for j, i := range some {
				for ; i >= b.parents[p].end; p++ {
					before = shard.count
				}
				answer := s.insertOne(shard, b, int(i), shard.near[j], before)
				shard.answers = append(shard.answers, answer)
			}
		}
	}
}

// touch loads what finding some candidates will need, in loops that do nothing else: the shorter
// they are, the more loads a processor has under way.
func (s *shard) touch(b *block, some []int32) {
	s.reserve(len(some))
	near, sink := s.near[:len(some)], uint64(0)
	for j, i := range some {
		near[j] = s.slot(b.hashes[i])
	}
	for _, slot := range near {
		sink += uint64(s.table[slot])
	}
	known := s.known[:0]
	for j, i := range some {
		at, place := s.like(b.hashes[i], near[j])
		if near[j] = at; place >= 0 {
			known = append(known, place)
		}
	}
	for _, place := range known {
		sink += s.at(place)[0]
	}
	s.sink = sink
}

// insertOne finds a candidate, from a slot on; before is how many states were here when its
// parent's first one came. It answers with its place plus one, if it is new, else with 0 or elder.
func (s *Search) insertOne(shard *shard, b *block, i, slot, before int) (answer uint32) {
	state := b.states[i*shard.words : (i+1)*shard.words]
	at, place := shard.find(b.hashes[i], state, slot)
	switch {
	case place >= before:
		return 0
	case place >= 0:
		return elder
	case s.last():
		return 1
	}
	place = shard.add(b.hashes[i], state, at)
	if len(b.decided) > 0 {
		shard.hope(place, b.decided[i])
	}
	return uint32(place + 1)
}
