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

// searchSection is what the page says of the search: in the place of the diagram if nothing else
// happens, else in the inspector.
const searchSection = ".searches"

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
	require.NotContains(t, p.text(searchSection), "Stop")
}

// statesFound is how many states the page shows.
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

// manyEnds has some thousand ends, of which a run is made each.
const manyEnds = "protocol paxos\nservers S1 S2 S3\nschedule by-hand\nS1 proposes red\n" +
	"S2 proposes blue\nexplore messages once losses 3\nexpect safe\n" +
	"expect some end S2.value = red\n"

func TestJudgingTheEndsOfASearchSaysHowFarItIsAndStopEndsIt(t *testing.T) {
	p := navigate(t, desk, address, linkOf(t, []byte(manyEnds)))
	const asked = `document.querySelector(".judging progress")?.value`
	p.shows(searchSection, "Now it is judged what holds at the ends")
	p.wait(asked + " > 0")
	before := eval[int](p, asked)
	p.wait(fmt.Sprint(asked, " > ", before))
	require.Contains(t, p.text(".judging"), " of ")
	p.press(searchSection, "Stop")
	p.shows(searchSection, "stopped before it was judged what holds at the ends")
	p.settle()
	require.Equal(t, "1 of 2 expectations met", p.text(".expectations summary"))
}

func TestASearchAloneStandsInThePlaceOfTheDiagram(t *testing.T) {
	for _, v := range []view{desk, phone} {
		p := open(t, v, linkOf(t, []byte(half)))
		for _, said := range []string{"explore numbers 0..1 values red blue", "numbers", "0 to 1",
			"red, blue", "may arrive again", "A1 A2 A3 A4", "P1 P2", "chosen-once is violated",
			"states", "generated", "depth"} {
			p.shows("#picture .board", said)
		}
		require.Equal(t, "expect violation chosen-once met", p.text(".claims .holds"))
		require.Empty(t, p.text("#tables"))
		require.Equal(t, 1, eval[int](p, `document.querySelectorAll(".searches").length`))
		require.Zero(t, eval[int](p, `document.querySelector("#diagram").clientHeight`))
		require.True(t, eval[bool](p, `[...document.querySelectorAll(".keys button")]
			.every((b) => b.disabled)`), "there is nothing to play")
		require.Empty(t, eval[[]string](p, apart))
		wide := eval[int64](p, `document.documentElement.scrollWidth`)
		require.LessOrEqual(t, wide, v.width)
		p.press(".board", "Open the shortest counterexample")
		p.shows("h1", "The shortest way")
		p.settle()
		require.Empty(t, p.text("#board"))
		require.Positive(t, eval[int](p, `document.querySelector("#diagram").clientHeight`))
		require.False(t, eval[bool](p, `document.querySelector(".keys button").disabled`))
	}
}

func TestASearchAfterARunLeavesTheDiagramWhereItIs(t *testing.T) {
	text := "protocol paxos\nservers S1 S2 S3\nschedule by-hand\nS1 proposes red\nrun\n" +
		"explore messages once\nexpect safe\n"
	p := open(t, desk, linkOf(t, []byte(text)))
	require.Empty(t, p.text("#board"))
	p.shows(".panel .searches", "safe within")
	p.shows("#story", "safe within")
}

func TestBackToASearchShowsAtOnceWhatItFound(t *testing.T) {
	p := navigate(t, desk, address, linkOf(t, []byte(endless)))
	p.shows(searchSection, "a second")
	p.press(searchSection, "Stop")
	p.shows(searchSection, "stopped before its end")
	p.settle()
	found := eval[int](p, statesFound)
	p.openEntry("M-05")
	p.do(`history.back()`)
	p.shows("h1", "endless")
	p.settle()
	require.Equal(t, found, eval[int](p, statesFound))
	p.press(searchSection, "Search again")
	p.shows(searchSection, "a second")
	p.press(searchSection, "Stop")
	p.shows(searchSection, "stopped before its end")
	p.settle()
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
