package core_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/diagram"
	"github.com/synodlab/synod/core/protocols"
	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/scenario/library"
	"github.com/synodlab/synod/core/scenario/link"
)

// The README shows the body of an example that go test compiles and runs.
func TestTheReadmeShowsAnExampleThatRuns(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	_, code, found := strings.Cut(string(readme), "```go\n")
	require.True(t, found)
	code, _, _ = strings.Cut(code, "```")
	source, err := os.ReadFile("paxos/example_test.go")
	require.NoError(t, err)
	require.Contains(t, squeezed(string(source)), squeezed(code))
}

// The README's picture is what the program draws. SYNOD_PICTURES=1 makes it anew.
func TestTheReadmesPictureIsMadeByTheProgram(t *testing.T) {
	const name = "scenario/testdata/K-15.svg"
	e, ok := library.Find("K-15")
	require.True(t, ok)
	f, err := scenario.Parse("K-15", e.Text, scenario.Known())
	require.NoError(t, err)
	r, err := scenario.First(f, scenario.Choice{})
	require.NoError(t, err)
	var d diagram.Diagram
	options := diagram.Options{Words: r.Words("")}
	svg := diagram.AppendSVG(nil, &d, r.Log, &options, r.Picture(link.Encode(scenario.Format(f))))
	if os.Getenv("SYNOD_PICTURES") != "" {
		require.NoError(t, os.WriteFile(name, svg, 0o666))
	}
	kept, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(kept), string(svg), "SYNOD_PICTURES=1 go test ./core draws it anew")
}

// The README counts what there is.
func TestTheReadmeCountsTheScenariosAndTheSystems(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	pitfalls := 0
	for _, e := range library.All() {
		if strings.HasPrefix(e.ID, "B-") {
			pitfalls++
		}
	}
	require.Contains(t, squeezed(string(readme)), fmt.Sprintf(
		"words: %d scenarios, and %d of what implementers got wrong", len(library.All())-pitfalls,
		pitfalls))
	require.Contains(t, string(readme), fmt.Sprintf("the %d systems", len(protocols.All)))
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }
