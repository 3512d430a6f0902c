package scenario

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/sim"
)

// A table is the same whether it is filled after each event, as in the tab, or once.
func TestATableDoesNotDependOnHowOftenItIsLookedAt(t *testing.T) {
	faults := "at 400ms crash S1\nat 700ms restart S1\nat 700ms crash S3 while writing accepted\n" +
		"at 1150ms restart S3\nat 1200ms partition S2 | S1 S3\nat 1500ms heal\n"
	for _, header := range []string{"", " snapshot=1", " snapshot=5", " apply=30ms slow=S3"} {
		for _, until := range []string{"350ms", "650ms", "720ms", "1100ms", "1600ms", "3s"} {
			text := "protocol multi-paxos" + header + "\nservers S1..S3\nclients C1 C2\n" +
				"network delay 1ms..9ms loss 2%\ndisk sync 2ms\nretry 100ms next\n" +
				strings.Repeat("after 20ms C1 sends a\nafter 9ms C2 sends b\n", 40) + faults +
				"until " + until + "\n"
			require.Equal(t, tables(t, text, false), tables(t, text, true), until+header)
		}
	}
}

// tables returns what stands in all tables of state at the end of a run.
func tables(t *testing.T, text string, rows bool) (all []string) {
	f, err := Parse("", text, Known())
	require.NoError(t, err)
	s, err := f.Expand(0, 0)
	require.NoError(t, err)
	r, err := Begin(s, Setup{Rows: rows})
	require.NoError(t, err)
	require.NoError(t, r.Finish())
	for n := range r.place.Nodes {
		for row := range r.rows {
			all = append(all, r.rowText(sim.Node(n), row, r.rows[row].Name))
		}
	}
	return all
}
