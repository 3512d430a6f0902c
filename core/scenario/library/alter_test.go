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
// something else, and then the same run must not meet it.

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
		for i, line := range lines {
			if name, ok := strings.CutPrefix(line, "case "); ok {
				kase, _, _ = strings.Cut(name, " ")
			}
			if !strings.HasPrefix(line, "expect ") {
				continue
			}
			claims++
			for _, claim := range alterations(line) {
				changed := slices.Clone(lines)
				changed[i] = claim
				requireUnmet(t, e.ID, strings.Join(changed, "\n"), kase, i+1)
			}
		}
		require.GreaterOrEqual(t, claims, 3)
	})
}

// requireUnmet runs a text in which one line of a case was altered; all of it, if cases compare
// themselves with others.
func requireUnmet(t *testing.T, id, text, kase string, line int) {
	t.Helper()
	f := parse(t, id, text)
	if strings.Contains(text, " with case ") {
		kase = ""
	}
	v, err := scenario.RunFile(f, scenario.Choice{Case: kase})
	require.NoError(t, err)
	judged := 0
	for _, c := range v.Cases {
		for _, o := range expectations(&c) {
			if o.Expect.Pos.Line == line {
				judged++
				require.False(t, o.Met, "met as well: %s", o.Expect.Text)
			}
		}
	}
	require.Positive(t, judged, "line %d is judged nowhere", line)
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
