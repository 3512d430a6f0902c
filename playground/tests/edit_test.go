package tests

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// lines is how many lines the scenario has that the panel shows.
const lines = `document.querySelectorAll(".listing .line").length`

func TestADroppedMessageIsOneLineMoreAndItsLinkReopensTheRun(t *testing.T) {
	p := open(t, desk, "")
	p.press(".tabs", "Scenario")
	before := eval[int](p, lines)
	p.press(".tabs", "Inspect")
	whole := p.text("#trace-hash")
	p.goTo(1)
	for !strings.Contains(eval[string](p, sentence), " sends ") {
		p.goTo(p.position() + 1)
	}
	at := p.position()
	p.press("#panel", "Drop")
	p.wait(`document.querySelector(".branches")`)
	p.wait(`document.querySelector("#trace-hash")?.textContent !== "` + whole + `"`)
	p.settle()
	require.Equal(t, at, p.position())
	hash := p.text("#trace-hash")
	p.press(".tabs", "Scenario")
	p.wait(lines)
	require.Equal(t, before+1, eval[int](p, lines))

	p.press(".tabs", "Inspect")
	p.wait(`document.querySelector("#trace-hash")`)
	p.settle()
	link := eval[string](p, `location.hash`)
	again := open(t, phone, link)
	again.wait(`document.querySelector("#trace-hash")`)
	require.Equal(t, hash, again.text("#trace-hash"))
	require.Equal(t, at, again.position())
}

func TestABranchKeepsTheRunThatItLeft(t *testing.T) {
	p := open(t, desk, "")
	whole := p.text("#trace-hash")
	p.goTo(2)
	p.press("#panel", "Crash")
	p.wait(`document.querySelectorAll(".branch").length === 2`)
	p.wait(`document.querySelector("#trace-hash")?.textContent !== "` + whole + `"`)
	p.settle()
	p.do(`document.querySelector(".branch").click()`)
	p.wait(`document.querySelector("#trace-hash")?.textContent === "` + whole + `"`)
}

func TestAnEditRunsAgainAndAMistakeIsShownAtItsLine(t *testing.T) {
	p := open(t, desk, "")
	p.press(".tabs", "Scenario")
	p.press(".textbar", "Edit")
	content := `document.querySelector(".editor")?.shadowRoot?.querySelector(".cm-content")`
	p.wait(content)
	p.do(content + `.focus(); getSelection().collapse(` + content + `.firstChild, 0);
		document.execCommand("insertText", false, "about An edited run.\n")`)
	p.wait(`document.querySelector(".about")?.textContent.includes("An edited run.")`)
	p.settle()
	p.do(content + `.focus(); document.execCommand("insertText", false, "crahs 1\n")`)
	p.wait(`document.querySelector(".faults")?.textContent.includes("crahs")`)
	p.wait(`document.querySelector(".editor").shadowRoot.querySelector(".cm-lintRange-error")`)
	require.Contains(t, p.text(".faults"), "Line ")
}

func TestFormattingMakesTheTextCanonical(t *testing.T) {
	p := open(t, desk, "")
	p.press(".tabs", "Scenario")
	p.wait(lines)
	p.press(".textbar", "Format")
	p.settle()
	canonical := eval[string](p, listing)
	p.press(".textbar", "Format")
	p.settle()
	require.Equal(t, canonical, eval[string](p, listing))
}

const listing = `[...document.querySelectorAll(".listing code")]
	.map((c) => c.textContent).join("\n")`

func TestTheMenuOfANodeOffersWhatCanBeDone(t *testing.T) {
	p := open(t, desk, "")
	p.do(`const c = document.querySelector("#diagram"), b = c.getBoundingClientRect();
		for (let y = 40; y < b.height && !document.querySelector(".menu"); y += 6)
			c.dispatchEvent(new MouseEvent("contextmenu", {clientX: b.left + 20, clientY: b.top + y,
				bubbles: true, cancelable: true}))`)
	p.wait(`document.querySelector(".menu [role=menuitem]") === document.activeElement`)
	require.Contains(t, p.text(".menu"), "Crash")
	p.do(`document.activeElement.dispatchEvent(
		new KeyboardEvent("keydown", {key: "Escape", bubbles: true}))`)
	p.wait(`!document.querySelector(".menu")`)
}
