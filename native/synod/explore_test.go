package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExploreTellsAViolationAsAScenarioThatRuns(t *testing.T) {
	t.Parallel()
	half := file(t, `protocol textbook quorum=2
acceptors A1..A4
proposers P1 P2
explore numbers 0..1 values red blue
expect violation chosen-once
expect shortest 12
`)
	for _, command := range []string{"run", "explore"} {
		out, log, code := run(t, command, "--json", half)
		require.Zero(t, code, out+log)
		var v struct {
			Passed       bool
			Explorations []struct {
				States, Shortest          int
				Complete                  bool
				Violation, Counterexample string
			}
		}
		require.NoError(t, json.Unmarshal([]byte(out), &v), out)
		require.True(t, v.Passed)
		require.Len(t, v.Explorations, 1)
		x := v.Explorations[0]
		require.Equal(t, "chosen-once", x.Violation)
		require.Equal(t, 12, x.Shortest)
		require.False(t, x.Complete)
		out, log, code = run(t, "run", file(t, x.Counterexample))
		require.Zero(t, code, out+log)
	}
}

func TestExploreSaysWhatItsBoundsLeaveOut(t *testing.T) {
	t.Parallel()
	safe := file(t, `protocol paxos
proposers P1 P2
acceptors A1 A2 A3
explore numbers 0..1 values red blue
expect safe
`)
	out, log, code := run(t, "explore", "--workers", "2", safe)
	require.Zero(t, code, out+log)
	require.Contains(t, out, "numbers from 2 on are not covered): 3,921 states, 23,563 generated")
	out, log, code = run(t, "explore", "--actors", safe)
	require.Zero(t, code, out+log)
	require.Contains(t, out, "34,225 states")
	out, log, code = run(t, "explore", "--states", "100", safe)
	require.Equal(t, exitUnmet, code, out+log)
	require.Contains(t, out, "not complete: cut at its limit of states")
	for _, workers := range []string{"0", "1025"} {
		_, _, code = run(t, "explore", "--workers", workers, safe)
		require.Equal(t, exitBad, code)
	}
}

func TestExploreCountsUpToSymmetryAndSaysSo(t *testing.T) {
	t.Parallel()
	bare := `protocol paxos
proposers P1 P2
acceptors A1 A2 A3
explore numbers 0..1 values red blue
expect safe
`
	safe := bare + `expect states 3921
expect generated 23563
expect depth 17
`
	for _, workers := range []string{"1", "2"} {
		out, log, code := run(t, "explore", "--symmetry", "--workers", workers, file(t, safe))
		require.Zero(t, code, out+log)
		require.Contains(t, out, "443 states up to symmetry of 3 acceptors and 2 values, 2,697 gen")
	}
	out, _, code := run(t, "explore", "--symmetry", "--json", file(t, safe))
	require.Zero(t, code, out)
	require.Contains(t, out, `"symmetry":"3 acceptors and 2 values"`)

	out, _, code = run(t, "explore", "--symmetry", "--actors", file(t, bare))
	require.Zero(t, code, out)
	require.Contains(t, out, "34,225 states without symmetry (each node is searched as it is)")
	out, _, code = run(t, "explore", "--symmetry", file(t, safe+"expect some end chosen red\n"))
	require.Zero(t, code, out)
	require.Contains(t, out, "without symmetry (what is claimed of its ends tells names apart)")
}

func TestExploreSaysThatThereIsNoSymmetry(t *testing.T) {
	t.Parallel()
	out, _, code := run(t, "explore", "--symmetry", file(t, `protocol paxos
proposers P1 P2
acceptors A1 A2 A3
schedule by-hand
cut P1 <-> A1
explore numbers 0..1 values red blue
expect safe
`))
	require.Equal(t, exitUnmet, code, out)
	require.Contains(t, out, "its acceptors or its values are not alike, so that there is no symm")
}
