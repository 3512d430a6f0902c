package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// whoops is a run in which the order breaks, and says so.
const whoops = `# two servers, no order
title Whoops
clients C1 C2
protocol two-servers
servers S1 S2
schedule by-hand

C1 sends m1 to S1 S2
C2 sends m2 to S1 S2
deliver request C1 C2 -> S1
deliver request C2 C1 -> S2   # the other way round
run
expect breaks order
expect S1 executed m1 m2
`

// file writes a scenario and returns its path.
func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.synod")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

func TestTheExitCodeSaysWhetherAllIsMet(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		whoops:                                    0,
		whoops + "expect S1 executed m2":          exitUnmet,
		whoops + "expect S3 executed m2":          exitBad,
		whoops + "deliver request C1 -> S1":       exitBad,
		strings.Replace(whoops, "breaks ", "", 1): exitUnmet,
	} {
		out, log, code := run(t, "run", file(t, text))
		require.Equal(t, want, code, "%s\n%s%s", text, out, log)
		require.Equal(t, want == exitBad, out == "", "a refusal is told on the other stream")
		require.Equal(t, want == exitBad, strings.HasPrefix(log, "synod: "), log)
	}
}

func TestTheTraceHashIsThatOfTheTracePrinted(t *testing.T) {
	t.Parallel()
	name := file(t, whoops)
	out, _, code := run(t, "run", "--json", name)
	require.Zero(t, code)
	var v struct {
		TraceHash string `json:"trace_hash"`
		Events    int
		Link      string
	}
	require.NoError(t, json.Unmarshal([]byte(out), &v))
	trace, _, code := run(t, "run", "--trace", name)
	require.Zero(t, code)
	h := fnv.New64a()
	h.Write([]byte(trace))
	require.Equal(t, v.TraceHash, fmt.Sprintf("%016x", h.Sum64()))
	lines := strings.Split(strings.TrimSuffix(trace, "\n"), "\n")
	require.Len(t, lines, v.Events)
	for _, line := range lines {
		require.True(t, json.Valid([]byte(line)), line)
	}
}

func TestThePictureIsWellFormed(t *testing.T) {
	t.Parallel()
	out, _, code := run(t, "run", "--svg", file(t, whoops))
	require.Zero(t, code)
	d := xml.NewDecoder(strings.NewReader(out))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
	}
}

func TestALinkHoldsTheCanonicalText(t *testing.T) {
	t.Parallel()
	name := file(t, whoops)
	canonical, _, code := run(t, "fmt", name)
	require.Zero(t, code)
	again, _, _ := run(t, "fmt", file(t, canonical))
	require.Equal(t, canonical, again)
	require.Contains(t, canonical, "# the other way round")
	link, _, code := run(t, "link", name)
	require.Zero(t, code)
	text, _, code := run(t, "show", strings.TrimSpace(link))
	require.Zero(t, code)
	require.Equal(t, canonical, text)
}

func TestAReportSaysWhatNumbersAloneDoNot(t *testing.T) {
	t.Parallel()
	const one = "protocol single-server\nservers S1\nclients C1\n"
	for text, want := range map[string]string{
		one + "retry 500ms\ncrash S1\nC1 sends m1":         "60000.000 ms, not quiet,",
		one + "C1 sends m1\nmeasure latency m1":            "min 20ms, median 20ms",
		one + "whenever C1 heard m1 crash S1\nC1 sends m1": "line 5 skipped: C1 sends m1",
		one + "C1 sends m1\nexpect latency m1 = 21ms":      "it is 20ms (line 5)",
		one + "network delay 1us\nC1 sends m1\n" +
			"expect latency m1 = 1us": "is 2us",
	} {
		out, log, _ := run(t, "run", file(t, text))
		require.Contains(t, out, want, "%s\n%s", text, log)
	}
}

func TestAnotherProtocolSaysWhatItCannotDo(t *testing.T) {
	t.Parallel()
	out, _, code := run(t, "run", "--protocol", "multi-paxos", file(t, whoops))
	require.Zero(t, code)
	require.Contains(t, out, "  order: ")
	out, _, _ = run(t, "run", "--protocol", "paxos", file(t, whoops+"deliver reply S1 -> C1\n"))
	require.Contains(t, out,
		"line 15 skipped: deliver reply S1 -> C1 (no such message is in flight)")
	votes := file(t, `protocol paxos
servers S1 S2 S3
case a
S1 proposes red
expect sent prepare > 0
expect S1.accepted_value = red
case b
explore numbers 0..1 values red blue
expect safe
`)
	out, log, code := run(t, "run", "--protocol", "primary-backup", votes)
	require.Zero(t, code, "what is expected of paxos is not asked for: "+log)
	require.Regexp(t, "case a\n.*line 4 skipped: S1 proposes red", out)
	require.Regexp(t, "case b\n.*line 8 skipped: explore .* none can be made", out)
}

func TestTheProtocolsAreListedWithArraysEvenOfNothing(t *testing.T) {
	out, _, code := run(t, "protocols", "--json")
	require.Zero(t, code)
	require.NotContains(t, out, "null")
	require.True(t, json.Valid([]byte(out)))
}

func TestAFamilyWithoutACaseIsTitledByItsRuns(t *testing.T) {
	family := "protocol single-server\nservers S1\nclients C1\neach m in a b\nC1 sends $m\n"
	for text, want := range map[string]string{
		family:                     "2 runs\n",
		"case x of two\n" + family: "case x of two, 2 runs\n",
	} {
		out, _, code := run(t, "run", file(t, text))
		require.Zero(t, code)
		require.True(t, strings.HasPrefix(out, want), out)
	}
}

func TestAFileMayBeNamedLikeALink(t *testing.T) {
	for _, name := range []string{"1.synod", "s=1.synod", "a#s=b"} {
		name = filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(name, []byte(whoops), 0o600))
		t.Chdir(filepath.Dir(name))
		_, log, code := run(t, "run", filepath.Base(name))
		require.Zero(t, code, log)
	}
}

func TestAFileThatCannotBeWrittenBackStaysAsItWas(t *testing.T) {
	t.Parallel()
	name := file(t, "\n\n"+whoops)
	c := exec.Command("sh", "-c", `ulimit -f 0; exec "$0" fmt -w "$1"`, os.Args[0], name)
	c.Env = append(os.Environ(), asCommand+"=1")
	out, err := c.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "too large")
	left, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "\n\n"+whoops, string(left))
	beside, err := os.ReadDir(filepath.Dir(name))
	require.NoError(t, err)
	require.Len(t, beside, 1)
}
