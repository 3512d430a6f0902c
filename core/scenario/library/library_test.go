package library_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/scenario/library"
	"github.com/synodlab/synod/core/scenario/link"
	"github.com/synodlab/synod/core/trace"
)

// linkMax is how long a link may be that people paste into a chat.
const linkMax = 1000

// each runs a test for every scenario of the library.
func each(t *testing.T, test func(t *testing.T, e library.Entry, f *scenario.File)) {
	entries := library.All()
	require.NotEmpty(t, entries)
	for _, e := range entries {
		t.Run(e.ID, func(t *testing.T) { test(t, e, parse(t, e.ID, e.Text)) })
	}
}

func parse(t *testing.T, name, text string) *scenario.File {
	t.Helper()
	f, err := scenario.Parse(name, text, scenario.Known())
	require.NoError(t, err)
	return f
}

// briefly ends searches early, where the run is judged and not what a search in it finds.
var briefly = scenario.Bounds{States: 10_000}

// firstRuns runs the first run of each case to its end.
func firstRuns(t *testing.T, f *scenario.File) []*scenario.Run {
	t.Helper()
	var finals scenario.Finals
	runs := make([]*scenario.Run, f.CaseCount())
	for c := range runs {
		s, err := f.Expand(c, 0)
		require.NoError(t, err)
		runs[c], err = scenario.Begin(s, scenario.Setup{Finals: &finals, Search: briefly})
		require.NoError(t, err)
		require.NoError(t, runs[c].Finish())
		finals.Keep(runs[c])
	}
	return runs
}

func TestEveryScenarioIsCanonical(t *testing.T) {
	each(t, func(t *testing.T, e library.Entry, f *scenario.File) {
		require.Equal(t, e.Text, scenario.Format(f))
	})
}

func TestEveryScenarioPasses(t *testing.T) {
	each(t, func(t *testing.T, _ library.Entry, f *scenario.File) {
		v, err := scenario.RunFile(f, scenario.Choice{})
		require.NoError(t, err)
		for _, c := range v.Cases {
			require.Empty(t, unmet(c.Expectations), "case %s", c.Name)
			require.Empty(t, c.Checks, "case %s", c.Name)
			for _, control := range c.Controls {
				require.Empty(t, unmet(control.Expectations), "%s: %s", c.Name, control.Protocol)
			}
			requireTold(t, &c)
		}
		require.True(t, v.Passed)
	})
}

// requireTold runs what the searches of a case found.
func requireTold(t *testing.T, c *scenario.CaseVerdict) {
	t.Helper()
	for _, s := range c.Searches {
		for i := range s.Breaks {
			told := s.Breaks[i].Counterexample()
			if told == "" {
				continue
			}
			require.NotContains(t, told, "\nforge ", c.Name)
			shown, err := scenario.RunFile(parse(t, c.Name, told), scenario.Choice{})
			require.NoError(t, err, told)
			require.True(t, shown.Passed, "case %s\n%s", c.Name, told)
		}
	}
}

// unmet returns the expectations that are not met, and what was found instead.
func unmet(outcomes []scenario.Outcome) []string {
	var lines []string
	for _, o := range outcomes {
		if !o.Met {
			lines = append(lines, o.Expect.Text+": "+o.Detail)
		}
	}
	return lines
}

func TestEveryScenarioSaysWhatItIs(t *testing.T) {
	id := regexp.MustCompile(`^[A-Z]-[0-9]{2}$`)
	each(t, func(t *testing.T, e library.Entry, f *scenario.File) {
		s, err := f.Expand(0, 0)
		require.NoError(t, err)
		h := s.Header
		require.NotEmpty(t, h.Title)
		require.LessOrEqual(t, len(h.Title), 72)
		require.NotEmpty(t, h.About)
		require.LessOrEqual(t, len(h.About), 2)
		for _, about := range h.About {
			require.LessOrEqual(t, len(about), 120)
		}
		require.Equal(t, e.ID, h.Cites[0])
		for _, cited := range h.Cites {
			require.Regexp(t, id, cited)
		}
		switch e.Document {
		case "pitfalls", "cross":
		default:
			require.Equal(t, e.Document, h.Words)
		}
	})
}

func TestEveryScenarioOpensBetweenItsFirstEventAndItsLast(t *testing.T) {
	each(t, func(t *testing.T, e library.Entry, f *scenario.File) {
		r := firstRuns(t, f)[0]
		require.Positive(t, r.OpenAt)
		require.Less(t, r.OpenAt, len(r.Log.Records)-1)
		require.Contains(t, e.Text, "note \"", "it says nothing there")
	})
}

func TestEveryLinkIsShort(t *testing.T) {
	each(t, func(t *testing.T, e library.Entry, _ *scenario.File) {
		l := link.Encode(e.Text)
		require.LessOrEqual(t, len(l), linkMax)
		text, err := link.Decode(l)
		require.NoError(t, err)
		require.Equal(t, e.Text, text)
	})
}

// Each run goes the same way again in the memory of whatever ran before.
func TestEveryRunGoesTheSameWayTwice(t *testing.T) {
	var second *scenario.Run
	each(t, func(t *testing.T, _ library.Entry, f *scenario.File) {
		var finals scenario.Finals
		for c, first := range firstRuns(t, f) {
			s, err := f.Expand(c, 0)
			require.NoError(t, err)
			second, err = scenario.Begin(s, scenario.Setup{Finals: &finals, Search: briefly,
				Spare: second})
			require.NoError(t, err)
			require.NoError(t, second.Finish())
			require.Equal(t, first.Hash(), second.Hash(), f.CaseName(c))
			require.Equal(t, first.World.StateHash(), second.World.StateHash(), f.CaseName(c))
			finals.Keep(second)
		}
	})
}

func TestAnEntryIsFoundByItsIdInAnyCase(t *testing.T) {
	for _, e := range library.All() {
		found, ok := library.Find(strings.ToLower(e.ID))
		require.True(t, ok)
		require.Equal(t, e, found)
	}
	_, ok := library.Find("Z-99")
	require.False(t, ok)
}

func TestBothClientsOfWhoopsAreReported(t *testing.T) { // M-05
	e, ok := library.Find("M-05")
	require.True(t, ok)
	log := firstRuns(t, parse(t, e.ID, e.Text))[0].Log
	var shown []string
	for _, rec := range log.Records {
		if rec.Kind == trace.Violation && log.Names.Text(rec.Note) == "prefix" {
			shown = append(shown, log.Names.Text(rec.Value))
		}
	}
	require.Contains(t, shown, "C2 was shown m2, C2 is shown m1 m2")
	require.Contains(t, shown, "C1 was shown m1, C1 is shown m2 m1")
}

func TestNoIdIsTakenTwice(t *testing.T) {
	taken := map[string]string{}
	for _, e := range library.All() {
		require.NotContains(t, taken, e.ID)
		taken[e.ID] = e.Document
	}
}
