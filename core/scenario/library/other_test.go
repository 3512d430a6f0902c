package library_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/protocols"
	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/scenario/library"
)

// eventsEach is how far each run goes: what is refused in a run is refused early.
const eventsEach = 20_000

func TestEveryScenarioRunsOnEveryProtocolOrSaysWhyNot(t *testing.T) {
	ran := map[string]int{}
	each(t, func(t *testing.T, _ library.Entry, f *scenario.File) {
		s, err := f.Expand(0, 0)
		require.NoError(t, err)
		for _, p := range protocols.All {
			other := &scenario.Protocol{Name: p.Name}
			r, err := scenario.Begin(s, scenario.Setup{Protocol: other})
			if err != nil {
				require.ErrorContains(t, err, "`"+p.Name+"`")
				continue
			}
			ran[p.Name]++
			for n := 0; n < eventsEach && !r.Advance(1000); n += 1000 {
			}
			require.NoError(t, r.Err(), p.Name)
			require.NotZero(t, r.Hash())
		}
	})
	for _, p := range protocols.All {
		require.NotZero(t, ran[p.Name], p.Name)
	}
}
