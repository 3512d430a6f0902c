package library_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario/library"
)

func TestEveryIDOfTheDocumentsHasAScenario(t *testing.T) {
	ids := library.IDs()
	require.Len(t, ids, 59+40+24+12+42+18+55)
	for _, id := range ids {
		if _, ok := library.Find(id); !ok && !isTested[id] {
			t.Errorf("%s has no scenario", id)
		}
	}
}

// isTested are what no scenario can say: Go tests bear their numbers.
var isTested = map[string]bool{"B-09": true}

// endsHere are failures whose repair is another case of the same scenario, or that have none.
var endsHere = []string{"K-38", "E-04", "E-29", "E-38", "E-42", "T-04"}

func TestEveryFailureHasARepair(t *testing.T) {
	for _, c := range index(t) {
		if c.Document == "pitfalls" || slices.Contains(endsHere, c.ID) {
			continue // a pitfall is a scenario of two cases, the wrong rule and the right one
		}
		require.True(t, c.Outcome != library.Breaks || c.Control || len(c.Next) > 0, c.ID)
	}
}

func TestTheLadderLeadsFromScenarioToScenario(t *testing.T) {
	for _, c := range index(t) {
		for _, id := range slices.Concat(c.Next, c.Previous) {
			_, ok := library.Find(id)
			require.True(t, ok, "%s leads to %s", c.ID, id)
		}
	}
}
