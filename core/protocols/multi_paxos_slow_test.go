package protocols_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario"
)

// slowly is a run in which twenty commands come at once, and who is slow takes 50ms for each.
const slowly = `servers S1 S2 S3
clients C1
timeout 100ms..200ms
retry 300ms next
at 5ms S1 leads
at 500ms C1 sends a1..a20
`

func requirePassed(t *testing.T, text string) {
	v, err := scenario.RunFile(parsed(t, "", text), scenario.Choice{})
	require.NoError(t, err)
	for _, o := range v.Cases[0].Expectations {
		require.True(t, o.Met, "%s: %s", o.Expect.Text, o.Detail)
	}
	require.True(t, v.Passed)
}

func TestASlowServerHoldsNobodyUpAndCatchesUp(t *testing.T) {
	requirePassed(t, "protocol multi-paxos window=4 apply=50ms slow=S3\n"+slowly+
		"at 800ms expect C1 has heard a20\nat 800ms expect S1.executed = 20\n"+
		"at 800ms expect S3.executed < 10\n"+
		"until 5s\nexpect S3.executed = 20\nexpect order\nexpect rounds < 3\n")
}

func TestASlowLeaderIsWaitedForAndKeepsItsPlace(t *testing.T) {
	requirePassed(t, "protocol multi-paxos window=4 apply=50ms slow=S1\n"+slowly+
		"at 800ms expect S1.executed < 10\nuntil 5s\nexpect C1 has heard a20\n"+
		"expect S1.executed = 20\nexpect order\nexpect rounds < 3\n")
}

func TestWhatASlowServerHadNotExecutedIsExecutedAfterACrash(t *testing.T) {
	requirePassed(t, "protocol multi-paxos window=4 snapshot=3 apply=50ms slow=S3\n"+slowly+
		"at 700ms crash S3\nat 750ms restart S3\nuntil 9s\n"+
		"expect S3.executed >= 20\nexpect same-state S1 S3\nexpect order\nexpect once\n")
}

func TestSlowNamesServersOfTheRun(t *testing.T) {
	_, err := scenario.RunFile(parsed(t, "", "protocol multi-paxos apply=5ms slow=S9\n"+slowly),
		scenario.Choice{})
	require.ErrorContains(t, err, "slow names no server")
}
