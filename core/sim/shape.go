package sim

// A Shape is a network in which some nodes do not reach others: a partition that has a name, over
// nodes in an order.
type Shape uint8

// The shapes.
const (
	Chained     Shape = iota // each reaches the one before it and the next (B-51, 3)
	QuorumLoss               // all reach the first, and nobody else (B-51, 1)
	Constrained              // as that, but the last reaches nobody and nobody reaches it (B-51, 2)
	Hub                      // another word for QuorumLoss
	Ring                     // as Chained, and the last reaches the first
	Deaf                     // the first hears nobody (B-52)
	Mute                     // nobody hears the first (B-52)
)

// reaches reports whether the i-th of n nodes reaches the j-th.
func (s Shape) reaches(i, j, n int) bool {
	switch s {
	case Chained:
		return i-j == 1 || j-i == 1
	case Ring:
		return i-j == 1 || j-i == 1 || i+j == n-1 && i*j == 0
	case Constrained:
		return (i == 0 || j == 0) && i != n-1 && j != n-1
	case Deaf:
		return j != 0
	case Mute:
		return i != 0
	}
	return i == 0 || j == 0
}

// Topology gives the links between nodes a shape, in place of the partition before. Links of others
// are whole; Heal ends it.
func (w *World) Topology(s Shape, nodes []Node) {
	place := make([]int, len(w.nodes))
	for i := range place {
		place[i] = -1
	}
	for i, n := range nodes {
		place[n] = i
	}
	for a := range w.nodes {
		for b := range w.nodes {
			i, j := place[a], place[b]
			w.wall(Node(a), Node(b), a != b && i >= 0 && j >= 0 && !s.reaches(i, j, len(nodes)))
		}
	}
}
