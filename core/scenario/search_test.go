package scenario_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario"
)

func searchedFile(t *testing.T, text string) *scenario.Verdict {
	t.Helper()
	f, err := scenario.Parse("search.synod", text, scenario.Known())
	require.NoError(t, err, text)
	v, err := scenario.RunFile(f, scenario.Choice{})
	require.NoError(t, err, text)
	return v
}

func details(v *scenario.Verdict) (all string) {
	for _, c := range v.Cases {
		for _, o := range c.Expectations {
			all += o.Expect.Text + ": " + o.Detail + "\n"
		}
		for _, x := range c.Checks {
			all += x.Name + ": " + x.Detail + "\n"
		}
	}
	return all
}

const three = "proposers P1 P2\nacceptors A1 A2 A3\n"

func TestEachViolationIsToldAsAScenarioThatShowsIt(t *testing.T) {
	for _, text := range []string{
		"protocol textbook quorum=2\nacceptors A1..A4\nproposers P1 P2\n" +
			"explore numbers 0..1 values red blue\n" +
			"expect violation chosen-once\nexpect shortest 12",
		"protocol textbook accept=literal\n" + three + "explore numbers 0..2 values red blue\n" +
			"expect violation chosen-once\nexpect shortest 17",
		"protocol textbook adopt=lowest\n" + three + "explore numbers 0..2 values red blue\n" +
			"expect violation chosen-once\nexpect shortest 17",
		"protocol textbook adopt=none\n" + three + "explore numbers 0..2 values red blue\n" +
			"expect violation chosen-once\nexpect shortest 12",
		"protocol textbook adopt=none\n" + three + "explore numbers 0..2 values red blue\n" +
			"expect violation safe-proposal\nexpect shortest 10",
		"protocol textbook prepare-quorum=1\n" + three + "explore numbers 0..2 values red blue\n" +
			"expect violation chosen-once\nexpect shortest 10",
		"protocol textbook disk=none\n" + three +
			"explore numbers 0..1 values red blue restarts 1\n" +
			"expect violation chosen-once\nexpect shortest 13",
		"protocol textbook disk=n_a,v_a\n" + three +
			"explore numbers 0..2 values red blue restarts 1\n" +
			"expect violation chosen-once\nexpect shortest 13",
		"protocol textbook disk=n_h,n_a,v_a echo=no\nproposers P1\nacceptors A1 A2 A3\n" +
			"explore numbers 0..1 values red blue restarts 1\n" +
			"expect violation chosen-once\nexpect shortest 9",
		"protocol paxos\n" + three +
			"explore numbers 0..1 values red blue crashes 1 losing promised\n" +
			"expect violation chosen-once\nexpect shortest 13",
		"protocol textbook numbers=counter accept-to=responders accept=equal answer=at-least\n" +
			"proposers u1 u2\nacceptors s1 s2 s3\nexplore attempts 1 values c1 c2\n" +
			"expect violation agree\nexpect shortest 14",
		"protocol textbook numbers=counter accept-to=responders accept=equal adopt=any\n" +
			"proposers u1 u2\nacceptors s1 s2 s3\nexplore attempts 3 values c1 c2\n" +
			"expect violation agree\nexpect shortest 20",
		"protocol textbook numbers=counter accept-to=responders accept=equal" +
			" disk=n_h,n_a,v_a echo=no\nproposers u1 u2\nacceptors s1 s2 s3\n" +
			"explore attempts 1 values c1 c2 restarts 1\n" +
			"expect violation agree\nexpect shortest 11",
		"protocol textbook count=across learn=acceptors\n" + three + "learners L1 L2\n" +
			"explore numbers 0..1 values red blue\nexpect violation learn\nexpect shortest 10",
	} {
		v := searchedFile(t, text)
		require.True(t, v.Passed, "%s\n%s", text, details(v))
		told := v.First.Searches[0].Counterexample()
		require.NotContains(t, told, "forge", text)
		shown := searchedFile(t, told)
		require.True(t, shown.Passed, "%s\n%s\n%s", text, told, details(shown))
		require.Equal(t, 1, strings.Count(told, "expect"))
	}
}

func TestAnExploreLineGivesLamportsCounts(t *testing.T) {
	for _, protocol := range []string{"paxos", "textbook"} {
		v := searchedFile(t, "protocol "+protocol+"\n"+three+
			"explore numbers 0..1 values red blue\nexpect safe\nexpect states 3921\n"+
			"expect depth 17\nexpect generated 23563\n")
		require.True(t, v.Passed, details(v))
		require.Contains(t, v.Cases[0].Expectations[0].Expect.Text, "safe")
		text := v.First.Searches[0].Text()
		require.Contains(t, text, "numbers from 2 on are not covered")
	}
}
