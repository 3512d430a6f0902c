package library_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/scenario/library"
)

// An expectation that cannot fail proves nothing. Each one of the library is altered until it says
// something else, and then the same run must not meet it. What is claimed does not change the run:
// the claims of a case are altered together.

// other is a value, command or state that no scenario has.
const other = "something-else"

// searched are figures of a search.
var searched = []string{"shortest", "states", "depth", "generated"}

// notDenied are claims that the language cannot turn round.
var notDenied = []string{"same-chosen"}

func TestEveryExpectationCanFail(t *testing.T) {
	each(t, func(t *testing.T, e library.Entry, _ *scenario.File) {
		lines := strings.Split(e.Text, "\n")
		kase, claims := "", 0
		var all []*altered
		for i, line := range lines {
			if name, ok := strings.CutPrefix(line, "case "); ok {
				kase, _, _ = strings.Cut(name, " ")
			}
			if strings.HasPrefix(line, "expect ") {
				claims++
				all = alter(all, kase, line, i)
			}
		}
		require.GreaterOrEqual(t, claims, 3)
		for _, a := range all {
			requireUnmet(t, e.ID, lines, a)
		}
	})
}

// altered are claims of one case that are altered together, the round-th alteration of each.
type altered struct {
	kase  string
	round int
	alone bool
	lines map[int]string
}

// steers reports whether a claim says what a search looks for, and so changes what it finds.
func steers(line string) bool {
	return line == "expect safe" || strings.HasPrefix(line, "expect violation ")
}

// alter adds the alterations of line i, each to what else of its case may be altered with it.
func alter(all []*altered, kase, line string, i int) []*altered {
	for round, claim := range alterations(line) {
		at := slices.IndexFunc(all, func(a *altered) bool {
			return a.kase == kase && a.round == round && !a.alone
		})
		if at < 0 || steers(line) {
			at = len(all)
			all = append(all, &altered{kase, round, steers(line), map[int]string{}})
		}
		all[at].lines[i] = claim
	}
	return all
}

// requireUnmet runs a text in which lines of a case were altered; all of it, if cases compare
// themselves with others.
func requireUnmet(t *testing.T, id string, lines []string, a *altered) {
	t.Helper()
	changed := slices.Clone(lines)
	for i, claim := range a.lines {
		changed[i] = claim
	}
	text, kase := strings.Join(changed, "\n"), a.kase
	if strings.Contains(text, " with case ") {
		kase = ""
	}
	v, err := scenario.RunFile(parse(t, id, text), scenario.Choice{Case: kase})
	require.NoError(t, err)
	judged := map[int]bool{}
	for _, c := range v.Cases {
		for _, o := range expectations(&c) {
			i := o.Expect.Pos.Line - 1
			if _, ok := a.lines[i]; ok {
				judged[i] = true
				require.False(t, o.Met, "met as well: %s", o.Expect.Text)
			}
		}
	}
	require.Len(t, judged, len(a.lines), "some of %v are judged nowhere", a.lines)
}

func expectations(c *scenario.CaseVerdict) []scenario.Outcome {
	all := slices.Clone(c.Expectations)
	for _, control := range c.Controls {
		all = append(all, control.Expectations...)
	}
	return all
}

var inRuns = regexp.MustCompile(`^expect in (at least \d+ runs|\d+ runs|some run|no run) `)

var byTime = regexp.MustCompile(`^expect by \S+ `)

// alterations returns lines that claim what line does not.
func alterations(line string) []string {
	claim := strings.TrimPrefix(line, "expect ")
	first, rest, _ := strings.Cut(claim, " ")
	switch {
	case slices.Contains(notDenied, first):
		return nil
	case strings.HasPrefix(line, "expect in no run "):
		return []string{inRuns.ReplaceAllString(line, "expect in some run ")}
	case inRuns.MatchString(line):
		return []string{inRuns.ReplaceAllString(line, "expect in no run ")}
	case byTime.MatchString(line):
		return []string{byTime.ReplaceAllString(line, "expect by 1us ")}
	case first == "breaks" || first == "not":
		return expect(rest)
	case first == "violation":
		return expect("safe")
	case first == "safe":
		return expect("violation chosen-once")
	case first == "every" || first == "some":
		return expect(first + " end chosen " + other)
	case slices.Contains(searched, first):
		return expect(claim + "1")
	case slices.Contains(check.Names(), first):
		return expect("breaks " + claim)
	case first == "same-state":
		return expect("different-state " + rest)
	case first == "different-state":
		return expect("same-state " + rest)
	case first == "leader":
		return expect("leader nobody")
	case strings.Contains(first, "."):
		return expect(append(cells(claim), "not "+claim)...)
	case isFigure(first):
		return expect(compared(claim)...)
	case strings.HasPrefix(rest, "executed ") || strings.HasPrefix(rest, "heard "):
		return expect(strings.TrimSuffix(claim, " nothing") + " " + other)
	}
	return expect("not " + claim)
}

func expect(claims ...string) []string {
	lines := make([]string, len(claims))
	for i, c := range claims {
		lines[i] = "expect " + c
	}
	return lines
}

// cells returns the claim about a row with each of its cells altered in turn.
func cells(claim string) []string {
	head, values, _ := strings.Cut(claim, " = ")
	words := strings.Fields(values)
	var claims []string
	for i, w := range words {
		if w != "_" {
			altered := slices.Clone(words)
			altered[i] = other
			claims = append(claims, head+" = "+strings.Join(altered, " "))
		}
	}
	return claims
}

func isFigure(word string) bool {
	figures := []string{"sent", "delivered", "lost", "rounds", "preempted", "rolled-back",
		"latency", "events"}
	return slices.Contains(figures, word)
}

var comparison = regexp.MustCompile(` (=|!=|<|<=|>|>=) (\S+)$`)

// compared returns the claim about a figure with its comparison turned round, and another number.
func compared(claim string) []string {
	opposite := map[string]string{"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
	m := comparison.FindStringSubmatch(claim)
	head := strings.TrimSuffix(claim, m[0])
	turned := head + " " + opposite[m[1]] + " " + m[2]
	if m[1] != "=" {
		return []string{turned}
	}
	return []string{turned, head + " = 1" + m[2]}
}
