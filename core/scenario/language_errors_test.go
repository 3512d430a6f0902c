package scenario

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// Each line of testdata/errors.txt is a line below head, and all that is said of it.
func TestAnErrorSaysWhatIsWrongWhatWasExpectedAndWhatWasMeant(t *testing.T) {
	table, err := os.ReadFile("testdata/errors.txt")
	require.NoError(t, err)
	for line := range strings.SplitSeq(strings.TrimSpace(string(table)), "\n") {
		text, want, found := strings.Cut(line, " => ")
		require.True(t, found, line)
		text = strings.ReplaceAll(text, "\\n", "\n")
		_, err := Parse("a.synod", head+text+"\n", nil)
		require.Error(t, err, text)
		require.Equal(t, "a.synod:"+want, err.Error())
	}
}

func TestAnErrorRepeatsLittleOfALongWord(t *testing.T) {
	for _, word := range []string{strings.Repeat("9", 60_000), strings.Repeat("é", 30_000),
		"{" + strings.Repeat("9 ", 30_000) + "}"} {
		why := refused(t, head+"S1 proposes red with "+word+"\n")
		require.Contains(t, why, "4:22: `")
		require.Contains(t, why, "…")
		require.Contains(t, why, "` does not belong here; expected the number of a proposal")
		require.Less(t, len(why), 250)
		require.True(t, utf8.ValidString(why))
	}
}

func TestTheRestOfATextIsJudgedBesideAnError(t *testing.T) {
	_, err := Parse("", head+"hael\nexpect agre\nnote \"\nS9 leads\n", nil)
	lines := strings.Split(err.Error(), "\n")
	require.Len(t, lines, 3, "the nodes are not judged beside a line that is lost")
	require.Contains(t, lines[2], "6:6: the quoted text does not end")
}

func TestANodeIsJudgedByTheRolesOfItsCase(t *testing.T) {
	text := "protocol paxos\nP1 proposes red\ncase a\nproposers P1\ncase b\nproposers P2\n"
	require.Equal(t, "2:1: no role line names the node `P1`; expected `P2`; did you mean `P2`?",
		refused(t, text))
}

func TestAProtocolIsNeededOnceThereIsSomethingToDo(t *testing.T) {
	_, err := Parse("", "title Nothing yet\nservers S1\n", nil)
	require.NoError(t, err)
	require.Equal(t,
		"2:1: no line above names the protocol; expected a header line `protocol NAME`",
		refused(t, "servers S1\ncrash S1\n"))
}

func TestByHandKnowsNoTimedSteps(t *testing.T) {
	timed := []string{"at 5ms heal", "after 5ms heal", "when quiet heal", "at 5ms expect agree"}
	for _, line := range timed {
		require.Contains(t, refused(t, head+"schedule by-hand\n"+line+"\n"), "5:1: `"+line[:2])
	}
	for _, line := range []string{"whenever quiet heal", "at event 5 heal", "run 5ms"} {
		_, err := Parse("", head+"schedule by-hand\n"+line+"\n", nil)
		require.NoError(t, err)
	}
}

func TestACaseComparesWithAnEarlierOneOnly(t *testing.T) {
	text := head + "heal\ncase a\nexpect same-chosen with case b\n" +
		"case b\nexpect same-chosen with case a\n"
	require.Contains(t, refused(t, text), "6:30: no earlier case is named `b`")
	require.Contains(t, refused(t, head+"case a\ncase a\n"), "5:6: there is a case `a` already")
}

func TestALateRunOfAFamilyIsJudgedToo(t *testing.T) {
	text := head + "each n in 1..9\ncrash S$n\n"
	require.Contains(t, refused(t, text), "no role line names the node `S9`")
	text = head + "each n in 1 9 2\ncrash S$n\n"
	f, err := Parse("x", text, nil)
	require.NoError(t, err)
	_, err = f.Expand(0, 1)
	require.ErrorContains(t, err, "x:5:7: no role line names the node `S9`")
}

// Each line of testdata/vocabulary.txt is what stands below head, and a part of what is said of it.
func TestAVocabularyJudgesTheWordsOfTheProtocol(t *testing.T) {
	table, err := os.ReadFile("testdata/vocabulary.txt")
	require.NoError(t, err)
	for line := range strings.SplitSeq(strings.TrimSpace(string(table)), "\n") {
		text, want, found := strings.Cut(line, " => ")
		require.True(t, found, line)
		text = strings.ReplaceAll(text, "\\n", "\n")
		_, err := Parse("", head+text+"\nheal\n", vocabulary)
		require.ErrorContains(t, err, want, line)
	}
	for _, line := range []string{
		"protocol paxos refuse=nack backoff=1ms..5ms disk=n_h,n_a quorum=3",
		"protocol paxos start-delay=id*5ms", "deliver Q1", "deliver acc", "timeout S1 phase",
		"machine register x=0\nexpect S1.x = 0", "machine bank\nexpect S1.A = 0",
		"control vote\ndeliver any",
	} {
		_, err := Parse("", head+line+"\n", vocabulary)
		require.NoError(t, err, line)
	}
}

func TestSynonymsMeanOneKind(t *testing.T) {
	require.True(t, SameKind("prepare", "Q1"))
	require.True(t, SameKind("lrn", "success"))
	require.True(t, SameKind("accept", "accept?"))
	require.True(t, SameKind("canCommit", "cancommit"))
	require.False(t, SameKind("accept", "accepted"))
	require.False(t, SameKind("vote", "yes"))
}
