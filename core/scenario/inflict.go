package scenario

import (
	"slices"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// streamed names a record of a disk's stream: what is kept there is the shipping core's.
func streamed(record []byte) string {
	var rec paxos.Record
	var arena [64]paxos.Entry
	if _, err := paxos.DecodeRecord(record, &rec, arena[:]); err != nil {
		return ""
	}
	return rec.Kind.String()
}

// inflict does what steps do to disks, clocks and the shape of the network.
func (r *Run) inflict(s *Step) {
	switch a := s.Action.(type) {
	case *Wear:
		r.each(s, a.Nodes, func(n sim.Node) string { return r.wear(n, a) })
	case *Clock:
		r.each(s, a.Nodes, func(n sim.Node) string {
			if a.Rate > 0 {
				return r.World.SetRate(n, a.Rate)
			}
			return r.World.Jump(n, sim.Micros(a.By))
		})
	case *Topology:
		r.shape(a)
	case *Calm:
		r.World.Calm()
	}
}

func (r *Run) wear(n sim.Node, a *Wear) (refusal string) {
	w := r.World
	switch a.Does {
	case DiskStalls:
		return w.Stall(n)
	case DiskLies:
		return w.Lie(n)
	case DiskBehaves:
		return w.Behave(n)
	case DiskBackup:
		return w.Backup(n)
	case DiskCorrupts:
		which, refusal := r.records(&a.Records, w.Stored(nil, n), false)
		if refusal != "" {
			return refusal
		}
		return w.Damage(n, which)
	}
	return w.SetSync(n, sim.Micros(a.Sync))
}

// shape gives the network a shape, over the nodes named or the servers in their order; a run
// without servers has the nodes that are no clients in their place.
func (r *Run) shape(a *Topology) {
	nodes := r.nodes(a.Nodes)
	if !a.HasNodes {
		if nodes = r.place.With(sim.Server); len(nodes) == 0 {
			nodes = r.place.With(everyRole | sim.Coordinator | sim.Participant)
		}
	}
	r.World.Topology(sim.Shape(slices.Index(shapeWords, a.Shape)), nodes)
}

// crash crashes nodes: at once, or at a message or a record to come.
func (r *Run) crash(s *Step, a *Crash) {
	switch {
	case a.Keep != KeepingNone:
		r.each(s, a.Nodes, func(n sim.Node) string { return r.crashKeeping(n, a) })
	case a.Writing != NotWriting:
		r.crashWriting(s, a)
	case a.Sending != NotSending:
		r.crashSending(s, a)
	default:
		r.each(s, a.Nodes, r.World.Crash)
	}
}

func (r *Run) crashSending(s *Step, a *Crash) {
	for _, n := range a.Nodes {
		sel := a.Message
		sel.Ends, sel.From, sel.AnyFrom, sel.AnyTo = true, []string{n}, false, !a.Message.Ends
		m, err := r.matcher(&sel)
		if err != nil {
			r.refused(s, err.Problem)
			continue
		}
		r.cuts = append(r.cuts, &rule{step: s, match: m, after: a.Sending == AfterSending})
	}
}

// crashKeeping crashes n so that some of the records stay that wait for its disk.
func (r *Run) crashKeeping(n sim.Node, a *Crash) (refusal string) {
	kinds := r.World.Unsynced(nil, n)
	which, refusal := r.records(&a.Records, kinds, a.Keep == Keeping)
	if refusal != "" {
		return refusal
	}
	if a.Keep == Losing {
		for i := range which {
			which[i] = !which[i]
		}
	}
	return r.World.CrashKeeping(n, which)
}

// records returns which of the records of these kinds are selected. Those that a number counts are
// the first ones, or the last. What selects none is refused, but `all`.
func (r *Run) records(x *Records, kinds []string, first bool) (which []bool, refusal string) {
	which = make([]bool, len(kinds))
	switch {
	case x.Count > len(kinds):
		return nil, "its disk has no such record"
	case x.All || first:
		for i := range which {
			which[i] = x.All || i < x.Count
		}
	default:
		for i := len(which) - x.Count; i < len(which); i++ {
			which[i] = true
		}
	}
	for i := range x.Picks {
		if !r.pick(which, kinds, &x.Picks[i]) {
			return nil, "its disk has no such record"
		}
	}
	return which, ""
}

// pick marks the records that k selects, and reports whether there are any.
func (r *Run) pick(which []bool, kinds []string, k *Pick) bool {
	found, nth := false, 0
	for i, kind := range kinds {
		if !r.isRecord(k.Kind, kind) {
			continue
		}
		if nth++; k.N == 0 || nth == k.N {
			which[i], found = true, true
		}
	}
	return found
}

// isRecord reports whether a word of a scenario means records of that kind.
func (r *Run) isRecord(word, kind string) bool {
	if word == "" || word == kind {
		return true
	}
	f := r.field(word)
	return f >= 0 && r.Protocol.Fields[f] == kind
}

// restart starts nodes from what their disks hold, or from what they held once.
func (r *Run) restart(s *Step, a *Restart) {
	var lost []uint8
	for _, name := range a.Losing {
		f := r.field(name)
		if f < 0 {
			r.refused(s, "`"+r.Protocol.Name+"` keeps no `"+name+"` on its disks")
			return
		}
		lost = append(lost, uint8(f))
	}
	r.each(s, a.Nodes, func(n sim.Node) (refusal string) {
		switch {
		case a.Backup:
			refusal = r.World.Restore(n)
		case a.Last > 0:
			refusal = r.World.Truncate(n, a.Last)
		}
		if refusal != "" {
			return refusal
		}
		return r.World.Restart(n, lost)
	})
}

// tearing is a crash that waits for a record of one node.
type tearing struct {
	step  *Step
	node  sim.Node
	pick  Pick
	tear  sim.Tear
	seen  int // such records since the step
	spent bool
}

// crashWriting lets nodes crash at a record to come.
func (r *Run) crashWriting(s *Step, a *Crash) {
	for _, n := range r.nodes(a.Nodes) {
		r.tears = append(r.tears, &tearing{step: s, node: n, pick: a.Record,
			tear: sim.Tear(a.Writing)})
	}
	if len(r.tears) > 0 {
		r.World.Hooks.Writes = r.writes
	}
}

// writes is the world's question whether a node crashes at a record that reaches its disk.
func (r *Run) writes(n sim.Node, field uint8, record []byte) sim.Tear {
	r.effort += costOfAsking * len(r.tears)
	for _, x := range r.tears {
		if x.spent || x.node != n || !r.isRecord(x.pick.Kind, r.World.RecordKind(field, record)) {
			continue
		}
		if x.seen++; x.seen < x.pick.N {
			continue
		}
		x.spent = true
		r.World.Line = uint32(x.step.Pos.Line)
		return x.tear
	}
	return sim.NoTear
}

// isIn reports whether a node is up, down or paused now. A paused one is up too.
func (r *Run) isIn(n sim.Node, state string) bool {
	switch state {
	case "up":
		return r.World.Up(n)
	case "down":
		return !r.World.Up(n)
	}
	return r.World.Paused(n)
}
