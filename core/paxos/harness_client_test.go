package paxos

import (
	"bytes"
	"fmt"
)

// transfer tells a leader to leave the lead to another.
func (w *network) transfer(nd *node, to NodeID) Refusal {
	if w.record {
		nd.script.Transfer(to)
	}
	ref := nd.r.Transfer(to)
	w.drain(nd)
	return ref
}

// read asks for a read on a node that leads.
func (w *network) read(nd *node) Refusal {
	if w.record {
		nd.script.Read(w.clock(nd))
	}
	round, ref := nd.r.Read(w.clock(nd))
	if ref == Taken {
		nd.asked = append(nd.asked, asked{round, Slot(len(w.log))})
		w.drain(nd)
	}
	return ref
}

func (w *network) answer(nd *node, c *Confirmed) {
	kept := nd.asked[:0]
	for _, a := range nd.asked {
		switch {
		case a.round > c.Round:
			kept = append(kept, a)
		case c.Refusal == Taken && w.now < c.Until:
			w.must(c.Index >= a.least, "node %d: a read at %d misses slot %d, which was "+
				"executed when it arrived", nd.id, c.Index, a.least)
			w.reads++
			if c.Until != Never {
				w.leased++
			}
		}
	}
	nd.asked = kept
}

// reconfigure asks a leader for a configuration of these nodes, with the disks that they have now.
func (w *network) reconfigure(nd *node, prepare, accept int, ids ...NodeID) Refusal {
	base := nd.r.Era()
	var voters []Member
	for _, id := range ids {
		voters = append(voters, nd.r.Voter(id, w.nodes[id].disk))
	}
	members, err := NewMembers(prepare, accept, voters...)
	w.must(err == nil, "members: %v", err)
	if w.record {
		nd.script.Reconfigure(base.Era, &members)
	}
	s, ref := nd.r.Reconfigure(base.Era, &members)
	if ref == Taken {
		w.offers = append(w.offers, Governed{Era: base.Era, Members: members})
		w.taken[uint64(s)<<32|uint64(nd.r.Ballot())] = true
		w.drain(nd)
	}
	return ref
}

func (w *network) fate(nd *node, f Fate) {
	id := f.Seq
	if f.Kind == Configure {
		id = f.Seq<<32 | f.Client
	}
	w.must(w.taken[id], "a fate for what was not taken, or a second one: %+v", f)
	delete(w.taken, id)
	if f.Outcome == Decided && f.Kind == Value {
		w.must(f.Slot <= nd.executed, "a fate before the entry was handed out")
		w.must(bytes.Contains(w.log[f.Slot-1], fmt.Appendf(nil, "command %d.", f.Seq)),
			"wrong fate")
		w.acked[f.Seq] = f.Slot
	}
}

// propose offers a fresh command to a node and reports what it said.
func (w *network) propose(nd *node) Refusal {
	w.seq++
	e := value(1+uint64(nd.id), w.seq, fmt.Sprintf("command %d.", w.seq))
	if w.rng.Intn(3) == 0 {
		most := min(w.limits.EntryBytes, w.longest) - len(e.Data)
		e.Data = append(e.Data, make([]byte, w.rng.Intn(most+1))...)
	}
	if w.record {
		nd.script.Propose(&e)
	}
	_, ref := nd.r.Propose(&e)
	if ref == Taken {
		w.taken[w.seq] = true
		w.drain(nd)
	}
	return ref
}

// heal ends all faults, restarts everyone, and requires progress: a fresh command is chosen, and
// executed by all.
func (w *network) heal() {
	w.loss, w.dup, w.cut = 0, 0, nil
	for _, nd := range w.nodes {
		nd.until = 0
		if !nd.up {
			w.start(nd)
		}
	}
	for range 300 {
		w.run(100 * millisecond)
		if lead := w.leader(); lead != nil && w.propose(lead) == Taken {
			seq := w.seq
			w.run(100 * millisecond)
			if s, ok := w.acked[seq]; ok && w.allExecuted(s) {
				return
			}
		}
	}
	w.must(false, "no progress after heal: %s", w.describe())
}

func (w *network) allExecuted(s Slot) bool {
	for _, nd := range w.nodes {
		if nd.executed < s {
			return false
		}
	}
	return true
}

func (w *network) describe() string {
	s := fmt.Sprint(len(w.log), " executed")
	for _, nd := range w.nodes {
		r := nd.r
		for _, g := range r.Governing(nil) {
			s += fmt.Sprintf("\n    from %d era %d prepare %d accept %d:", g.From, g.Era,
				g.Members.Prepare(), g.Members.Accept())
			for v := g.Members.Voters().Next(0); v != NoNode; v = g.Members.Voters().Next(v + 1) {
				s += fmt.Sprintf(" %d.%d", v, g.Members.Life(v))
				if g.Members.Disk(v) != w.nodes[v].disk {
					s += "(lost)"
				}
			}
		}
		s += fmt.Sprintf("\n  life %d abdications %d", r.life, r.Counter(Abdications))
		s += fmt.Sprintf("\n  node %d %v ballot %x promised %x prefix %d executed %d "+
			"next %d fill %d-%d match %v "+
			"catchup %d..%d vain %d lsn %d/%d",
			nd.id, r.Role(), r.Ballot(), r.Promised(), r.Prefix(), nd.executed, r.next, r.fill,
			r.fillTo,
			r.proposer.match[:len(w.nodes)], r.catchup.from, r.catchup.to, r.catchup.vain,
			r.Durable(), r.Written())
	}
	return s
}

// check requires that whatever was reported as chosen still is.
func (w *network) check() {
	for seq, s := range w.acked {
		w.must(int(s) <= len(w.log) && bytes.Contains(w.log[s-1], fmt.Appendf(nil, "command %d.",
			seq)),
			"command %d was reported in slot %d and is lost", seq, s)
	}
}

// lead runs until there is a leader.
func (w *network) lead() *node {
	for range 1000 {
		if lead := w.leader(); lead != nil {
			return lead
		}
		w.run(10 * millisecond)
	}
	w.must(false, "no leader: %s", w.describe())
	return nil
}

// commit has n more commands chosen and executed by all who are up.
func (w *network) commit(n int) {
	began := w.now
	for end := len(w.acked) + n; len(w.acked) < end; w.run(5 * millisecond) {
		w.must(w.now-began < 60_000*millisecond, "%d are not chosen: %s", n, w.describe())
		w.propose(w.lead())
	}
	w.run(50 * millisecond)
}
