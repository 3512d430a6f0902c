package scenario

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// deeds returns what happened in a run, when and by which line aside.
func deeds(l *trace.Log) []string {
	var all []string
	for i := range l.Records {
		r := l.Records[i]
		if r.Note != 0 && strings.HasPrefix(l.Names.Text(r.Note), "disk keeps") {
			continue // says how many of how many in its own way
		}
		if r.Kind == trace.Violation {
			continue // the checks', which have not looked at every run
		}
		if r.Kind == trace.Accept {
			r.Note = 0 // theirs too
		}
		r.At, r.Line, r.Cause = 0, 0, 0
		one := trace.Log{Records: []trace.Record{r}, Names: l.Names, Histories: l.Histories,
			Nodes: l.Nodes, Kinds: l.Kinds}
		all = append(all, string(one.AppendJSON(nil, 0)))
	}
	return all
}

// TestAListOfChoicesIsAScenario: what a search, a schedule or a person has chosen is printed as
// steps by hand, and these do the same.
func TestAListOfChoicesIsAScenario(t *testing.T) {
	for name, text := range map[string]string{
		"paxos": decree + "schedule by-hand\ndisk sync 1ms\nP1 proposes red with 7\n" +
			"P2 proposes blue with 11\n",
		"multi-paxos": "protocol multi-paxos\nservers S1 S2 S3\nclients C1\nschedule by-hand\n" +
			"disk sync 1ms\nC1 sends m1 m2\nsync\nS1 leads\n",
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { requireSame(t, text) })
		})
	}
}

func requireSame(t *rapid.T, text string) {
	f, err := Parse("", text, Known())
	require.NoError(t, err)
	s, err := f.Expand(0, 0)
	require.NoError(t, err)
	r, err := Begin(s, Setup{})
	require.NoError(t, err)
	require.NoError(t, r.Finish())
	before := len(r.Log.Records)
	longer := text
	var choices []sim.Choice
	for range rapid.IntRange(1, 60).Draw(t, "steps") {
		choices = r.World.Choices(choices[:0])
		require.NotEmpty(t, choices)
		c := choices[rapid.IntRange(0, len(choices)-1).Draw(t, "choice")]
		longer += string(r.World.AppendChoice(nil, c)) + "\n"
		require.Empty(t, r.World.Take(c))
		r.World.Now += sim.Micros(Millisecond) // as a line by hand takes
	}
	again, err := First(mustParse(t, longer), Choice{})
	require.NoError(t, err, longer)
	require.GreaterOrEqual(t, len(r.Log.Records), before)
	got := deeds(again.Log)
	require.Equal(t, deeds(r.Log), got[:min(len(got), len(deeds(r.Log)))], longer)
	require.Equal(t, string(r.World.AppendState(nil)), string(again.World.AppendState(nil)), longer)
}

func mustParse(t *rapid.T, text string) *File {
	f, err := Parse("", text, Known())
	require.NoError(t, err)
	return f
}
