package protocols_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario"
)

// passes runs a text, of which every expectation must be met and no check fail.
func passes(t *testing.T, text string) {
	t.Helper()
	require.True(t, meets(t, text).Passed)
}

// meets runs a text, of which every expectation must be met.
func meets(t *testing.T, text string) *scenario.Verdict {
	t.Helper()
	v, err := scenario.RunFile(parsed(t, "vote", text), scenario.Choice{})
	require.NoError(t, err)
	for _, c := range v.Cases {
		for _, o := range c.Expectations {
			require.True(t, o.Met, "%s: %s", o.Expect.Text, o.Detail)
		}
	}
	return v
}

func TestAVoterWithADiskSticksAcrossARestart(t *testing.T) {
	passes(t, `protocol vote
servers S1 S2 S3
schedule by-hand
S1 proposes red
restart S1
S2 proposes blue
deliver all accept
expect *.accepted_value = red blue red
S1 proposes green
expect S1.n = 4
run
expect *.value = nil red red
`)
}

func TestAVoteThatIsNotDurableIsNotCounted(t *testing.T) {
	passes(t, `protocol vote
disk sync 10ms
proposers P
acceptors A
schedule by-hand
P proposes red
sync P
deliver accept P -> A
expect sent accepted = 0
expect nothing chosen
sync A
run
expect chosen red
`)
}

func TestAVoterWithANewDiskVotesNoMore(t *testing.T) { // B-11
	passes(t, `protocol vote
servers S1 S2 S3
schedule by-hand
S1 proposes red
deliver accept S1 -> S2
expect chosen red
wipe S2
restart S2
S3 proposes blue
deliver all accept
run
expect not S2 accepted blue
expect chosen-once
`)
}

func TestAMinorityOfAnswersIsNotEnoughToPropose(t *testing.T) { // L-15
	passes(t, `protocol vote mode=adopt
proposers P
acceptors A1 A2 A3 A4
schedule by-hand
P proposes red
deliver prepare P -> A1 A2 A3
duplicate promise A1 -> P
deliver promise A1 A1 A2 -> P
expect sent accept = 0
deliver promise A3 -> P
expect sent accept(red) P -> * = 4
`)
}

func TestTheOrderOfVotesLeavesNoTrace(t *testing.T) {
	passes(t, `protocol vote mode=many
proposers P Q
acceptors A1 A2
learners L
schedule by-hand
P proposes red
Q proposes blue
deliver accept(red) P -> A1
deliver accept(blue) Q -> A2
case one this way
deliver accepted(red) A1 -> L
deliver accepted(blue) A2 -> L
case other that way
deliver accepted(blue) A2 -> L
deliver accepted(red) A1 -> L
expect same-state L with case one
`)
}

func TestNoForgedMessageHarmsAVoter(t *testing.T) {
	numbers := []string{"0", "3", "4294967296", "4294967297", "9223372036854775807"}
	for _, mode := range []string{"stick", "many", "adopt"} {
		var b strings.Builder
		b.WriteString("protocol vote mode=" + mode + `
proposers P
acceptors A1 A2
learners L
P proposes red
`)
		for _, n := range numbers {
			for _, from := range []string{"P", "A1", "L"} {
				b.WriteString("forge prepare(n=" + n + ") " + from + " -> A1\n" +
					"forge promise(n=1,n_a=" + n + ",v_a=odd) " + from + " -> P\n" +
					"forge promise(n=1,n_a=" + n + ") " + from + " -> P\n" +
					"forge accept(n=" + n + ",v=odd) " + from + " -> A2\n" +
					"forge accept(n=" + n + ") " + from + " -> A2\n" +
					"forge accepted(n=" + n + ",v=odd) " + from + " -> L\n" +
					"forge accept(v=odd) " + from + " -> P\n")
			}
		}
		b.WriteString("after 100ms P proposes blue\nuntil 1s\nexpect P.n > 1\n")
		meets(t, b.String())
	}
}
