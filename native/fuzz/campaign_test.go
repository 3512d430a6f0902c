package fuzz

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/sim"
)

func TestTheNumberOfWorkersChangesNothing(t *testing.T) {
	count := uint64(24)
	if raced {
		count = 6
	}
	one := NewCampaign(Config{First: 1, Count: count, Workers: 1}).Run(t.Context())
	four := NewCampaign(Config{First: 1, Count: count, Workers: 4}).Run(t.Context())
	require.EqualValues(t, count, one.Runs)
	require.Empty(t, one.Found)
	one.Elapsed, four.Elapsed = 0, 0
	require.Equal(t, one, four)
	other := NewCampaign(Config{First: 2, Count: count, Workers: 2}).Run(t.Context())
	require.NotEqual(t, one.Fingerprint, other.Fingerprint)
}

func TestTheLowestSeedThatFailsIsFound(t *testing.T) {
	broken(t, "forgetful", func(s machined) sim.Process { return forgetful{s} })
	c := Config{First: 1, Count: 40, Workers: 1, Shape: Shape{Protocol: "forgetful"}}
	one := NewCampaign(c).Run(t.Context())
	require.Len(t, one.Found, 1)
	c.Workers = 3
	require.Equal(t, one.Found, NewCampaign(c).Run(t.Context()).Found)
	if !raced {
		c.KeepGoing = true
		all := NewCampaign(c).Run(t.Context())
		require.EqualValues(t, 40, all.Runs)
		require.Greater(t, len(all.Found), 1)
		require.Equal(t, one.Found[0], all.Found[0])
	}
}

func TestACampaignEndsAtItsBounds(t *testing.T) {
	c := NewCampaign(Config{First: 1, Events: 20_000, Workers: 1})
	r := c.Run(t.Context())
	require.GreaterOrEqual(t, r.Events, int64(20_000))
	require.Equal(t, r.Totals, c.Totals())
	require.EqualValues(t, r.Runs, r.Last)

	r = NewCampaign(Config{First: 1, For: time.Millisecond}).Run(t.Context())
	require.Less(t, r.Runs, int64(1000))
	over, cancel := context.WithCancel(t.Context())
	cancel()
	require.Zero(t, NewCampaign(Config{First: 1}).Run(over).Runs)
}
