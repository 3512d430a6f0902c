package fuzz

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario"
)

func TestASeedIsAlwaysTheSamePlan(t *testing.T) {
	for seed := range uint64(50) {
		require.Equal(t, Draw(seed, Shape{}), Draw(seed, Shape{}))
		require.NotEqual(t, Draw(seed, Shape{}).Text(), Draw(seed+1, Shape{}).Text())
	}
	require.Equal(t, 5, Draw(9, Shape{Servers: 5}).Servers)
}

func TestEveryPlanIsAScenario(t *testing.T) {
	known, seeds := scenario.Known(), uint64(300)
	if raced {
		seeds = 30
	}
	for seed := range seeds {
		for _, text := range []string{Draw(seed, Shape{}).Text(), Draw(seed, Shape{}).Shown()} {
			file, err := scenario.Parse("plan", text, known)
			require.NoError(t, err, "seed %d", seed)
			_, err = file.Expand(0, 0)
			require.NoError(t, err, "seed %d", seed)
		}
	}
}

func TestBothWaysToWriteAPlanAreOneRun(t *testing.T) {
	for seed := range uint64(3) {
		p := Draw(seed, Shape{Servers: 3})
		chain, err := scenario.Parse("chain", p.Text(), scenario.Known())
		require.NoError(t, err)
		shown, err := scenario.Parse("shown", p.Shown(), scenario.Known())
		require.NoError(t, err)
		a, err := scenario.RunFile(chain, scenario.Choice{})
		require.NoError(t, err)
		b, err := scenario.RunFile(shown, scenario.Choice{})
		require.NoError(t, err)
		require.Equal(t, a.First.TraceHash, b.First.TraceHash, "seed %d", seed)
		require.Equal(t, a.First.TraceHash, NewRunner().Run(p, true).TraceHash, "seed %d", seed)
	}
}
