package diagram

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPicturesCanBeLookedAt writes them into the folder that SYNOD_PICTURES names.
func TestPicturesCanBeLookedAt(t *testing.T) {
	dir := os.Getenv("SYNOD_PICTURES")
	if dir == "" {
		t.Skip("SYNOD_PICTURES names no folder")
	}
	one, two := "One leader, no failures: the tables of the lecture", "Two proposers"
	dead := "The leader answered and died, and nobody else knows"
	for name, x := range map[string]struct {
		s   *story
		opt Options
		svg SVG
	}{
		"lecture": {lecture(), Options{Words: karp}, SVG{Title: one,
			About: "Three of five answers are enough.", Link: "#s=1.x"}},
		"lecture-down":  {lecture(), Options{Words: karp, Vertical: true}, SVG{Title: one}},
		"duel":          {duel(), Options{}, SVG{Title: two}},
		"duel-dark":     {duel(), Options{}, SVG{Title: two, Theme: ThemeDark}},
		"duel-down":     {duel(), Options{Vertical: true, RowHeight: 52}, SVG{Title: two}},
		"handover":      {handover(), Options{Words: karp}, SVG{Title: dead}},
		"handover-down": {handover(), Options{Vertical: true, RowHeight: 80}, SVG{Title: dead}},
		"steady":        {steady(400), Options{Words: karp}, SVG{From: 100, Max: 60}},
	} {
		out := AppendSVG(nil, new(Diagram), x.s.Log, &x.opt, &x.svg)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".svg"), out, 0o644))
	}
}
