package protocols_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario"
)

// ordered are the systems in which a leader orders what clients ask for, with every option.
var ordered = []string{"leader-accept", "leader-accept order=discard retransmit=10ms",
	"leader-accept order=buffer", "retrans-accept", "retrans-accept takeover=none",
	"wait-for-learn", "leader-ids", "rounds", "rounds learn=all-to-all", "rounds learn=commit",
	"rounds promise=bare", "rounds promise=others"}

// serversOf returns the servers that a protocol can have, at most three.
func serversOf(protocol string) string {
	if protocol == "retrans-accept" || protocol == "retrans-accept takeover=none" {
		return "servers A B\nspares D\n"
	}
	return "servers A B D\n"
}

// runText runs a text that may be refused.
func runText(text string) (*scenario.Verdict, error) {
	f, err := scenario.Parse("", text, scenario.Known())
	if err != nil {
		return nil, err
	}
	return scenario.RunFile(f, scenario.Choice{})
}

func TestForgedMessagesNeverStopALeaderOrItsFollowers(t *testing.T) {
	forged := forgeries{}
	for _, protocol := range ordered {
		for _, kind := range []string{"prepare", "promise", "accept", "accepted", "chosen", "claim",
			"request", "reply"} {
			for _, fields := range []string{"", "(n=0)", "(n=4)", "(n=99999999999)", "(v=m1)",
				"(n=1,v=m1,seq=1)", "(n=5,n_a=4,v_a=x)", "(n=1,v=x,seq=99999999999)",
				"(v=x,seq=2)", "(v=x,seq=60000)", "(n=4,n_a=9,v_a=z)", "(seq=2)", "(n=-5,seq=-1)"} {
				forged.run(fields, func(fields string) string {
					forge := "forge " + kind + fields
					return "protocol " + protocol + "\n" + serversOf(protocol) +
						"clients U\nU sends m1 to A\nU sends m2 to B\ntry A leads\nafter 15ms " +
						forge + " B -> A\n" + forge + " U -> B\n" + forge + " A -> B\n" +
						forge + " D -> A\nB suspects A\n" + forge + " A -> B\n" + forge +
						" D -> B\nrestart A\ntry B leads\nuntil 300ms\n"
				})
			}
		}
	}
	require.Greater(t, len(forged), 400)
}

// A crash, a loss and a second leader at any time: whatever of them a repaired system meets, no
// order is broken, and where a round is asked for no value either.
func TestNoTimeOfALossOrATakeoverBreaksTheRepairedSystems(t *testing.T) {
	for _, protocol := range []string{"rounds learn=all-to-all", "rounds learn=commit", "rounds"} {
		n := 5
		if protocol == "rounds" {
			n = 3 // executing on an accept is safe with three servers alone (M-54)
		}
		v, err := runText("protocol " + protocol + "\n" + fmt.Sprintf("servers S1..S%d\n", n) +
			"clients C1 C2\nnetwork delay 1ms..20ms loss 20% duplicate 5% reorder\n" +
			"retry 40ms next\neach seed in 1..40\neach t in 5 25 45 65\n" +
			"C1 sends a1..a3\nC2 sends b1..b3\nat ${t}ms try S2 leads\n" +
			"after 30ms try S3 leads\nafter 20ms try S1 leads\nafter 9ms crash S3\nuntil 2s\n" +
			"expect order\nexpect agree\nexpect chosen-once\nexpect safe-proposal\n" +
			"expect prefix\nexpect reply-durable\nexpect promise\n" +
			"expect unique\nexpect learn\nexpect stable\nexpect once\n" +
			"expect in at least 150 runs S1 has executed a3\n")
		require.NoError(t, err)
		for _, o := range v.Cases[0].Expectations {
			require.True(t, o.Met, "%s: %s: %s", protocol, o.Expect.Text, o.Detail)
		}
		require.True(t, v.Passed, protocol)
	}
}

func TestNoTimeOfOneFailureBreaksWaitForLearn(t *testing.T) { // M-33
	for _, failure := range []string{"crash $a", "partition $a | $b $c"} {
		v, err := runText("protocol wait-for-learn\nservers S1 S2 S3\nclients C1 C2\n" +
			"network delay 1ms..15ms\ntimeout 70ms\ndetector pings 10ms\nretry 60ms next\n" +
			"each seed in 1..8\neach t in 3 11 19 27 35 43\n" +
			"each a b c in S1/S2/S3 S2/S1/S3 S3/S1/S2\nC1 sends a1..a3\nC2 sends b1..b2\n" +
			"at ${t}ms " + failure + "\nat 400ms C1 sends a4\nuntil 1s\nexpect order\n" +
			"expect prefix\nexpect once\nexpect reply-durable\n" +
			"expect in at least 120 runs C1 has heard a4\n")
		require.NoError(t, err)
		for _, o := range v.Cases[0].Expectations {
			require.True(t, o.Met, "%s: %s: %s", failure, o.Expect.Text, o.Detail)
		}
		require.True(t, v.Passed, failure)
	}
}

func TestAPromiseTellsOfEverySlotAboveWhatItsAskerExecuted(t *testing.T) { // M-49
	v, err := runText("protocol rounds learn=commit\nservers S1 S2 S3\nclients C1\nwords meling\n" +
		"cut S1 -> S3\nlose every Commit\nC1 sends m1 m2\nrun until S2 accepted m2\n" +
		"S3 leads with 3\nrun until S3 leads\nexpect sent Prom(3,2,{(1,1,m1)(2,1,m2)}) = 0\n" +
		"expect sent Prom(3,1,{(1,1,m1)(2,1,m2)}) S2 -> S3 = 1\nuntil 1s\n" +
		"expect S3 executed m1 m2\nexpect safe-proposal\n")
	require.NoError(t, err)
	for _, o := range v.Cases[0].Expectations {
		require.True(t, o.Met, "%s: %s", o.Expect.Text, o.Detail)
	}
}
