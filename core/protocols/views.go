package protocols

import (
	"slices"
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/sim"
)

// A view is Karp's {view number, set of participants}, as a value to agree on (K-13, K-16): an
// opaque text to Paxos.

// viewText returns the text of a view.
func viewText(p *sim.Place, number int64, members []sim.Node) string {
	var b strings.Builder
	b.WriteString("{" + strconv.FormatInt(number, 10) + ",{")
	for i, n := range members {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(p.Nodes[n])
	}
	b.WriteString("}}")
	return b.String()
}

// parseView reads the number and the primary, the lowest participant, of a text that is a view.
func parseView(text string) (number int64, primary string, ok bool) {
	head, rest, found := strings.Cut(strings.TrimPrefix(text, "{"), ",{")
	number, err := strconv.ParseInt(head, 10, 64)
	if !found || err != nil || !strings.HasPrefix(text, "{") {
		return 0, "", false
	}
	primary, _, _ = strings.Cut(strings.TrimSuffix(rest, "}}"), ",")
	return number, primary, primary != ""
}

// readView reads the number and the participants of a text that is a view of nodes of this run.
func readView(p *sim.Place, text string) (number int64, members []sim.Node, ok bool) {
	number, _, ok = parseView(text)
	_, list, _ := strings.Cut(text, ",{")
	for name := range strings.SplitSeq(strings.TrimSuffix(list, "}}"), ",") {
		at := slices.Index(p.Nodes, name)
		if at < 0 || p.Roles[at]&sim.Server == 0 {
			return 0, nil, false
		}
		members = append(members, sim.Node(at))
	}
	return number, members, ok
}

// setOf returns nodes as a set.
func setOf(nodes []sim.Node) (set uint64) {
	for _, n := range nodes {
		set |= 1 << n
	}
	return set
}
