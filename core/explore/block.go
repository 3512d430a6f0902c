package explore

import "slices"

// blockStates is how many states one task of expanding takes: enough to let the
// loads of their successors overlap, and few, for the workers to share.
const blockStates = 128

// A block is a run of states, one after the other in order, and the successors
// that they gave: the candidates. Candidates equal to their parent are counted
// and not kept.
type block struct {
	from, to int      // numbers of the states
	own      []uint64 // the states: where they are kept, those that follow may lie far apart
	missed   bool     // some are not expanded
	parents  []parent
	states   []uint64 // candidates, canonical
	hashes   []uint64
	wrong    []fault
	decided  []bool   // by candidate, if anybody asks
	asleep   []uint64 // by state: steps that are passed over
	actions  []Action // by candidate, if steps may be passed over
	handed   []uint64 // by new candidate: what is passed over there
	sorted   []int32  // candidates by shard, and in order in each
	ends     []int32  // by shard: where its candidates end there
	_        gap
}

// fault is a candidate that Judge found wrong.
type fault struct {
	candidate int
	violation uint32
}

// faults is how many there are before a candidate.
func (b *block) faults(candidate int) int {
	at, _ := slices.BinarySearchFunc(b.wrong, candidate, func(f fault, c int) int {
		return f.candidate - c
	})
	return at
}

// violation is what is wrong with a candidate.
func (b *block) violation(candidate int) uint32 {
	if len(b.wrong) == 0 {
		return 0
	}
	if at := b.faults(candidate); at < len(b.wrong) && b.wrong[at].candidate == candidate {
		return b.wrong[at].violation
	}
	return 0
}

// elder is, in place of 0, the answer to what was known before its parent was looked into.
const elder = 1<<32 - 1

// parent is what expanding one state gave.
type parent struct {
	end     int32 // its candidates end here
	emitted int32
	changes bool // some transition leads elsewhere
	missed  bool // not expanded yet: something is unknown
}

func (b *block) reset(from, to int, asleep []uint64) {
	b.from, b.to = from, to
	b.parents, b.states = b.parents[:0], b.states[:0]
	b.hashes = b.hashes[:0]
	b.wrong, b.decided = b.wrong[:0], b.decided[:0]
	b.asleep, b.actions, b.handed = asleep, b.actions[:0], b.handed[:0]
}

// sort sorts candidates by the shards to which they belong, each in order.
func (b *block) sort(shards int) {
	mask := uint64(shards - 1)
	b.ends = slices.Grow(b.ends[:0], shards)[:shards]
	clear(b.ends)
	for _, h := range b.hashes {
		b.ends[h&mask]++
	}
	at := int32(0)
	for i, n := range b.ends {
		b.ends[i] = at
		at += n
	}
	b.sorted = slices.Grow(b.sorted[:0], len(b.hashes))[:len(b.hashes)]
	for i, h := range b.hashes {
		end := &b.ends[h&mask]
		b.sorted[*end] = int32(i)
		*end++
	}
}

// of lists the candidates that belong to a shard.
func (b *block) of(shard int) []int32 {
	from := int32(0)
	if shard > 0 {
		from = b.ends[shard-1]
	}
	return b.sorted[from:b.ends[shard]]
}

// state is the i-th state of a block.
func (b *block) state(i, words int) []uint64 { return b.own[i*words : (i+1)*words] }

// cut takes back all candidates but the first ones.
func (b *block) cut(kept, words int) {
	b.hashes, b.states = b.hashes[:kept], b.states[:kept*words]
	b.decided = b.decided[:min(kept, len(b.decided))]
	b.wrong = b.wrong[:b.faults(kept)]
	b.actions = b.actions[:min(kept, len(b.actions))]
}

// take appends candidates of another block.
func (b *block) take(old *block, from, to, words int) {
	b.states = append(b.states, old.states[from*words:to*words]...)
	b.hashes = append(b.hashes, old.hashes[from:to]...)
	for _, f := range old.wrong[old.faults(from):old.faults(to)] {
		b.wrong = append(b.wrong, fault{f.candidate + len(b.hashes) - to, f.violation})
	}
	if len(old.decided) > 0 {
		b.decided = append(b.decided, old.decided[from:to]...)
	}
	if len(old.actions) > 0 {
		b.actions = append(b.actions, old.actions[from:to]...)
	}
}

// resting is the set of steps that are passed over in the i-th state of a block.
func (b *block) resting(i, steps int) []uint64 { return b.asleep[i*steps : (i+1)*steps] }
