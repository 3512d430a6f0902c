package tests

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// openEntry presses an entry of the library, and returns the title of the run that it opened.
func (p *tab) openEntry(id string) string {
	p.t.Helper()
	before := p.text("h1")
	p.do(`[...document.querySelectorAll(".entry")].find((e) =>
		e.querySelector("b").textContent === "` + id + `").click()`)
	p.wait(textOf("h1") + " !== `" + before + "`")
	p.settle()
	return p.text("h1")
}

func TestBackLeadsToTheRunBefore(t *testing.T) {
	p := open(t, desk, "")
	first := p.text("h1")
	p.goTo(12)
	p.settle()
	require.NotEqual(t, first, p.openEntry("M-05"))
	p.do(`history.back()`)
	p.wait(textOf("h1") + " === `" + first + "`")
	p.settle()
	require.Equal(t, 12, p.position())
	p.shows(".entry[aria-current]", "K-15")
}

func TestAnotherRunIsShownFromItsTop(t *testing.T) {
	p := open(t, phone, "")
	p.do(`scrollTo(0, 500)`)
	require.Positive(t, eval[float64](p, `scrollY`))
	p.openEntry("M-05")
	require.Zero(t, eval[float64](p, `scrollY`))
}

func TestBackAndForwardAtOnceLeadsNowhere(t *testing.T) {
	p := open(t, desk, "")
	title := p.openEntry("M-05")
	link := eval[string](p, `location.hash`)
	p.do(`window.came = 0;
		addEventListener("hashchange", () => ++window.came === 1 && history.forward());
		history.back()`)
	p.wait(`window.came === 2`)
	p.settle()
	require.Equal(t, title, p.text("h1"))
	require.Equal(t, link, eval[string](p, `location.hash`))
}

func TestACaseThatTheTextLacksIsSaidAndTheFirstIsShown(t *testing.T) {
	text := "title whole\nprotocol two-servers\nservers S1 S2\nclients C1\nC1 sends m1\n"
	for _, view := range []string{"&case=7", "&run=9", "&control=3"} {
		p := open(t, desk, linkOf(t, []byte(text))+view)
		p.said("no such case")
		require.Equal(t, "whole", p.text("h1"))
		require.Positive(t, p.count())
	}
}

func TestWhatIsExpectedOfAllRunsIsNotJudgedByOne(t *testing.T) {
	p := open(t, desk, "")
	p.openEntry("L-09")
	require.Equal(t, "3 of 3 expectations met", p.text(".expectations summary"))
	idle := eval[[]string](p, `[...document.querySelectorAll(".expectations .idle code")]
		.map((c) => c.textContent)`)
	require.Equal(t, []string{"expect in at least 950 runs decides 6",
		"expect in some run preempted > 3"}, idle)
}

func TestASentenceHasMostOfTheRoomInTheTableOfEvents(t *testing.T) {
	for _, v := range []view{desk, phone} {
		p := open(t, v, "")
		p.press(".tabs", "Events")
		p.wait(`document.querySelector("table.events tr.now")`)
		share := eval[float64](p, `(() => {
			const row = document.querySelector("table.events tr.now");
			return row.lastElementChild.clientWidth / row.clientWidth;
		})()`)
		require.Greater(t, share, 0.5)
	}
}

func TestTheHelpKeepsTheFocusAndGivesItBack(t *testing.T) {
	p := open(t, desk, "")
	p.do(`document.querySelector(".solid").focus()`)
	p.key("?")
	p.wait(`document.activeElement.getAttribute("aria-label") === "Close"`)
	p.key("+") // what lies beneath is drawn anew
	p.do(`document.activeElement.dispatchEvent(
		new KeyboardEvent("keydown", {key: "Escape", bubbles: true}))`)
	p.wait(`!document.querySelector(".sheet") && document.activeElement.matches(".solid")`)
}

func TestEveryChoiceHasANameOnAPhone(t *testing.T) {
	p := open(t, phone, "")
	require.Empty(t, eval[[]string](p, `[...document.querySelectorAll("select")]
		.filter((s) => !s.getAttribute("aria-label")).map((s) => s.outerHTML.slice(0, 90))`))
}
