package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASearchAtTheEdgeIsCutAndSaysSo(t *testing.T) {
	out, ran := judge("protocol paxos\nproposers P1\nacceptors A1 A2 A3 A4\n" +
		"explore numbers 0..3 values red blue\nexpect safe\n")
	require.True(t, ran)
	require.Contains(t, string(out), "not complete: cut at its limit of states")
	require.Contains(t, string(out), `"passed":false`)
}
