package protocols_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario"
)

// three is a cast of which every defect below needs no more.
const three = "proposers P0 P1 P2\nacceptors a1 a2 a3\nschedule by-hand\n"

// chosenByTwo has v0 chosen by a1 and a2 under number 0, and nothing else in flight.
const chosenByTwo = "P0 proposes v0 with 0\ndeliver prepare P0 -> a1 a2\n" +
	"deliver promise a1 a2 -> P0\ndeliver accept P0 -> a1 a2\nexpect chosen v0\n"

// secondRound has P1 run a whole round with a2 and a3.
const secondRound = "P1 proposes v1 with 1\ndeliver prepare P1 -> a2 a3\n" +
	"deliver promise a2 a3 -> P1\ndeliver accept P1 -> a2 a3\n"

// defects are the options that the documents' defects come of, with the shortest way there.
var defects = []struct{ id, options, steps, breaks string }{
	{"K-34", "disk=none", three + chosenByTwo + "restart a2\n" + secondRound, "chosen-once"},
	{"K-35", "disk=n_a,v_a", three + "P0 proposes v0 with 0\ndeliver prepare P0 -> a1 a2\n" +
		"deliver promise a1 a2 -> P0\nP1 proposes v1 with 1\ndeliver prepare P1 -> a2 a3\n" +
		"restart a2\ndeliver accept P0 -> a1 a2\nexpect chosen v0\n" +
		"deliver promise a2 a3 -> P1\ndeliver accept P1 -> a2 a3\n", "chosen-once promise"},
	{"L-19 n_a", "disk=n_h,v_a,n,value", three + chosenByTwo + "restart a2\n" + secondRound,
		"chosen-once"},
	{"L-19 v_a", "disk=n_h,n_a,n,value", three + chosenByTwo + "restart a2\n" + secondRound,
		"chosen-once"},
	{"T-12", "accept=literal accept-to=all", three +
		"P0 proposes v0 with 0\ndeliver prepare P0 -> a1 a2\ndeliver promise a1 a2 -> P0\n" +
		"P1 proposes v1 with 1\ndeliver prepare P1 -> a1 a2\ndeliver promise a1 a2 -> P1\n" +
		"deliver accept P1 -> a2 a3\nexpect chosen v1\ndeliver accept P0 -> a3\n" +
		"P2 proposes v2 with 2\ndeliver prepare P2 -> a1 a3\ndeliver promise a1 a3 -> P2\n" +
		"deliver accept P2 -> a1 a2\n", "chosen-once"},
	{"B-14", "raises=no", three + "P0 proposes v0 with 0\ndeliver prepare P0 -> a1 a2\n" +
		"deliver promise a1 a2 -> P0\nP1 proposes v1 with 1\ndeliver prepare P1 -> a1 a2\n" +
		"deliver promise a1 a2 -> P1\ndeliver accept P1 -> a2 a3\ndeliver accept P0 -> a3\n" +
		"P2 proposes v2 with 2\ndeliver prepare P2 -> a1 a3\ndeliver promise a1 a3 -> P2\n" +
		"deliver accept P2 -> a1 a2\n", "chosen-once"},
	{"L-15", "prepare-quorum=1", three + chosenByTwo +
		"P1 proposes v1 with 1\ndeliver prepare P1 -> a3\ndeliver promise a3 -> P1\n" +
		"deliver accept P1 -> a2 a3\n", "chosen-once"},
	{"L-17", "disk=n_h,n_a,v_a echo=no", three + "P0 proposes v0 with 0\n" +
		"deliver prepare P0 -> a1 a2\nduplicate promise a1 -> P0\nduplicate promise a2 -> P0\n" +
		"deliver promise a1 a2 -> P0\ndeliver accept P0 -> a1 a2\nrestart P0\n" +
		"P0 proposes v1 with 0\ndeliver promise a1 a2 -> P0\ndeliver accept(v1) P0 -> a1 a2\n",
		"unique chosen-once"},
	{"E-41", "disk=n_h,n_a,v_a echo=no numbers=counter accept=equal", three + "P0 proposes v0\n" +
		"deliver prepare P0 -> a1 a2\nduplicate promise a1 -> P0\nduplicate promise a2 -> P0\n" +
		"deliver promise a1 a2 -> P0\ndeliver accept P0 -> a1 a2\nduplicate accepted a1 -> P0\n" +
		"duplicate accepted a2 -> P0\ndeliver accepted a1 a2 -> P0\nexpect P0.value = v0\n" +
		"restart P0\nP0 proposes v1\ndeliver promise a1 a2 -> P0\n" +
		"deliver accepted a1 a2 -> P0\nexpect P0.value = v1\n", "unique agree"},
	{"E-30", "numbers=counter answer=at-least", three + "P0 proposes v0\nP1 proposes v1\n" +
		"deliver prepare P0 -> a1 a2\ndeliver promise a1 a2 -> P0\ndeliver prepare P1 -> a2 a3\n" +
		"deliver promise a2 a3 -> P1\ndeliver accept P0 -> a1 a2\ndeliver accept P1 -> a2 a3\n",
		"unique chosen-once"},
	{"M-50", "quorum=2", "acceptors a1 a2 a3 a4\nproposers P0 P1\nschedule by-hand\n" +
		chosenByTwo + "P1 proposes v1 with 1\ndeliver prepare P1 -> a3 a4\n" +
		"deliver promise a3 a4 -> P1\ndeliver accept P1 -> a3 a4\n", "chosen-once"},
	{"L-04", "adopt=lowest", three + "P0 proposes v0 with 0\ndeliver prepare P0 -> a1 a2\n" +
		"deliver promise a1 a2 -> P0\ndeliver accept P0 -> a1\n" + secondRound +
		"P2 proposes v2 with 2\ndeliver prepare P2 -> a1 a2\ndeliver promise a1 a2 -> P2\n" +
		"deliver accept P2 -> a1 a2\n", "chosen-once"},
	{"E-25", "adopt=any", three + "P0 proposes v0 with 0\ndeliver prepare P0 -> a1 a2\n" +
		"deliver promise a1 a2 -> P0\ndeliver accept P0 -> a1\n" + secondRound +
		"P2 proposes v2 with 2\ndeliver prepare P2 -> a1 a2\ndeliver promise a1 a2 -> P2\n" +
		"deliver accept P2 -> a1 a2\n", "chosen-once"},
	{"M-44", "adopt=none", three + chosenByTwo + secondRound, "chosen-once"},
	{"K-31", "report=no", three + chosenByTwo + secondRound, "chosen-once"},
	{"D-05", "accept=any", three + "P0 proposes v0 with 0\ndeliver prepare P0 -> a1 a2\n" +
		"deliver promise a1 a2 -> P0\n" + secondRound + "deliver accept P0 -> a1 a2\n",
		"chosen-once promise"},
	{"E-31", "count-nack=yes refuse=nack", three + "P1 proposes v1 with 2\n" +
		"deliver prepare P1 -> a2 a3\ndeliver promise a2 a3 -> P1\ndeliver accept P1 -> a2 a3\n" +
		"P0 proposes v0 with 1\ndeliver prepare P0 -> a1 a2\ndeliver promise a1 -> P0\n" +
		"deliver nack a2 -> P0\ndeliver accept P0 -> a1 a2\ndeliver accepted a1 -> P0\n" +
		"deliver nack a2 -> P0\nexpect P0.value = v0\n", "learn"},
	{"B-01", "answers=early", three + "disk sync 2ms\nP0 proposes v0 with 0\nsync\n" +
		"deliver prepare P0 -> a1 a2\nsync\ndeliver promise a1 a2 -> P0\n" +
		"P1 proposes v1 with 1\nsync\ndeliver prepare P1 -> a2 a3\nrestart a2\n" +
		"deliver promise a2 a3 -> P1\ndeliver accept P0 -> a1 a2\nsync\n" +
		"deliver accept P1 -> a2 a3\n", "chosen-once promise"},
}

func TestEachWrongRuleBreaksOnItsOwnSteps(t *testing.T) {
	for _, d := range defects {
		t.Run(d.id, func(t *testing.T) {
			v, err := scenario.RunFile(parsed(t, d.id,
				"protocol textbook "+d.options+"\n"+d.steps+breaking(d.breaks)), scenario.Choice{})
			require.NoError(t, err)
			for _, o := range v.Cases[0].Expectations {
				require.True(t, o.Met, "%s: %s", o.Expect.Text, o.Detail)
			}
		})
	}
}

// breaking returns the expectations that say that these checks break.
func breaking(checks string) (lines string) {
	for _, name := range strings.Fields(checks) {
		lines += "expect breaks " + name + "\n"
	}
	return lines
}

func TestTheRightRulesHoldOnTheStepsOfEveryDefect(t *testing.T) {
	for _, d := range defects {
		for _, right := range []string{"paxos", "textbook", "textbook accept=equal keep=highest"} {
			text := "protocol textbook " + d.options + "\n" + d.steps + breaking(d.breaks) +
				"control " + right + "\nrun\nexpect chosen-once\nexpect promise\n"
			v, err := scenario.RunFile(parsed(t, d.id, text), scenario.Choice{})
			require.NoError(t, err)
			for _, o := range v.Cases[0].Controls[0].Expectations {
				require.True(t, o.Met, "%s on %s: %s: %s", d.id, right, o.Expect.Text, o.Detail)
			}
			require.True(t, v.Passed, "%s on %s", d.id, right)
		}
	}
}

func TestAnsweringALowerNumberCostsRoundsAndNothingElse(t *testing.T) { // T-06
	text := "protocol textbook answer-against=accepted\n" + three +
		"P1 proposes v1 with 1\ndeliver prepare P1 -> a1 a2\nP0 proposes v0 with 0\n" +
		"deliver prepare P0 -> a1 a2\nexpect sent promise(0) = 2\nexpect a1.promised = 1\n" +
		"run\nexpect chosen v1\nexpect not chosen v0\nexpect promise\nexpect chosen-once\n"
	v, err := scenario.RunFile(parsed(t, "T-06", text), scenario.Choice{})
	require.NoError(t, err)
	require.True(t, v.Passed)
}

func TestAQuorumIsOneOfTheAcceptors(t *testing.T) {
	for _, option := range []string{"quorum=0", "quorum=4", "prepare-quorum=4"} {
		_, err := scenario.RunFile(parsed(t, "", "protocol textbook "+option+"\n"+three+
			"P0 proposes red\n"), scenario.Choice{})
		require.ErrorContains(t, err, "a quorum is between 1 and the 3 acceptors")
	}
}
