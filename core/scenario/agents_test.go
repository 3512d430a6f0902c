package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// weather is what happens to every cluster of these tests, with another seed in each run.
const weather = `each seed in 1..60
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

func TestTheShippingAgentsAgreeInAnyWeather(t *testing.T) {
	for _, options := range []string{
		"numbers=plain restart=timeout",
		"numbers=modular refuse=nack backoff=5ms..50ms learn=all",
		"numbers=karp restart=timeout accept-to=responders learn=acceptors",
		"numbers=modular leader=elected restart=timeout",
	} {
		v := requirePassed(t, "protocol paxos "+options+"\ndetector pings 10ms\n"+weather+
			"expect agree\nexpect chosen-once\nexpect promise\nexpect unique\n"+
			"expect in at least 20 runs decides\n")
		require.Equal(t, 60, v.Cases[0].Runs)
	}
}

func TestANumberIsDurableBeforeItIsSaid(t *testing.T) {
	by := decree + "schedule by-hand\ndisk sync 2ms\nP1 proposes red\n"
	requirePassed(t, by+"crash P1\nrestart P1\nP1 proposes blue\nsync P1\n"+
		"expect sent prepare(1) = 3")
	requirePassed(t, by+"sync P1\ncrash P1\nrestart P1\nP1 proposes blue\nsync P1\n"+
		"expect sent prepare(3) = 3")
}

func TestARepeatedQuestionWaitsForTheFirstOnesWrite(t *testing.T) {
	requirePassed(t, decree+"schedule by-hand\ndisk sync 2ms\nP1 proposes red\nsync P1\n"+
		"duplicate prepare P1 -> A1\n"+
		"deliver prepare P1 -> A1\ndeliver prepare P1 -> A1\nexpect sent promise = 0\nsync A1\n"+
		"expect sent promise A1 -> P1 = 2\nexpect promise")
}

func TestAnElectedLeaderIsAskedAndNobodyElse(t *testing.T) {
	requirePassed(t, "protocol paxos leader=elected\nservers S1 S2 S3\nclients C1\n"+
		"S2 proposes red\nrun\n"+
		"expect sent forward S2 -> S1 = 1\nexpect chosen red\nexpect leader S1\n"+
		"C1 sends m1 to S3\n"+
		"expect C1 heard red")
}

func TestNodesThatTakeEachOtherForTheLeaderDoNotForwardForEver(t *testing.T) {
	v := requirePassed(t, "protocol paxos leader=elected\nservers S1 S2 S3\nclients C1\n"+
		"S1 suspects S1\n"+
		"C1 sends m1 to S1\nexpect C1 heard m1")
	require.Less(t, v.First.Events, 200)
}

func TestAfterARefusalItTriesAgainWithAHigherNumber(t *testing.T) {
	requirePassed(t, "protocol paxos numbers=modular refuse=nack backoff=5ms\nproposers P1 P2\n"+
		"acceptors A1 A2 A3\nP2 proposes blue\nafter 15ms P1 proposes red with 1\n"+
		"expect sent nack > 0\n"+
		"expect P1.n > 2\nexpect decides\nexpect agree")
}

func TestACommandThatComesDuringARoundWaitsForIt(t *testing.T) {
	requirePassed(t, "protocol paxos\nservers S1 S2 S3\nclients C1 C2\nC1 sends m1\nC2 sends m2\n"+
		"expect rounds = 1\nexpect C1 heard m1\nexpect C2 heard m1")
}
