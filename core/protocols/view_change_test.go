package protocols_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario"
)

// changes is a storm in which who can be pinged changes all the time.
const changes = `each seed in 1..40
network delay 1ms..20ms loss 10% duplicate 10% reorder
disk sync 2ms
timeout 60ms..120ms
detector pings 15ms
servers 0..4
clients C1
retry 60ms next
until 4s
C1 sends a1..a5
at 100ms crash 0
at 400ms partition 1 2 | 3 4
at 700ms restart 0
at 720ms crash 3
at 900ms restart 3
at 1s heal
at 1300ms crash 1 2
at 1310ms restart 1
at 1800ms restart 2
at 2s cut 0 <-> 1
at 2500ms mend 0 <-> 1
`

func TestEachViewHasOneSuccessorInAnyWeather(t *testing.T) { // K-39
	for _, majority := range []string{"configured", "view"} {
		meets(t, "protocol view-change majority="+majority+"\n"+changes+
			"expect chosen-once\nexpect one-primary\nexpect promise\nexpect unique\n"+
			"expect safe-proposal\nexpect learn\nexpect valid\n"+
			"expect in at least 35 runs decides\nexpect in at least 35 runs 0.view > 2\n")
	}
}

func TestViewsWithoutAMajorityOfAllPartInSomeWeather(t *testing.T) { // K-14, K-38
	for _, wrong := range []string{"agree=local", "majority=reachable"} {
		v, err := scenario.RunFile(parsed(t, wrong, "protocol view-change "+wrong+"\n"+changes+
			"expect in some run breaks one-primary\nexpect in some run breaks agree\n"),
			scenario.Choice{})
		require.NoError(t, err)
		require.True(t, v.Cases[0].Expectations[0].Met, wrong)
		require.True(t, v.Cases[0].Expectations[1].Met, wrong)
	}
}

func TestAPromiseOutlivesARestart(t *testing.T) { // K-33, K-35
	passes(t, `protocol view-change
servers 0..2
schedule by-hand
words karp
0 leads with 10
deliver Q1(10) 0 -> 1
deliver R1 1 -> 0
2 leads with 12
deliver Q1(12) 2 -> 1
restart 1
expect 1.n_h = 12
deliver Q2 0 -> 1
expect 1.n_a = -1
restart 0
0 leads
expect 0.n = 20
deliver Q1(20) 0 -> 1
deliver R1(n=20) 1 -> 0
deliver Q2(20) 0 -> 1
restart 1
expect 1.n_a = 20
expect 1.v_a = {1,{0,1,2}}
deliver R2(20) 1 -> 0
deliver Q3 0 -> 1
restart 1
expect 1.view = 1
expect 1.n_h = -1
`)
}

func TestWhoIsBehindHearsTheViewInUse(t *testing.T) {
	passes(t, `protocol view-change
servers 0..2
schedule by-hand
words karp
0 leads
deliver Q1 0 -> 1
deliver R1 1 -> 0
deliver Q2 0 -> 1
deliver R2 1 -> 0
lose Q3 0 -> 2
2 leads with 12
deliver Q1(12) 2 -> 0
deliver Q3 0 -> 2
expect 2.view = 1
expect 2.primary = 0
`)
}

func TestWhatViewChangeCannotDoIsRefusedInWords(t *testing.T) {
	for step, why := range map[string]string{
		"0 proposes v":             "what is proposed is the next view",
		"0 leads with 11":          "11 does not end in the digit of node 0",
		"0 leads\n0 leads with 10": "every attempt takes a higher one",
		"0 votes no":               "its servers lead, agree on views and execute",
	} {
		f := parsed(t, step, "protocol view-change\nservers 0..2\nschedule by-hand\n"+step+"\n")
		_, err := scenario.RunFile(f, scenario.Choice{})
		require.ErrorContains(t, err, why, step)
	}
}

func TestNoForgedMessageStopsAServer(t *testing.T) {
	forged := forgeries{}
	for _, protocol := range []string{"view-change majority=view", "view-change agree=local",
		"primary-backup", "primary-backup majority=yes"} {
		for _, kind := range []string{"prepare", "promise", "accept", "accepted", "chosen",
			"forward", "request", "reply", "ping", "pong", "claim", "yes", "no"} {
			for _, fields := range []string{"", "(n=12,seq=1)", "(n=99999999999,seq=1)",
				"(n=-4,seq=-1)", "(n=12,seq=99999999999)", "(v=odd,seq=1)", "(v={1,{7}},seq=1)",
				"(v={9,{0,1}})", "(v={},seq=1,n=12)", "(n=12,seq=1,n_a=99999999999,v_a=odd)"} {
				forged.run(fields, func(fields string) string {
					text := "protocol " + protocol + "\nservers 0..2\nclients C1\nC1 sends m1\n" +
						"after 5ms 1 suspects 0\n"
					for _, ends := range []string{"0 -> 1", "1 -> 0", "C1 -> 2", "2 -> C1"} {
						text += "forge " + kind + fields + " " + ends + "\n"
					}
					return text + "at 100ms restart 0 1\nuntil 600ms\n"
				})
			}
		}
	}
	require.Greater(t, len(forged), 100)
}

func TestANumberIsOnDiskBeforeItIsUsed(t *testing.T) { // K-17, B-15
	passes(t, `protocol view-change
servers 0..2
words karp
disk sync 2ms
schedule by-hand
0 leads
expect sent Q1 = 0
sync 0
expect sent Q1(10) 0 -> 1 2 = 2
crash 0
restart 0
0 leads
expect 0.n = 20
`)
}
