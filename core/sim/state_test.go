package sim

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func state(w *World) string { return string(w.AppendState(nil)) }

func TestTheOrderOfWhatRestsIsNoState(t *testing.T) {
	a, b := pair(Settings{ByHand: true}), pair(Settings{ByHand: true})
	for i, w := range []*World{a, b} {
		one, two := Message{Kind: 1, To: 1, Seq: 1}, Message{Kind: 1, To: 1, Seq: 2}
		if i == 0 {
			w.Forge(one)
			w.Forge(two)
		} else {
			w.Forge(two)
			w.Forge(one)
		}
	}
	require.Equal(t, state(a), state(b))
	a.Forge(Message{Kind: 1, From: 0, To: 1, Seq: 1})
	require.NotEqual(t, state(a), state(b), "a second one like it counts")
}

func TestInAMovingWorldOrderAndTimeAreState(t *testing.T) {
	a, b := pair(Settings{Delay: Range{Lo: 5, Hi: 5}}), pair(Settings{Delay: Range{Lo: 5, Hi: 5}})
	a.Forge(Message{Kind: 1, From: 0, To: 1})
	b.Forge(Message{Kind: 1, From: 0, To: 1})
	require.Equal(t, state(a), state(b))
	a.Now++
	require.NotEqual(t, state(a), state(b), "it will come sooner")
}

// TestEverythingThatCanMatterLaterIsState does one thing to one of two equal worlds each.
func TestEverythingThatCanMatterLaterIsState(t *testing.T) {
	for name, do := range map[string]func(w *World){
		"a message is held":      func(w *World) { w.Hold(int(w.first)) },
		"a message is corrupt":   func(w *World) { w.Corrupt(int(w.first)) },
		"a link is cut":          func(w *World) { w.Cut(0, 1) },
		"a partition":            func(w *World) { w.Partition([]int{1, 2}) },
		"a node is paused":       func(w *World) { w.Pause(0) },
		"a node is suspected":    func(w *World) { w.nodes[0].suspected = 2 },
		"a timer stops":          func(w *World) { w.nodes[0].timers[0].stop() },
		"a clock jumps":          func(w *World) { w.Jump(0, 5) },
		"a disk stalls":          func(w *World) { w.Stall(0) },
		"a disk lies":            func(w *World) { w.Lie(0) },
		"there is a backup":      func(w *World) { w.Backup(0) },
		"a write ends":           func(w *World) { w.Sync(0) },
		"a record is damaged":    func(w *World) { w.Damage(1, []bool{true}) },
		"a withheld one differs": func(w *World) { w.nodes[0].withheld[1].message.Seq++ },
	} {
		made := func() *World {
			w := pair(Settings{ByHand: true, Sync: 10})
			w.Do(1, Input{Kind: Propose, N: NoNumber})
			w.Sync(1)
			serve(w)
			require.NotEmpty(t, w.nodes[0].withheld)
			return w
		}
		a, b := made(), made()
		require.Equal(t, state(a), state(b), name)
		do(b)
		require.NotEqual(t, state(a), state(b), name)
	}
}

// TestWorldsOfEqualStateOfferEqualChoices: what a search takes for one state goes on as one.
func TestWorldsOfEqualStateOfferEqualChoices(t *testing.T) {
	statements := func(w *World) []string {
		var all []string
		for _, c := range w.Choices(nil) {
			all = append(all, string(w.AppendChoice(nil, c)))
		}
		return all
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := pair(Settings{ByHand: true, Sync: 5}), pair(Settings{ByHand: true, Sync: 5})
		serve(a)
		serve(b)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			choices := a.Choices(nil)
			c := choices[rapid.IntRange(0, len(choices)-1).Draw(t, "choice")]
			require.Equal(t, "", a.Take(c))
			require.Equal(t, "", b.Take(c))
			require.Equal(t, state(a), state(b))
			require.Equal(t, statements(a), statements(b))
		}
	})
}

func TestASearchOnAWarmWorldAllocatesNothing(t *testing.T) {
	w := pair(Settings{ByHand: true, Sync: 5})
	for range 3 {
		serve(w)
	}
	w.Sync(0)
	var choices []Choice
	var bytes []byte
	look := func() { choices, bytes = w.Choices(choices[:0]), w.AppendState(bytes[:0]) }
	look()
	require.NotEmpty(t, choices)
	require.Zero(t, testing.AllocsPerRun(20, look))
}

func TestACopyIsNoChoiceBesideItsOriginal(t *testing.T) {
	w := pair(Settings{ByHand: true})
	w.Forge(Message{Kind: 1, From: 0, To: 1})
	before := w.Choices(nil)
	w.Copy(int(w.first))
	require.Equal(t, before, w.Choices(nil))
	require.Equal(t, "", w.Take(before[0]))
	require.NotEqual(t, "", w.Take(before[0]), "the original has arrived")
	require.Len(t, w.Choices(nil), len(before), "the copy is still there")
}
