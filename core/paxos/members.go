package paxos

import (
	"encoding/binary"
	"errors"
)

// Members is a configuration: which members vote, and how many of them make each quorum.
//
// A prepare quorum and an accept quorum always share a member, because prepare + accept > voters;
// two quorums of one kind need not (B-50 of PITFALLS.md). Members is a value without pointers, and
// two are the same configuration exactly if they are ==.
type Members struct {
	lives   [MaxNodes]Life   // of the voters; 0 for everyone else
	disks   [MaxNodes]DiskID // of the voters
	voters  NodeSet
	prepare uint8
	accept  uint8
}

var (
	errNoVoters  = errors.New("paxos: members: no voters; at least one is needed")
	errBadNode   = errors.New("paxos: members: a node is not below MaxNodes (16)")
	errBadLife   = errors.New("paxos: members: a voter has life 0; lives count from 1")
	errTwice     = errors.New("paxos: members: a node is named twice")
	errQuorum    = errors.New("paxos: members: a quorum is below 1 or above the number of voters")
	errDisjoint  = errors.New("paxos: members: prepare + accept quorum must exceed the voters")
	errMembersIn = errors.New("paxos: members: encoding is not that of a valid configuration")
)

// NewMembers returns the configuration in which the voters named decide, with the two quorum
// sizes. It fails unless every node is below MaxNodes and named once, every life is at least 1, and
// prepare + accept exceeds the number of voters.
func NewMembers(prepare, accept int, voters ...Member) (Members, error) {
	var m Members
	if len(voters) == 0 {
		return m, errNoVoters
	}
	for _, v := range voters {
		switch {
		case v.Node >= MaxNodes:
			return Members{}, errBadNode
		case v.Life == 0:
			return Members{}, errBadLife
		case m.voters.Has(v.Node):
			return Members{}, errTwice
		}
		m.voters = m.voters.With(v.Node)
		m.lives[v.Node], m.disks[v.Node] = v.Life, v.Disk
	}
	n := len(voters)
	if prepare < 1 || accept < 1 || prepare > n || accept > n {
		return Members{}, errQuorum
	}
	if prepare+accept <= n {
		return Members{}, errDisjoint
	}
	m.prepare, m.accept = uint8(prepare), uint8(accept)
	return m, nil
}

// Majority returns the configuration in which both quorums are the smallest majority.
func Majority(voters ...Member) (Members, error) {
	q := len(voters)/2 + 1
	return NewMembers(q, q, voters...)
}

// Founders returns the majority configuration of the nodes 0 to n-1 in their first life.
func Founders(n int) (Members, error) {
	if n > MaxNodes {
		return Members{}, errBadNode
	}
	var all [MaxNodes]Member
	for i := 0; i < n; i++ {
		all[i] = Member{Node: NodeID(i), Life: 1}
	}
	return Majority(all[:max(n, 0)]...)
}

// Voters returns the nodes that vote.
func (m *Members) Voters() NodeSet { return m.voters }

// Life returns the life in which node n votes, 0 if it does not.
func (m *Members) Life(n NodeID) Life {
	if n >= MaxNodes {
		return 0
	}
	return m.lives[n]
}

// Names reports whether node n in exactly this life is a voter.
func (m *Members) Names(n NodeID, life Life) bool { return life != 0 && m.Life(n) == life }

// Disk returns the disk of node n, zero if it does not vote or its disk is not named.
func (m *Members) Disk(n NodeID) DiskID {
	if n >= MaxNodes {
		return DiskID{}
	}
	return m.disks[n]
}

// Member returns the voter n, with life 0 if it is none.
func (m *Members) Member(n NodeID) Member { return Member{n, m.Life(n), m.Disk(n)} }

// Prepare returns the size of a phase 1 quorum.
func (m *Members) Prepare() int { return int(m.prepare) }

// Accept returns the size of a phase 2 quorum.
func (m *Members) Accept() int { return int(m.accept) }

// reached returns the highest number from floor to top that an accept quorum has reached; floor
// need not be. A voter's value counts only if it was stated in the life that votes here.
func (m *Members) reached(values *[MaxNodes]Slot, lives *[MaxNodes]Life, floor, top Slot) Slot {
	switch {
	case m.quorum(values, lives, top):
		return top
	case top <= floor+1 || !m.quorum(values, lives, floor+1):
		return floor
	}
	for all := m.voters; all != 0; all = all.rest() {
		v := all.first()
		if at := values[v]; at > floor && at < top && m.quorum(values, lives, at) {
			floor = at
		}
	}
	return floor
}

// quorum reports whether an accept quorum has reached to, each voter in the life that votes here.
func (m *Members) quorum(values *[MaxNodes]Slot, lives *[MaxNodes]Life, to Slot) bool {
	n := 0
	for all := m.voters; all != 0; all = all.rest() {
		v := all.first()
		if values[v] >= to && lives[v] == m.lives[v] {
			n++
		}
	}
	return n >= int(m.accept)
}

const (
	membersBytes    = MaxNodes*2 + 2 + 2
	maxMembersBytes = membersBytes + MaxNodes*16
)

// AppendTo appends the canonical encoding: sixteen lives, the voters, the two quorum sizes, and the
// disk of each voter, little-endian.
func (m *Members) AppendTo(dst []byte) []byte {
	for _, life := range m.lives {
		dst = binary.LittleEndian.AppendUint16(dst, uint16(life))
	}
	dst = binary.LittleEndian.AppendUint16(dst, uint16(m.voters))
	dst = append(dst, m.prepare, m.accept)
	for n := m.voters.Next(0); n != NoNode; n = m.voters.Next(n + 1) {
		dst = append(dst, m.disks[n][:]...)
	}
	return dst
}

// DecodeMembers reads what AppendTo wrote, exactly, and judges it as NewMembers does.
func DecodeMembers(b []byte) (Members, error) {
	m, n, err := decodeMembers(b)
	if err == nil && n != len(b) {
		err = errMembersIn
	}
	if err != nil {
		return Members{}, err
	}
	return m, nil
}

// decodeMembers reads from the front of b, and returns the bytes that it took.
func decodeMembers(b []byte) (Members, int, error) {
	var m Members
	if len(b) < membersBytes {
		return m, 0, errMembersIn
	}
	for i := range m.lives {
		m.lives[i] = Life(binary.LittleEndian.Uint16(b[2*i:]))
		if m.lives[i] != 0 {
			m.voters = m.voters.With(NodeID(i))
		}
	}
	m.prepare, m.accept = b[membersBytes-2], b[membersBytes-1]
	n := m.voters.Len()
	switch {
	case NodeSet(binary.LittleEndian.Uint16(b[2*MaxNodes:])) != m.voters || n == 0:
		return m, 0, errMembersIn
	case m.prepare < 1 || m.accept < 1 || int(m.prepare) > n || int(m.accept) > n:
		return m, 0, errQuorum
	case int(m.prepare)+int(m.accept) <= n:
		return m, 0, errDisjoint
	case len(b) < membersBytes+16*n:
		return m, 0, errMembersIn
	}
	at := membersBytes
	for v := m.voters.Next(0); v != NoNode; v = m.voters.Next(v + 1) {
		at += copy(m.disks[v][:], b[at:])
	}
	return m, at, nil
}
