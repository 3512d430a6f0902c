package main

import (
	"bytes"
	"os"
	"strings"
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

func TestHelpAboutWhatThereIsNotIsRefused(t *testing.T) {
	t.Parallel()
	for args, expected := range map[string]string{
		"help nope":           `no command or topic "nope"`,
		"help member nope":    `no command or topic "member nope"`,
		"help scenario extra": `no command or topic "scenario extra"`,
		"member nope":         `no change "nope"`,
		"nope":                `unknown command "nope"`,
	} {
		out, log, code := run(t, strings.Fields(args)...)
		require.Equal(t, exitBad, code, args)
		require.Contains(t, log, expected)
		require.Empty(t, out)
	}
	for _, args := range []string{"", "help", "help member add", "member", "help help"} {
		out, _, code := run(t, strings.Fields(args)...)
		require.Zero(t, code, args)
		require.Contains(t, out, "Usage:", args)
	}
}

func TestAPublicURLThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"run K-15", "link K-15", "fuzz --seeds 1"} {
		_, log, code := run(t, append(strings.Fields(args), "--public-url", "there")...)
		require.Equal(t, exitBad, code, args)
		require.Contains(t, log, `--public-url "there"`, args)
	}
}

func TestOutputThatDoesNotArriveIsNoSuccess(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no device here is always full")
	}
	defer full.Close()
	for _, args := range []string{"run --svg K-15", "run --trace K-15", "run K-15", "show K-15",
		"link K-15", "fmt K-15", "library", "protocols", "help scenario"} {
		c := synod(t.Context(), strings.Fields(args)...)
		log := new(bytes.Buffer)
		c.Stdout, c.Stderr = full, log
		require.Error(t, c.Run(), args)
		require.Equal(t, exitBad, c.ProcessState.ExitCode(), args)
		require.Contains(t, log.String(), "no space left", args)
	}
}
