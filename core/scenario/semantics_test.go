package scenario

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// verdictOf runs a text and returns its verdict.
func verdictOf(t testing.TB, text string) *Verdict {
	t.Helper()
	f, err := Parse("test", text, Known())
	require.NoError(t, err)
	v, err := RunFile(f, Choice{})
	require.NoError(t, err)
	return v
}

// requirePassed runs a text and shows what was unmet.
func requirePassed(t testing.TB, text string) *Verdict {
	t.Helper()
	v := verdictOf(t, text)
	for _, c := range v.Cases {
		for _, o := range c.Expectations {
			require.True(t, o.Met, "%s: %s: %s", c.Name, o.Expect.Text, o.Detail)
		}
		require.Empty(t, c.Checks)
	}
	require.True(t, v.Passed)
	return v
}

// refusedWith runs a text that is bad input and returns why.
func refusedWith(t testing.TB, text string) string {
	t.Helper()
	f, err := Parse("test", text, Known())
	if err == nil {
		_, err = RunFile(f, Choice{})
	}
	require.Error(t, err)
	return err.Error()
}

// traced returns the events of the first run, one object a line.
func traced(t testing.TB, text string) []string {
	t.Helper()
	r := finished(t, text)
	return strings.Split(strings.TrimSuffix(string(r.AppendTrace(nil)), "\n"), "\n")
}

func finished(t testing.TB, text string) *Run {
	t.Helper()
	f, err := Parse("test", text, Known())
	require.NoError(t, err)
	s, err := f.Expand(0, 0)
	require.NoError(t, err)
	r, err := Begin(s, Setup{})
	require.NoError(t, err)
	require.NoError(t, r.Finish())
	return r
}

const (
	one = "protocol single-server\nservers S1\nclients C1 C2\n"
	two = "protocol two-servers\nservers S1 S2\nclients C1 C2\n"
	// decree is Paxos with its agents on nodes of their own.
	decree = "protocol paxos numbers=plain\nproposers P1 P2\nacceptors A1 A2 A3\nlearners L1\n"
)

// semantics returns the sentences of the language's definition, each with a text that passes
// exactly if it is so: testdata/semantics.txt, with `-- sentence --` above each text.
func semantics(t testing.TB) (claims, texts []string) {
	t.Helper()
	all, err := os.ReadFile("testdata/semantics.txt")
	require.NoError(t, err)
	for section := range strings.SplitSeq("\n"+string(all), "\n-- ") {
		if claim, text, found := strings.Cut(section, " --\n"); found {
			claims, texts = append(claims, claim), append(texts, text)
		}
	}
	return claims, texts
}

func TestEachSentenceOfTheSemanticsIsSo(t *testing.T) {
	claims, texts := semantics(t)
	require.Greater(t, len(claims), 110)
	for i, claim := range claims {
		t.Run(claim, func(t *testing.T) { requirePassed(t, texts[i]) })
	}
}
