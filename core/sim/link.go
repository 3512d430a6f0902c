package sim

import "github.com/synodlab/synod/core/trace"

// link is one direction between two nodes.
type link struct {
	delay   Range
	loss    Share
	copies  Share
	reorder bool
	cut     bool
	walled  bool   // cut by a partition, which heal ends
	sent    uint64 // messages sent on it before
	tail    int32  // of its lane: the youngest message in flight that no step touched; -1: none
}

// down reports whether nothing passes.
func (l *link) down() bool { return l.cut || l.walled }

func (w *World) link(from, to Node) *link { return &w.links[int(from)*len(w.nodes)+int(to)] }

// SetDelay overrides the delay of the direction from -> to.
func (w *World) SetDelay(from, to Node, delay Range) { w.link(from, to).delay = delay }

// SetLoss overrides the loss of the direction from -> to.
func (w *World) SetLoss(from, to Node, loss Share) { w.link(from, to).loss = loss }

// SetCopies overrides the share of messages that come twice from -> to.
func (w *World) SetCopies(from, to Node, copies Share) { w.link(from, to).copies = copies }

// Calm ends the chance that loses and copies messages, on every link. Delays stay as they are.
func (w *World) Calm() {
	for i := range w.links {
		w.links[i].loss, w.links[i].copies = 0, 0
	}
	w.noteText("calm", trace.NoNode)
}

// SetReorder lets messages overtake each other from -> to.
func (w *World) SetReorder(from, to Node) { w.link(from, to).reorder = true }

// Linked reports whether from reaches to.
func (w *World) Linked(from, to Node) bool { return from == to || !w.link(from, to).down() }

// Cut cuts the direction from -> to: what is sent on it is lost, and what arrives by it.
func (w *World) Cut(from, to Node) (refusal string) {
	if from == to {
		return "a node has no link to itself"
	}
	if w.link(from, to).cut {
		return "that link is cut already"
	}
	w.link(from, to).cut = true
	w.noteLink(noteCuts, from, to)
	return ""
}

// Mend ends a Cut, not a partition.
func (w *World) Mend(from, to Node) (refusal string) {
	if from == to || !w.link(from, to).cut {
		return "that link is not cut"
	}
	w.link(from, to).cut = false
	w.noteLink(noteMends, from, to)
	return ""
}

// Partition cuts every link between nodes of different groups, in place of the partition before.
// group holds a number for each node; nodes in group 0 keep all their links.
func (w *World) Partition(group []int) {
	for a := range w.nodes {
		for b := range w.nodes {
			wall := group[a] != 0 && group[b] != 0 && group[a] != group[b]
			w.wall(Node(a), Node(b), wall)
		}
	}
}

func (w *World) wall(a, b Node, wall bool) {
	l := w.link(a, b)
	if l.walled == wall {
		return
	}
	was := l.down()
	l.walled = wall
	switch {
	case was == l.down():
	case wall:
		w.noteLink(noteCuts, a, b)
	default:
		w.noteLink(noteMends, a, b)
	}
}

// Heal ends the partition and every cut.
func (w *World) Heal() {
	for a := range w.nodes {
		for b := range w.nodes {
			l := w.link(Node(a), Node(b))
			if l.down() {
				l.cut, l.walled = false, false
				w.noteLink(noteMends, Node(a), Node(b))
			}
		}
	}
}
