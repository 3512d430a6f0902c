package fuzz

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Servers that execute slowly, one of them or all, fall behind, crash and recover like the others.
func TestSlowServersRecoverToo(t *testing.T) {
	for _, protocol := range []string{"multi-paxos window=8 snapshot=5 apply=2ms slow=S1",
		"multi-paxos apply=1ms"} {
		runner := NewRunner()
		for seed := range uint64(20) {
			p := Draw(seed+1, Shape{Protocol: protocol})
			o := runner.Run(p, false)
			require.Nil(t, o.Failure, "seed %d of %s: %+v", seed+1, protocol, o.Failure)
		}
	}
}
