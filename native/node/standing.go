package node

import (
	"fmt"
	"strconv"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/trace"
)

// stands says what this node is in the cluster if it does not vote, "" if it does.
func (d *driver) stands() string {
	r := d.replica
	if r == nil && d.n.cfg.Join {
		return "no genesis yet: no peer that belongs to the cluster has been met"
	}
	if r == nil {
		return "the cluster is not founded yet: not all peers have been met"
	}
	if r.Votes() {
		return ""
	}
	era, own := r.Era(), r.Node()
	named := era.Members.Disk(own)
	switch {
	case named == paxos.DiskID(d.n.log.ID()):
		return fmt.Sprintf("learner: this disk votes from slot %d on", era.From)
	case r.Life() != 0:
		return fmt.Sprintf("out: the configuration of era %d does not name this disk; it learns, "+
			"and votes no more", era.Era)
	case named != paxos.DiskID{}:
		return fmt.Sprintf("learner: another disk of node %d votes; this one was wiped or "+
			"replaced, and cannot vote until `synod member replace %d` admits it", own, own)
	}
	return fmt.Sprintf("learner: no configuration names this disk; `synod member add %d` has it "+
		"vote", own)
}

// configured takes note of a new configuration, and of what this node is in it.
func (d *driver) configured() {
	r := d.replica
	if era := r.Era(); era.Era != d.era {
		d.era, d.statusAt = era.Era, 0 // who reads the status sees it at once
		d.n.roster.configure(era.Members)
		d.n.board.configure(&era)
		d.events.configured(&era)
		if d.announced {
			d.n.cfg.Logger.Info("configuration", "era", era.Era, "from slot", era.From,
				"voters", votersText(&era.Members), "quorums", quorumsText(&era.Members))
		}
		for id := range paxos.NodeID(paxos.MaxNodes) {
			d.warnOf(id)
		}
	}
	if text := d.stands(); text != d.standing && d.announced {
		d.standing = text
		if text == "" {
			text = "voter"
		}
		d.n.cfg.Logger.Warn(text)
	}
}

func (b *board) configure(era *paxos.Governed) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &b.status
	s.Era, s.From = era.Era, era.From
	s.Prepare, s.Accept = era.Members.Prepare(), era.Members.Accept()
}

// votersText lists the voters with the lives of their disks, as in 1 2.3 4: node 2 in its third.
func votersText(m *paxos.Members) string {
	var b []byte
	for v := m.Voters().Next(0); v != paxos.NoNode; v = m.Voters().Next(v + 1) {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendUint(b, uint64(v), 10)
		if life := m.Life(v); life != firstLife {
			b = strconv.AppendUint(append(b, '.'), uint64(life), 10)
		}
	}
	return string(b)
}

func quorumsText(m *paxos.Members) string {
	return strconv.Itoa(m.Prepare()) + "/" + strconv.Itoa(m.Accept())
}

// configured shows a configuration that is decided.
func (v *events) configured(era *paxos.Governed) {
	if !v.may() {
		return
	}
	v.begin(trace.Configure)
	v.number(`,"ballot":`, uint64(era.Era))
	v.number(`,"slot":`, uint64(era.From))
	v.text(`,"value":`, votersText(&era.Members))
	v.text(`,"note":`, "quorums "+quorumsText(&era.Members))
	v.end()
}
