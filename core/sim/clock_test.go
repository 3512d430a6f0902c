package sim

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAClockRunsAndJumpsAsItIsTold(t *testing.T) {
	w := pair(Settings{})
	w.Now = 1000
	require.EqualValues(t, 1000, w.Clock(0))
	require.Equal(t, "", w.SetRate(0, 150))
	w.Now = 2000
	require.EqualValues(t, 2500, w.Clock(0))
	w.Jump(0, -700)
	require.EqualValues(t, 1800, w.Clock(0))
	w.Jump(0, -5000)
	require.Zero(t, w.Clock(0), "no clock shows less than 0")
	w.SetRate(0, 50)
	w.Now = 2100
	require.EqualValues(t, 50, w.Clock(0))
	require.EqualValues(t, 2100, w.Clock(1), "the others go on")
	require.NotEqual(t, "", w.SetRate(0, 0))
	require.NotEqual(t, "", w.SetRate(0, MaxRate+1))
}

// TestATimerFiresWhenItsNodesClockShowsItsTime: never before, and at the first moment after.
func TestATimerFiresWhenItsNodesClockShowsItsTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := clock{shows: Micros(rapid.IntRange(0, 10_000).Draw(t, "shows")),
			since: Micros(rapid.IntRange(0, 10_000).Draw(t, "since")),
			rate:  int32(rapid.IntRange(MinRate, MaxRate).Draw(t, "rate")), skewed: true}
		now := c.since + Micros(rapid.IntRange(0, 10_000).Draw(t, "now"))
		shows := c.at(now) + Micros(rapid.IntRange(0, 10_000).Draw(t, "wait"))
		due := c.when(shows, now)
		require.GreaterOrEqual(t, c.at(due), shows)
		require.GreaterOrEqual(t, due, now)
		if due > now {
			require.Less(t, c.at(due-1), shows)
		}
	})
}

// TestATimerThatIsSetAgainAndAgainFiresOnceWhenItIsDue: what waits in the queue for it may come too
// early, and then goes on.
func TestATimerThatIsSetAgainAndAgainFiresOnceWhenItIsDue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := pair(Settings{Delay: Range{Lo: 1 << 40, Hi: 1 << 40}})
		due := Micros(-1)
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			wait := Micros(rapid.IntRange(0, 1000).Draw(t, "wait"))
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				w.nodes[0].timers[0].stop()
				due = -1
			case 1, 2:
				w.set(0, &effect{wait: Range{Lo: wait, Hi: wait}})
				due = w.Now + wait
			default:
				at, any := w.Due()
				require.Equal(t, due >= 0, any)
				if any {
					require.Equal(t, due, at)
					require.True(t, w.Next())
					require.Equal(t, due, w.Now)
					due = -1
				}
			}
		}
	})
}
