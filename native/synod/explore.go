package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/synodlab/synod/core/scenario"
)

// exploreCommand searches what the explore lines of a scenario name.
func exploreCommand() *cobra.Command {
	var f exploreFlags
	c := &cobra.Command{
		Use:   "explore FILE|LINK|ID|-",
		Short: "Search all that may happen within bounds",
		Long: `Search every interleaving that a scenario's explore lines allow, and judge what it
expects. The search is exhaustive and exact within the bounds that the line names; nothing is
known of what lies beyond them. A violation is told as the shortest way there, a scenario.

The exit code is 0 if all expectations are met and no violation was found that none of them
names, 1 if not, 2 for bad input.`,
		Args: one("a file, a link, an id of the library, or -"),
		RunE: func(c *cobra.Command, args []string) error {
			return f.run(c.OutOrStdout(), args[0])
		},
	}
	flags := c.Flags()
	flags.BoolVar(&f.json, "json", false, "print the verdict as one JSON object")
	flags.IntVar(&f.bounds.States, "states", 0, "stop after so many distinct states")
	flags.BoolVar(&f.bounds.Actors, "actors", false,
		"search proposers as they are, with what they collected as part of their state")
	flags.StringVar(&f.kase, "case", "", "search only the case of this `NAME`")
	return c
}

// exploreFlags are the flags of `synod explore`.
type exploreFlags struct {
	json   bool
	kase   string
	bounds scenario.Bounds
}

func (f *exploreFlags) run(w io.Writer, arg string) error {
	file, err := parse(arg)
	if err != nil {
		return err
	}
	v, err := scenario.RunFile(file, scenario.Choice{Case: f.kase, Search: f.bounds})
	if err != nil {
		return bad(err)
	}
	if f.json {
		fmt.Fprintln(w, string(v.AppendJSON(nil)))
	} else {
		report(w, file.Name, v, false)
	}
	if !v.Passed {
		return &exit{code: exitUnmet}
	}
	return nil
}

// reportSearches prints what searches found.
func reportSearches(w io.Writer, indent string, searches []*scenario.Search) {
	for _, s := range searches {
		fmt.Fprintf(w, "%s· %s\n%s  %s\n", indent, s.Explore.Text, indent, s.Text())
		if s.Check == "" {
			continue
		}
		for _, line := range strings.Split(strings.TrimSpace(s.Counterexample()), "\n") {
			fmt.Fprintf(w, "%s    %s\n", indent, line)
		}
	}
}
