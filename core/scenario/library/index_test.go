package library_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario/library"
)

func index(t *testing.T) []library.Card {
	t.Helper()
	cards, err := library.Index()
	require.NoError(t, err)
	return cards
}

func TestTheIndexSaysOfEachScenarioWhatItShows(t *testing.T) {
	for _, c := range index(t) {
		require.NotEmpty(t, c.Title, c.ID)
		require.NotEmpty(t, c.Place, c.ID)
		require.NotEmpty(t, c.Protocol, c.ID)
		require.Equal(t, c.Outcome == library.Breaks, len(c.Breaks) > 0, c.ID)
		require.Subset(t, c.Checks, c.Breaks, c.ID)
	}
}

func TestTheIndexKnowsWhoopsAndItsRepair(t *testing.T) {
	cards := index(t)
	at := func(id string) library.Card {
		return cards[slices.IndexFunc(cards, func(c library.Card) bool { return c.ID == id })]
	}
	whoops := at("M-05")
	require.Equal(t, library.Breaks, whoops.Outcome)
	require.Equal(t, []string{"order", "prefix"}, whoops.Breaks)
	require.Equal(t, []string{"M-06"}, whoops.Next)
	require.Equal(t, "Whoops", whoops.Place)
	require.Equal(t, library.Stops, at("M-02").Outcome)
	require.Equal(t, library.Holds, at("K-15").Outcome)
}

func TestEveryFolderIsADocument(t *testing.T) {
	files, err := filepath.Glob("*/*.synod")
	require.NoError(t, err)
	require.Len(t, library.All(), len(files))
}
