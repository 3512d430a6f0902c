package tests

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// listening keeps all that the page says in passing: on a busy machine it is gone again before a
// test looks.
const listening = `addEventListener("DOMContentLoaded", () => {
	const toast = document.querySelector("#toast");
	window.said = "";
	new MutationObserver(() => window.said += toast.textContent + "\n")
		.observe(toast, {childList: true, characterData: true, subtree: true});
});`

// late makes a page as late as it is on a machine that is very busy: each frame, and each message
// between page and core, comes by SYNOD_LATE milliseconds late. What a test reads too early is
// then wrong each time, and not once in a hundred.
func late() string {
	ms, err := strconv.Atoi(os.Getenv("SYNOD_LATE"))
	if err != nil || ms <= 0 {
		return ""
	}
	return fmt.Sprintf(`{
	const frame = window.requestAnimationFrame.bind(window), post = Worker.prototype.postMessage;
	const hear = Object.getOwnPropertyDescriptor(Worker.prototype, "onmessage");
	let due = [];
	const draw = (now) => { const all = due; due = []; for (const f of all) f(now); };
	window.requestAnimationFrame = (f) => {
		if (due.push(f) === 1) setTimeout(() => frame(draw), %[1]d);
		return 0;
	};
	Worker.prototype.postMessage = function (...what) {
		setTimeout(() => post.apply(this, what), %[1]d);
	};
	Object.defineProperty(Worker.prototype, "onmessage", {
		get() { return this.hears; },
		set(f) {
			this.hears = f;
			hear.set.call(this, (e) => setTimeout(() => this.hears(e), %[1]d));
		},
	});
}`, ms)
}

// before has a script run in the page before its own.
func before(ctx context.Context, t *chromedp.Target, script string) error {
	_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	return err
}
