package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/protocols"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/native/fuzz"
)

// fuzzed is what the tests read of the report.
type fuzzed struct {
	First, Last, Runs uint64
	Events            int64
	Fingerprint       string
	TraceHash         string `json:"trace_hash"`
	Faults            map[string]int64
	Matrix            []struct{ Message, Role string }
	Failures          []struct{ Name, Scenario, Link, Command string }
	Passed            bool
}

func TestFuzzReportsWhatTheSeedsMet(t *testing.T) {
	t.Parallel()
	out, log, code := run(t, "fuzz", "--seeds", "3..5", "--nodes", "3", "--json")
	require.Zero(t, code, log)
	require.Empty(t, log, "nobody watches")
	var r fuzzed
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.EqualValues(t, []uint64{3, 5, 3}, []uint64{r.First, r.Last, r.Runs})
	require.True(t, r.Passed)
	require.Empty(t, r.Failures)
	require.Positive(t, r.Events)
	require.Contains(t, r.Faults, "crashes that lost writes")
	require.NotEmpty(t, r.Matrix)

	again, _, code := run(t, "fuzz", "--seeds", "3..5", "--nodes", "3", "--workers", "1")
	require.Zero(t, code)
	require.Contains(t, again, r.Fingerprint, "whatever the number of workers")
	require.Contains(t, again, "nothing failed")
	require.Contains(t, again, "cells are empty")
}

func TestTheScenarioOfASeedIsTheSameRun(t *testing.T) {
	t.Parallel()
	out, _, code := run(t, "fuzz", "--seed", "5", "--nodes", "3", "--json")
	require.Zero(t, code)
	var r fuzzed
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	text, _, code := run(t, "fuzz", "--seed", "5", "--nodes", "3", "--show")
	require.Zero(t, code)
	out, log, code := run(t, "run", "--json", file(t, text))
	require.Zero(t, code, log)
	var v struct {
		TraceHash string `json:"trace_hash"`
		Events    int64
	}
	require.NoError(t, json.Unmarshal([]byte(out), &v))
	require.Equal(t, r.TraceHash, v.TraceHash)
	require.Equal(t, r.Events, v.Events)
}

func TestFuzzRefusesBadFlags(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--seeds", "7..3"}, {"--seeds", "many"}, {"--nodes", "99"},
		{"--for", "-1s"}, {"--show"}, {"--seed", "1", "--seeds", "2"}, {"--speed", "9"}, {"here"}} {
		out, log, code := run(t, append([]string{"fuzz"}, args...)...)
		require.Equal(t, exitBad, code, args)
		require.Empty(t, out)
		require.True(t, strings.HasPrefix(log, "synod: "), log)
	}
}

// mute is a server that takes no requests.
type mute struct{ sim.Process }

func (m mute) Step(in *sim.Input, out *sim.Out) string {
	if in.Kind == sim.Deliver && in.Message.Kind == 0 {
		return ""
	}
	return m.Process.Step(in, out)
}

// No other test reads the protocols in this process: they run the command.
func TestAFailureIsPrintedAsAScenarioThatShowsIt(t *testing.T) {
	t.Parallel()
	p := *protocols.Find(fuzz.Shipping)
	open := p.Open
	p.Name = "mute"
	p.Open = func(place *sim.Place, o protocols.Options) (func(sim.Node) sim.Process, error) {
		boot, err := open(place, o)
		return func(n sim.Node) sim.Process { return mute{boot(n)} }, err
	}
	before := protocols.All
	protocols.All = append(before[:len(before):len(before)], &p)
	t.Cleanup(func() { protocols.All = before })

	f := fuzzFlags{seeds: "20", nodes: 3, json: true, protocol: "mute",
		budget: fuzz.Budget{Runs: 200}}
	var out, log bytes.Buffer
	err := f.run(t.Context(), &out, &log)
	var e *exit
	require.ErrorAs(t, err, &e)
	require.Equal(t, exitUnmet, e.code)
	var r fuzzed
	require.NoError(t, json.Unmarshal(out.Bytes(), &r))
	require.Len(t, r.Failures, 1)
	x := r.Failures[0]
	require.Equal(t, "unanswered", x.Name)
	require.Equal(t, "synod fuzz --seed 1 --nodes 3", x.Command)
	require.LessOrEqual(t, strings.Count(x.Scenario, "\n"), 16, x.Scenario)
	for _, source := range []string{file(t, x.Scenario), x.Link} {
		require.NoError(t, (&runFlags{}).run(&bytes.Buffer{}, source))
	}

	f.json, f.budget.Runs = false, 1
	out.Reset()
	require.Error(t, f.run(t.Context(), &out, &log))
	require.Contains(t, out.String(), "FAILED seed 1 at ")
	require.Contains(t, out.String(), "expect no-progress")
	require.Contains(t, out.String(), "\n#s=1.")
	require.Contains(t, out.String(), "repeat: synod fuzz --seed 1 --nodes 3\n")
	require.Empty(t, log.String())
}

func TestProgressFollowsTheBoundThatComesFirst(t *testing.T) {
	t.Parallel()
	c := fuzz.Config{Count: 100, For: time.Minute}
	line := progressLine(fuzz.Totals{Runs: 25, Events: 3e6, Failed: 2}, &c, 30*time.Second)
	require.Equal(t, 12, strings.Count(line, "█"), "half of the time is over")
	require.Contains(t, line, "25 seeds, 3.00 M events, 0.10 M/s")
	require.Contains(t, line, "2 FAILED")
	name, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	defer name.Close()
	require.False(t, isTerminal(name))
}
