package protocols

import "github.com/synodlab/synod/core/sim"

// quorum is who has answered a question. Why a majority of answers is enough, and less is not, is
// the one idea that all of Paxos rests on: any two majorities of the same nodes share a node. Who
// asks a majority therefore hears from somebody whom the majority before it had asked (K-11, L-15,
// M-50).
type quorum struct {
	from     uint64 // set of nodes
	messages int    // how many answers came, copies too
}

func (q *quorum) add(from sim.Node) { q.from, q.messages = q.from|1<<from, q.messages+1 }

// reached reports whether so many nodes have answered.
func (q *quorum) reached(needed int) bool { return q.size() >= needed }

// counted is reached, or, by the wrong rule that counts a copy as an answer, its like (B-17).
func (q *quorum) counted(needed int, byMessage bool) bool {
	if byMessage {
		return q.messages >= needed
	}
	return q.reached(needed)
}

// majorityOf reports whether most of members have answered.
func (q *quorum) majorityOf(members uint64) bool {
	among := quorum{from: q.from & members}
	all := quorum{from: members}
	return members != 0 && among.size()*2 > all.size()
}

// size returns how many nodes have answered.
func (q *quorum) size() (n int) {
	for rest := q.from; rest != 0; rest &= rest - 1 {
		n++
	}
	return n
}

// tally is who accepted a value under a number, as far as a learner has heard: a value is chosen by
// a quorum of votes under one and the same number.
type tally struct {
	n     int64
	value sim.Value
	votes quorum
}
