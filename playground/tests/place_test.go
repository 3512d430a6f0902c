package tests

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// linkOf is a link to a text, made by another encoder than the page's.
func linkOf(t *testing.T, text []byte) string {
	t.Helper()
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	require.NoError(t, err)
	_, err = w.Write(text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return "#s=1." + base64.RawURLEncoding.EncodeToString(packed.Bytes())
}

// apart reports which of the page's regions overlap, and which reach out of the window.
const apart = `(() => {
	const parts = ["#top", "#library", "#stage", "#side", "#transport"]
		.map((s) => [s, document.querySelector(s).getBoundingClientRect()])
		.filter(([, b]) => b.width > 0 && b.height > 0);
	const wrong = [];
	for (const [i, [a, x]] of parts.entries()) {
		if (x.right > innerWidth + 1) wrong.push(a + " is too wide");
		if (innerWidth <= 700) continue;
		for (const [b, y] of parts.slice(i + 1))
			if (x.left < y.right - 1 && y.left < x.right - 1 && x.top < y.bottom - 1 &&
				y.top < x.bottom - 1) wrong.push(a + " overlaps " + b);
	}
	return wrong;
})()`

func TestNothingOverlapsAndNothingScrollsSideways(t *testing.T) {
	for _, v := range []view{desk, {width: 1024, height: 768}, {width: 768, height: 1024}, phone} {
		t.Run(fmt.Sprint(v.width), func(t *testing.T) {
			p := open(t, v, "")
			for _, tab := range []string{"Inspect", "Scenario", "Events"} {
				p.press(".tabs", tab)
				p.settle()
				require.Empty(t, eval[[]string](p, apart), tab)
				for _, part := range []string{"html", "#picture canvas"} {
					wide := eval[int64](p, `document.querySelector("`+part+`").scrollWidth`)
					require.LessOrEqual(t, wide, v.width, tab+" "+part)
				}
			}
		})
	}
}

// What comes while the page loads comes into the place that was left for it. The measure is the
// browser's own, of which 0.1 is called good.
func TestNothingJumpsWhileThePageLoads(t *testing.T) {
	for _, v := range []view{desk, phone} {
		p := open(t, v, "")
		shift := eval[float64](p, `new Promise((done) => new PerformanceObserver((list) =>
			done(list.getEntries().reduce((sum, e) => sum + e.value, 0)))
			.observe({type: "layout-shift", buffered: true}))`)
		require.Less(t, shift, 0.1, v.width)
	}
}

func TestEveryControlIsLargeEnoughForAFingerAndHasAName(t *testing.T) {
	p := open(t, phone, "")
	small := eval[[]string](p, `[...document.querySelectorAll("button, select, input, a")]
	.filter((b) => {
		const r = b.getBoundingClientRect();
		return r.width > 1 && (r.width < 24 || r.height < 24);
	}).map((b) => b.outerHTML.slice(0, 90))`)
	require.Empty(t, small)
	nameless := eval[[]string](p, `[...document.querySelectorAll("button, a")].filter((b) =>
		!b.textContent.trim() && !b.getAttribute("aria-label"))
		.map((b) => b.outerHTML.slice(0, 90))`)
	require.Empty(t, nameless)
}

func TestADamagedLinkIsRefusedWithItsReason(t *testing.T) {
	whole := linkOf(t, []byte("title whole\nservers S1 S2\n"))
	for name, link := range map[string]string{
		"bomb": linkOf(t, make([]byte, 64<<20)),
		"cut":  whole[:len(whole)-6],
		"more": whole + "AAAAAAAA",
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, desk, link)
			p.said("cannot be opened")
			require.Contains(t, p.text("h1"), "One leader")
		})
	}
}

func TestThePageIsSmallBeforeTheEditor(t *testing.T) {
	var size int64
	for _, name := range []string{"index.html", "main.js", "style.css", "worker.js"} {
		info, err := os.Stat(filepath.Join(site, name+".gz"))
		require.NoError(t, err)
		size += info.Size()
	}
	require.Less(t, size, int64(60<<10), "bytes, gzip")
}

func TestAHostileTextIsTextAndNothingElse(t *testing.T) {
	evil := "title <img src=x onerror=alert(1)><script>document.title='owned'</script>\n" +
		"about <svg onload=alert(1)> ${alert(1)} javascript:alert(1)\n" +
		"protocol two-servers\nservers S1 S2\nclients C1\nC1 sends m1 to S1 S2\n" +
		"note \"<b onclick=x>bold</b>\"\n"
	p := open(t, desk, linkOf(t, []byte(evil)))
	require.Contains(t, p.text("h1"), "<img src=x onerror=alert(1)>")
	const alive = "h1 *, .about *, #panel img, #panel script, [onclick], [onload]"
	require.Zero(t, eval[int](p, `document.querySelectorAll("`+alive+`").length`))
	for _, tab := range []string{"Scenario", "Events"} {
		p.press(".tabs", tab)
		require.Zero(t, eval[int](p, `document.querySelectorAll("`+alive+`").length`))
	}
	require.NotEqual(t, "owned", eval[string](p, `document.title`))
}

func TestThePageLooksAsItShould(t *testing.T) {
	dir := os.Getenv("SYNOD_SCREENSHOTS")
	if dir == "" {
		dir = t.TempDir()
	}
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for _, v := range []view{desk, phone, {1440, 900, true}, {390, 844, true}} {
		name := fmt.Sprintf("%d-dark-%t.png", v.width, v.dark)
		t.Run(name, func(t *testing.T) {
			p := open(t, v, "")
			picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), picture, 0o600))
			shot, err := png.Decode(bytes.NewReader(picture))
			require.NoError(t, err)
			colours := map[[4]uint32]bool{}
			for y := 0; y < shot.Bounds().Dy(); y += 2 {
				for x := 0; x < shot.Bounds().Dx(); x += 2 {
					r, g, b, a := shot.At(x, y).RGBA()
					colours[[4]uint32{r, g, b, a}] = true
				}
			}
			require.Greater(t, len(colours), 40, "the page is all but empty")
		})
	}
}
