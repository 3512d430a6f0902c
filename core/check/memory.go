package check

import (
	"encoding/binary"

	"github.com/synodlab/synod/core/trace"
)

// AppendMemory appends what j remembers of the order of what it saw: two judges that began alike,
// saw the same set of records since, found the same checks broken, and remember the same, will find
// the same in whatever comes. A search numbers its states by that. Crashes, restarts, step-downs
// and what clients send act through the memory alone: whether they are in the set does not matter.
//
// Most checks need none. Until they break they compare what comes with all that came before, in
// whatever order that was. What is remembered:
//
//	one-primary            who acts now
//	lock                   who holds it now
//	linearizable           how much clients had been shown when a command was issued
//	stable, order, once,   what a server has executed since it started, where it once had more;
//	reply-durable          all that each had, where they are not one sequence
//	agree … safe-proposal  votes cast before a configuration that governs them was known; which of
//	                       two values was chosen first under one number
//	promise                what those promised who were admitted again with an empty disk
func (j *Judge) AppendMemory(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(j.leaders.acting))
	if j.still(lock) {
		dst = binary.AppendUvarint(dst, uint64(j.holders.set))
	}
	if j.still(linearizable) {
		dst = j.appendFloors(dst)
	}
	if j.still(stable) || j.still(order) || j.still(once) || j.still(replyDurable) {
		dst = j.appendExecuted(dst)
	}
	dst = j.appendVotes(dst)
	for rest := j.votes.again; rest != 0; rest &= rest - 1 {
		m := &j.promised[rest.first()]
		if dst = append(dst, 1); m.set {
			dst = binary.AppendVarint(append(dst, 1), m.number)
		}
	}
	return dst
}

// still reports whether p is judged and not broken.
func (j *Judge) still(p property) bool { return j.on(p) && j.verdicts[p].broken == 0 }

// appendFloors appends how much had been shown when commands were issued, where anything had.
func (j *Judge) appendFloors(dst []byte) []byte {
	for v := range j.commands.byValue {
		if c := j.commands.of(trace.Value(v)); c != nil && c.floor > 0 {
			dst = binary.AppendUvarint(dst, uint64(v))
			dst = binary.AppendUvarint(dst, uint64(c.floor))
		}
	}
	return append(dst, 0)
}

// appendExecuted appends what servers have executed. The longest that each ever had is in the set
// of records, unless one of them contradicts itself or another.
func (j *Judge) appendExecuted(dst []byte) []byte {
	for n := range j.servers {
		s := &j.servers[n]
		if s.state == s.longest && !j.strayed {
			continue
		}
		dst = binary.AppendUvarint(dst, uint64(n)+1)
		dst = binary.AppendUvarint(dst, uint64(s.state))
		dst = binary.AppendUvarint(dst, uint64(s.longest))
	}
	return append(dst, 0)
}

// appendVotes appends the votes that do not follow from the set of accepts, in order.
func (j *Judge) appendVotes(dst []byte) []byte {
	var odd []vote
	for i := range j.votes.list {
		v := &j.votes.list[i]
		if !j.votes.late && (!v.chosen || !j.votes.rival(v)) {
			continue
		}
		at := len(odd)
		for odd = append(odd, *v); at > 0 && v.below(&odd[at-1]); at-- {
			odd[at] = odd[at-1]
		}
		odd[at] = *v
	}
	for i := range odd {
		v, in := &odd[i], j.instances.of(odd[i].slot, slotKey)
		first := in.lowestAt != 0 && in.lowestValue == v.value
		for _, x := range [...]int64{v.slot, v.ballot, int64(v.value), int64(v.by), bit(v.chosen),
			bit(first)} {
			dst = binary.AppendVarint(dst, x)
		}
	}
	return dst
}

// below orders votes by slot, number and value.
func (v *vote) below(o *vote) bool {
	if v.slot != o.slot {
		return v.slot < o.slot
	}
	return v.ballot < o.ballot || v.ballot == o.ballot && v.value < o.value
}

func bit(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// rival reports whether another value was chosen under v's number.
func (s *votes) rival(v *vote) bool {
	for at := s.index.get(v.slot, v.ballot); at >= 0; at = int(s.list[at].next) - 1 {
		if o := &s.list[at]; o.chosen && o.value != v.value {
			return true
		}
	}
	return false
}
