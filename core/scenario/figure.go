package scenario

import (
	"strconv"

	"github.com/synodlab/synod/core/trace"
)

func (r *Run) figureIs(c *FigureIs) (met bool, detail string, err *Error) {
	n, known, err := r.figure(&c.Figure)
	if err != nil {
		return false, "", err
	}
	if !known {
		return false, "there is no " + c.Figure.Name + ": it was not answered", nil
	}
	switch c.Op {
	case Equal:
		met = n == c.N
	case NotEqual:
		met = n != c.N
	case Less:
		met = n < c.N
	case LessOrEqual:
		met = n <= c.N
	case Greater:
		met = n > c.N
	default:
		met = n >= c.N
	}
	return met, "it is " + strconv.FormatInt(n, 10), nil
}

// figure counts. It is not known only if it is the latency of what was never answered.
func (r *Run) figure(f *Figure) (n int64, known bool, err *Error) {
	switch f.Name {
	case "sent":
		return r.messages(trace.Send, f)
	case "delivered":
		return r.messages(trace.Deliver, f)
	case "lost":
		return r.messages(trace.Lose, f)
	case "rounds":
		return int64(r.Judge.Rounds()), true, nil
	case "preempted":
		return int64(r.Judge.Preempted()), true, nil
	case "rolled-back":
		return int64(r.Judge.RolledBack()), true, nil
	case "latency":
		v := r.meant(f.Command)
		n, known = r.Judge.Latency(v)
		return n, known, nil
	}
	return int64(len(r.Log.Records)), true, nil
}

// messages counts events of one kind about messages that fit, those to oneself aside.
func (r *Run) messages(kind trace.Kind, f *Figure) (n int64, known bool, err *Error) {
	var m matcher
	if f.HasMessage {
		if m, err = r.matcher(&f.Message); err != nil {
			return 0, false, err
		}
	}
	for i := range r.Log.Records {
		rec := &r.Log.Records[i]
		if rec.Kind == kind && rec.From != rec.To && (!f.HasMessage || r.matchesRecord(&m, rec)) {
			n++
		}
	}
	return n, true, nil
}
