package tests

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// lines is how many lines the scenario has that the panel shows.
const lines = `document.querySelectorAll(".listing .line").length`

func TestADroppedMessageIsOneLineMoreAndItsLinkReopensTheRun(t *testing.T) {
	p := open(t, desk, "")
	p.press(".tabs", "Scenario")
	p.wait(lines)
	before := eval[int](p, lines)
	p.press(".tabs", "Inspect")
	p.wait(textOf("#trace-hash"))
	whole := p.text("#trace-hash")
	p.goTo(1)
	for !strings.Contains(eval[string](p, sentence), " sends ") {
		p.goTo(p.position() + 1)
	}
	at := p.position()
	p.press("#panel", "Drop")
	p.wait(`document.querySelector(".branches")`)
	p.settle()
	p.wait(textOf("#trace-hash"))
	require.NotEqual(t, whole, p.text("#trace-hash"))
	require.Equal(t, at, p.position())
	hash := p.text("#trace-hash")
	p.press(".tabs", "Scenario")
	p.wait(fmt.Sprintf("%s === %d", lines, before+1))

	p.press(".tabs", "Inspect")
	p.wait(textOf("#trace-hash"))
	p.settle()
	link := eval[string](p, `location.hash`)
	again := open(t, phone, link)
	again.wait(textOf("#trace-hash"))
	require.Equal(t, hash, again.text("#trace-hash"))
	require.Equal(t, at, again.position())
}

func TestABranchKeepsTheRunThatItLeft(t *testing.T) {
	p := open(t, desk, "")
	p.wait(textOf("#trace-hash"))
	whole := p.text("#trace-hash")
	p.goTo(2)
	p.press("#panel", "Crash")
	p.wait(`document.querySelectorAll(".branch").length === 2`)
	p.settle()
	p.wait(textOf("#trace-hash"))
	require.NotEqual(t, whole, p.text("#trace-hash"))
	p.do(`document.querySelector(".branch").click()`)
	p.wait(textOf("#trace-hash") + ` === "` + whole + `"`)
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
	p.shows(".faults", "Line ")
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
	p.shows(".menu", "Crash")
	p.do(`document.activeElement.dispatchEvent(
		new KeyboardEvent("keydown", {key: "Escape", bubbles: true}))`)
	p.wait(`!document.querySelector(".menu")`)
}
