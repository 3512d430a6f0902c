package scenario

import (
	"strconv"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/trace"
)

// AppendJSON appends the verdict as one JSON object: the first run's title, protocol, seed, events,
// virtual_us, trace_hash, state_hash, checks, expectations, controls; then cases, passed, link.
func (v *Verdict) AppendJSON(dst []byte) []byte {
	dst = v.First.appendFields(append(dst, '{'))
	dst = append(dst, `,"controls":`...)
	dst = appendRuns(dst, v.Controls)
	dst = append(dst, `,"cases":[`...)
	for i := range v.Cases {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = v.Cases[i].appendJSON(dst)
	}
	dst = append(dst, `],"passed":`...)
	dst = strconv.AppendBool(dst, v.Passed)
	dst = append(dst, `,"link":`...)
	return append(trace.AppendString(dst, v.Link), '}')
}

func (v *RunVerdict) appendFields(dst []byte) []byte {
	dst = trace.AppendString(append(dst, `"title":`...), v.Title)
	dst = append(dst, `,"protocol":`...)
	dst = trace.AppendString(dst, v.Protocol)
	dst = append(dst, `,"seed":`...)
	dst = strconv.AppendUint(dst, v.Seed, 10)
	dst = append(dst, `,"events":`...)
	dst = strconv.AppendInt(dst, int64(v.Events), 10)
	dst = append(dst, `,"virtual_us":`...)
	dst = strconv.AppendInt(dst, int64(v.Virtual), 10)
	dst = append(append(append(dst, `,"trace_hash":"`...), hex16(v.TraceHash)...), '"')
	dst = append(append(append(dst, `,"state_hash":"`...), hex16(v.StateHash)...), '"')
	dst = append(dst, `,"quiet":`...)
	dst = strconv.AppendBool(dst, v.Quiet)
	dst = append(dst, `,"checks":`...)
	dst = appendChecks(dst, v.Checks)
	dst = append(dst, `,"expectations":`...)
	dst = appendOutcomes(dst, v.Expectations)
	return appendSearches(append(dst, `,"explorations":`...), v.Searches)
}

func appendSearches(dst []byte, searches []*Search) []byte {
	dst = append(dst, '[')
	for i, s := range searches {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = s.AppendJSON(dst)
	}
	return append(dst, ']')
}

// AppendSearches appends, as a JSON array, what is known of the searches of the run by now.
func (r *Run) AppendSearches(dst []byte) []byte { return appendSearches(dst, r.searches) }

// AppendJSON appends what is known of the search: what it found, once it is over.
func (s *Search) AppendJSON(dst []byte) []byte {
	r, first, way := &s.Result, Break{}, ""
	if len(s.Breaks) > 0 {
		first = s.Breaks[0]
		way = first.Counterexample()
	}
	dst = append(dst, `{"line":`...)
	dst = strconv.AppendInt(dst, int64(s.Explore.Pos.Line), 10)
	dst = trace.AppendString(append(dst, `,"text":`...), s.Explore.Text)
	dst = s.appendAsked(dst)
	for _, f := range [...]struct {
		name string
		n    int
	}{{"states", r.Distinct}, {"generated", r.Generated}, {"depth", r.Depth},
		{"frontier", r.Frontier}, {"ends", r.Terminal}, {"stuck", r.Stuck},
		{"shortest", first.Shortest}} {
		dst = append(append(append(dst, `,"`...), f.name...), `":`...)
		dst = strconv.AppendInt(dst, int64(f.n), 10)
	}
	if what, asked, all := s.Judging(); what != "" {
		dst = trace.AppendString(append(dst, `,"judging":`...), what)
		dst = strconv.AppendInt(append(dst, `,"asked":`...), int64(asked), 10)
		dst = strconv.AppendInt(append(dst, `,"toAsk":`...), int64(all), 10)
	}
	dst = strconv.AppendBool(append(dst, `,"over":`...), s.Over)
	dst = strconv.AppendBool(append(dst, `,"complete":`...), s.Complete())
	cut := s.Full == stopped || s.unjudged != ""
	dst = strconv.AppendBool(append(dst, `,"stopped":`...), cut)
	dst = strconv.AppendBool(append(dst, `,"settled":`...), r.Settled)
	dst = trace.AppendString(append(dst, `,"bounded":`...), r.Bounded)
	dst = trace.AppendString(append(dst, `,"symmetry":`...), s.Alike)
	dst = trace.AppendString(append(dst, `,"violation":`...), first.Check)
	dst = trace.AppendString(append(dst, `,"outcome":`...), s.Outcome())
	dst = trace.AppendString(append(dst, `,"detail":`...), s.Text())
	dst = trace.AppendString(append(dst, `,"judged":`...), s.Judged())
	dst = trace.AppendString(append(dst, `,"counterexample":`...), way)
	dst = append(dst, `,"violations":[`...)
	for i := range s.Breaks {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = s.Breaks[i].appendJSON(dst)
	}
	return append(dst, "]}"...)
}

func (b *Break) appendJSON(dst []byte) []byte {
	dst = trace.AppendString(append(dst, `{"check":`...), b.Check)
	dst = append(append(dst, `,"shortest":`...), strconv.Itoa(b.Shortest)...)
	dst = append(append(dst, `,"states":`...), strconv.Itoa(b.Then.Distinct)...)
	dst = trace.AppendString(append(dst, `,"counterexample":`...), b.Counterexample())
	return append(dst, '}')
}

// appendAsked appends the bounds of the search, as pairs of words, and what is claimed of it.
func (s *Search) appendAsked(dst []byte) []byte {
	dst = append(dst, `,"bounds":[`...)
	for i, term := range s.Explore.terms() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(trace.AppendString(append(dst, '['), term[0]), ',')
		dst = append(trace.AppendString(dst, term[1]), ']')
	}
	dst = append(dst, `],"claims":[`...)
	for i, o := range s.claims() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(append(dst, `{"line":`...), int64(o.Expect.Pos.Line), 10)
		dst = append(trace.AppendString(append(dst, `,"text":`...), o.Expect.Text), '}')
	}
	return append(dst, ']')
}

func appendRuns(dst []byte, runs []RunVerdict) []byte {
	dst = append(dst, '[')
	for i := range runs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = runs[i].appendFields(append(dst, '{'))
		dst = append(dst, `,"skipped":[`...)
		for j, s := range runs[i].Skipped {
			if j > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, `{"line":`...)
			dst = strconv.AppendInt(dst, int64(s.Line), 10)
			dst = trace.AppendString(append(dst, `,"text":`...), s.Text)
			dst = append(trace.AppendString(append(dst, `,"reason":`...), s.Reason), '}')
		}
		dst = append(dst, `],"passed":`...)
		dst = append(strconv.AppendBool(dst, runs[i].Passed), '}')
	}
	return append(dst, ']')
}

func (c *CaseVerdict) appendJSON(dst []byte) []byte {
	dst = trace.AppendString(append(dst, `{"name":`...), c.Name)
	dst = trace.AppendString(append(dst, `,"title":`...), c.Title)
	dst = append(dst, `,"runs":`...)
	dst = strconv.AppendInt(dst, int64(c.Runs), 10)
	dst = append(dst, `,"passed":`...)
	dst = strconv.AppendBool(dst, c.Passed)
	dst = appendOutcomes(append(dst, `,"expectations":`...), c.Expectations)
	dst = appendChecks(append(dst, `,"violations":`...), c.Checks)
	dst = appendSearches(append(dst, `,"explorations":`...), c.Searches)
	dst = appendRuns(append(dst, `,"controls":`...), c.Controls)
	dst = append(dst, `,"measures":[`...)
	for i, m := range c.Measures {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = m.appendJSON(dst)
	}
	return append(dst, "]}"...)
}

func (m *Measured) appendJSON(dst []byte) []byte {
	dst = trace.AppendString(append(dst, `{"text":`...), m.Text)
	for _, f := range [...]struct {
		name string
		n    int64
	}{{"runs", int64(m.Runs)}, {"min", m.Min}, {"median", m.Median}, {"p99", m.P99}, {"max",
		m.Max}} {
		dst = append(append(append(dst, `,"`...), f.name...), `":`...)
		dst = strconv.AppendInt(dst, f.n, 10)
	}
	return append(dst, '}')
}

func appendChecks(dst []byte, checks []check.Result) []byte {
	dst = append(dst, '[')
	for i, c := range checks {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = trace.AppendString(append(dst, `{"name":`...), c.Name)
		dst = trace.AppendString(append(dst, `,"status":`...), c.Status.String())
		dst = append(dst, `,"event":`...)
		dst = strconv.AppendInt(dst, int64(c.Event), 10)
		dst = append(dst, `,"other":`...)
		dst = strconv.AppendInt(dst, int64(c.Other), 10)
		dst = append(trace.AppendString(append(dst, `,"detail":`...), c.Detail), '}')
	}
	return append(dst, ']')
}

func appendOutcomes(dst []byte, outcomes []Outcome) []byte {
	dst = append(dst, '[')
	for i := range outcomes {
		o := &outcomes[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"line":`...)
		dst = strconv.AppendInt(dst, int64(o.Expect.Pos.Line), 10)
		dst = trace.AppendString(append(dst, `,"text":`...), o.Expect.Text)
		dst = append(dst, `,"met":`...)
		dst = strconv.AppendBool(dst, o.Met)
		dst = append(trace.AppendString(append(dst, `,"detail":`...), o.Detail), '}')
	}
	return append(dst, ']')
}

// AppendErrors appends errors as `{"errors":[{"line":1,"col":1,"text":"…"}]}`; err is an *Error or
// Errors, or any other error, which has no place.
func AppendErrors(dst []byte, err error) []byte {
	var list Errors
	switch e := err.(type) {
	case *Error:
		list = Errors{e}
	case Errors:
		list = e
	default:
		list = Errors{{Problem: err.Error()}}
	}
	dst = append(dst, `{"errors":[`...)
	for i, e := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"line":`...)
		dst = strconv.AppendInt(dst, int64(e.Pos.Line), 10)
		dst = append(dst, `,"col":`...)
		dst = strconv.AppendInt(dst, int64(e.Pos.Col), 10)
		dst = append(trace.AppendString(append(dst, `,"text":`...), e.Message()), '}')
	}
	return append(dst, "]}"...)
}

// RunJSON runs a text and appends its verdict, or what is wrong with it, as JSON. It reports
// whether the text could be run. file names it in errors.
func RunJSON(dst []byte, file, text string) (out []byte, ran bool) {
	f, err := Parse(file, text, Known())
	if err != nil {
		return AppendErrors(dst, err), false
	}
	v, err := RunFile(f, Choice{})
	if err != nil {
		return AppendErrors(dst, err), false
	}
	return v.AppendJSON(dst), true
}

// hex16 returns x as 16 hex digits.
func hex16(x uint64) string {
	const digits = "0123456789abcdef"
	var b [16]byte
	for i := range b {
		b[i] = digits[x>>(60-4*i)&15]
	}
	return string(b[:])
}
