package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/synodlab/synod/core/scenario"
)

// helpCommand is cobra's, but that it refuses what there is not.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Help about any command",
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return bad(fmt.Errorf("there is no command or topic %q; `synod --help` lists them",
					strings.Join(args, " ")))
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// scenarioHelp is the topic `synod help scenario`: the language in which a text is a run.
func scenarioHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "scenario",
		Short: "The language of scenarios, every word of it",
		Long:  scenario.Reference(),
	}
}
