package paxos

import "errors"

// An Era numbers the configurations of a cluster, from 1. Zero is none.
type Era uint32

// Governed is a configuration and the first slot that it governs: every slot from there on, up to
// the first of the next era.
type Governed struct {
	From    Slot
	Era     Era
	Members Members
}

// eras are the configurations that govern the slots above one that is executed, oldest first.
//
// A configuration is a command like any other. Decided in slot i, it governs from slot i + α: so
// whoever may touch a slot, which is within α of his chosen prefix, knows who decides it. Nothing
// about a configuration takes effect before it is chosen (B-44, B-45 of PITFALLS.md).
type eras struct {
	list  [maxEras]era
	n     int
	alpha Slot
}

// era is a configuration, and what must be remembered of all before it.
type era struct {
	Governed
	lives [MaxNodes]Life   // highest in which this configuration or an earlier one named each node
	disks [MaxNodes]DiskID // of these lives
}

const (
	// maxPending bounds how many configurations may be decided and not govern yet: what a command
	// does is judged by the log alone, so that all nodes judge alike.
	maxPending = 6
	// maxEras has room for those of the slots that are executed to those that are decided: two
	// windows of pending ones, and the one that governs.
	maxEras = 2*maxPending + 2

	maxConfigBytes = 4 + maxMembersBytes
	maxErasBytes   = 1 + maxEras*(8+4+maxMembersBytes+lastBytes)
	lastBytes      = MaxNodes * (2 + 16)
)

var errEras = errors.New("paxos: snapshot: its configurations are cut short, or contradict " +
	"each other or the slot")

// firstEra returns the eras of a cluster that begins with the configuration m.
func firstEra(m *Members, alpha Slot) eras {
	e := eras{n: 1, alpha: alpha}
	e.list[0] = era{Governed{From: 1, Era: 1, Members: *m}, m.lives, m.disks}
	return e
}

// at returns the position of the configuration that governs slot s.
func (e *eras) at(s Slot) int {
	i := e.n - 1
	for i > 0 && e.list[i].From > s {
		i--
	}
	return i
}

// of returns the configuration that governs slot s.
func (e *eras) of(s Slot) *era { return &e.list[e.at(s)] }

// from returns the configurations that govern slot s or a later one.
func (e *eras) from(s Slot) []era { return e.list[e.at(s):e.n] }

// newest returns the one decided last. It may not govern yet.
func (e *eras) newest() *era { return &e.list[e.n-1] }

// end returns the end of the slots that the configuration at position i governs.
func (e *eras) end(i int) Slot {
	if i+1 < e.n {
		return e.list[i+1].From
	}
	return Forever
}

// starts reports whether a configuration begins to govern with slot s.
func (e *eras) starts(s Slot) bool { return e.n > 1 && e.of(s).From == s }

// names reports whether a configuration that governs slot s or a later one names node n in exactly
// this life.
func (e *eras) names(n NodeID, life Life, s Slot) bool {
	for i := e.n - 1; ; i-- {
		if g := &e.list[i]; g.Members.Names(n, life) {
			return true
		} else if i == 0 || g.From <= s {
			return false
		}
	}
}

// life returns the life in which node n votes by the newest configuration that names it.
func (e *eras) life(n NodeID) Life {
	for i := e.n - 1; i >= 0; i-- {
		if life := e.list[i].Members.Life(n); life != 0 {
			return life
		}
	}
	return 0
}

// first returns the first slot, from s on, of a configuration that names node n in this life;
// Forever if none does.
func (e *eras) first(n NodeID, life Life, s Slot) Slot {
	list := e.from(s)
	for i := range list {
		if list[i].Members.Names(n, life) {
			return max(list[i].From, s)
		}
	}
	return Forever
}

// voters returns all nodes that vote in a slot from s on.
func (e *eras) voters(s Slot) (all NodeSet) {
	list := e.from(s)
	for i := range list {
		all |= list[i].Members.voters
	}
	return all
}

// judges reports whether m may follow the newest configuration: every voter has a disk, and either
// it is the last that its node had, in that life, or another, in a life above. So each disk has one
// life for ever, and a disk that was wiped is taken for no other (B-11, B-47).
func (e *eras) judges(m *Members) bool {
	base := e.newest()
	for n := m.voters.Next(0); n != NoNode; n = m.voters.Next(n + 1) {
		same := m.disks[n] == base.disks[n]
		switch {
		case m.disks[n] == (DiskID{}), same && m.lives[n] != base.lives[n],
			!same && m.lives[n] <= base.lives[n]:
			return false
		}
	}
	return true
}

// full reports whether a configuration decided in slot s would be one too many.
func (e *eras) full(s Slot) bool {
	pending := 0
	for i := e.n - 1; i >= 0 && e.list[i].From > s; i-- {
		pending++
	}
	return pending >= maxPending
}

// decide judges the command data that is chosen in slot s, as every node does: it takes effect if
// its base is the newest configuration decided before it, governing or not (compare-and-set); else
// it is a no-op. It reports which.
func (e *eras) decide(s Slot, data []byte) bool {
	if len(data) < 4 {
		return false
	}
	base := Era(order.Uint32(data))
	m, err := DecodeMembers(data[4:])
	if err != nil || base != e.newest().Era || e.full(s) || !e.judges(&m) {
		return false
	}
	next := era{Governed{s + e.alpha, base + 1, m}, e.newest().lives, e.newest().disks}
	for n := m.voters.Next(0); n != NoNode; n = m.voters.Next(n + 1) {
		next.lives[n], next.disks[n] = m.lives[n], m.disks[n]
	}
	e.list[e.n] = next
	e.n++
	return true
}

// release forgets the configurations that govern no slot above s.
func (e *eras) release(s Slot) {
	drop := e.at(s + 1)
	if drop == 0 {
		return
	}
	copy(e.list[:], e.list[drop:e.n])
	e.n -= drop
}

// appendTo appends those that govern a slot above s and were decided up to it, behind their number
// in one byte: From 8, Era 4, members, the last sixteen lives 2 each and disks 16 each.
func (e *eras) appendTo(dst []byte, s Slot) []byte {
	first, last := e.at(s+1), e.at(s+e.alpha)
	dst = append(dst, byte(last-first+1))
	for i := first; i <= last; i++ {
		g := &e.list[i]
		dst = order.AppendUint64(dst, uint64(g.From))
		dst = order.AppendUint32(dst, uint32(g.Era))
		dst = g.Members.AppendTo(dst)
		for _, life := range g.lives {
			dst = order.AppendUint16(dst, uint16(life))
		}
		for i := range g.disks {
			dst = append(dst, g.disks[i][:]...)
		}
	}
	return dst
}

// decode reads what appendTo wrote for slot s, exactly, into e.
func (e *eras) decode(b []byte, s Slot) error {
	if len(b) == 0 || b[0] == 0 || int(b[0]) > maxEras {
		return errEras
	}
	e.n = int(b[0])
	b = b[1:]
	for i := range e.n {
		g := &e.list[i]
		if len(b) < 12 {
			return errEras
		}
		g.From, g.Era = Slot(order.Uint64(b)), Era(order.Uint32(b[8:]))
		m, n, err := decodeMembers(b[12:])
		if b = b[min(12+n, len(b)):]; err != nil || len(b) < lastBytes {
			return errEras
		}
		g.Members = m
		for n := range g.lives {
			g.lives[n] = Life(order.Uint16(b[2*n:]))
			copy(g.disks[n][:], b[2*MaxNodes+16*n:])
			named := m.lives[n] != 0
			if named && (g.lives[n] != m.lives[n] || g.disks[n] != m.disks[n]) {
				return errEras
			}
		}
		b = b[lastBytes:]
	}
	if len(b) != 0 || !e.sound(s) {
		return errEras
	}
	return nil
}

// sound reports whether e can be what governs after slot s: the first governs s+1, and the others
// were decided at or below s.
func (e *eras) sound(s Slot) bool {
	if g := &e.list[0]; g.From > s+1 || g.From == 0 || g.Era == 0 {
		return false
	}
	for i := 1; i < e.n; i++ {
		was, is := &e.list[i-1], &e.list[i]
		if is.From <= was.From || is.From <= s+1 || is.From > s+e.alpha || is.Era != was.Era+1 {
			return false
		}
		for n := range is.lives {
			if is.lives[n] < was.lives[n] {
				return false
			}
		}
	}
	return true
}
