package scenario

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// eventOf returns the number of the first event whose line has all of parts.
func eventOf(t *testing.T, r *Run, parts ...string) int {
	for i := range r.Log.Records {
		line := string(r.Log.AppendJSON(nil, i))
		all := true
		for _, p := range parts {
			all = all && strings.Contains(line, p)
		}
		if all {
			return i
		}
	}
	require.Fail(t, "no such event", "%v", parts)
	return -1
}

func TestADeedIsAStatementAndTheStatementDoesIt(t *testing.T) {
	text := two + "C1 sends m1\nC2 sends m2\nexpect S1 has executed m2"
	r := finished(t, text)
	sent := eventOf(t, r, `"kind":"send"`, `"message":"request"`, `"from":"C2"`, `"to":"S1"`)
	id := r.Log.Records[sent].Message
	arrived := eventOf(t, r, `"kind":"deliver"`, `"from":"C2"`, `"to":"S1"`)
	require.Equal(t, "lose request #1 C2 -> S1", r.Statement(DeedLose, sent, id))
	require.Equal(t, "deliver request #1 C2 -> S1", r.Statement(DeedDeliver, sent, id))
	require.Empty(t, r.Statement(DeedLose, sent-1, id), "it is not sent yet")
	require.Empty(t, r.Statement(DeedLose, arrived, id), "it has arrived")
	require.Empty(t, r.Statement(DeedLose, sent, 999))

	longer, err := Record(text, 0, r.Statement(DeedLose, sent, id), sent)
	require.NoError(t, err)
	require.Contains(t, longer, "\nat event ")
	branch := finished(t, longer)
	require.Equal(t, string(r.AppendTrace(nil)[:200]), string(branch.AppendTrace(nil)[:200]))
	eventOf(t, branch, `"kind":"lose"`, `"from":"C2"`, `"to":"S1"`)
	require.False(t, branch.Verdict().Passed, "the expectation is about the end still")
}

func TestADeedToANodeDependsOnHowItIs(t *testing.T) {
	r := finished(t, one+"C1 sends m1\nat 5ms pause S1\nat 20ms resume S1\nat 50ms crash S1\n"+
		"at 60ms restart S1")
	paused := eventOf(t, r, `"note":"pauses"`)
	down := eventOf(t, r, `"kind":"crash"`)
	end := len(r.Log.Records) - 1
	require.Equal(t, "pause S1", r.Statement(DeedPause, 0, 0))
	require.Empty(t, r.Statement(DeedResume, 0, 0))
	require.Equal(t, "resume S1", r.Statement(DeedResume, paused, 0))
	require.Empty(t, r.Statement(DeedPause, paused, 0))
	require.Empty(t, r.Statement(DeedCrash, down, 0))
	require.Equal(t, "restart S1", r.Statement(DeedRestart, down, 0))
	require.Equal(t, "crash S1", r.Statement(DeedCrash, end, 0))
	require.Equal(t, "S1 leads", r.Statement(DeedLead, end, 0))
	require.Empty(t, r.Statement(DeedCrash, end, 77))
}

func TestADeedToADiskOrAClockIsAStatementToo(t *testing.T) {
	r := finished(t, decree+"disk A1 sync 5ms\nP1 proposes red\nrun\ndisk A2 backup\ncrash A1\n")
	last := len(r.Log.Records) - 1
	for d, want := range map[Deed]string{DeedStall: "disk A1 sync never", DeedLie: "disk A1 lies",
		DeedCorrupt: "disk A1 corrupts all", DeedBehave: "disk A1 behaves",
		DeedBackup: "disk A1 backup", DeedHasten: "clock A1 rate 110%",
		DeedJump: "clock A1 jumps 50ms"} {
		statement := r.Statement(d, 3, 2)
		require.Equal(t, want, statement)
		longer, err := Record(decree+"P1 proposes red", 0, statement, 3)
		require.NoError(t, err)
		finished(t, longer)
	}
	require.Empty(t, r.Statement(DeedRestore, last, 2), "there is no backup")
	require.Empty(t, r.Statement(DeedRestore, 3, 3), "there is none yet")
	require.Equal(t, "restart A2 from backup", r.Statement(DeedRestore, last, 3))
	require.Empty(t, r.Statement(DeedKill, last, 2), "it is down")
	require.Equal(t, "crash A2 keeping all", r.Statement(DeedKill, last, 3))
}
