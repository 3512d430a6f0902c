package sim

import "strconv"

// clock is what one node takes the time to be. It begins with the world's and runs as fast, until a
// step lets it drift or jump. The node's timers go by it; the world's own detectors do not.
type clock struct {
	shows  Micros // at since
	since  Micros // of the world
	rate   int32  // percent
	skewed bool
}

// Bounds of the rate of a clock, in percent.
const (
	MinRate = 1
	MaxRate = 1000
)

// at returns what the clock shows when the world's time is now.
func (c *clock) at(now Micros) Micros {
	if !c.skewed {
		return now
	}
	return c.shows + (now-c.since)*Micros(c.rate)/100
}

// when returns the first world's time from now on at which the clock shows at least shows.
func (c *clock) when(shows, now Micros) Micros {
	if !c.skewed {
		return max(shows, now)
	}
	rate := Micros(c.rate)
	return max(c.since+((shows-c.shows)*100+rate-1)/rate, now)
}

// SetRate lets the clock of n run at so many percent of the world's from now on.
func (w *World) SetRate(n Node, percent int) (refusal string) {
	if percent < MinRate || percent > MaxRate {
		return "no clock runs so"
	}
	c := &w.nodes[n].clock
	*c = clock{shows: c.at(w.Now), since: w.Now, rate: int32(percent), skewed: true}
	w.noteText("clock runs at "+strconv.Itoa(percent)+"%", n)
	w.ring(n)
	return ""
}

// Jump lets the clock of n jump forward, or back if by is negative, but not below 0.
func (w *World) Jump(n Node, by Micros) (refusal string) {
	c := &w.nodes[n].clock
	c.shows, c.since, c.skewed = max(c.at(w.Now)+by, 0), w.Now, true
	word := "clock jumps "
	if by < 0 {
		word, by = "clock jumps back ", -by
	}
	w.noteText(word+strconv.Itoa(int(by))+"us", n)
	w.ring(n)
	return ""
}

// Clock returns what the clock of n shows.
func (w *World) Clock(n Node) Micros { return w.nodes[n].clock.at(w.Now) }

// ring sets anew when the timers of n fire, whose clock has changed.
func (w *World) ring(n Node) {
	nd := &w.nodes[n]
	for i := range nd.timers {
		if t := &nd.timers[i]; t.runs {
			w.await(n, uint8(i))
		}
	}
	w.happened()
}
