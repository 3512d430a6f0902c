package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASearchAtTheEdgeIsCutAndSaysSo(t *testing.T) {
	for what, limit := range map[string]string{
		"numbers 0..4 values red":      "states",
		"numbers 0..3 values red blue": "memory",
	} {
		out, ran := judge("protocol paxos\nproposers P1\nacceptors A1 A2 A3 A4\n" +
			"explore " + what + "\nexpect safe\n")
		require.True(t, ran)
		require.Contains(t, string(out), "not complete: cut at its limit of "+limit)
		require.Contains(t, string(out), `"passed":false`)
	}
}
