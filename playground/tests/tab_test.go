package tests

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	devlog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience is how long anything on the page may take on a machine that is shared.
const patience = time.Minute

// view is the window of a tab.
type view struct {
	width, height int64
	dark          bool
}

var (
	desk  = view{width: 1440, height: 900}
	phone = view{width: 390, height: 844}
)

// tab is one page in a browser context of its own: nothing is shared with another tab but what a
// link holds.
type tab struct {
	t        *testing.T
	ctx      context.Context
	mu       sync.Mutex
	faults   []string // errors on the console, and what was thrown
	requests []string
	origin   string
}

// open opens a fragment of the page. When the test ends, the tab must have seen no error, and must
// have asked nobody but its own origin.
func open(t *testing.T, v view, fragment string) *tab {
	t.Helper()
	return openAt(t, v, address, fragment)
}

func openAt(t *testing.T, v view, origin, fragment string) *tab {
	t.Helper()
	p := navigate(t, v, origin, fragment)
	p.wait(`document.querySelector("#diagram").dataset.position !== undefined`)
	p.settle()
	return p
}

// navigate is openAt for what is to be seen before the run has ended.
func navigate(t *testing.T, v view, origin, fragment string) *tab {
	t.Helper()
	p := &tab{t: t, origin: origin}
	ctx, leave := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(),
		chromedp.WithListener(p.hear))
	t.Cleanup(leave)
	p.ctx = ctx
	t.Cleanup(p.judge)
	require.NoError(t, chromedp.Do(ctx, p.window(v), chromedp.Navigate(origin+"/"+fragment)))
	return p
}

func (p *tab) window(v view) chromedp.Action[chromedp.Void] {
	var how []chromedp.EmulateViewportOption
	if v.width <= 700 {
		how = append(how, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	scheme := "light"
	if v.dark {
		scheme = "dark"
	}
	colours := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		if err != nil {
			return err
		}
		if _, err = cdp.Call(ctx, t, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		if _, err = cdp.Call(ctx, t, devlog.Enable, cdp.Empty{}); err != nil {
			return err
		}
		return before(ctx, t, listening+late())
	})
	return chromedp.Steps(chromedp.EmulateViewport(v.width, v.height, how...), colours)
}

// hear keeps what must not happen.
func (p *tab) hear(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		p.faults = append(p.faults, "thrown: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" {
			p.faults = append(p.faults, fmt.Sprint("console: ", e.Type, " ", len(e.Args)))
		}
	case *devlog.EventEntryAdded:
		if e.Entry.Level == "error" {
			p.faults = append(p.faults, "log: "+e.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	}
}

func (p *tab) judge() {
	p.mu.Lock()
	defer p.mu.Unlock()
	require.Empty(p.t, p.faults)
	for _, url := range p.requests {
		own := strings.HasPrefix(url, p.origin+"/") || strings.HasPrefix(url, "blob:"+p.origin) ||
			strings.HasPrefix(url, "data:")
		require.True(p.t, own, "asked %s", url)
	}
}

// eval returns the value of an expression on the page.
func eval[T any](p *tab, expression string, how ...chromedp.EvaluateOption) T {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(p.t, err, expression)
	return value
}

// do runs a statement on the page, and waits until all that follows from it at once is drawn: the
// panels in the next frame, and the diagram in the one after.
func (p *tab) do(statement string) {
	p.t.Helper()
	eval[bool](p, "(() => {"+statement+`})(),
		new Promise((drawn) =>
			requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))`)
}

// wait waits until a condition holds on the page.
func (p *tab) wait(condition string) {
	p.t.Helper()
	var last any
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if eval[bool](p, "!!("+condition+")") {
			return
		}
		last = eval[any](p, `document.querySelector("#story")?.textContent +
			location.hash.slice(-40)`)
	}
	require.Fail(p.t, "never came true", "%s; the page says %v", condition, last)
}

// said waits until the page has said something, however shortly.
func (p *tab) said(text string) {
	p.t.Helper()
	p.wait(`window.said.includes("` + text + `")`)
}

// settle waits until the run that was asked for has ended, and all that is shown follows from it.
func (p *tab) settle() {
	p.t.Helper()
	p.wait(`document.querySelector(".scrub") && !document.querySelector(".scrub.running") &&
		document.querySelector("#diagram").dataset.position ===
			document.querySelector(".scrub input").value &&
		document.body.dataset.address === "current"`)
}

func (p *tab) key(key string) {
	p.t.Helper()
	p.do(`document.body.dispatchEvent(new KeyboardEvent("keydown",
		{key: "` + key + `", bubbles: true}))`)
}

// goTo moves to a position by the slider.
func (p *tab) goTo(position int) {
	p.t.Helper()
	p.do(fmt.Sprintf(`const s = document.querySelector(".scrub input"); s.value = %d;
		s.dispatchEvent(new Event("input"))`, position))
	p.wait(fmt.Sprintf(`document.querySelector("#diagram").dataset.position === "%d"`, position))
	p.wait(fmt.Sprintf(`(%s.match(/^Event (\d+)/)?.[1] ?? "0") === "%d"`, sentence, position))
}

// sentence is what the slider says of the position.
const sentence = `document.querySelector(".scrub input").getAttribute("aria-valuetext")`

func (p *tab) position() int {
	p.t.Helper()
	return eval[int](p, `Number(document.querySelector("#diagram").dataset.position)`)
}

func (p *tab) count() int {
	p.t.Helper()
	return eval[int](p, `Number(document.querySelector(".scrub input").max)`)
}

// frame is the diagram as it is painted now.
func (p *tab) frame() string {
	p.t.Helper()
	return eval[string](p, `document.querySelector("#diagram").toDataURL()`)
}

// row is a row of the table of state, by the name that is written before it.
func (p *tab) row(name string) []string {
	p.t.Helper()
	return eval[[]string](p, `[...document.querySelectorAll("#tables tbody tr")]
		.filter((r) => r.querySelector("th").textContent.trim() === "`+name+`")
		.flatMap((r) => [...r.querySelectorAll("td")].map((c) => c.textContent.trim()))`)
}

// press presses the button with a text, in the part of the page that a selector names.
func (p *tab) press(part, text string) {
	p.t.Helper()
	button := `[...document.querySelectorAll("` + part + ` button")].find((b) =>
		b.textContent.trim() === "` + text + `")`
	p.wait(button)
	p.do(button + ".click()")
}

func (p *tab) text(selector string) string {
	p.t.Helper()
	return eval[string](p, textOf(selector))
}

// textOf is the expression for the text of what a selector names, "" if there is none.
func textOf(selector string) string {
	return "(document.querySelector(`" + selector + "`)?.textContent.trim() ?? '')"
}

// shows waits until what a selector names has a text in it.
func (p *tab) shows(selector, text string) {
	p.t.Helper()
	p.wait(textOf(selector) + ".includes(`" + text + "`)")
}
