package tests

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// axe is what axe-core finds wrong on the page as it stands: rule, and where.
func (p *tab) axe() []string {
	p.t.Helper()
	script, err := os.ReadFile("../node_modules/axe-core/axe.min.js")
	require.NoError(p.t, err)
	_, err = chromedp.Run(p.ctx, chromedp.Evaluate[bool](string(script)+"; true"))
	require.NoError(p.t, err)
	return eval[[]string](p, `axe.run({resultTypes: ["violations"]}).then((r) =>
		r.violations.flatMap((v) => v.nodes.map((n) =>
			v.id + ": " + n.target.join(" ") + ": " + (n.failureSummary ?? ""))))`)
}

func TestAxeFindsNothingWrong(t *testing.T) {
	for _, v := range []view{desk, phone, {1440, 900, true}, {390, 844, true}} {
		t.Run(fmt.Sprint(v.width, v.dark), func(t *testing.T) {
			p := open(t, v, "")
			for _, tab := range []string{"Events", "Scenario", "Inspect"} {
				p.press(".tabs", tab)
				p.settle()
				require.Empty(t, p.axe(), tab)
			}
		})
	}
}

func TestAxeFindsNothingWrongWithASearch(t *testing.T) {
	for _, v := range []view{desk, phone, {1440, 900, true}} {
		t.Run(fmt.Sprint(v.width, v.dark), func(t *testing.T) {
			p := navigate(t, v, address, linkOf(t, []byte(endless)))
			p.shows(searchSection, "a second")
			require.Empty(t, p.axe(), "while it goes on")
			p.press(searchSection, "Stop")
			p.shows(searchSection, "stopped")
			require.Empty(t, p.axe(), "stopped")
			p = open(t, v, linkOf(t, []byte(half)))
			p.shows(searchSection, "and no sooner")
			require.Empty(t, p.axe(), "violated")
			p = navigate(t, v, address, linkOf(t, []byte(manyEnds)))
			p.wait(`document.querySelector(".judging")`)
			require.Empty(t, p.axe(), "while its ends are judged")
		})
	}
}
