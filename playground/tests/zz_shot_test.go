package tests

import (
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

func TestZZShots(t *testing.T) {
	for _, id := range []string{"M-05", "M-50", "E-28", "T-12", "K-10"} {
		p := open(t, desk, "")
		p.openEntry(id)
		time.Sleep(3 * time.Second)
		picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		os.WriteFile("/tmp/shot-"+id+".png", picture, 0o644)
	}
}
