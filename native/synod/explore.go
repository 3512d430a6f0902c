package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/synodlab/synod/core/explore"
	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/native/search"
)

// mostWorkers is as many as the largest machines have processors; each of them takes memory.
const mostWorkers = 1024

// exploreFlags are the flags of `synod explore`.
type exploreFlags struct {
	json    bool
	fold    bool
	kase    string
	workers int
	bounds  scenario.Bounds
}

// exploreCommand searches what the explore lines of a scenario name.
func exploreCommand() *cobra.Command {
	var f exploreFlags
	c := &cobra.Command{
		Use:   "explore FILE|LINK|ID|-",
		Short: "Search all that may happen within bounds",
		Long: `Search every interleaving that the explore lines of a scenario allow, and judge what
it expects: as synod run does, on all cores, with more room, and showing how far it is.

The search is exhaustive and exact within the bounds that the line names. Nothing is known of
what lies beyond them. A violation is told as a scenario: the shortest way there. Ctrl-C ends a
search and says what was found so far.

Where claims name checks (violation NAME, safe NAME), each of these is judged, and no other: the
search goes on until each was found, or all was looked at. Where none is named, all that the
protocol must keep is judged, and the first violation ends the search. What is judged decides what
is part of a state, and so how many there are.

A transition is that a message arrives, that the waiting writes of a node end, or, if a bound
names it, that a number is started, a timer fires, a node crashes or restarts. Where proposers
and acceptors are nodes apart and messages are kept, the graph is that of Lamport's Paxos.tla:
starting a number is always possible, and a proposer that has enough promises on the wire asks
to accept in one transition. With --actors, and everywhere else, each node is searched as it is.

With --symmetry, in the graph of Paxos.tla, one state stands for all that differ in the names of
acceptors, and of values that any number may propose: verdicts, depth and shortest lengths are the
same, states and generated are counted up to that. What a scenario expects of them is compared
with what the whole graph has. That renaming changes nothing is verified while searching: where
it does, the search ends and says so. The steps of a violation are real ones.

With --json each run has explorations[]: line, text, states, generated, depth, ends (states in
which nothing more can happen), stuck (from which nothing can be decided any more, if settled),
shortest, complete, settled, bounded (the limit that cut the search), symmetry (up to which
states are counted, empty if none), violation, detail, judged, counterexample; and violations[]:
check, shortest, states (known by then), counterexample.

The exit code is 0 if all expectations are met and no check is violated unsaid, 1 if not, 2 for
bad input.`,
		Example: `  synod explore M-50
  synod explore --actors my.synod
  synod explore --json my.synod | jq '.explorations[].counterexample'`,
		Args: one("a file, a link, an id of the library, or -"),
		RunE: func(c *cobra.Command, args []string) error {
			return f.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr(), args[0])
		},
	}
	flags := c.Flags()
	flags.BoolVar(&f.json, "json", false, "print the verdict as one JSON object")
	flags.IntVar(&f.bounds.States, "states", 50_000_000, "stop a search after so many states")
	flags.IntVar(&f.bounds.Bytes, "bytes", min(8<<30, math.MaxInt),
		"stop a search that takes so much memory")
	flags.IntVar(&f.workers, "workers", min(runtime.NumCPU(), mostWorkers),
		"how many threads search")
	flags.BoolVar(&f.bounds.Actors, "actors", false,
		"search proposers as they are, what they collected being part of their state")
	flags.BoolVar(&f.fold, "symmetry", false,
		"count states once that differ in the names of acceptors and values alone")
	flags.StringVar(&f.kase, "case", "", "search only the case of this `NAME`")
	return c
}

func (f *exploreFlags) run(ctx context.Context, out, log io.Writer, arg string) error {
	if f.workers < 1 || f.bounds.States < 1 || f.bounds.Bytes < 1 {
		return bad(fmt.Errorf("--workers, --states and --bytes are at least 1"))
	}
	if f.workers > mostWorkers {
		return bad(fmt.Errorf("--workers is at most %d", mostWorkers))
	}
	file, err := parse(arg)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if f.fold {
		f.bounds.Fold = func(m *explore.Soup) scenario.Folded {
			return explore.NewFold(m, true, true)
		}
	}
	f.bounds.Drive = func(s *scenario.Search, graph *explore.Search) bool {
		bar := searchBar{w: log, line: s.Explore.Text, began: time.Now(), shown: isTerminal(log)}
		err := search.Run(ctx, graph, f.workers, bar.show)
		bar.end()
		return err == nil
	}
	v, err := scenario.RunFile(file, scenario.Choice{Case: f.kase, Search: f.bounds})
	if err != nil {
		return bad(err)
	}
	if f.json {
		fmt.Fprintln(out, string(v.AppendJSON(nil)))
	} else {
		report(out, file.Name, v, false)
	}
	if !v.Passed {
		return &exit{code: exitUnmet}
	}
	return nil
}

// searchBar is the line that tells how far a search is.
type searchBar struct {
	w     io.Writer
	line  string
	began time.Time
	shown bool
}

func (b *searchBar) show(r explore.Result) {
	if !b.shown {
		return
	}
	rate := float64(r.Distinct) / time.Since(b.began).Seconds()
	fmt.Fprintf(b.w, "\r\x1b[K%s: %d states, depth %d, %d to look into, %.2f M/s", b.line,
		r.Distinct, r.Depth, r.Frontier, rate/1e6)
}

// end wipes the line.
func (b *searchBar) end() {
	if b.shown {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}

// reportSearches prints what searches found.
func reportSearches(w io.Writer, indent string, searches []*scenario.Search) {
	for _, s := range searches {
		fmt.Fprintf(w, "%s· %s\n", indent, s.Explore.Text)
		for _, part := range s.Said() {
			fmt.Fprintf(w, "%s  %s\n", indent, part)
		}
		for i := range s.Breaks {
			if i > 0 {
				fmt.Fprintln(w)
			}
			way := strings.TrimSpace(s.Breaks[i].Counterexample())
			for _, line := range strings.Split(way, "\n") {
				fmt.Fprintf(w, "%s    %s\n", indent, line)
			}
		}
	}
}
