package scenario

import (
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// watch follows one condition through a run. Those that name an act are read off the trace, each
// record once; the others are about now.
type watch struct {
	cond   *Condition
	node   sim.Node
	other  sim.Node
	row    int
	match  matcher
	sends  counter // of the messages that fit: which is the n-th
	cursor int
	hits   uint64
	taken  uint64 // hits that a `whenever` has answered
	first  int    // the event of the first hit; -1: not yet
	was    bool   // of a condition about now: as seen last
	with   sim.History
	// with and without are the states in a reply looked at last that have the command, and that
	// have not: the next one is most often one of them and a little more.
	without sim.History
}

// watch makes a condition ready. The error is a word that the protocol does not have.
func (r *Run) watch(c *Condition) (*watch, *Error) {
	w := &watch{cond: c, first: -1}
	if c.Node != "" {
		w.node = r.node(c.Node)
	}
	var err *Error
	switch c.Kind {
	case Suspects:
		w.other = r.node(c.Other)
	case Sent, Received:
		if w.match, err = r.matcher(&c.Message); err != nil {
			return w, err
		}
		if c.Kind == Sent {
			w.match.from = 1 << w.node
		} else {
			w.match.to = 1 << w.node
		}
	case RowIs:
		if w.row = r.row(c.Row); w.row < 0 {
			return w, r.noRow(c.Pos, c.Row)
		}
	}
	return w, nil
}

// now reports whether the condition is about this moment, and can be true again and again.
func (c *Condition) now() bool {
	switch c.Kind {
	case Leads, Suspects, RowIs, Quiet, Is:
		return true
	}
	return false
}

// holds reports whether the condition has come true, or is true now.
func (r *Run) holds(w *watch) bool {
	c := w.cond
	r.effort += costOfAsking
	switch c.Kind {
	case Leads:
		return r.Judge.Leaders().Has(w.node)
	case Suspects:
		return r.World.Suspects(w.node, w.other)
	case RowIs:
		return r.rowIs(w.node, w.row, c.Row, c.Op, c.Value)
	case Quiet:
		return r.World.Quiet()
	case Is:
		return r.isIn(w.node, c.State)
	}
	r.follow(w)
	if c.Kind == NothingChosen {
		return w.first < 0
	}
	return w.first >= 0
}

// rises reports whether the condition came true since it was asked last: each act counts once.
func (r *Run) rises(w *watch) bool {
	now := r.holds(w)
	if w.cond.now() {
		rose := now && !w.was
		w.was = now
		return rose
	}
	if w.taken < w.hits {
		w.taken++
		return true
	}
	return false
}

// follow reads the records that are new.
func (r *Run) follow(w *watch) {
	r.effort += costOfAsking * (len(r.Log.Records) - w.cursor)
	for ; w.cursor < len(r.Log.Records); w.cursor++ {
		if !r.hit(w, &r.Log.Records[w.cursor]) {
			continue
		}
		w.hits++
		if w.first < 0 {
			w.first = w.cursor
		}
	}
}

func (r *Run) hit(w *watch, rec *trace.Record) bool {
	c := w.cond
	switch c.Kind {
	case Chosen, NothingChosen:
		return r.choice(c, rec)
	case Executed:
		return rec.Kind == trace.Execute && rec.Node == w.node && r.means(c.Value, rec.Value)
	case Accepted:
		return rec.Kind == trace.Accept && rec.Node == w.node && r.means(c.Value, rec.Value)
	case Promised:
		return rec.Kind == trace.Promise && rec.Node == w.node && numberIs(rec.Ballot, c.Value)
	case Heard:
		return rec.Kind == trace.Reply && rec.Node == w.node && r.shown(w, rec)
	case Sent, Received:
		return r.passed(w, rec)
	case Leads:
		return rec.Kind == trace.Lead && rec.Node == w.node
	case Alarmed:
		return rec.Kind == trace.Note && rec.Node == w.node && rec.Note != 0 &&
			string(r.Log.Names.Bytes(rec.Note)) == trace.Alarm
	case Suspects:
		return rec.Kind == trace.Note && rec.Node == w.node && rec.To == w.other &&
			rec.Note == r.suspects
	}
	return false
}

// choice reports whether rec makes a value chosen: where acceptors vote, the vote that completes a
// quorum, which the checks find; elsewhere a server that executes it.
func (r *Run) choice(c *Condition, rec *trace.Record) bool {
	voted := rec.Kind == trace.Accept && rec.Note != 0 &&
		string(r.Log.Names.Bytes(rec.Note)) == "chosen"
	if !voted && !(rec.Kind == trace.Execute && r.Protocol.Judged == nil) {
		return false
	}
	if c.Kind == NothingChosen {
		return true
	}
	return r.means(c.Value, rec.Value) && (!c.HasSlot || rec.Slot == int64(c.Slot))
}

// shown reports whether the state in a reply, or the command answered, has the command.
func (r *Run) shown(w *watch, rec *trace.Record) bool {
	text := w.cond.Value
	has := r.means(text, rec.Value)
	for h := rec.State; h != 0 && h != w.without && !has; {
		if h == w.with {
			has = true
			break
		}
		var v sim.Value
		v, h = r.Log.Histories.Last(h)
		has = r.means(text, v)
		r.effort += costOfAsking
	}
	if has {
		w.with = rec.State
	} else {
		w.without = rec.State
	}
	return has
}

// passed reports whether rec is the sending or the arrival that is meant; with #n, that of the n-th
// such message ever sent.
func (r *Run) passed(w *watch, rec *trace.Record) bool {
	if r.counts(&w.match, trace.Send, rec) {
		if w.sends.n++; w.sends.n == w.match.n {
			w.sends.id = rec.Message
		}
	}
	kind := trace.Send
	if w.cond.Kind == Received {
		kind = trace.Deliver
	}
	return r.counts(&w.match, kind, rec) && (w.match.n == 0 || rec.Message == w.sends.id)
}
