package check

import (
	"bytes"

	"github.com/synodlab/synod/core/trace"
)

// holders are the clients that hold the lock of a lock service, each since one answer.
type holders struct {
	set   Set
	since [trace.MaxNodes]int32
	let   [trace.MaxNodes]int32 // one past where the last release that it sent was issued
}

// grants judges lock: never do two clients hold the lock at once (Meling: "both clients could have
// gotten the lock"; M-21, M-58). A client holds it from the answer "granted", the first to that
// command, until it sends a release or hears "released"; an answer that comes only after it sent a
// release that it issued later gives it nothing. Nobody else knows who holds it: a client that
// crashed, or hears nothing, still does.
func (j *Judge) grants(i int, r *trace.Record, c *command) {
	switch string(j.log.Names.Bytes(r.VValue)) {
	case "released":
		j.holders.set = j.holders.set.Without(r.Node)
	case "granted":
		if c != nil && c.granted || r.Node >= trace.MaxNodes {
			return // heard before
		}
		if c != nil {
			c.granted = true
			if c.issued < j.holders.let[r.Node] {
				return // it let go before it heard of it
			}
		}
		others := j.holders.set.Without(r.Node)
		j.holders.set = j.holders.set.With(r.Node)
		j.holders.since[r.Node] = int32(i)
		if j.open(lock) && others != 0 {
			n := others.first()
			j.breaks(lock, i, int(j.holders.since[n]), n, " and ", r.Node, " both hold the lock")
		}
	}
}

// letsGo takes in that a client sends a message: a release ends its holding of the lock.
func (j *Judge) letsGo(r *trace.Record) {
	if r.Node >= trace.MaxNodes || !release(j.log.Names.Bytes(r.Value)) {
		return
	}
	j.holders.set = j.holders.set.Without(r.Node)
	if c := j.commands.of(r.Value); c != nil {
		let := &j.holders.let[r.Node]
		*let = max(*let, c.issued+1)
	}
}

// release reports whether text is the command release: alone, with arguments, or with the name of
// its client before a colon.
func release(text []byte) bool {
	if at := bytes.IndexByte(text, ':'); at >= 0 && bytes.IndexByte(text[:at], '(') < 0 {
		text = text[at+1:]
	}
	if at := bytes.IndexByte(text, '('); at >= 0 {
		text = text[:at]
	}
	return string(text) == "release"
}
