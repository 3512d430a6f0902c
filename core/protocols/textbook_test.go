package protocols_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/scenario/library"
)

// bySeed bounds how many runs of a family are compared.
const bySeed = 25

// requireSameRuns runs a text on the shipping agents and on the book: both must do the same, event
// for event, and show the same tables. It returns how many events that were.
func requireSameRuns(t require.TestingT, name, text string) (events int) {
	book := strings.ReplaceAll(text, "protocol paxos", "protocol textbook")
	require.NotEqual(t, text, book, name)
	a, b := parsed(t, name, text), parsed(t, name, book)
	var finalsA, finalsB scenario.Finals
	for c := range a.CaseCount() {
		for run := range min(a.RunsOf(c), bySeed) {
			ra := finished(t, a, c, run, &finalsA)
			rb := finished(t, b, c, run, &finalsB)
			at := fmt.Sprintf("%s, case %d, run %d", name, c, run)
			requireSameRecords(t, ra, rb, at)
			require.Equal(t, len(ra.Log.Changes), len(rb.Log.Changes), at)
			for i, x := range ra.Log.Changes {
				y := rb.Log.Changes[i]
				require.Equal(t, ra.Log.CellText(x.Cell), rb.Log.CellText(y.Cell), at)
				x.Cell, y.Cell = 0, 0
				require.Equal(t, x, y, at)
			}
			events += len(ra.Log.Records)
		}
	}
	return events
}

// requireSameRecords says where two traces part, if they do.
func requireSameRecords(t require.TestingT, a, b *scenario.Run, at string) {
	if a.Hash() == b.Hash() {
		return
	}
	for i := range min(len(a.Log.Records), len(b.Log.Records)) {
		x := string(a.Log.AppendJSON(nil, i))
		y := string(b.Log.AppendJSON(nil, i))
		require.Equal(t, x, y, "%s, event %d", at, i)
	}
	require.Equal(t, len(a.Log.Records), len(b.Log.Records), at)
	require.Fail(t, "equal records, another hash", at)
}

func parsed(t require.TestingT, name, text string) *scenario.File {
	f, err := scenario.Parse(name, text, scenario.Known())
	require.NoError(t, err, text)
	return f
}

func finished(t require.TestingT, f *scenario.File, c, run int, finals *scenario.Finals,
) *scenario.Run {
	s, err := f.Expand(c, run)
	require.NoError(t, err)
	r, err := scenario.Begin(s, scenario.Setup{Finals: finals, Rows: true})
	require.NoError(t, err)
	require.NoError(t, r.Finish())
	if run == 0 {
		finals.Keep(r)
	}
	return r
}

func TestTheBookDoesWhatTheShippingAgentsDoInEveryScenarioOfTheLibrary(t *testing.T) {
	texts := 0
	for _, e := range library.All() {
		if strings.Contains(e.Text, "\nprotocol paxos") && e.Document != "pitfalls" {
			requireSameRuns(t, e.ID, e.Text)
			texts++
		}
	}
	require.Greater(t, texts, 20)
}

func TestTheBookDoesWhatTheShippingAgentsDoInTheExamples(t *testing.T) {
	paths, err := filepath.Glob("../scenario/testdata/examples/*.synod")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		if strings.Contains(string(text), "\nprotocol paxos") {
			requireSameRuns(t, path, string(text))
		}
	}
}

// storm is bad weather in which every rule of Paxos has something to do.
const storm = `each seed in 1..25
network delay 1ms..20ms loss 10% duplicate 10% reorder
disk sync 2ms
timeout 40ms..90ms
servers S1..S5
clients C1
retry 60ms next
until 1s
S1 proposes red
S2 proposes blue
at 7ms crash S1 S3
at 19ms restart S1
at 20ms pause S2
at 23ms partition S1 S2 | S3 S4 S5
at 30ms S4 proposes green
at 33ms resume S2
at 35ms restart S3
at 50ms heal
at 60ms C1 sends m1
at 70ms crash S4
at 75ms wipe S5
at 80ms restart S4 S5
`

func TestTheBookDoesWhatTheShippingAgentsDoInAnyWeather(t *testing.T) {
	for _, options := range []string{
		"numbers=plain restart=timeout",
		"numbers=plain restart=timeout learn=all refuse=nack",
		"numbers=modular refuse=nack backoff=5ms..50ms learn=all",
		"numbers=karp restart=timeout accept-to=responders learn=acceptors",
		"numbers=modular leader=elected restart=timeout start-delay=id*5ms",
		"numbers=karp value=view restart=timeout refuse=nack backoff=1ms..40ms",
	} {
		events := requireSameRuns(t, options,
			"protocol paxos "+options+"\ndetector pings 10ms\n"+storm)
		require.Greater(t, events, 10_000)
	}
}

func TestTheBookDoesWhatTheShippingAgentsDoWhateverOneDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { requireSameRuns(t, "", anyScenario(t)) })
}

// anyScenario draws a scenario of random options, roles, faults and steps.
func anyScenario(t *rapid.T) string {
	pick := func(label string, from ...string) string {
		return rapid.SampledFrom(from).Draw(t, label)
	}
	lines := []string{"protocol paxos numbers=" + pick("numbers", "plain", "karp", "modular") +
		" refuse=" + pick("refuse", "silent", "nack") +
		" accept-to=" + pick("accept-to", "all", "responders") +
		" learn=" + pick("learn", "leader", "acceptors", "all") +
		" leader=" + pick("leader", "anyone", "elected") +
		" backoff=" + pick("backoff", "never", "1ms..30ms") +
		" restart=" + pick("restart", "never", "timeout"),
		pick("roles", "servers A B C", "servers A B C D E",
			"proposers A B\nacceptors C D E\nlearners F", "proposers A B C\nacceptors B C D E"),
		"clients U", "timeout 30ms..60ms", "until 400ms",
		pick("network", "network delay 1ms..20ms", "network delay 5ms loss 20% duplicate 20%",
			"network delay 1ms..30ms reorder loss 5%"),
		"disk sync " + pick("sync", "0ms", "1ms", "7ms")}
	for range rapid.IntRange(1, 25).Draw(t, "steps") {
		n, m := pick("node", "A", "B", "C", "D", "E"), pick("peer", "A", "B", "C", "D", "E")
		n, m = known(lines[1], n), known(lines[1], m)
		step := pick("step", n+" proposes red", n+" proposes blue", n+" leads", "crash "+n,
			"restart "+n, "pause "+n, "resume "+n, "wipe "+n, "U sends m1 to "+n,
			"U sends m2 to "+n, "U resends", "cut "+n+" <-> "+m, "mend "+n+" <-> "+m,
			n+" suspects "+m, n+" trusts "+m,
			"duplicate "+pick("kind", "prepare", "promise", "accept", "accepted")+" "+n+" -> "+m,
			"restart "+n+" losing "+pick("field", "promised", "accepted", "n", "value"),
			n+" proposes red with "+pick("number", "1", "2", "3", "10", "11", "21", "40"))
		lines = append(lines, "after "+pick("when", "0ms", "1ms", "4ms", "15ms")+" try "+step)
	}
	return strings.Join(lines, "\n") + "\n"
}

// known returns n, or a node that the roles have instead.
func known(roles, n string) string {
	if n > "C" && !strings.Contains(roles, n) {
		return "C"
	}
	return n
}
