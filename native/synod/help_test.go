package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario"
)

func TestTheHelpTopicPrintsTheLanguage(t *testing.T) {
	var out bytes.Buffer
	root := rootCommand()
	root.SetOut(&out)
	root.SetArgs([]string{"help", "scenario"})
	require.NoError(t, root.Execute())
	require.Contains(t, out.String(), scenario.Reference())
}
