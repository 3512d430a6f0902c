package protocols

import (
	"strings"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// A wish is a change of the members that somebody asked this server for. It is pursued, by way of
// the leader, until the newest configuration is as wished: a command of the log may be lost, or
// come after another one.
type wish struct {
	kind sim.InputKind // Join or Leave of this server, or Members; 0: none
	set  paxos.NodeSet // of Members
	era  paxos.Era     // the newest when it was made
	next paxos.Time    // when to ask the leader again
}

func (w *wish) appendState(dst []byte) []byte {
	return append(dst, byte(w.kind), byte(w.set), byte(w.set>>8))
}

// wants takes in a wish.
func (m *member) wants(in *sim.Input) (refusal string) {
	w := wish{kind: in.Kind, era: m.replica.Era().Era}
	now := m.replica.Era().Members
	self := paxos.NodeID(m.self)
	switch member := now.Disk(self) == m.disks[self]; {
	case in.Kind == sim.Join && member:
		return "it is a member"
	case in.Kind == sim.Leave && !member:
		return "it is no member"
	case in.Kind == sim.Leave && now.Voters().Len() == 1:
		return "a cluster needs a member"
	case in.Kind == sim.Members && m.replica.Role() != paxos.Leader:
		return "it does not lead"
	}
	for _, n := range in.Peers {
		if !m.all.Has(paxos.NodeID(n)) {
			return "only servers and spares can be members"
		}
		w.set = w.set.With(paxos.NodeID(n))
	}
	if in.Kind == sim.Members && w.set == 0 {
		return "a cluster needs a member"
	}
	m.wish = w
	return ""
}

// pursue goes after the wish.
func (m *member) pursue(now paxos.Time, out *sim.Out) {
	w := &m.wish
	if w.kind == 0 {
		return
	}
	set := m.wished()
	if set == 0 || m.granted() {
		*w = wish{}
		return
	}
	leader := m.replica.Leader()
	switch {
	case leader == paxos.NoNode || now < w.next:
	case leader == paxos.NodeID(m.self):
		m.reconfigure(set)
	default:
		ask := sim.NewMessage(kindLogReconfigure)
		ask.V = m.place.Log.Names.Of(m.names(set))
		out.Send(sim.Node(leader), ask)
		w.next = now + paxos.Time(m.place.Timeout.Lo)*1000
	}
}

// wished returns the members that the wish comes to, as things are.
func (m *member) wished() paxos.NodeSet {
	era := m.replica.Era()
	switch m.wish.kind {
	case sim.Join:
		return era.Members.Voters().With(paxos.NodeID(m.self))
	case sim.Leave:
		return era.Members.Voters().Without(paxos.NodeID(m.self))
	}
	return m.wish.set
}

// granted reports whether the newest configuration is as wished.
func (m *member) granted() bool {
	now, self := m.replica.Era().Members, paxos.NodeID(m.self)
	switch m.wish.kind {
	case sim.Join:
		return now.Disk(self) == m.disks[self]
	case sim.Leave:
		return !now.Voters().Has(self)
	}
	return now.Voters() == m.wish.set && m.replica.Era().Era > m.wish.era || m.has(m.wish.set)
}

// has reports whether the newest configuration is of these nodes, with the disks to name.
func (m *member) has(set paxos.NodeSet) bool {
	now := m.replica.Era().Members
	if now.Voters() != set {
		return false
	}
	for n := set.Next(0); n != paxos.NoNode; n = set.Next(n + 1) {
		if m.disk(n) != now.Disk(n) {
			return false
		}
	}
	return true
}

// disk returns the disk with which a configuration is to name node n: a new one as soon as it has
// learnt almost everything, because a cluster that waits for it stands still (B-44, B-47); till
// then the one that is named now, zero if none is.
func (m *member) disk(n paxos.NodeID) paxos.DiskID {
	if d := m.disks[n]; d != (paxos.DiskID{}) && (m.near(n) || n == paxos.NodeID(m.self)) {
		return d
	}
	now := m.replica.Era().Members
	return now.Disk(n)
}

// reconfigure asks the replica for these members, if it leads and all of them can be named.
func (m *member) reconfigure(set paxos.NodeSet) {
	if m.replica.Role() != paxos.Leader || m.has(set) {
		return
	}
	var voters []paxos.Member
	for n := set.Next(0); n != paxos.NoNode; n = set.Next(n + 1) {
		disk := m.disk(n)
		if disk == (paxos.DiskID{}) {
			return
		}
		voters = append(voters, m.replica.Voter(n, disk))
	}
	if members, err := paxos.Majority(voters...); err == nil {
		m.replica.Reconfigure(m.replica.Era().Era, &members)
	}
}

// near reports whether node n was heard of late, and lacks less than a window.
func (m *member) near(n paxos.NodeID) bool {
	prefix, lately := m.replica.Heard(n)
	return lately && prefix+paxos.Slot(m.genesis.Limits.Window) >= m.replica.Prefix()
}

// names returns the names of nodes, with blanks between.
func (m *member) names(set paxos.NodeSet) string {
	var names []string
	for n := set.Next(0); n != paxos.NoNode; n = set.Next(n + 1) {
		names = append(names, m.place.Nodes[n])
	}
	return strings.Join(names, " ")
}

// read returns the nodes that text names; those that are no servers are left out.
func (m *member) read(text string) (set paxos.NodeSet) {
	for _, name := range strings.Fields(text) {
		for n := m.all.Next(0); n != paxos.NoNode; n = m.all.Next(n + 1) {
			if m.place.Nodes[n] == name {
				set = set.With(n)
			}
		}
	}
	return set
}
