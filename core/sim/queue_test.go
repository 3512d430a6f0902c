package sim

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTheQueueIsASortedList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		var list []item
		order := uint64(0)
		for range rapid.IntRange(0, 200).Draw(t, "n") {
			if len(list) == 0 || rapid.IntRange(0, 2).Draw(t, "push") > 0 {
				order++
				it := item{at: Micros(rapid.IntRange(0, 20).Draw(t, "at")), a: uint32(order)}
				q.push(it)
				it.order = order
				list = append(list, it)
				continue
			}
			slices.SortFunc(list, func(x, y item) int {
				return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.order, y.order))
			})
			require.Equal(t, list[0], q.pop())
			list = list[1:]
		}
		require.Len(t, q.items, len(list))
	})
}
