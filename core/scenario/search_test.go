package scenario_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario"
)

func searchedFile(t *testing.T, text string) *scenario.Verdict {
	t.Helper()
	f, err := scenario.Parse("search.synod", text, scenario.Known())
	require.NoError(t, err, text)
	v, err := scenario.RunFile(f, scenario.Choice{})
	require.NoError(t, err, text)
	return v
}

func details(v *scenario.Verdict) (all string) {
	for _, c := range v.Cases {
		for _, o := range c.Expectations {
			all += o.Expect.Text + ": " + o.Detail + "\n"
		}
		for _, x := range c.Checks {
			all += x.Name + ": " + x.Detail + "\n"
		}
	}
	return all
}

const three = "proposers P1 P2\nacceptors A1 A2 A3\n"

func TestEachViolationIsToldAsAScenarioThatShowsIt(t *testing.T) {
	for _, text := range []string{
		"protocol textbook quorum=2\nacceptors A1..A4\nproposers P1 P2\n" +
			"explore numbers 0..1 values red blue\n" +
			"expect violation chosen-once\nexpect shortest 12",
		"protocol textbook accept=literal\n" + three + "explore numbers 0..2 values red blue\n" +
			"expect violation chosen-once\nexpect shortest 17",
		"protocol textbook adopt=lowest\n" + three + "explore numbers 0..2 values red blue\n" +
			"expect violation chosen-once\nexpect shortest 17",
		"protocol textbook adopt=none\n" + three + "explore numbers 0..2 values red blue\n" +
			"expect violation chosen-once\nexpect shortest 12",
		"protocol textbook adopt=none\n" + three + "explore numbers 0..2 values red blue\n" +
			"expect violation safe-proposal\nexpect shortest 10",
		"protocol textbook prepare-quorum=1\n" + three + "explore numbers 0..2 values red blue\n" +
			"expect violation chosen-once\nexpect shortest 10",
		"protocol textbook disk=none\n" + three +
			"explore numbers 0..1 values red blue restarts 1\n" +
			"expect violation chosen-once\nexpect shortest 13",
		"protocol textbook disk=n_a,v_a\n" + three +
			"explore numbers 0..2 values red blue restarts 1\n" +
			"expect violation chosen-once\nexpect shortest 13",
		"protocol textbook disk=n_h,n_a,v_a echo=no\nproposers P1\nacceptors A1 A2 A3\n" +
			"explore numbers 0..1 values red blue restarts 1\n" +
			"expect violation chosen-once\nexpect shortest 9",
		"protocol paxos\n" + three +
			"explore numbers 0..1 values red blue crashes 1 losing promised\n" +
			"expect violation chosen-once\nexpect shortest 13",
		"protocol textbook numbers=counter accept-to=responders accept=equal answer=at-least\n" +
			"proposers u1 u2\nacceptors s1 s2 s3\nexplore attempts 1 values c1 c2\n" +
			"expect violation agree\nexpect shortest 14",
		"protocol textbook numbers=counter accept-to=responders accept=equal" +
			" disk=n_h,n_a,v_a echo=no\nproposers u1 u2\nacceptors s1 s2 s3\n" +
			"explore attempts 1 values c1 c2 restarts 1\n" +
			"expect violation agree\nexpect shortest 11",
		"protocol textbook count=across learn=acceptors\n" + three + "learners L1 L2\n" +
			"explore numbers 0..1 values red blue\nexpect violation learn\nexpect shortest 10",
		"protocol textbook answers=early\n" + three + "disk sync 1ms\n" +
			"explore numbers 0..1 values red blue crashes 1\n" +
			"expect violation chosen-once\nexpect shortest 13",
		"protocol textbook adopt=none\n" + three + "disk sync 1ms\n" +
			"explore numbers 0..1 values red blue\n" +
			"expect violation chosen-once\nexpect shortest 17",
		"protocol paxos\n" + three + "disk sync 1ms\n" +
			"explore numbers 0..1 values red blue crashes 1 losing promised\n" +
			"expect violation chosen-once\nexpect shortest 17",
		"protocol two-servers\nservers S1 S2\nclients C1 C2\nseed 5\n" +
			"network delay 5ms..20ms loss 3%\nC1 sends m0\nrun 100ms\nat 150ms C1 sends m1\n" +
			"at 150ms C2 sends m2\nexplore messages once\n" +
			"expect violation order\nexpect shortest 2",
		"protocol textbook adopt=none\nservers S1 S2 S3\nlink S1 -> S3 delay 50ms\n" +
			"S1 proposes red with 1\nwhen S2 accepted red lose every accept S1 -> S3\n" +
			"explore numbers 2..2 values blue messages once\n" +
			"expect violation chosen-once\nexpect shortest 4",
	} {
		v := searchedFile(t, text)
		require.True(t, v.Passed, "%s\n%s", text, details(v))
		told := v.First.Searches[0].Breaks[0].Counterexample()
		require.NotContains(t, told, "forge", text)
		shown := searchedFile(t, told)
		require.True(t, shown.Passed, "%s\n%s\n%s", text, told, details(shown))
		require.Equal(t, 1, strings.Count(told, "expect"))
	}
}

func TestAnExploreLineGivesLamportsCounts(t *testing.T) {
	for _, protocol := range []string{"paxos", "textbook"} {
		v := searchedFile(t, "protocol "+protocol+"\n"+three+
			"explore numbers 0..1 values red blue\nexpect safe\nexpect states 3921\n"+
			"expect depth 17\nexpect generated 23563\n")
		require.True(t, v.Passed, details(v))
		require.Contains(t, v.Cases[0].Expectations[0].Expect.Text, "safe")
		text := v.First.Searches[0].Text()
		require.Contains(t, text, "numbers from 2 on are not covered")
	}
}

func TestASearchSaysWhichNumbersNobodyMayStart(t *testing.T) {
	for nodes, options := range map[string]string{
		"servers S1 S2 S3\n": "numbers=modular", three: "numbers=modular restart=timeout",
	} {
		v := searchedFile(t, "protocol paxos "+options+"\n"+nodes+
			"explore numbers 0..1 values red blue\nexpect safe\n")
		require.True(t, v.Passed, details(v))
		text := v.First.Searches[0].Text()
		require.Contains(t, text, "numbers from 2 on are not covered; nobody may start 0)")
		v = searchedFile(t, "protocol paxos "+options+"\n"+nodes+
			"explore numbers 1..1 values red blue\nexpect safe\n")
		require.NotContains(t, v.First.Searches[0].Text(), "nobody may start")
	}
}

// Where only who promised accepts, whether that raises the promise makes no difference.
func TestAcceptingWhatWasPromisedRaisesNothing(t *testing.T) {
	v := searchedFile(t, "protocol textbook accept=equal raises=no\n"+three+
		"explore numbers 0..2 values red blue\nexpect safe\nexpect states 71465\n")
	require.True(t, v.Passed, details(v))
}

func TestEveryEndOfARoundWithoutFailuresDecides(t *testing.T) {
	v := searchedFile(t, "protocol paxos\nservers S1 S2 S3\nschedule by-hand\nS1 proposes red\n"+
		"explore messages once\nexpect safe\nexpect states 144\nexpect every end chosen red\n"+
		"expect every end S2.value = red\n")
	require.True(t, v.Passed, details(v))
	v = searchedFile(t, "protocol paxos\nservers S1 S2 S3\nschedule by-hand\nS1 proposes red\n"+
		"explore messages once losses 2\nexpect safe\nexpect some end not chosen red\n"+
		"expect some end chosen red\n")
	require.True(t, v.Passed, details(v))
	v = searchedFile(t, "protocol paxos\nservers S1 S2 S3\nschedule by-hand\nS1 proposes red\n"+
		"explore messages once losses 2\nexpect every end chosen red\n")
	require.False(t, v.Passed)
	require.Contains(t, details(v), "so at ")
}

// Two servers, two clients, no order: of the ways in which the four requests may arrive, some end
// with different states (E-10).
func TestSomeEndsOfTwoServersDiffer(t *testing.T) {
	const common = "protocol two-servers\nservers S1 S2\nclients C1 C2\nmachine register x=0\n" +
		"schedule by-hand\nC1 sends add(1)\nC2 sends mul(2)\nexplore messages once\n"
	v := searchedFile(t, common+"expect violation order\nexpect shortest 2\n")
	require.True(t, v.Passed, details(v))
	v = searchedFile(t, common+"expect some end S1.x = 2\nexpect some end S1.x = 1\n")
	require.True(t, v.Passed, details(v))
}

func TestAControlSearchesWhatTheScenarioSearches(t *testing.T) {
	v := searchedFile(t, "protocol textbook quorum=2\nacceptors A1..A4\nproposers P1 P2\n"+
		"explore numbers 0..1 values red blue\nexpect violation chosen-once\n"+
		"control textbook\nexpect safe\nexpect states 20609\ncontrol textbook quorum=3\n")
	require.True(t, v.Passed, details(v))
	require.Len(t, v.Controls, 2)
	require.Len(t, v.Controls[0].Searches, 1)
	require.Empty(t, v.Controls[1].Searches, "nothing is claimed of it")
}

func TestEachCheckThatIsClaimedIsFoundAtItsOwnLength(t *testing.T) {
	const broken = "protocol textbook adopt=none\n" + three +
		"explore numbers 0..1 values red blue\n"
	v := searchedFile(t, broken+"expect violation chosen-once\nexpect shortest 12\n"+
		"expect violation safe-proposal\nexpect shortest 10\n")
	require.True(t, v.Passed, details(v))
	found := v.First.Searches[0].Breaks
	require.Len(t, found, 2)
	for i, states := range []int{1488, 3465} { // as each has alone
		require.Equal(t, states, found[i].Then.Distinct)
		shown := searchedFile(t, found[i].Counterexample())
		require.True(t, shown.Passed, details(shown))
	}
	v = searchedFile(t, broken+"expect violation chosen-once\nexpect safe promise unique\n"+
		"expect in no run violation promise\n")
	require.True(t, v.Passed, details(v))
	require.Contains(t, v.First.Searches[0].Outcome(), "; promise, unique hold within numbers")
	v = searchedFile(t, broken+"expect violation promise\nexpect safe chosen-once\n")
	require.Equal(t, []bool{false, false}, metIn(v))
}

func metIn(v *scenario.Verdict) (met []bool) {
	for _, o := range v.Cases[0].Expectations {
		met = append(met, o.Met)
	}
	return met
}

func TestWhatASearchDidNotLookAtCountsAgainstAClaim(t *testing.T) {
	const claim = "protocol paxos\n" + three + "explore numbers 0..2 values red blue\n" +
		"expect in no run violation chosen-once\n"
	f, err := scenario.Parse("", claim, scenario.Known())
	require.NoError(t, err)
	v, err := scenario.RunFile(f, scenario.Choice{Search: scenario.Bounds{States: 1000}})
	require.NoError(t, err)
	require.False(t, v.Passed)
	v = searchedFile(t, strings.Replace(claim, "0..2", "0..1", 1)+"expect safe lock\n")
	require.Equal(t, []bool{true, false}, metIn(v))
	require.Contains(t, details(v), "there is nothing to judge for lock")
}

func TestASearchSaysWhatIsJudged(t *testing.T) {
	const common = "protocol paxos\n" + three + "explore numbers 0..1 values red blue\n"
	v := searchedFile(t, common+"expect safe\n")
	require.Contains(t, v.First.Searches[0].Text(),
		"; judged is all that paxos must keep: agree, chosen-once, valid")
	v = searchedFile(t, common+"expect safe chosen-once\n")
	require.True(t, v.Passed, details(v))
	require.Contains(t, v.First.Searches[0].Text(), "chosen-once holds within numbers 0..1")
	require.Contains(t, v.First.Searches[0].Text(), "; no other check is judged")
	f, err := scenario.Parse("", common+"expect violation livelock\n", scenario.Known())
	require.NoError(t, err)
	_, err = scenario.RunFile(f, scenario.Choice{})
	require.ErrorContains(t, err, "a search does not judge `livelock`")
}

// The verdict on what a server executes depends on whether it crashed before or after.
func TestExecutingAgainAfterACrashIsNoViolation(t *testing.T) {
	v := searchedFile(t, "protocol multi-paxos\nservers S1 S2 S3\nclients C1\n"+
		"schedule by-hand\nS1 leads\nrun 50ms\nC1 sends m1 m2 to S1\nrun 50ms\n"+
		"explore messages once crashes 1 restarts 1\nexpect safe stable once order\n")
	require.True(t, v.Passed, details(v))
}

// What S2 has executed takes back what C1 is shown, and nothing happens at S2 any more.
func TestWhatIsJudgedAtTheEndOfARunIsJudgedInEveryState(t *testing.T) {
	v := searchedFile(t, "protocol two-servers\nservers S1 S2\nclients C1 C2\n"+
		"schedule by-hand\nC1 sends m1 to S1\nC2 sends m2 to S2\ndeliver request C1 -> S1\n"+
		"deliver request C2 -> S2\nlose reply S2 -> C2\nexpect breaks order\n"+
		"explore messages once\nexpect violation reply-durable\nexpect shortest 1\n")
	require.True(t, v.Passed, details(v))
	shown := searchedFile(t, v.First.Searches[0].Breaks[0].Counterexample())
	require.True(t, shown.Passed, details(shown))
}

func TestOnlyWhatTheClaimedChecksNeedIsPartOfAState(t *testing.T) {
	const attempts = "protocol textbook numbers=counter accept-to=responders accept=equal\n" +
		"proposers u1 u2\nacceptors s1 s2 s3\nexplore attempts 2 values c1 c2\n"
	for claims, states := range map[string]string{
		"safe": "24979", "safe stable": "24979",
		"safe agree learn valid chosen-once promise unique safe-proposal": "24439",
	} {
		v := searchedFile(t, attempts+"expect "+claims+"\nexpect states "+states+"\n")
		require.True(t, v.Passed, details(v))
	}
}

func TestAViolationThatNobodySpeaksOfFails(t *testing.T) {
	v := searchedFile(t, "protocol textbook adopt=none\n"+three+
		"explore numbers 0..1 values red blue\n")
	require.False(t, v.Passed)
	require.NotEmpty(t, v.First.Searches[0].Breaks)
}

func TestASearchThatLookedForNothingDoesNotSayThatItIsSafe(t *testing.T) {
	v := searchedFile(t, "protocol paxos\n"+three+
		"explore numbers 0..1 values red blue\nexpect states 3921\n")
	require.True(t, v.Passed, details(v))
	require.NotContains(t, v.First.Searches[0].Text(), "safe")
}

func TestABoundIsSaidToBeOne(t *testing.T) {
	v := searchedFile(t, "protocol paxos\n"+three+
		"explore numbers 0..2 values red blue depth 9\nexpect safe\n")
	require.True(t, v.Passed, details(v))
	require.Contains(t, v.First.Searches[0].Text(), "what lies deeper is not covered")
	f, err := scenario.Parse("", "protocol paxos\n"+three+
		"explore numbers 0..2 values red blue\nexpect safe\n", scenario.Known())
	require.NoError(t, err)
	v, err = scenario.RunFile(f, scenario.Choice{Search: scenario.Bounds{States: 1000}})
	require.NoError(t, err)
	require.False(t, v.Passed)
	require.Contains(t, details(v), "not complete: cut at its limit of states; 1,000 states")
	require.Contains(t, string(v.AppendJSON(nil)),
		`"complete":false,"stopped":false,"settled":false,"bounded":"states"`)
}

func TestASearchThatCannotBeIsRefusedWithItsLine(t *testing.T) {
	for text, wanted := range map[string]string{
		"protocol paxos\n" + three + "explore numbers 0..1": "nothing to propose",
		"protocol paxos\n" + three +
			"explore numbers 0..1 values red restarts 1 losing colour": "colour",
		"protocol two-servers\nservers S1 S2\nclients C1\n" +
			"explore attempts 99 values red": "too high",
		"protocol two-servers\nservers S1 S2\nclients C1\n" +
			"explore numbers 0..1 values red": "none can be made: S2: ",
	} {
		f, err := scenario.Parse("", text, scenario.Known())
		if err == nil {
			_, err = scenario.RunFile(f, scenario.Choice{})
		}
		require.ErrorContains(t, err, wanted, text)
	}
}

func TestASearchThatIsStoppedSaysWhatItFoundByThen(t *testing.T) {
	f, err := scenario.Parse("", "protocol paxos\n"+three+
		"explore numbers 0..2 values red blue\nexpect safe\n", scenario.Known())
	require.NoError(t, err)
	s, err := f.Expand(0, 0)
	require.NoError(t, err)
	r, err := scenario.Begin(s, scenario.Setup{})
	require.NoError(t, err)
	require.False(t, r.Searching())
	require.False(t, r.Advance(1<<16))
	require.True(t, r.Searching())
	require.Zero(t, r.Searches()[0].Result.Distinct, "events and states are not in one slice")
	require.False(t, r.Advance(5000))
	r.StopSearches()
	require.True(t, r.Advance(1))
	require.False(t, r.Searching())
	v := r.Verdict()
	require.False(t, v.Passed)
	require.Contains(t, v.Expectations[0].Detail, "stopped before its end; ")
	require.Greater(t, v.Searches[0].Result.Distinct, 5000)
	require.Contains(t, string(r.AppendSearches(nil)),
		`"over":true,"complete":false,"stopped":true`)
}

// A run that is opened in a page goes on in slices; so do its searches.
func TestASearchGoesOnInSlices(t *testing.T) {
	f, err := scenario.Parse("", "protocol paxos\n"+three+
		"explore numbers 0..2 values red blue\nexpect safe\nexpect states 185369\n",
		scenario.Known())
	require.NoError(t, err)
	s, err := f.Expand(0, 0)
	require.NoError(t, err)
	r, err := scenario.Begin(s, scenario.Setup{})
	require.NoError(t, err)
	slices, grew := 0, 0
	for last := 0; !r.Advance(100); slices++ {
		if n := r.Searches()[0].Result.Distinct; n > last {
			last, grew = n, grew+1
		}
	}
	require.NoError(t, r.Err())
	require.Greater(t, grew, 20)
	require.True(t, r.Verdict().Passed)
	require.Empty(t, r.Log.Records, "a search adds nothing to the trace")
}

// beginSearch opens the first run of a text, as a page does.
func beginSearch(t *testing.T, text string) *scenario.Run {
	t.Helper()
	f, err := scenario.Parse("", text, scenario.Known())
	require.NoError(t, err)
	s, err := f.Expand(0, 0)
	require.NoError(t, err)
	r, err := scenario.Begin(s, scenario.Setup{})
	require.NoError(t, err)
	return r
}

// ends is a search with some hundred ends, of which a run is made each.
const ends = "protocol paxos\nservers S1 S2 S3\nschedule by-hand\nS1 proposes red\n" +
	"explore messages once losses 2\nexpect safe\nexpect some end S2.value = red\n" +
	"expect every end S1.value != blue\n"

func TestWhatFollowsFromTheStatesIsJudgedInSlices(t *testing.T) {
	r := beginSearch(t, ends)
	slices := map[string]int{}
	last, lastAsked := "", 0
	for !r.Advance(1) {
		what, asked, all := r.Searches()[0].Judging()
		require.LessOrEqual(t, asked, all)
		if what == last && what != "what can still be decided" { // which begins again
			require.GreaterOrEqual(t, asked, lastAsked, what)
		}
		slices[what]++
		last, lastAsked = what, asked
	}
	require.NoError(t, r.Err())
	for _, what := range []string{"which of them are ends", "what holds at the ends"} {
		require.Greater(t, slices[what], 10, what)
	}
	require.True(t, r.Verdict().Passed)
	whole := searchedFile(t, ends)
	require.Equal(t, whole.First.Expectations[1].Detail, r.Verdict().Expectations[1].Detail)
	r = beginSearch(t, "protocol paxos\n"+three+
		"explore numbers 0..2 values red blue\nexpect safe\n")
	for n := 0; !r.Advance(10); n++ {
		if what, _, _ := r.Searches()[0].Judging(); what != "" {
			require.Equal(t, "what can still be decided", what)
			slices[what]++
		}
	}
	require.Greater(t, slices["what can still be decided"], 10)
}

func TestASearchThatIsStoppedWhileItsEndsAreJudgedIsComplete(t *testing.T) {
	for what, said := range map[string]string{
		"what can still be decided": "safe within messages once losses 2",
		"which of them are ends":    "so at 0 of 0 ends",
		"what holds at the ends":    "stopped before it was judged what holds at the ends",
	} {
		r := beginSearch(t, ends)
		for now := ""; now != what; now, _, _ = r.Searches()[0].Judging() {
			require.False(t, r.Advance(1), what)
		}
		require.Contains(t, string(r.AppendSearches(nil)), `"judging":"`+what+`","asked":`)
		r.StopSearches()
		require.True(t, r.Advance(1))
		v := r.Verdict()
		require.True(t, v.Expectations[0].Met, "all states were looked at")
		require.False(t, v.Expectations[1].Met, what)
		require.Contains(t, v.Expectations[1].Detail, said)
		require.NotContains(t, string(r.AppendSearches(nil)), "asked")
		require.Contains(t, string(r.AppendSearches(nil)),
			`"over":true,"complete":true,"stopped":true`)
	}
}

func TestASearchTellsItsBoundsAndWhatIsClaimedOfIt(t *testing.T) {
	r := beginSearch(t, "protocol paxos\n"+three+
		"explore numbers 0..2 values red blue crashes 1 losing promised depth 9\n"+
		"expect safe\nexpect depth 9\n")
	told := string(r.AppendSearches(nil))
	require.Contains(t, told, `"bounds":[["numbers","0 to 2"],["values","red, blue"],`+
		`["crashes","at most 1"],["depth","at most 9"],["losing","promised"],`+
		`["messages","may arrive again"]]`)
	require.Contains(t, told, `"claims":[{"line":5,"text":"expect safe"},`+
		`{"line":6,"text":"expect depth 9"}]`)
}

// Complete runs of what ships; the documentation of package explore tells of them.
func TestWhatShipsIsSafeInAllThatMayHappen(t *testing.T) {
	const gap = "protocol multi-paxos\nservers S1 S2 S3\nclients C1\nschedule by-hand\n" +
		"S1 leads\nrun 50ms\nC1 sends m1 m2 to S1\ndeliver request C1 -> S1\n" +
		"deliver request C1 -> S1\nlose accept #1 S1 -> S2\nlose accept #1 S1 -> S3\n" +
		"deliver accept S1 -> S2\ncrash S1\nS2 leads\nexplore messages once\n"
	const leaves = "protocol multi-paxos\nservers S1 S2 S3\nclients C1\nschedule by-hand\n" +
		"S1 leads\nrun 50ms\nleave S3\n"
	for _, x := range []struct {
		long bool
		text string
	}{
		{false, gap + "expect safe\nexpect states 2700\nexpect generated 6565\nexpect depth 16\n"},
		{true, gap + "expect every end chosen m2 at 2\n"},
		{false, leaves + "explore messages once\nexpect safe\nexpect states 6096\n"},
		{true, leaves + "C1 sends m1 to S1\nexplore messages once\nexpect safe\n" +
			"expect states 2904784\nexpect generated 14296033\n"},
		{true, "protocol paxos\n" + three + "disk sync 2ms\n" +
			"explore numbers 0..1 values red blue messages once crashes 1\nexpect safe\n" +
			"expect states 3057523\nexpect generated 11610477\n"},
	} {
		if x.long && testing.Short() {
			continue
		}
		v := searchedFile(t, x.text)
		require.True(t, v.Passed, "%s\n%s", x.text, details(v))
	}
}

func TestWhoCrashesComesBackUnlessNoRestartIsNamed(t *testing.T) {
	const text = `protocol paxos
proposers P1
acceptors A1
learners L1
explore numbers 0..0 values red crashes 1`
	passes := func(text string) {
		v := searchedFile(t, text)
		require.True(t, v.Passed, text)
	}
	passes(text + "\nexpect every end chosen red\n")
	passes(text + " restarts 1\nexpect every end chosen red\n")
	passes(text + " restarts 0\nexpect some end nothing chosen\nexpect states 12\n")
}
