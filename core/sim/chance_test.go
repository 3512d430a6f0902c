package sim

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChanceIsThatOfTheTestVector(t *testing.T) {
	require.Equal(t, uint64(0xd8616aaa788dc2b5), draw(7, purposeDelay, 0, 1, 0))
	require.Equal(t, draw(7, purposeOwn, 3, 4, 5), Own(7, 3, 4, 5))
}

func TestATimeIsDrawnFromItsWholeRange(t *testing.T) {
	r := Range{Lo: 5, Hi: 8}
	seen := map[Micros]int{}
	for k := range uint64(4000) {
		seen[r.In(draw(1, purposeTimer, 0, 0, k))]++
	}
	require.Len(t, seen, 4)
	for at, n := range seen {
		require.Truef(t, at >= 5 && at <= 8 && n > 800, "%d: %d times", at, n)
	}
	require.Equal(t, Micros(7), Range{Lo: 7, Hi: 7}.In(12345))
	require.Equal(t, Micros(5), r.In(4), "h mod 4 is 0")
	require.Equal(t, Micros(8), r.In(7))
}

func TestAShareHitsThatOften(t *testing.T) {
	hits := 0
	for k := range uint64(10_000) {
		if Share(20_000).hit(draw(1, purposeLoss, 0, 1, k)) {
			hits++
		}
	}
	require.InDelta(t, 200, hits, 50)
	require.False(t, Share(0).hit(0))
	require.True(t, Share(1_000_000).hit(999_999))
	require.True(t, Share(20_000).hit(1_019_999))
	require.False(t, Share(20_000).hit(1_020_000))
}
