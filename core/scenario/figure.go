package scenario

import (
	"strconv"

	"github.com/synodlab/synod/core/trace"
)

// meter counts the messages of a figure. It reads each record once.
type meter struct {
	match  matcher
	ready  bool
	cursor int
	n      int64
}

func (r *Run) figureIs(o *Outcome, c *FigureIs) (met bool, detail string, err *Error) {
	n, known, err := r.figure(&o.meter, &c.Figure)
	if err != nil {
		return false, "", err
	}
	if !known {
		return false, "there is no " + c.Figure.Name + ": it was not answered", nil
	}
	text := strconv.FormatInt(n, 10)
	if c.Figure.isTime() {
		text = Micros(n).String()
	}
	return c.Op.compares(n, c.N), "it is " + text, nil
}

// isTime reports whether the figure is a time, and no count.
func (f *Figure) isTime() bool { return f.Name == "latency" }

// figure counts. It is not known only if it is the latency of what was never answered.
func (r *Run) figure(t *meter, f *Figure) (n int64, known bool, err *Error) {
	switch f.Name {
	case "sent":
		return r.messages(t, trace.Send, f)
	case "delivered":
		return r.messages(t, trace.Deliver, f)
	case "lost":
		return r.messages(t, trace.Lose, f)
	case "rounds":
		return int64(r.Judge.Rounds()), true, nil
	case "preempted":
		return int64(r.Judge.Preempted()), true, nil
	case "rolled-back":
		return int64(r.Judge.RolledBack()), true, nil
	case "latency":
		n, known = r.Judge.Latency(r.meant(f.Command))
		return n, known, nil
	}
	return int64(len(r.Log.Records)), true, nil
}

// messages counts events of one kind about messages that fit, those to oneself aside.
func (r *Run) messages(t *meter, kind trace.Kind, f *Figure) (n int64, known bool, err *Error) {
	if !t.ready {
		t.ready, t.match = true, matcher{kinds: anyKind, from: anyNode, to: anyNode}
		if f.HasMessage {
			if t.match, err = r.matcher(&f.Message); err != nil {
				t.ready = false
				return 0, false, err
			}
		}
	}
	r.effort += costOfAsking * (len(r.Log.Records) - t.cursor)
	for ; t.cursor < len(r.Log.Records); t.cursor++ {
		if r.counts(&t.match, kind, &r.Log.Records[t.cursor]) {
			t.n++
		}
	}
	return t.n, true, nil
}
