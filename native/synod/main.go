// Command synod runs scenarios of consensus, shows them, and serves a replicated store.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
)

// Exit codes: everything holds, something does not, the input is bad or the output did not arrive.
const (
	exitUnmet = 1
	exitBad   = 2
)

// exit is an error that has been told already, or needs no telling, and an exit code.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// bad makes err one of bad input.
func bad(err error) error {
	if err == nil {
		return nil
	}
	return &exit{exitBad, err}
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "synod",
		Short: "Paxos that you can see, share and run",
		Long: `Synod is Paxos that you can see, share and run.

One core runs everywhere: in a scenario on this machine, in the tab of a browser, and in
the nodes of a cluster. Begin with

  synod library            the scenarios that come with it
  synod run K-15           run one of them: its expectations, and its table of state
  synod play               three nodes on this machine, and the page that shows them`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetHelpCommand(helpCommand())
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return bad(fmt.Errorf("%w; `%s --help` lists the flags", err, c.CommandPath()))
	})
	root.AddCommand(runCommand(), fmtCommand(), linkCommand(), showCommand(), exploreCommand(),
		protocolsCommand(), libraryCommand(), serveCommand(), playCommand(), replayCommand(),
		memberCommand(), fuzzCommand(), scenarioHelp())
	return root
}

// output is standard output, and the first error in writing to it: what did not arrive must not
// look like success.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

func main() {
	root, out := rootCommand(), &output{w: os.Stdout}
	root.SetOut(out)
	err := root.Execute()
	if err == nil {
		err = bad(out.err)
	}
	if err == nil {
		return
	}
	code := exitBad
	var e *exit
	if errors.As(err, &e) {
		code = e.code
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(os.Stderr, "synod: "+text)
	}
	os.Exit(code)
}
