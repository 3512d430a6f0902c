package tests

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// lines is how many lines the scenario has that the panel shows.
const lines = `document.querySelectorAll(".listing .line").length`

// fingerprint is what the hash of a trace looks like.
const fingerprint = `^[0-9a-f]{16,}$`

func TestADroppedMessageIsOneLineMoreAndItsLinkReopensTheRun(t *testing.T) {
	p := open(t, desk, "")
	p.press(".tabs", "Scenario")
	p.wait(lines)
	before := eval[int](p, lines)
	require.Positive(t, before)
	p.press(".tabs", "Inspect")
	p.wait(textOf("#trace-hash"))
	whole := p.text("#trace-hash")
	require.Regexp(t, fingerprint, whole)
	p.goTo(1)
	for !strings.Contains(eval[string](p, sentence), " sends ") {
		p.goTo(p.position() + 1)
	}
	at := p.position()
	p.press("#panel", "Drop")
	p.settle()
	require.Equal(t, 2, eval[int](p, `document.querySelectorAll(".branch").length`))
	require.Equal(t, at, p.position())
	hash := p.text("#trace-hash")
	require.Regexp(t, fingerprint, hash)
	require.NotEqual(t, whole, hash)
	p.press(".tabs", "Scenario")
	require.Equal(t, before+1, eval[int](p, lines))

	p.press(".tabs", "Inspect")
	p.settle()
	link := eval[string](p, `location.hash`)
	again := open(t, phone, link)
	require.Equal(t, hash, again.text("#trace-hash"))
	require.Equal(t, at, again.position())
}

func TestADoublePressIsOnePress(t *testing.T) {
	p := open(t, desk, "")
	p.goTo(2)
	p.do(`const crash = [...document.querySelectorAll("#panel button")]
		.find((b) => b.textContent.trim() === "Crash");
		crash.click(); crash.click()`)
	p.settle()
	require.Equal(t, 2, eval[int](p, `document.querySelectorAll(".branch").length`))
	require.Equal(t, 2, p.position())
}

func TestABranchKeepsTheRunThatItLeft(t *testing.T) {
	p := open(t, desk, "")
	p.wait(textOf("#trace-hash"))
	whole := p.text("#trace-hash")
	p.goTo(2)
	p.press("#panel", "Crash")
	p.settle()
	require.Equal(t, 2, eval[int](p, `document.querySelectorAll(".branch").length`))
	require.Regexp(t, fingerprint, p.text("#trace-hash"))
	require.NotEqual(t, whole, p.text("#trace-hash"))
	p.do(`document.querySelector(".branch").click()`)
	p.settle()
	require.Equal(t, whole, p.text("#trace-hash"))
	require.Equal(t, 2, p.position())
}

func TestAnEditRunsAgainAndAMistakeIsShownAtItsLine(t *testing.T) {
	p := open(t, desk, "")
	p.press(".tabs", "Scenario")
	p.press(".textbar", "Edit")
	p.wait(content)
	p.do(content + `.focus(); getSelection().collapse(` + content + `.firstChild, 0);
		document.execCommand("insertText", false, "about An edited run.\n")`)
	p.wait(`document.querySelector(".about")?.textContent.includes("An edited run.")`)
	p.settle()
	p.do(content + `.focus(); document.execCommand("insertText", false, "crahs 1\n")`)
	p.wait(`document.querySelector(".faults")?.textContent.includes("crahs")`)
	p.wait(`document.querySelector(".editor").shadowRoot.querySelector(".cm-lintRange-error")`)
	p.shows(".faults", "Line ")
}

// mistaken has two mistakes.
const mistaken = "title broken\nprotocol two-servers\nservers S1 S2\nclients C1\n" +
	"C1 sendz m1\nS9 crash\n"

func TestATextThatCannotRunIsShownWithItsMistakesAndHasALink(t *testing.T) {
	for _, v := range []view{desk, phone} {
		p := navigate(t, v, address, linkOf(t, []byte(mistaken)))
		p.shows("#board", "2 mistakes")
		p.shows("#board", "C1 sendz m1")
		p.shows("#board", "did you mean")
		p.shows("h1", "cannot run")
		require.Empty(t, eval[[]string](p, apart))
		require.Empty(t, p.axe())
		p.wait(`document.body.dataset.address === "current"`)
		again := navigate(t, v, address, eval[string](p, `location.hash`))
		again.shows("#board", "C1 sendz m1")
		p.press(".board", "Show the text")
		p.shows(".listing", "C1 sendz m1")
		p.openEntry("M-05")
		require.Empty(t, p.text("#board"))
		p.do(`history.back()`)
		p.shows("#board", "2 mistakes")
		require.Zero(t, p.count(), "nothing is left of the run before")
	}
}

func TestFormattingMakesTheTextCanonical(t *testing.T) {
	p := open(t, desk, "")
	p.press(".tabs", "Scenario")
	p.press(".textbar", "Edit")
	p.wait(content)
	p.do(content + `.focus(); getSelection().collapse(` + content + `.firstChild, 0);
		document.execCommand("insertText", false, "note \"before all headers\"\n")`)
	p.wait(`document.querySelector(".textbar").textContent.includes("52 lines")`)
	p.settle()
	require.Contains(t, eval[string](p, firstLine), "note")
	p.do(content + `.blur()`)
	p.press(".textbar", "Format")
	p.settle()
	p.wait(firstLine + `.startsWith("title ")`)
	canonical := eval[string](p, `location.hash`)
	p.press(".textbar", "Format")
	p.settle()
	require.Equal(t, canonical, eval[string](p, `location.hash`))
}

// The text in the editor, and its first line.
const (
	content   = `document.querySelector(".editor")?.shadowRoot?.querySelector(".cm-content")`
	firstLine = content + `.firstElementChild.textContent`
)

func TestTheMenuOfANodeOffersWhatCanBeDone(t *testing.T) {
	p := open(t, desk, "")
	p.do(`const c = document.querySelector("#diagram"), b = c.getBoundingClientRect();
		for (let y = 40; y < b.height && !document.querySelector(".menu"); y += 6)
			c.dispatchEvent(new MouseEvent("contextmenu", {clientX: b.left + 20, clientY: b.top + y,
				bubbles: true, cancelable: true}))`)
	p.wait(`document.querySelector(".menu [role=menuitem]") === document.activeElement`)
	p.shows(".menu", "Crash")
	p.do(`document.activeElement.dispatchEvent(
		new KeyboardEvent("keydown", {key: "Escape", bubbles: true}))`)
	p.wait(`!document.querySelector(".menu")`)
}
