package explore

import (
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

// However few places share what is left over, and however much that is, each number has room in a
// place of its own, in as few words as without what is left over.
func TestPlacesHaveRoomAndLieApart(t *testing.T) {
	rng := rand.New(rand.NewSource(7))
	for range 20_000 {
		l := layout{locals: make([]place, 1+rng.Intn(6)), begun: make([]place, rng.Intn(60))}
		l.each(func(p *place) { p.width = uint(rng.Intn(3)) })
		var numbers []int
		grow := func(p *place) {
			p.width, numbers = 4, append(numbers, 1+rng.Intn(1<<rng.Intn(31)))
			if n := numbers[len(numbers)-1]; p.lacks(n) {
				p.need(n)
			}
		}
		for i := range l.locals {
			grow(&l.locals[i])
		}
		grow(&l.ghost)
		l.line()
		head := l.head
		l.arrange()
		require.Equal(t, head, l.head)
		used := make([]uint64, l.head)
		l.each(func(p *place) {
			mask := (uint64(1)<<p.width - 1) << p.shift
			require.LessOrEqual(t, p.shift+p.width, uint(64))
			require.True(t, p.width == 0 || used[p.word]&mask == 0)
			if p.width > 0 {
				used[p.word] |= mask
			}
		})
		for i := range l.locals {
			require.False(t, l.locals[i].lacks(numbers[i]))
		}
		require.False(t, l.ghost.lacks(numbers[len(l.locals)]))
	}
}
