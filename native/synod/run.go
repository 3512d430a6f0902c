package main

import (
	"bufio"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/synodlab/synod/core/diagram"
	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/scenario/link"
)

// runFlags are the flags of `synod run`.
type runFlags struct {
	json, svg, trace bool
	protocol, kase   string
	publicURL        string
}

func runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run FILE|LINK|ID|-",
		Short: "Run a scenario and judge its expectations",
		Long: `Run a scenario: every case, every run of each family, and every control.

One line for each expectation says whether it is met; a scenario of one run ends with its
table of state. The exit code is 0 if all are met and no safety check is violated unsaid,
1 if not, 2 for bad input. With --svg or --trace only the first run takes place, nothing is
judged, and the exit code is 0 or 2. With --protocol the checks are shown instead of the
expectations, which were written for another.`,
		Example: `  synod run K-15
  synod run --svg K-15 > picture.svg
  synod run --trace K-15 | jq .kind
  synod run --protocol paxos my.synod`,
		Args: one("a file, a link, an id of the library, or -"),
		RunE: func(c *cobra.Command, args []string) error {
			return f.run(c.OutOrStdout(), args[0])
		},
	}
	flags := c.Flags()
	flags.BoolVar(&f.json, "json", false, "print the verdict as one JSON object")
	flags.BoolVar(&f.svg, "svg", false, "print the first run as a space-time diagram, in SVG")
	flags.BoolVar(&f.trace, "trace", false, "print the first run's events, a JSON object a line")
	flags.StringVar(&f.protocol, "protocol", "",
		"run the same steps on protocol `NAME`, with its options behind the name")
	flags.StringVar(&f.kase, "case", "", "run only the case of this `NAME`")
	flags.StringVar(&f.publicURL, "public-url", "", "the `URL` of a playground, for the link")
	c.MarkFlagsMutuallyExclusive("json", "svg", "trace")
	return c
}

// one is cobra.ExactArgs(1) with words that say what was expected.
func one(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != 1 {
			return bad(fmt.Errorf("%s takes one argument, %s; there are %d", c.CommandPath(), what,
				len(args)))
		}
		return nil
	}
}

func (f *runFlags) run(w io.Writer, arg string) error {
	if err := checkURL("--public-url", f.publicURL); err != nil {
		return bad(err)
	}
	file, err := parse(arg)
	if err != nil {
		return err
	}
	choice := scenario.Choice{Case: f.kase}
	if f.protocol != "" {
		if choice.Protocol, err = scenario.ParseProtocol(f.protocol, scenario.Known()); err != nil {
			return bad(err)
		}
	}
	if f.svg || f.trace {
		return f.first(w, file, &choice)
	}
	v, err := scenario.RunFile(file, choice)
	if err != nil {
		return bad(err)
	}
	v.Link = f.publicURL + link.Encode(scenario.Format(file))
	if f.json {
		fmt.Fprintln(w, string(v.AppendJSON(nil)))
	} else {
		report(w, file.Name, v, choice.Protocol != nil)
	}
	if !v.Passed {
		return &exit{code: exitUnmet}
	}
	return nil
}

// first shows the first run of the file, or of the case that was chosen.
func (f *runFlags) first(w io.Writer, file *scenario.File, choice *scenario.Choice) error {
	r, err := scenario.First(file, *choice)
	if err != nil {
		return bad(err)
	}
	out := bufio.NewWriter(w)
	defer out.Flush()
	if f.trace {
		var line []byte
		for i := range r.Log.Records {
			line = r.Log.AppendJSON(line[:0], i)
			out.Write(line)
		}
		return nil
	}
	var d diagram.Diagram
	options := diagram.Options{Words: r.Words("")}
	picture := r.Picture(f.publicURL + link.Encode(scenario.Format(file)))
	out.Write(diagram.AppendSVG(nil, &d, r.Log, &options, picture))
	return nil
}
