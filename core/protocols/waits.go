package protocols

import (
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/sim"
)

// wait is an option that is a time, a range of times, a multiple of the node's index, or never.
type wait struct {
	set   bool
	times bool // so often the node's index
	r     sim.Range
}

// parseWait reads an option that the language has judged before.
func parseWait(text string) wait {
	if text == "never" {
		return wait{}
	}
	w := wait{set: true}
	text, w.times = strings.CutPrefix(text, "id*")
	lo, hi, isRange := strings.Cut(text, "..")
	w.r.Lo = parseMicros(lo)
	w.r.Hi = w.r.Lo
	if isRange {
		w.r.Hi = parseMicros(hi)
	}
	return w
}

// of returns the wait of node n.
func (w wait) of(n sim.Node) sim.Range {
	if w.times {
		return sim.Range{Lo: w.r.Lo * sim.Micros(n), Hi: w.r.Hi * sim.Micros(n)}
	}
	return w.r
}

func parseMicros(text string) sim.Micros {
	unit := sim.Micros(1_000_000)
	number := strings.TrimSuffix(text, "s")
	if n, ok := strings.CutSuffix(text, "ms"); ok {
		number, unit = n, 1000
	} else if n, ok := strings.CutSuffix(text, "us"); ok {
		number, unit = n, 1
	}
	n, _ := strconv.ParseInt(number, 10, 64)
	return sim.Micros(n) * unit
}
