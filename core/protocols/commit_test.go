package protocols_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario"
)

// crashes are all the ways in which one site dies between two messages and comes back: the
// coordinator X before or after it says something to somebody, a participant before or after it
// answers.
const crashes = `coordinator X
participants P1 P2 P3
timeout 100ms
each w in before after
until 3s
case coordinator
each k in SAYS
each p in P1 P2 P3
crash X $w sending $k to $p
X proposes t1
at 1s restart X
expect atomic
expect *.locks = free
case participant
each k in ANSWERS
each p in P1 P2 P3
crash $p $w sending $k
X proposes t1
at 1s restart $p
expect atomic
expect *.locks = free
case refused
each p in P1 P2 P3
P2 votes no
crash $p $w sending vote
X proposes t1
at 1s restart $p
expect atomic
expect *.locks = free
expect not P1.state = committed
`

func TestNoCrashSplitsTwoPhaseCommitAndEveryRestartFreesItsLocks(t *testing.T) { // K-02, E-18
	meets(t, "protocol two-phase-commit retransmit=70ms\n"+
		strings.NewReplacer("SAYS", "canCommit doCommit", "ANSWERS", "vote ack").Replace(crashes))
}

func TestNoCrashSplitsThreePhaseCommitIfTheDetectorIsRight(t *testing.T) { // T-02
	text := "protocol three-phase-commit\ndetector accurate 50ms\n" + strings.NewReplacer(
		"SAYS", "canCommit preCommit doCommit", "ANSWERS", "vote ack").Replace(crashes)
	meets(t, text)
	meets(t, `protocol three-phase-commit
detector accurate 50ms
coordinator X
participants P1 P2 P3
timeout 100ms
until 2s
each k in preCommit doCommit
each p in P1 P2 P3
each t in 45 55 65 75 85 95 110
crash X after sending $k to $p
X proposes t1
at ${t}ms crash P1
at 1s restart X P1
expect atomic
expect *.locks = free
`)
}

func TestWhoIsSuspectedIsNotWaitedFor(t *testing.T) {
	passes(t, `protocol three-phase-commit
detector accurate 50ms
coordinator X
participants P1 P2
timeout 100ms
crash P1 before sending ack
X proposes t1
expect by 90ms X sent doCommit
expect P2.state = committed
`)
}

func TestASiteThatHoldsItsLocksVotesNo(t *testing.T) {
	passes(t, `protocol two-phase-commit
schedule by-hand
coordinator X
participants P
X proposes t1
deliver canCommit X -> P
wipe X
restart X
X proposes t2
deliver canCommit(t2) X -> P
expect sent vote(t2,no) P -> X = 1
expect P.state = prepared
expect P.locks = held
`)
}

func TestWhatACommitProtocolCannotDoIsRefusedInWords(t *testing.T) {
	for step, why := range map[string]string{
		"P proposes t1":                     "only the coordinator starts a transaction",
		"X proposes":                        "a transaction needs a name",
		"X votes no":                        "only participants vote",
		"X leads":                           "the sites of a commit protocol propose and vote",
		"X proposes t1\nX proposes t2":      "it has not decided t1 yet",
		"X proposes t1\nrun\nX proposes t1": "t1 is decided already",
	} {
		f := parsed(t, step, "protocol two-phase-commit\ncoordinator X\nparticipants P\n"+
			"schedule by-hand\n"+step+"\n")
		_, err := scenario.RunFile(f, scenario.Choice{})
		require.ErrorContains(t, err, why, step)
	}
	for roles, why := range map[string]string{
		"coordinator X":                   "one coordinator, and participants",
		"coordinator X Y\nparticipants P": "one coordinator, and participants",
		"coordinator X\nparticipants X P": "one coordinator, and participants",
		"servers S1 S2 S3":                "one coordinator, and participants",
	} {
		f := parsed(t, roles, "protocol three-phase-commit\n"+roles+"\nrun\n")
		_, err := scenario.RunFile(f, scenario.Choice{})
		require.ErrorContains(t, err, why, roles)
	}
}

func TestEqualSitesHaveEqualBytes(t *testing.T) {
	passes(t, `protocol two-phase-commit
schedule by-hand
coordinator X
participants P1 P2
X proposes t1
deliver canCommit X -> P1 P2
case one this way
deliver vote P1 -> X
deliver vote P2 -> X
case other that way
deliver vote P2 -> X
deliver vote P1 -> X
expect same-state X with case one
`)
}

func TestNoForgedMessageStopsASite(t *testing.T) {
	for _, protocol := range []string{"two-phase-commit retransmit=50ms", "three-phase-commit"} {
		var b strings.Builder
		b.WriteString("protocol " + protocol + "\ncoordinator X\nparticipants P Q\nclients C\n" +
			"machine bank P=1 Q=1\nX proposes transfer(P,Q,1)\n")
		for _, kind := range []string{"canCommit", "vote", "doCommit", "abort", "ack",
			"preCommit"} {
			if kind == "preCommit" && strings.HasPrefix(protocol, "two") {
				continue
			}
			for _, fields := range []string{"", "(v=odd)", "(v=transfer(P,Q,2147483647))",
				"(v=transfer(P,Q,1))"} {
				for _, ends := range []string{"X -> P", "P -> X", "Q -> P", "C -> X", "P -> C"} {
					b.WriteString("forge " + kind + fields + " " + ends + "\n")
				}
			}
		}
		b.WriteString("at 100ms crash X P Q\nrestart X P Q\nuntil 1s\nexpect X is up\n")
		f := parsed(t, protocol, b.String())
		_, err := scenario.RunFile(f, scenario.Choice{})
		require.NoError(t, err)
	}
}
