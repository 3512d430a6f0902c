package tests

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const atEnd = `document.querySelector("#diagram").dataset.position ===
	document.querySelector(".scrub input").max`

func same(value string, n int) []string {
	row := make([]string, n)
	for i := range row {
		row[i] = value
	}
	return row
}

func TestThePageOpensOnTheFirstLessonPausedAtItsMoment(t *testing.T) {
	p := open(t, desk, "")
	require.Contains(t, p.text("h1"), "One leader, no failures")
	require.Greater(t, p.position(), 0)
	require.Less(t, p.position(), p.count())
	require.NotEmpty(t, p.text(".happening"))
}

func TestTheLastTablesAreThoseOfTheLecture(t *testing.T) {
	p := open(t, desk, "")
	p.key("Home")
	p.wait(`document.querySelector("#diagram").dataset.position === "0"`)
	require.Equal(t, same("-1", 5), p.row("na"))
	require.Equal(t, same("nil", 5), p.row("va"))
	require.Equal(t, same("-1", 5), p.row("nh"))
	require.Equal(t, same("F", 5), p.row("done"))
	p.key("End")
	p.wait(atEnd)
	require.Equal(t, same("11", 5), p.row("na"))
	require.Equal(t, same("{1,{0,1,2,3,4}}", 5), p.row("va"))
	require.Equal(t, same("11", 5), p.row("nh"))
	require.Equal(t, same("T", 5), p.row("done"))
}

func TestAFrameDependsOnNothingButThePosition(t *testing.T) {
	p := open(t, desk, "")
	p.do(`document.activeElement.blur()`)
	frames := map[int]string{}
	for range 2 { // at first the layout for the page's own words may still be on its way
		for i := 10; i <= 14; i++ {
			p.goTo(i)
			frames[i] = p.frame()
		}
	}
	require.NotEqual(t, frames[10], frames[14])
	for i := 13; i >= 10; i-- {
		p.key("ArrowLeft")
		p.wait(`document.querySelector("#diagram").dataset.position === "` + strconv.Itoa(i) + `"`)
		require.Equal(t, frames[i], p.frame(), "position %d", i)
	}
	p.goTo(p.count())
	p.goTo(12)
	require.Equal(t, frames[12], p.frame())
}

func TestAPersonWhoMovesWhileARunComesInIsLeftWhereHeIs(t *testing.T) {
	p := open(t, desk, "")
	// As soon as the first of the run is there, before the rest is, the key Home is pressed.
	p.do(`const post = Worker.prototype.postMessage;
		Worker.prototype.postMessage = function (...what) {
			Worker.prototype.postMessage = post;
			const take = this.onmessage;
			let opened = false;
			this.onmessage = (e) => {
				take.call(this, e);
				opened ||= e.data.stream === "opened";
				if (!opened || e.data.stream !== "layout") return;
				this.onmessage = take;
				document.body.dispatchEvent(
					new KeyboardEvent("keydown", {key: "Home", bubbles: true}));
			};
			return post.apply(this, what);
		}`)
	p.openEntry("L-09")
	require.Zero(t, p.position())
}

func TestWhatAnEventChangedIsLit(t *testing.T) {
	p := open(t, desk, "")
	p.goTo(p.count())
	for p.position() > 1 && len(eval[[]string](p, lit)) == 0 {
		p.goTo(p.position() - 1)
	}
	require.NotEmpty(t, eval[[]string](p, lit))
}

const lit = `[...document.querySelectorAll("#tables .fresh")].map((c) => c.textContent)`

func TestPlayingReachesTheEndAndStops(t *testing.T) {
	p := open(t, desk, "")
	p.do(`const s = document.querySelector(".speed select"); s.value = "64";
		s.dispatchEvent(new Event("change"))`)
	p.key("Home")
	p.key(" ")
	p.wait(atEnd)
	p.wait(`document.querySelector("[aria-label='Play (Space)']")`)
}

func TestTheWordsOfAnotherLectureAreShownAtOnce(t *testing.T) {
	p := open(t, desk, "")
	p.goTo(p.count())
	p.do(`const s = [...document.querySelectorAll(".picker select")]
		.find((s) => [...s.options].some((o) => o.value === "lin"));
		s.value = "lin"; s.dispatchEvent(new Event("change"))`)
	p.shows("#tables", "accepted")
	require.NotContains(t, p.text("#tables"), "nh")
}

func TestTheSliderSaysWhereItIsInASentence(t *testing.T) {
	p := open(t, desk, "")
	p.goTo(3)
	said := eval[string](p, sentence)
	require.True(t, strings.HasPrefix(said, "Event 3 of "+strconv.Itoa(p.count())), said)
}

func TestEveryEventStandsInTheTable(t *testing.T) {
	p := open(t, desk, "")
	p.press(".tabs", "Events")
	p.wait(`document.querySelector("table.events tr.now")`)
	require.Equal(t, strconv.Itoa(p.count()),
		eval[string](p, `document.querySelector("table.events").getAttribute("aria-rowcount")`))
	p.do(`document.querySelector(".virtual").scrollTop = 0`)
	p.wait(`document.querySelector("table.events [aria-rowindex='2']")`)
	p.do(`document.querySelector("table.events [aria-rowindex='2'] button").click()`)
	p.wait(`document.querySelector("#diagram").dataset.position === "2"`)
}

func TestTheStateOfAServerIsWhatItHasExecuted(t *testing.T) {
	text := "protocol two-servers\nservers S1 S2\nclients C1\nschedule by-hand\n" +
		"C1 sends m1\nC1 sends m2\nrun\n"
	p := open(t, desk, linkOf(t, []byte(text)))
	p.goTo(p.count())
	p.shows("#tables", "m1 m2")
	require.Contains(t, p.row("state"), "m1 m2")
}
