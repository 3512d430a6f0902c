package protocols_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario"
)

// leaders is a storm in which somebody always wants to lead.
const leaders = `each seed in 1..60
network delay 1ms..20ms loss 15% duplicate 10% reorder
disk sync 2ms
servers S1..S5
clients C1 C2
retry 60ms next
until 2s
S1 leads
C1 sends a1..a9
at 9ms C2 sends b1..b5
at 40ms S3 leads
at 55ms crash S1 S4
at 60ms restart S1
at 70ms S2 leads
at 90ms restart S4
at 95ms partition S1 S2 | S3 S4 S5
at 120ms S5 leads
at 300ms heal
at 310ms S4 leads
at 600ms S2 leads
at 900ms S3 leads
`

func TestTheLogByTheBookAgreesInAnyWeather(t *testing.T) {
	for _, right := range []string{"", " elect=timeout taken=snapshot joiner=learns"} {
		v, err := scenario.RunFile(parsed(t, "", "protocol textbook-log"+right+"\n"+leaders+
			"expect order\nexpect agree\nexpect chosen-once\nexpect promise\nexpect unique\n"+
			"expect once\nexpect safe-proposal\nexpect stable\n"+
			"expect in at least 50 runs decides\n"), scenario.Choice{})
		require.NoError(t, err)
		for _, o := range v.Cases[0].Expectations {
			require.True(t, o.Met, "%s: %s: %s", right, o.Expect.Text, o.Detail)
		}
		require.True(t, v.Passed)
	}
}

func TestEveryWrongRuleOfALogShowsInSomeWeather(t *testing.T) {
	for _, wrong := range []struct{ rule, breaks string }{{"parts=first", "chosen-once"},
		{"gaps=compact", "chosen-once"}, {"commit=any", "agree"}, {"execute=each", "order"},
		{"join=drop", "chosen-once"}, {"snapshot=no-votes", "chosen-once"},
		{"snapshot=no-promise", "promise"}, {"once=no", "once"},
		{"taken=any-snapshot", "stable"}} {
		v, err := scenario.RunFile(parsed(t, wrong.rule, "protocol textbook-log "+wrong.rule+
			"\n"+leaders+"expect in some run breaks "+wrong.breaks+"\n"), scenario.Choice{})
		require.NoError(t, err)
		require.True(t, v.Cases[0].Expectations[0].Met, wrong.rule)
	}
}

func TestServersThatStandByThemselvesFindALeader(t *testing.T) { // B-52
	v, err := scenario.RunFile(parsed(t, "", `protocol textbook-log elect=timeout
servers S1 S2 S3
clients C1
retry 300ms next
each seed in 1..20
at 1s C1 sends m1
at 2s crash S1
at 3s C1 sends m2 to S2
until 9s
expect by 3s C1 heard m1
expect C1 heard m1, m1 m2
expect not S1 leads
expect agree
`), scenario.Choice{})
	require.NoError(t, err)
	for _, o := range v.Cases[0].Expectations {
		require.True(t, o.Met, "%s: %s", o.Expect.Text, o.Detail)
	}
	require.True(t, v.Passed)
}

// readers is a storm in which a key is read and written, and members come and go.
const readers = `each seed in 1..60
network delay 1ms..20ms loss 10% duplicate 10% reorder
servers S1..S4
spares S5
clients C1 C2
machine kv
retry 60ms next
until 2s
S1 leads
C1 sends put(k,1)
at 60ms C2 sends get(k)
at 80ms try members S1 S2 S3 S5
at 90ms C1 sends put(k,2)
at 95ms C2 sends get(k)
at 120ms partition S1 C2 | S2 S3 S4 S5 C1
at 125ms C2 sends get(k)
at 260ms S2 leads
at 300ms C1 sends put(k,3)
at 340ms C2 sends get(k)
at 400ms heal
at 410ms S3 leads
at 500ms C2 sends get(k)
at 520ms try members S1 S2 S3 S4
at 600ms S1 leads
at 700ms S2 leads
at 900ms S3 leads
`

func TestReadsWithoutASlotAreLinearizableInAnyWeather(t *testing.T) { // B-40, B-41, B-43
	for _, reads := range []string{"round", "lease", "anywhere"} {
		v, err := scenario.RunFile(parsed(t, "", "protocol textbook-log reads="+reads+"\n"+
			readers+"expect linearizable\nexpect agree\nexpect chosen-once\nexpect stable\n"),
			scenario.Choice{})
		require.NoError(t, err)
		for _, o := range v.Cases[0].Expectations {
			require.True(t, o.Met, "%s: %s: %s", reads, o.Expect.Text, o.Detail)
		}
	}
}

func TestForgedMessagesNeverStopTheBook(t *testing.T) {
	forged := forgeries{}
	for _, protocol := range []string{"textbook", "textbook refuse=nack learn=all count-nack=yes",
		"textbook believe=yes stale=counted tally=messages", "textbook-log",
		"textbook-log gaps=compact commit=any parts=first reads=any-round promises=first",
		"textbook-log reads=together taken=clears",
		"textbook-log reads=checked-lease taken=any-snapshot joiner=learns elect=timeout"} {
		for _, kind := range []string{"prepare", "promise", "accept", "accepted", "chosen", "nack",
			"fetch", "request", "reply", "forward", "confirm", "confirmed", "snapshot", "beat"} {
			for _, fields := range []string{"", "(n=0)", "(n=4)", "(n=99999999999)", "(v=m1)",
				"(n=1,v=m1,seq=1)", "(n=5,n_a=4,v_a=x,seq=3)", "(n=5,seq=99999999999)",
				"(n=2,max=9)", "(n=7,n_a=9)", "(v_a=z)", "(seq=2)", "(n=-5,seq=-1)"} {
				forged.run(fields, func(fields string) string {
					forge := "forge " + kind + fields
					return "protocol " + protocol + "\nservers A B C\nclients U\n" +
						"U sends m1 to A\nA leads\nafter 15ms " + forge + " B -> A\n" + forge +
						" U -> C\n" + forge + " A -> B\nrestart A\nB leads\nuntil 1s\n"
				})
			}
		}
	}
	require.Greater(t, len(forged), 200)
}
