package node

import (
	"errors"
	"fmt"

	"github.com/synodlab/synod/core/paxos"
)

// compose makes out the members that a change leads to. waits says what must come first.
func (d *driver) compose(now paxos.Time, c *Change) (m paxos.Members, waits string, err error) {
	old := d.replica.Era().Members
	var voters []paxos.Member
	for v := old.Voters().Next(0); v != paxos.NoNode; v = old.Voters().Next(v + 1) {
		if v != c.Node {
			voters = append(voters, old.Member(v))
		}
	}
	votes := old.Life(c.Node) != 0
	if c.Op == Remove {
		switch {
		case !votes:
			return m, "", fmt.Errorf("node %d does not vote", c.Node)
		case len(voters) == 0:
			return m, "", fmt.Errorf("node %d is the only one that votes", c.Node)
		}
	} else {
		disk, err := d.candidate(c, votes)
		if err != nil {
			return m, "", err
		}
		if disk == (paxos.DiskID{}) {
			return m, fmt.Sprintf("node %d is not connected to node %d, which leads", c.Node,
				d.n.cfg.Node), nil
		}
		if slots, lately := d.behind(now, c.Node); !lately || slots > 0 {
			waits = fmt.Sprintf("node %d is %d slots behind", c.Node, slots)
			if !lately {
				waits = fmt.Sprintf("node %d was not heard of late", c.Node)
			}
		}
		voters = append(voters, d.replica.Voter(c.Node, disk))
	}
	if m, err = quorums(&old, c, voters); err == nil && waits == "" {
		waits = d.viable(&m, c)
	}
	return m, waits, err
}

// candidate returns the disk that is to vote, zero if it is not connected.
func (d *driver) candidate(c *Change, votes bool) (disk paxos.DiskID, err error) {
	for _, p := range d.n.peers.Status() {
		if p.Up && paxos.NodeID(p.Node) == c.Node {
			disk = d.crew.mates[c.Node].disk
		}
	}
	era := d.replica.Era()
	named := era.Members.Disk(c.Node)
	known := d.crew.mates[c.Node].disk // if it is away for a moment, too
	switch {
	case c.Op == Replace && !votes:
		err = fmt.Errorf("node %d does not vote: add it", c.Node)
	case c.Op == Replace && (disk == named || c.Node == d.n.cfg.Node):
		err = fmt.Errorf("node %d votes with the disk that is connected", c.Node)
	case c.Op != Replace && votes && (known == named || known == paxos.DiskID{}):
		err = fmt.Errorf("node %d votes already", c.Node)
	case c.Op != Replace && votes:
		err = fmt.Errorf("another disk of node %d votes: replace it", c.Node)
	}
	return disk, err
}

var errQuorums = errors.New("the quorums are not majorities: name the sizes of the new ones")

// quorums makes members of voters: with the sizes that were asked for, or with majorities, where
// they were before.
func quorums(old *paxos.Members, c *Change, voters []paxos.Member) (paxos.Members, error) {
	if c.Prepare != 0 || c.Accept != 0 {
		return paxos.NewMembers(c.Prepare, c.Accept, voters...)
	}
	if n := old.Voters().Len(); old.Prepare() != n/2+1 || old.Accept() != n/2+1 {
		return paxos.Members{}, errQuorums
	}
	return paxos.Majority(voters...)
}

// viable says what speaks against members which would end the cluster's work at once: quorums that
// need nodes which are not there.
func (d *driver) viable(m *paxos.Members, c *Change) (waits string) {
	here := 0
	for v := m.Voters().Next(0); v != paxos.NoNode; v = m.Voters().Next(v + 1) {
		_, lately := d.replica.Heard(v)
		if lately || v == d.n.cfg.Node || v == c.Node {
			here++
		}
	}
	if need := max(m.Prepare(), m.Accept()); here < need {
		return fmt.Sprintf("only %d of %d voters are heard, and %d would have to be", here,
			m.Voters().Len(), need)
	}
	return ""
}

// governs reports whether a configuration decides every open slot, and an accept quorum of its
// voters has all that was chosen before: then whoever it does not name is not needed any more
// (B-44, B-47).
func (d *driver) governs(g *paxos.Governed) bool {
	last, has := g.From-1, 0
	if d.replica.Prefix() < last {
		return false
	}
	for v := g.Members.Voters().Next(0); v != paxos.NoNode; v = g.Members.Voters().Next(v + 1) {
		if v == d.n.cfg.Node || d.crew.mates[v].prefix >= last {
			has++
		}
	}
	return has >= g.Members.Accept()
}
