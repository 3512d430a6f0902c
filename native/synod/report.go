package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/scenario"
)

// report prints a verdict for a person: one line for each expectation, what was found where it is
// not met, and at the end how it went.
func report(w io.Writer, name string, v *scenario.Verdict, other bool) {
	if v.Title != "" {
		fmt.Fprintln(w, v.Title)
	}
	single := len(v.Cases) == 1 && v.Cases[0].Runs == 1
	if single && !other {
		reportSkipped(w, "  ", v.First.Skipped)
	}
	for i := range v.Cases {
		reportCase(w, &v.Cases[i], len(v.Cases) > 1)
	}
	if other {
		reportChecks(w, v.First.Checks)
	}
	if single {
		reportTable(w, &v.First.Table)
	}
	verdict := "passed"
	if !v.Passed {
		verdict = "FAILED"
	}
	first := &v.First
	end := virtual(first.Virtual)
	if first.NotQuiet {
		end += ", not quiet"
	}
	fmt.Fprintf(w, "%s: %s  (%s, seed %d: %d events, %s, trace %016x)\n", name, verdict,
		first.Protocol, first.Seed, first.Events, end, first.TraceHash)
}

func virtual(at scenario.Micros) string {
	return fmt.Sprintf("%d.%03d ms", at/1000, at%1000)
}

func reportCase(w io.Writer, c *scenario.CaseVerdict, named bool) {
	indent := "  "
	switch {
	case named || c.Name != "" && c.Runs > 1:
		fmt.Fprintf(w, "case %s", c.Name)
		if c.Title != "" {
			fmt.Fprintf(w, " %s", c.Title)
		}
		if c.Runs > 1 {
			fmt.Fprintf(w, ", %d runs", c.Runs)
		}
		fmt.Fprintln(w)
	case c.Runs > 1:
		fmt.Fprintf(w, "%d runs\n", c.Runs)
	}
	reportSkipped(w, indent, c.Skipped)
	reportOutcomes(w, indent, c.Expectations, c.Runs > 1)
	reportSearches(w, indent, c.Searches)
	for _, x := range c.Checks {
		fmt.Fprintf(w, "%s✗ %s is violated, and no line says so: %s\n", indent, x.Name, x.Detail)
	}
	for _, m := range c.Measures {
		fmt.Fprintf(w, "%s· %s: min %s, median %s, p99 %s, max %s, in %d runs\n", indent, m.Text,
			figure(&m, m.Min), figure(&m, m.Median), figure(&m, m.P99), figure(&m, m.Max), m.Runs)
	}
	for i := range c.Controls {
		reportControl(w, &c.Controls[i])
	}
}

// figure writes a value of a measure: a count, or a time.
func figure(m *scenario.Measured, n int64) string {
	if m.Times {
		return scenario.Micros(n).String()
	}
	return strconv.FormatInt(n, 10)
}

func reportControl(w io.Writer, v *scenario.RunVerdict) {
	fmt.Fprintf(w, "  control %s\n", v.Protocol)
	reportSkipped(w, "    ", v.Skipped)
	reportOutcomes(w, "    ", v.Expectations, false)
	reportSearches(w, "    ", v.Searches)
	if v.Unclaimed {
		for _, c := range v.Checks {
			if c.Status == check.Breaks {
				const form = "    ✗ %s is violated, and no line says so: %s\n"
				fmt.Fprintf(w, form, c.Name, c.Detail)
			}
		}
	}
}

func reportSkipped(w io.Writer, indent string, skipped []scenario.Skip) {
	for _, s := range skipped {
		fmt.Fprintf(w, "%s– line %d skipped: %s (%s)\n", indent, s.Line, s.Text, s.Reason)
	}
}

func reportOutcomes(w io.Writer, indent string, outcomes []scenario.Outcome, family bool) {
	for i := range outcomes {
		o := &outcomes[i]
		mark := "✓"
		if !o.Met {
			mark = "✗"
		}
		fmt.Fprintf(w, "%s%s %s", indent, mark, o.Expect.Text)
		if !o.Met || family {
			fmt.Fprintf(w, "  — %s", o.Detail)
			if !o.Met {
				fmt.Fprintf(w, " (line %d)", o.Expect.Pos.Line)
			}
		}
		fmt.Fprintln(w)
	}
}

func reportChecks(w io.Writer, checks []check.Result) {
	for _, c := range checks {
		fmt.Fprintf(w, "  %s: %s", c.Name, c.Status)
		if c.Detail != "" {
			fmt.Fprintf(w, ": %s", c.Detail)
		}
		fmt.Fprintln(w)
	}
}

// reportTable prints the table of state as its document draws it: a row for each variable, a
// column for each node.
func reportTable(w io.Writer, t *scenario.Table) {
	if len(t.Rows) == 0 {
		return
	}
	fmt.Fprintln(w)
	tw := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintf(tw, "  \t%s\n", strings.Join(t.Nodes, "\t"))
	for i, row := range t.Rows {
		fmt.Fprintf(tw, "  %s\t%s\n", row, strings.Join(t.Cells[i], "\t"))
	}
	tw.Flush()
	fmt.Fprintln(w)
}
