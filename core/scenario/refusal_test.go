package scenario

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/check"
)

func TestAStepThatCannotBeDoneIsBadInputWithItsPlace(t *testing.T) {
	for name, c := range map[string]struct{ text, wants string }{
		"no such message": {one + "schedule by-hand\n" +
			"deliver request", "test:5:1: this cannot be done: no such message is in flight"},
		"no such timer": {one + "timeout C1", "C1: no such timer runs there"},
		"node down": {one + "crash S1\n" +
			"crash S1", "test:5:1: this cannot be done: S1: it is down already"},
		"node up": {one + "resume S1", "S1: it is not paused"},
		"link cut": {one + "schedule by-hand\nC1 sends m1\ncut C1 -> S1\n" +
			"deliver request", "test:7:1: this cannot be done: the link is cut"},
		"receiver down": {one + "schedule by-hand\nC1 sends m1\ncrash S1\n" +
			"deliver request", "S1 is down"},
		"cut twice": {one + "cut C1 -> S1\ncut C1 -> S1", "that link is cut already"},
		"not cut":   {one + "mend C1 -> S1", "that link is not cut"},
		"no command": {one + "machine register\n" +
			"C1 sends jump", "`jump` is no command of machine register"},
		"not held": {one + "C1 sends m1\nrelease request", "no such message is in flight"},
		"to oneself": {"protocol paxos\nservers S1 S2\nnetwork self\nschedule by-hand\n" +
			"S1 proposes v\nlose prepare S1 -> S1", "never lost"},
		"number of others": {decree + "P1 proposes v with 1\n" +
			"P2 proposes w with 1", "already that of P1: numbers are unique"},
		"number too low": {decree + "P1 proposes v with 3\n" +
			"P1 proposes w with 3", "every attempt takes a higher one"},
		"number too high": {decree + "P1 proposes v with 99999999999999", "is not between"},
		"not its digit": {"protocol paxos numbers=karp\nservers 0..4\n" +
			"1 leads with 12", "does not end in the digit of node 1"},
		"no such field": {decree + "forge prepare(n_a=3) P1 -> A1",
			"`prepare` has no field `n_a`"},
		"no field at all": {decree + "lose prepare(nn=3)",
			"test:5:6: `paxos` has no field of a message `nn`; expected one of"},
		"no proposer": {decree + "A1 proposes v", "A1: it is no proposer"},
		"gone for good": {one + "C1 sends m1\nrun\n" +
			"lose request #1", "no such message is in flight"},
		"waiting delivery": {one + "deliver reply S1 -> C1\nC1 sends m1\ncrash C1", "C1 is down"},
		"no protocol":      {"servers S1", "the scenario names no protocol"},
		"no node":          {"protocol single-server", "there is no node"},
		"wrong seats":      {"protocol single-server\nservers S1 S2", "exactly one server"},
	} {
		require.Contains(t, refusedWith(t, c.text), c.wants, name)
	}
}

func TestAfterTryItIsNoError(t *testing.T) {
	requirePassed(t, one+"schedule by-hand\ntry deliver request\ntry timeout C1\ntry crash S1\n"+
		"try crash S1\n"+
		"try resume S1\ntry lose request\nexpect S1 executed nothing")
	requirePassed(t, one+"C1 sends m1\ntry lose reply #9\ntry crash S1 before sending reply #7\n"+
		"when S1 executed m9 try crash S1\nexpect C1 heard m1")
}

func TestATurnThatNeverComesFailsTheRun(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"when": {one + "C1 sends m1\nwhen S1 executed m2 crash S1\n" +
			"expect C1 heard m1", 5},
		"run until":         {one + "C1 sends m1\nrun until S1 executed m2", 5},
		"run until by hand": {one + "schedule by-hand\nC1 sends m1\nrun until S1 executed m2", 6},
		"waiting step":      {one + "C1 sends m1\nlose request #2", 5},
		"crash at":          {one + "crash S1 before sending reply #2\nC1 sends m1", 4},
		"after the end":     {one + "until 1s\nat 2s crash S1", 5},
		"behind another": {one + "run until S1 executed m2\nC1 sends m1\n" +
			"expect S1 executed nothing", 4},
	} {
		v := verdictOf(t, c.text)
		require.False(t, v.Passed, name)
		require.False(t, v.First.Passed, name)
		unmet := 0
		for _, o := range v.Cases[0].Expectations {
			if !o.Met {
				unmet++
				require.Equal(t, c.line, o.Expect.Pos.Line, name)
				require.Contains(t, o.Detail, "the turn of this step never came", name)
			}
		}
		require.Equal(t, 1, unmet, name)
	}
}

func TestAnUnclaimedViolationFailsARun(t *testing.T) {
	race := two + "schedule by-hand\nC1 sends m1\nC2 sends m2\ndeliver request C1 C2 -> S1\n" +
		"deliver request C2 C1 -> S2\nexpect S1 executed m1 m2\n"
	v := verdictOf(t, race)
	require.False(t, v.Passed)
	require.True(t, v.First.Unclaimed)
	require.NotEmpty(t, v.Cases[0].Checks)
	requirePassed(t, race+"expect breaks order\n")
}

func TestExpectingWhatHadNothingToJudgeIsUnmet(t *testing.T) {
	v := verdictOf(t, one+"expect order")
	require.False(t, v.Passed)
	require.Contains(t, v.Cases[0].Expectations[0].Detail, "not-applicable")
	v = verdictOf(t, "each seed in 1..5\nnetwork loss 100%\n"+one+"C1 sends m1\nexpect order")
	require.False(t, v.Passed, "so in all runs of the family")
}

func TestUnmetExpectationsSayWhatWasFoundInstead(t *testing.T) {
	base := one + "machine register x=1\nC1 sends add(1)\nrun\n"
	for claim, wants := range map[string]string{
		"expect S1.x = 5":                               "S1.x is 2",
		"expect *.x = 5":                                "x is 2",
		"expect S1 executed mul(2)":                     "S1 executed add(1)",
		"expect S1 has executed mul(2)":                 "S1 executed add(1)",
		"expect not S1 executed add(1)":                 "it happened, at event",
		"expect C1 heard mul(2)":                        "C1 heard add(1)",
		"expect C2 heard add(1)":                        "C2 heard nothing",
		"expect leader S1":                              "nobody leads",
		"expect sent request = 7":                       "it is 1",
		"expect latency mul(2) = 3ms":                   "it was not answered",
		"expect C1 heard add(1) before C1 heard add(1)": "they happened at events",
	} {
		v := verdictOf(t, base+claim)
		require.False(t, v.Passed, claim)
		require.Contains(t, v.Cases[0].Expectations[0].Detail, wants, claim)
	}
	v := verdictOf(t, decree+"P1 proposes red\nexpect chosen blue")
	require.Equal(t, "chosen is red", v.Cases[0].Expectations[0].Detail)
	v = verdictOf(t, decree+"P1 proposes red\nexpect nothing chosen")
	require.Equal(t, "chosen is red", v.Cases[0].Expectations[0].Detail)
	v = verdictOf(t, decree+"P1 proposes red\nexpect by 5ms chosen red")
	require.Equal(t, "not by then; nothing is chosen", v.Cases[0].Expectations[0].Detail)
}

func TestAControlSkipsWhatCannotBeDoneThereMessageByMessage(t *testing.T) {
	v := requirePassed(t, two+"schedule by-hand\nC1 sends m1\nC2 sends m2\n"+
		"deliver request C1 C2 -> S1\n"+
		"deliver request C2 C1 -> S2\nexpect breaks order\ncontrol paxos\nrun\nexpect agree\n")
	require.Len(t, v.Controls, 1)
	require.Len(t, v.Controls[0].Skipped, 2, "two requests to S2, which paxos does not send")
	for _, s := range v.Controls[0].Skipped {
		require.Equal(t, 8, s.Line)
		require.Equal(t, "deliver request C2 C1 -> S2", s.Text)
	}
}

func TestAControlsOwnStepsAreNotSkipped(t *testing.T) {
	text := two + "schedule by-hand\nC1 sends m1\ncontrol paxos\ndeliver reply\nexpect agree\n"
	require.Contains(t, refusedWith(t, text), "test:7:1: this cannot be done")
}

func TestAControlGoesOnWithoutAStepThatHoldsBackInVain(t *testing.T) {
	v := requirePassed(t, two+"C1 sends m1\nrun until S2 executed m1\nC1 sends m2\nrun\n"+
		"control paxos\nC1 sends m3\nrun\nexpect C1 has heard m3\n")
	require.NotEmpty(t, v.Controls[0].Skipped)
}

func TestAnotherProtocolIsShownByItsChecks(t *testing.T) {
	f, err := Parse("test", two+"schedule by-hand\nC1 sends m1\nC2 sends m2\n"+
		"deliver request C1 C2 -> S1\n"+
		"deliver request C2 C1 -> S2\nexpect S1 executed m1 m2\nexpect breaks order", Known())
	require.NoError(t, err)
	v, err := RunFile(f, Choice{Protocol: &Protocol{Name: "paxos"}})
	require.NoError(t, err)
	require.True(t, v.Passed)
	require.Equal(t, "paxos", v.First.Protocol)
	require.Empty(t, v.First.Expectations)
	require.Len(t, v.First.Skipped, 2)
}

func TestOneCaseRunsAloneEvenIfItComparesItselfWithAnother(t *testing.T) {
	f, err := Parse("test", one+"case a\nC1 sends m1\ncase b\nC1 sends m1\n"+
		"expect same-state S1 with case a", Known())
	require.NoError(t, err)
	v, err := RunFile(f, Choice{Case: "b"})
	require.NoError(t, err)
	require.True(t, v.Passed)
	require.Len(t, v.Cases, 1)
}

func TestACaseThatIsNotThereIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		one + "heal": "there is no case `ab`; expected no name: the text has " +
			"no cases",
		one + "case fab\nheal\ncase x": "expected one of `fab` `x`; did you mean `fab`?",
	} {
		f, err := Parse("test", text, Known())
		require.NoError(t, err)
		_, err = RunFile(f, Choice{Case: "ab"})
		require.ErrorContains(t, err, want)
	}
}

func TestARunThatIsNeverQuietEndsAfterAMinuteAndSaysSo(t *testing.T) {
	v := requirePassed(t, one+"retry 500ms\ncut C1 -> S1\nC1 sends m1\nexpect not quiet\n")
	require.False(t, v.First.Quiet)
	require.EqualValues(t, 60*Second, v.First.Virtual)
	lines := traced(t, one+"retry 500ms\ncut C1 -> S1\nC1 sends m1\n")
	require.Contains(t, lines[len(lines)-1], `"note":"not quiet"`)
}

// Each of these would ask billions of questions: no run may take minutes. Here it has asked most of
// what it may before it begins.
func TestLinesThatWaitAreBounded(t *testing.T) {
	busy := one + "retry 100us\ncrash S1\nC1 sends m1\nuntil 1s\n"
	require.NoError(t, nearlyWeary(t, busy+"when C1 sent request heal\n"))
	for _, line := range []string{
		"expect by 900ms C1 heard m1", "expect by 900ms S1.state = m1", "when S1 executed m1 heal",
		"when S1.state = m1 heal", "whenever S1 suspects C1 heal", "hold every request(x)",
		"try lose request(x)", "expect by 900ms sent request(x) = 1",
		"crash C1 after sending reply", "expect S1.state = m1 before S1.state = m2",
	} {
		require.ErrorContains(t, nearlyWeary(t, busy+strings.Repeat(line+"\n", 1500)),
			"the lines that wait ask too much of the run; expected fewer lines that wait", line)
	}
}

func nearlyWeary(t *testing.T, text string) error {
	t.Helper()
	f, err := Parse("test", text, Known())
	require.NoError(t, err)
	s, err := f.Expand(0, 0)
	require.NoError(t, err)
	r, err := Begin(s, Setup{})
	require.NoError(t, err)
	r.effort = maxEffort - 20_000_000
	return r.Finish()
}

func TestLinesThatWaitInManyRunsAreBounded(t *testing.T) {
	f, err := Parse("test", one+"each seed in 1..9\nC1 sends m1\n", Known())
	require.NoError(t, err)
	s, err := f.Expand(0, 0)
	require.NoError(t, err)
	_, err = (&runner{file: f, effort: maxFileEffort - 1}).finish(s, Setup{})
	require.ErrorContains(t, err, "ask too much of the runs; expected fewer such lines")
}

func TestFiftyLinesMayWaitThroughALongRun(t *testing.T) {
	requirePassed(t, one+"retry 100us\ncrash S1\nC1 sends m1\nuntil 10s\n"+
		strings.Repeat("whenever S1 executed m1 heal\nexpect not C1 heard m1\n", 50))
}

func TestARunThatClaimsThatNothingBreaksFailsAtWhatBreaks(t *testing.T) {
	broken := two + "schedule by-hand\nC1 sends m1\nC2 sends m2\n" +
		"deliver request C1 C2 -> S1\ndeliver request C2 C1 -> S2\n"
	require.True(t, verdictOf(t, broken+"expect breaks order").Passed)
	v := verdictOf(t, broken+"expect in no run breaks once")
	require.False(t, v.Passed)
	require.True(t, slices.ContainsFunc(v.Cases[0].Checks,
		func(c check.Result) bool { return c.Name == "order" }))
}

func TestWhatFollowsAWheneverThatNeverCameIsSaid(t *testing.T) {
	v := requirePassed(t, one+"whenever C1 heard m1 crash S1\nC1 sends m1\nexpect nothing chosen\n")
	require.Len(t, v.First.Skipped, 1)
	require.Equal(t, 5, v.First.Skipped[0].Line)
	v = requirePassed(t, one+"C1 sends m1\nwhenever C1 heard m1 crash S1\nafter 5ms restart S1\n")
	require.Empty(t, v.First.Skipped)
}

func TestALatencyIsToldWithItsUnit(t *testing.T) {
	for us, want := range map[Micros]string{0: "0ms", 7: "7us", 1500: "1500us", 20_000: "20ms",
		1_500_000: "1500ms", 3_000_000: "3s"} {
		require.Equal(t, want, us.String())
	}
	v := verdictOf(t, one+"C1 sends m1\nmeasure latency m1\nexpect latency m1 = 21ms")
	require.Equal(t, "it is 20ms", v.First.Expectations[0].Detail)
	require.True(t, v.Cases[0].Measures[0].Times)
}

func TestOnlyARunThatIsShownIsHashed(t *testing.T) {
	v := verdictOf(t, one+"each seed in 1..3\nC1 sends m1\ncase a\ncase b\nC1 sends m2\n"+
		"control multi-paxos\nrun 1s\nexpect C1 heard m1, m1 m2\ncontrol multi-paxos")
	require.NotZero(t, v.First.TraceHash)
	require.Len(t, v.Cases[1].Controls, 2)
	for _, c := range v.Cases[1].Controls {
		require.NotZero(t, c.TraceHash)
	}
	require.Equal(t, finished(t, one+"C1 sends m1\n").Hash(),
		verdictOf(t, one+"C1 sends m1\n").First.TraceHash)
}

func TestPastAMillionEventsThereIsARefusal(t *testing.T) {
	for _, text := range []string{
		one + "link C1 <-> S1 delay 0us\nretry 1us\nC1 sends m1\nlose every request",
		two + "deliver every request\ndeliver every reply\nC1 sends m1\n" +
			"whenever C1 sent request C1 sends x",
		"protocol two-servers\nservers S1 S2\nclients C1..C60\nC1..C60 sends a1..a9999",
	} {
		require.Contains(t, refusedWith(t, text), "1,000,000 events; expected an `until` before")
	}
}

func TestTheVerdictIsTheObjectThatTheLanguagePromises(t *testing.T) {
	text := "title T\n" + two + "seed 9\nC1 sends m1\nexpect order\nmeasure sent request\n" +
		"control paxos\nexpect agree"
	out, ran := RunJSON(nil, "test", text)
	require.True(t, ran)
	var v struct {
		Title, Protocol, Link          string
		Seed, Events                   int
		VirtualUS                      int    `json:"virtual_us"`
		TraceHash                      string `json:"trace_hash"`
		StateHash                      string `json:"state_hash"`
		Passed                         bool
		Checks, Expectations, Controls []map[string]any
		Cases                          []struct {
			Name                   string
			Runs                   int
			Passed                 bool
			Expectations, Measures []map[string]any
		}
	}
	require.NoError(t, json.Unmarshal(out, &v))
	require.Equal(t, "T two-servers 9", strings.Join([]string{v.Title, v.Protocol, "9"}, " "))
	require.Equal(t, 9, v.Seed)
	require.Equal(t, 20_000, v.VirtualUS)
	require.Len(t, v.TraceHash, 16)
	require.Len(t, v.StateHash, 16)
	require.True(t, v.Passed)
	require.Equal(t, len(traced(t, text)), v.Events)
	require.Subset(t, keys(v.Checks[0]), []string{"name", "status", "event", "detail"})
	require.Equal(t, map[string]any{"line": 7.0, "text": "expect order", "met": true,
		"detail": "holds"},
		v.Expectations[0])
	require.Subset(t, keys(v.Controls[0]), []string{"title", "protocol", "seed", "events",
		"virtual_us",
		"trace_hash", "state_hash", "checks", "expectations", "skipped", "passed"})
	require.Equal(t, 1, v.Cases[0].Runs)
	require.Subset(t, keys(v.Cases[0].Measures[0]), []string{"text", "min", "median", "p99", "max"})
}

func keys(m map[string]any) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	return names
}
