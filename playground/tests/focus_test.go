package tests

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// focused is what the control that has the focus says.
const focused = `(document.activeElement === document.body ? "" :
	document.activeElement.getAttribute("aria-label") || document.activeElement.textContent.trim())`

// pressFocused focuses what a selector names, with a text if one is given, and presses it as the
// keyboard does.
func (p *tab) pressFocused(selector, text string) {
	p.t.Helper()
	found := "[...document.querySelectorAll(`" + selector + "`)].find((b) => " +
		"b.textContent.includes(`" + text + "`))"
	p.wait(found)
	p.do("const b = " + found + "; b.focus(); b.click()")
}

func (p *tab) focuses(text string) {
	p.t.Helper()
	p.wait(focused + ".startsWith(`" + text + "`)")
}

func TestWhatTakesThePlaceOfAButtonHasItsFocus(t *testing.T) {
	p := navigate(t, desk, address, linkOf(t, []byte(endless)))
	p.pressFocused(".searches button", "Stop")
	p.focuses("Search again")
	p.pressFocused(".searches button", "Search again")
	p.focuses("Stop")
	p.pressFocused(".searches button", "Stop")
	p.focuses("Search again")

	p = open(t, desk, linkOf(t, []byte(half)))
	p.pressFocused(".searches button", "Open the shortest")
	p.shows("h1", "The shortest way")
	p.settle()
	require.NotEmpty(t, eval[string](p, focused))

	p = open(t, desk, "")
	p.pressFocused("#panel .act", "Crash")
	p.said("Written into the scenario")
	p.settle()
	p.focuses("Crash")
	p.goTo(p.position() + 1)
	p.focuses("Restart")
	p.pressFocused("#tables thead button", "2")
	p.pressFocused("#panel .jump", "done")
	require.NotEmpty(t, eval[string](p, focused))
	p.press(".tabs", "Scenario")
	p.pressFocused(".textbar button", "Edit")
	p.wait(`document.activeElement.matches(".editor")`)
}

func TestSkippingToThePanelsLeavesTheRunWhereItIs(t *testing.T) {
	p := open(t, desk, "")
	title := p.openEntry("M-05")
	link := eval[string](p, `location.hash`)
	p.pressFocused(".skip", "")
	p.focuses("Inspect")
	p.settle()
	require.Equal(t, title, p.text("h1"))
	require.Equal(t, link, eval[string](p, `location.hash`))
}

func TestTheWayFromAMistakeToItsTextKeepsTheFocus(t *testing.T) {
	p := navigate(t, desk, address, linkOf(t, []byte(mistaken)))
	p.pressFocused(".board button", "Show the text")
	p.focuses("Scenario")
}

func TestTheLibraryTakesTheFocusWhereItLiesOverThePage(t *testing.T) {
	p := open(t, phone, "")
	p.pressFocused("#top button", "")
	p.focuses("Close the library")
	require.True(t, eval[bool](p, `document.querySelector("#stage").inert`))
	p.pressFocused(".drawer-close", "")
	p.focuses("Library")
	require.False(t, eval[bool](p, `document.querySelector("#stage").inert`))
	p.pressFocused("#top button", "")
	p.focuses("Close the library")
	p.do(`document.querySelector("nav details").open = true`)
	p.pressFocused(".entry", "One server decides")
	p.shows("h1", "One server")
	p.settle()
	p.focuses("Library")
}
