package scenario

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// begun begins the run of a text that searches what comes after its steps.
func begun(t *testing.T, text string) *Run {
	t.Helper()
	f, err := Parse("rest.synod", text, Known())
	require.NoError(t, err, text)
	s, err := f.Expand(0, 0)
	require.NoError(t, err, text)
	r, err := Begin(s, Setup{})
	require.NoError(t, err, text)
	return r
}

// What is told of a search begins where the search begins, whoever drives the steps above it.
func TestARestedRunIsWhereASearchBegins(t *testing.T) {
	const servers = "servers S1 S2 S3\nclients C1 C2\n"
	for _, steps := range []string{
		"protocol two-servers\nservers S1 S2\nclients C1 C2\nnetwork delay 5ms..20ms loss 20%\n" +
			"seed 9\nC1 sends m1\nrun 100ms\nat 150ms C2 sends m2\nafter 3ms C1 sends m3\n",
		"protocol rounds\n" + servers + "C1 sends m1\nwhen chosen m1 crash S1\n" +
			"after 5ms C2 sends m2\n",
		"protocol rounds\n" + servers + "detector pings 20ms\nC1 sends m1\n" +
			"at 30ms partition S1 | S2 S3\nrun 500ms\nhold every accept until 2s\n",
		"protocol rounds\n" + servers + "until 700ms\nC1 sends m1\n" +
			"whenever C1 heard m1 C1 sends m2\n",
		"protocol multi-paxos\n" + servers + "link S1 -> S3 delay 80ms\nrun 2s\nC1 sends m1\n" +
			"run until C1 heard m1\nwhenever S1 leads pause S1\nlose every accept S2 -> *\n" +
			"C2 sends m2\nrun 5ms\n",
		"protocol paxos\n" + servers + "disk sync 7ms\nS1 proposes red\nrun 12ms\nrest\n" +
			"deliver prepare S1 -> S2\n",
		"protocol two-servers\nschedule by-hand\nservers S1 S2\nclients C1\n" +
			"lose every reply S2 -> C1\nC1 sends m1\nrun 30ms\n",
	} {
		r := begun(t, steps+"explore messages once\n")
		search := r.Searches()[0]
		sub, err := search.fresh(nil)
		require.NoError(t, err)
		told := begun(t, search.scenarioOf(nil))
		require.NoError(t, told.Finish(), steps)
		require.True(t, told.rests(), "%s\n%v", search.scenarioOf(nil), told.stuck)
		require.Equal(t, sub.World.StateHash(), told.World.StateHash(), search.scenarioOf(nil))
		require.Equal(t, flights(sub), flights(told), steps)
		require.Equal(t, 1, strings.Count(search.scenarioOf(nil), "rest\n"), steps)
		require.Empty(t, told.rules)
		require.Empty(t, told.stuck)
	}
}

// flights are the messages in flight.
func flights(r *Run) (all []string) {
	for _, c := range r.World.Choices(nil) {
		all = append(all, string(r.World.AppendChoice(nil, c)))
	}
	return all
}

func TestNothingMovesByItselfBelowRest(t *testing.T) {
	r := begun(t, "protocol single-server\nservers S1\nclients C1\nC1 sends m1\nrun 5ms\nrest\n"+
		"C1 sends m2\ndeliver request C1 -> S1\nexpect S1 executed m1\nrun 25ms\nstep 1\n"+
		"expect S1 executed m1 m2\nexpect nothing chosen\n")
	require.NoError(t, r.Finish())
	v := r.Verdict()
	require.True(t, v.Expectations[0].Met, v.Expectations[0].Detail)
	require.True(t, v.Expectations[1].Met, v.Expectations[1].Detail)
}

func TestAStepThatRestLeavesUndoneFailsTheRun(t *testing.T) {
	r := begun(t, "protocol single-server\nservers S1\nclients C1\ndeliver reply S1 -> C1\nrest\n"+
		"C1 sends m1\n")
	require.NoError(t, r.Finish())
	v := r.Verdict()
	require.False(t, v.Passed)
	require.Contains(t, v.Expectations[0].Detail, "no such message was sent")
}

func TestBelowRestThereAreNoTimes(t *testing.T) {
	_, err := Parse("", "protocol single-server\nservers S1\nclients C1\nrun 5ms\nrest\n"+
		"at 40ms C1 sends m1\n", Known())
	require.ErrorContains(t, err, "`at` needs a timed schedule")
	f, err := Parse("", "protocol single-server\nservers rest\nclients C1\ncrash rest\n", Known())
	require.NoError(t, err, "a node may still be named so")
	require.Contains(t, Format(f), "servers rest")
}
