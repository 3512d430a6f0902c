package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/synodlab/synod/native/fuzz"
)

// progress shows on a terminal how far a campaign is; elsewhere it shows nothing.
type progress struct {
	stop chan struct{}
	done sync.WaitGroup
}

func newProgress(w io.Writer, c *fuzz.Campaign, config *fuzz.Config) *progress {
	p := &progress{stop: make(chan struct{})}
	if !isTerminal(w) {
		return p
	}
	start := time.Now()
	p.done.Go(func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-p.stop:
				fmt.Fprint(w, "\r\x1b[K")
				return
			case <-tick.C:
				fmt.Fprint(w, "\r\x1b[K"+progressLine(c.Totals(), config, time.Since(start)))
			}
		}
	})
	return p
}

// end takes the line away.
func (p *progress) end() {
	close(p.stop)
	p.done.Wait()
}

// progressLine writes how far a campaign is. The bar follows the bound that comes first.
func progressLine(t fuzz.Totals, c *fuzz.Config, since time.Duration) string {
	const width = 24
	share := 0.0
	if c.Count > 0 {
		share = float64(t.Runs) / float64(c.Count)
	}
	if c.For > 0 {
		share = max(share, float64(since)/float64(c.For))
	}
	if c.Events > 0 {
		share = max(share, float64(t.Events)/float64(c.Events))
	}
	full := min(width, int(share*width))
	text := fmt.Sprintf("[%s%s] %d seeds, %s", strings.Repeat("█", full),
		strings.Repeat("·", width-full), t.Runs, rate(t, since))
	if t.Failed > 0 {
		text += fmt.Sprintf(", %d FAILED", t.Failed)
	}
	return text
}

// rate says how many events there were, how fast, and how much faster than time they went by.
func rate(t fuzz.Totals, since time.Duration) string {
	seconds := max(since.Seconds(), 1e-9)
	return fmt.Sprintf("%.2f M events, %.2f M/s, %.0f times as fast as time",
		float64(t.Events)/1e6, float64(t.Events)/1e6/seconds, float64(t.Virtual)/1e6/seconds)
}

// isTerminal reports whether a person reads w as it is written.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
