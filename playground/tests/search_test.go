package tests

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

const three = "acceptors A1 A2 A3\nproposers P1 P2\n"

// endless is a search of many millions of states.
const endless = "title endless\nprotocol paxos\nacceptors A1..A5\nproposers P1 P2\n" +
	"explore numbers 0..2 values red blue\nexpect safe\n"

// half breaks chosen-once, which a search finds.
const half = "title Half of four\nprotocol textbook quorum=2\nacceptors A1..A4\n" +
	"proposers P1 P2\nexplore numbers 0..1 values red blue\nexpect violation chosen-once\n"

// searchSection is what the inspector says of the search.
const searchSection = ".panel .searches"

func TestASearchSaysHowFarItIsAndStopEndsIt(t *testing.T) {
	p := navigate(t, desk, address, linkOf(t, []byte(endless)))
	p.shows(searchSection, "a second")
	for _, said := range []string{"explore numbers 0..2 values red blue", "states", "depth",
		"frontier"} {
		require.Contains(t, p.text(searchSection), said)
	}
	before := eval[int](p, statesFound)
	p.wait(statesFound + " > " + "2 * " + fmt.Sprint(before))
	require.Contains(t, p.text("#side .chips, #side .quiet"), "search is over")
	p.press(searchSection, "Stop")
	p.shows(searchSection, "stopped before its end")
	p.settle()
	require.GreaterOrEqual(t, eval[int](p, statesFound), before)
	require.Equal(t, "0 of 1 expectations met", p.text(".expectations summary"))
	require.NotContains(t, p.text("#panel"), "Stop")
}

// statesFound is how many states the inspector shows.
const statesFound = `Number([...document.querySelectorAll(".searches dt")]
	.find((d) => d.textContent === "states")?.nextElementSibling.textContent
	.match(/[\d,]+/)[0].replaceAll(",", ""))`

func TestAnotherRunEndsASearch(t *testing.T) {
	p := navigate(t, desk, address, linkOf(t, []byte(endless)))
	p.shows(searchSection, "frontier")
	p.openEntry("M-05")
	require.Empty(t, p.text(searchSection))
	require.Positive(t, p.count())
}

func TestWhatASearchFoundIsSaidWithItsBounds(t *testing.T) {
	text := "protocol paxos\n" + three + "explore numbers 0..1 values red blue\nexpect safe\n"
	p := open(t, desk, linkOf(t, []byte(text)))
	for _, said := range []string{"safe within numbers 0..1 values red blue", "no other fault",
		"numbers from 2 on are not covered", "3,921", "23,563"} {
		p.shows(searchSection, said)
	}
	p.shows("#story", "safe within numbers 0..1")
	require.NotContains(t, p.text(searchSection), "counterexample")
	require.Equal(t, "1 of 1 expectations met", p.text(".expectations summary"))
}

func TestTheShortestCounterexampleIsARunThatBackLeadsBackFrom(t *testing.T) {
	p := open(t, desk, linkOf(t, []byte(half)))
	p.shows(searchSection, "chosen-once is violated after 12 actions, and no sooner")
	searched := eval[string](p, `location.hash`)
	p.press(searchSection, "Open the shortest counterexample")
	p.shows("h1", "The shortest way to break chosen-once: 12 actions")
	p.settle()
	require.Contains(t, p.text(".about"), "Half of four")
	require.Equal(t, "1 of 1 expectations met", p.text(".expectations summary"))
	p.shows(".chips", "chosen-once")
	require.Contains(t, eval[[]string](p, `[...document.querySelectorAll(".chip.violated span")]
		.map((c) => c.textContent)`), "chosen-once")
	require.Empty(t, p.text(searchSection))
	require.NotEqual(t, searched, eval[string](p, `location.hash`))
	again := open(t, desk, eval[string](p, `location.hash`))
	require.Equal(t, p.text("h1"), again.text("h1"))
	require.Equal(t, p.text("#trace-hash"), again.text("#trace-hash"))
	p.do(`history.back()`)
	p.shows("h1", "Half of four")
	p.settle()
	require.Equal(t, searched, eval[string](p, `location.hash`))
	p.shows(searchSection, "and no sooner")
}

func TestAFailureOffersItsRepair(t *testing.T) {
	p := open(t, desk, "")
	p.openEntry("M-05")
	p.shows(".rungs", "Repaired by")
	p.press(".rungs", "M-06")
	p.shows(".entry[aria-current]", "M-06")
	p.settle()
	p.shows(".rungs", "Repairs")
	p.shows(".rungs", "M-05")
}
