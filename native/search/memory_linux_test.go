package search

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Many shards fill as fast as each other, and so ask one after the other: none gets more because
// others got much.
func TestWhatShardsAreGivenIsInProportionToWhatTheyHold(t *testing.T) {
	const shards, page, pages = 16, 8192, 100
	given, m := 0, memory{}
	var room [shards]int
	for held := page; held <= pages*page; held += page {
		for i := range room {
			if room[i] < held {
				n := len(m.States(max(page, room[i]/16)))
				room[i], given = room[i]+n, given+n
			}
		}
		require.LessOrEqual(t, given, shards*held*5/2)
	}
}

func TestATableHasRoomThatAMachineCanPromise(t *testing.T) {
	for slots := 1 << 10; slots <= 1<<26; slots *= 2 {
		table := memory{}.Table(slots)
		require.Len(t, table, slots)
		require.LessOrEqual(t, 4*cap(table), max(8*slots, ahead))
	}
}
