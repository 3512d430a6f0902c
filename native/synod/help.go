package main

import (
	"github.com/spf13/cobra"

	"github.com/synodlab/synod/core/scenario"
)

// scenarioHelp is the topic `synod help scenario`: the language in which a text is a run.
func scenarioHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "scenario",
		Short: "The language of scenarios, every word of it",
		Long:  scenario.Reference(),
	}
}
