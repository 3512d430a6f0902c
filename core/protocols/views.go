package protocols

import (
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
