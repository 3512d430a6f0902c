package scenario

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/paxos"
)

func TestEachFaultSaysWhatItSays(t *testing.T) {
	one := words("S1")
	picks := func(p ...Pick) Records { return Records{Picks: p} }
	cases := map[string]Action{
		"crash S1 before writing accepted": &Crash{Nodes: one, Writing: BeforeWriting,
			Record: Pick{Kind: "accepted"}},
		"crash S1 while writing accepted #2": &Crash{Nodes: one, Writing: WhileWriting,
			Record: Pick{"accepted", 2}},
		"crash S1 S2 after writing 2 records": &Crash{Nodes: words("S1", "S2"),
			Writing: AfterWriting, Record: Pick{N: 2}},
		"crash S1 keeping all": &Crash{Nodes: one, Keep: Keeping,
			Records: Records{All: true}},
		"crash S1 keeping 2 records": &Crash{Nodes: one, Keep: Keeping, Records: Records{Count: 2}},
		"crash S1 losing 1 record":   &Crash{Nodes: one, Keep: Losing, Records: Records{Count: 1}},
		"crash S1 losing promised accepted #2 #3": &Crash{Nodes: one, Keep: Losing,
			Records: picks(Pick{"promised", 0}, Pick{"accepted", 2}, Pick{"", 3})},
		"restart S1 from backup":      &Restart{Nodes: one, Backup: true},
		"restart S1 losing 2 records": &Restart{Nodes: one, Last: 2},
		"disk S1 sync 50ms":           &Wear{Nodes: one, Sync: 50 * Millisecond},
		"disk S1 S2 sync never":       &Wear{Nodes: words("S1", "S2"), Does: DiskStalls},
		"disk S1 lies":                &Wear{Nodes: one, Does: DiskLies},
		"disk S1 behaves":             &Wear{Nodes: one, Does: DiskBehaves},
		"disk S1 backup":              &Wear{Nodes: one, Does: DiskBackup},
		"disk S1 corrupts accepted #1": &Wear{Nodes: one, Does: DiskCorrupts,
			Records: picks(Pick{"accepted", 1})},
		"clock S1 rate 110%":       &Clock{Nodes: one, Rate: 110},
		"clock S1 jumps 50ms":      &Clock{Nodes: one, By: 50 * Millisecond},
		"clock S1 jumps back 50ms": &Clock{Nodes: one, By: -50 * Millisecond},
		"topology quorum-loss":     &Topology{Shape: "quorum-loss"},
		"calm":                     &Calm{},
		"topology chained S3 S1": &Topology{Shape: "chained", HasNodes: true,
			Nodes: words("S3", "S1")},
	}
	for line, want := range cases {
		require.Equal(t, want, single(t, line).(*Step).Action, line)
		prefixed := single(t, "at 40ms try "+line).(*Step)
		require.Equal(t, want, prefixed.Action, line)
	}
}

func TestANodesStateAndAlarmAreConditions(t *testing.T) {
	for line, want := range map[string]Condition{
		"S1 is down":   {Kind: Is, Node: "S1", State: "down"},
		"S1 is paused": {Kind: Is, Node: "S1", State: "paused"},
		"S1 alarmed":   {Kind: Alarmed, Node: "S1"},
	} {
		want.Pos = Pos{4, 6}
		step := single(t, "when "+line+" heal").(*Step)
		require.Equal(t, want, step.When.Condition, line)
		want.Pos = Pos{4, 8}
		claim := single(t, "expect "+line).(*Expect).Claim
		require.Equal(t, &Holds{Condition: want}, claim, line)
	}
}

func TestTheNewWordsAreReadInAnyCaseAndPrintedInTheirs(t *testing.T) {
	for line, want := range map[string]string{
		"Disk S1 SYNC never":               "disk S1 sync never",
		"CLOCK S1 Jumps BACK 5ms":          "clock S1 jumps back 5ms",
		"Topology Hub":                     "topology hub",
		"after 5ms try CALM":               "after 5ms try calm",
		"crash S1 WHILE Writing 1 RECORD":  "crash S1 while writing 1 record",
		"crash S1 Keeping ALL":             "crash S1 keeping all",
		"restart S1 FROM Backup":           "restart S1 from backup",
		"expect S1 IS Down":                "expect S1 is down",
		"network Topology CHAINED loss 2%": "network topology chained loss 2%",
	} {
		f, err := Parse("", head+line+"\n", nil)
		require.NoError(t, err, line)
		require.Contains(t, strings.Split(Format(f), "\n"), want)
	}
}

// TestANodeMayBearAnyWordThatIsNotReserved: texts from before these words were there still say what
// they said.
func TestANodeMayBearAnyWordThatIsNotReserved(t *testing.T) {
	free := "clock topology calm keeping while rate jumps back lies behaves corrupts backup " +
		"records writing chained hub is alarmed up down paused"
	header := "protocol paxos\nservers " + free + "\n"
	for name := range strings.FieldsSeq(free) {
		for _, line := range []string{name + " proposes red", "crash " + name,
			"crash clock " + name, "restart " + name, "expect " + name + " is up",
			"cut " + name + " -> hub", "sync " + name} {
			if line == "crash clock clock" {
				continue
			}
			text := header + line + "\n"
			f, err := Parse("", text, nil)
			require.NoError(t, err, line)
			require.Equal(t, text, Format(f))
		}
	}
	f, err := Parse("", header+"crash clock keeping\n", nil)
	require.NoError(t, err)
	s, err := f.Expand(0, 0)
	require.NoError(t, err)
	require.Equal(t, &Crash{Nodes: words("clock", "keeping")}, s.Body[0].(*Step).Action)
}

func TestARecordThatNeverComesFailsTheRun(t *testing.T) {
	v := verdictOf(t, decree+"crash A1 after writing accepted #9\nP1 proposes red\n")
	require.False(t, v.Passed)
	require.Contains(t, v.Cases[0].Expectations[0].Detail, "no such record was written")
	requirePassed(t, decree+"try crash A1 after writing accepted #9\nP1 proposes red\n")
}

func TestWhatADiskHasNotCannotBeSelected(t *testing.T) {
	for line, why := range map[string]string{
		"crash A1 keeping 1 record":                        "its disk has no such record",
		"crash A1 losing accepted":                         "its disk has no such record",
		"disk A1 corrupts promised":                        "its disk has no such record",
		"restart A1 from backup":                           "there is no backup of its disk",
		"restart A1 losing 1 record":                       "its disk holds no stream of records",
		"disk A1 lies\ndisk A1 lies":                       "its disk lies already",
		"disk A1 sync never\ntry heal\ndisk A1 sync never": "its disk stalls already",
		"crash A1 losing promisd":                          "has no record `promisd`",
	} {
		require.Contains(t, refusedWith(t, decree+line+"\n"), why, line)
	}
}

func TestTheKindsOfRecordsAreTheCores(t *testing.T) {
	for _, kind := range []paxos.Kind{paxos.Format, paxos.Promised, paxos.Accepted, paxos.Chosen,
		paxos.Snapshot} {
		require.Contains(t, recordWords, kind.String())
	}
	record := paxos.AppendRecord(nil, &paxos.Record{Kind: paxos.Promised, LSN: 1, Ballot: 1 << 40})
	require.Equal(t, "promised", streamed(record))
	require.Empty(t, streamed([]byte{1, 2}), "it is no record")
}
