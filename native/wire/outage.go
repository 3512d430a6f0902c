package wire

import (
	"errors"
	"fmt"
	"time"
)

const (
	// steady is how long a connection must last to count as one: what breaks sooner counts as an
	// attempt that failed.
	steady = backoffMost
	// outagePatience is how long a peer may be away before that is news in any case.
	outagePatience = 10 * time.Second
)

// outage decides what of a peer's absence is news, so that the log of a healthy cluster stays
// empty: nodes are started one after the other, shake hands again after genesis, and are stopped by
// people who know it. The zero value is a peer that was never there.
type outage struct {
	since   time.Time // when it was seen last for longer than a moment, or missed first
	told    bool
	refusal string // that was told last
}

// news notes the end of an attempt to connect, or of a connection that lasted as long as said, and
// reports whether it is to be told: a refusal, once; a connection that broke without a word; a
// silence of outagePatience.
func (o *outage) news(now time.Time, lasted time.Duration, why error) bool {
	if lasted >= steady || o.since.IsZero() {
		*o = outage{since: now}
	}
	var refused *refusedError
	if errors.As(why, &refused) {
		known := refused.told || o.refusal == why.Error()
		o.refusal = why.Error()
		return !known
	}
	said := (*ClosedError)(nil)
	announced := errors.As(why, &said) && said.Code == CodeAway
	if o.told || now.Sub(o.since) < outagePatience && (announced || lasted < steady) {
		return false
	}
	o.told = true
	return true
}

// refusedError says that one end of a connection did not admit the other.
type refusedError struct {
	by   string // who: "", this end, or the node
	why  string
	told bool // the log knows
}

func (e *refusedError) Error() string {
	if e.by == "" {
		return "wire: refused: " + e.why
	}
	return fmt.Sprintf("wire: refused by %s: %s", e.by, e.why)
}
