package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/synodlab/synod/native/fuzz"
)

// fuzzFlags are the flags of `synod fuzz`.
type fuzzFlags struct {
	seed            uint64
	seeds           string
	length          time.Duration
	events          int64
	nodes, workers  int
	json, keepGoing bool
	show            bool
	budget          fuzz.Budget // to make a failure smaller
	publicURL       string
	one             bool   // --seed was given
	protocol        string // only tests set it
}

func fuzzCommand() *cobra.Command {
	var f fuzzFlags
	c := &cobra.Command{
		Use:   "fuzz",
		Short: "Run whole clusters under faults, seed by seed, and look for a mistake",
		Long: `Run clusters of the replica and the store that ship, in virtual time, with clients
and faults that a seed decides: lost, copied, late and damaged messages, cuts of every shape,
crashes between any two effects, writes that a crash takes or tears, slow and damaged disks,
clocks that drift, servers slow to execute, pauses, rivals for leadership. Every check looks
on, then everything heals and the cluster must recover.

A seed is the same run on every machine. Without a bound the seeds are 1 to 200; with --for
alone they begin where the clock says. At the end stand the faults that happened and a matrix
of what each kind of message met, by the role of its receiver: a cell with a dot is a case that
no run has brought about.

A failure is made as small as it gets and printed as a scenario and as a link, which synod run
and the page run, with the seed that repeats it. The exit code is 0 if nothing failed, 1 if
something did, 2 for bad input.`,
		Example: `  synod fuzz --seeds 1000
  synod fuzz --for 10m --nodes 5
  synod fuzz --seed 43
  synod fuzz --seed 43 --show > 43.synod`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			f.one = c.Flags().Changed("seed")
			return f.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	flags := c.Flags()
	flags.Uint64Var(&f.seed, "seed", 0, "run this seed alone, to its end, and print its trace hash")
	flags.StringVar(&f.seeds, "seeds", "", "run so many seeds, or those of a range `A..B`")
	flags.DurationVar(&f.length, "for", 0, "stop after so long, like 10m")
	flags.Int64Var(&f.events, "events", 0, "stop after about so many events")
	flags.IntVar(&f.nodes, "nodes", 0, "servers of each cluster; otherwise the seed decides")
	flags.IntVar(&f.workers, "workers", 0, "how many runs at once; otherwise one for each core")
	flags.BoolVar(&f.json, "json", false, "print the report as one JSON object")
	flags.BoolVar(&f.keepGoing, "keep-going", false, "go on past the first failure")
	flags.BoolVar(&f.show, "show", false, "print the scenario of --seed, and do not run it")
	flags.DurationVar(&f.budget.For, "shrink", time.Minute, "how long to make a failure smaller")
	flags.StringVar(&f.publicURL, "public-url", "", "the `URL` of a playground, for the link")
	c.MarkFlagsMutuallyExclusive("seed", "seeds")
	return c
}

func (f *fuzzFlags) shape() fuzz.Shape {
	return fuzz.Shape{Servers: f.nodes, Protocol: f.protocol}
}

// mostFuzzed is how many servers a cluster may have: the clients need names too.
const mostFuzzed = 12

// config judges the flags.
func (f *fuzzFlags) config() (c fuzz.Config, err error) {
	c = fuzz.Config{First: 1, For: f.length, Events: f.events, Workers: f.workers,
		KeepGoing: f.keepGoing, Shape: f.shape()}
	if err := checkURL("--public-url", f.publicURL); err != nil {
		return c, err
	}
	switch {
	case f.nodes < 0 || f.nodes > mostFuzzed:
		return c, fmt.Errorf("--nodes is %d; expected 1 to %d", f.nodes, mostFuzzed)
	case f.length < 0 || f.events < 0 || f.workers < 0 || f.budget.For < 0:
		return c, errors.New("--for, --events, --workers and --shrink cannot be negative")
	case f.show && !f.one:
		return c, errors.New("--show prints the scenario of one seed; expected --seed N")
	case f.one:
		c.First, c.Count, c.Whole = f.seed, 1, true
	case f.seeds != "":
		c.First, c.Count, err = seedRange(f.seeds)
	case f.length > 0:
		c.First = uint64(time.Now().Unix()) * 1_000_000
	case f.events == 0:
		c.Count = 200
	}
	return c, err
}

// seedRange reads `200`, which is 1..200, or `A..B`.
func seedRange(text string) (first, count uint64, err error) {
	refused := fmt.Errorf("--seeds %q is neither a number of seeds nor a range; "+
		"expected a form like 1000 or 500..999", text)
	lo, hi, isRange := strings.Cut(text, "..")
	if !isRange {
		lo, hi = "1", text
	}
	if first, err = strconv.ParseUint(lo, 10, 64); err != nil {
		return 0, 0, refused
	}
	last, err := strconv.ParseUint(hi, 10, 64)
	if err != nil || last < first || last-first == ^uint64(0) {
		return 0, 0, refused
	}
	return first, last - first + 1, nil
}

func (f *fuzzFlags) run(ctx context.Context, out, log io.Writer) error {
	config, err := f.config()
	if err != nil {
		return bad(err)
	}
	if f.show {
		fmt.Fprint(out, fuzz.Draw(f.seed, config.Shape).Text())
		return nil
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // runs leave much behind, and little stays
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	campaign := fuzz.NewCampaign(config)
	bar := newProgress(log, campaign, &config)
	report := campaign.Run(ctx)
	bar.end()
	failures := f.shrunk(ctx, report, log)
	if f.json {
		if err := f.printJSON(out, report, failures); err != nil {
			return err
		}
	} else {
		f.print(out, report, failures)
	}
	if len(failures) > 0 {
		return &exit{code: exitUnmet}
	}
	return nil
}

// shrunk makes the failures small: the first few, since each takes its time.
func (f *fuzzFlags) shrunk(ctx context.Context, r *fuzz.Report, log io.Writer) []fuzzFailure {
	const few = 3
	var all []fuzzFailure
	for i := range r.Found {
		x := fuzzFailure{Found: r.Found[i], command: f.again(r.Found[i].Seed)}
		if i < few && ctx.Err() == nil && x.Failure.Name != fuzz.Script {
			if isTerminal(log) {
				fmt.Fprintf(log, "making seed %d smaller, for %v at most …\n", x.Seed, f.budget.For)
			}
			x.shrunk = fuzz.Shrink(fuzz.Draw(x.Seed, f.shape()), x.Failure, f.budget)
		}
		all = append(all, x)
	}
	return all
}

// again returns the command that repeats a seed.
func (f *fuzzFlags) again(seed uint64) string {
	text := "synod fuzz --seed " + strconv.FormatUint(seed, 10)
	if f.nodes > 0 {
		text += " --nodes " + strconv.Itoa(f.nodes)
	}
	return text
}
