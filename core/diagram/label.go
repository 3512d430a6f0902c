package diagram

import (
	"strconv"
	"unicode/utf8"

	"github.com/synodlab/synod/core/trace"
)

// Words are how the labels of messages are written: in the words of one of the seeds.
type Words struct {
	Kinds []KindWords // by kind of message, as in trace.Log.Kinds
	None  string      // stands for a value that is absent; "": "–"
	Zero  string      // stands for a number that is absent; "": None
}

// KindWords is how one kind of message is written: a word, then its fields in brackets.
type KindWords struct {
	Word   string // "": the protocol's own
	Fields []Field
}

// Field is a field of a message, by its name in the scenario language.
type Field uint8

// The fields.
const (
	Number         Field = iota + 1 // n
	Value                           // v
	AcceptedNumber                  // n_a
	AcceptedValue                   // v_a
	Seq                             // seq
	Max                             // max
	State                           // state
)

var fieldNames = [...]string{Number: "n", Value: "v", AcceptedNumber: "n_a", AcceptedValue: "v_a",
	Seq: "seq", Max: "max", State: "state"}

// FieldOf returns the field of this name, and whether there is one.
func FieldOf(name string) (Field, bool) {
	for f := Number; f <= State; f++ {
		if fieldNames[f] == name {
			return f, true
		}
	}
	return 0, false
}

// maxLabel is where a label is cut, in characters.
const maxLabel = 72

// AppendLabel appends the label of record i, which is about a message: `Q1(11)`. Without words, it
// is the protocol's name of the kind and every field that is there.
func AppendLabel(dst []byte, log *trace.Log, w *Words, i int) []byte {
	r := &log.Records[i]
	k := int(r.Type) - 1
	if k < 0 || k >= len(log.Kinds) {
		return append(dst, "message"...)
	}
	if w == nil || k >= len(w.Kinds) {
		dst = append(dst, log.Kinds[k]...)
		return appendPresent(dst, log, r)
	}
	kind := &w.Kinds[k]
	if kind.Word == "" {
		dst = append(dst, log.Kinds[k]...)
	} else {
		dst = append(dst, kind.Word...)
	}
	if len(kind.Fields) == 0 {
		return dst
	}
	return w.appendFields(dst, log, r, kind.Fields)
}

// appendFields appends fields in brackets. A sequence number, refusal or state that is absent is
// left out; a number or value that is absent is said to be.
func (w *Words) appendFields(dst []byte, log *trace.Log, r *trace.Record, fields []Field) []byte {
	n := 0
	for _, f := range fields {
		start := len(dst)
		dst = separate(dst, n)
		open := len(dst)
		if dst = appendField(dst, log, r, f); len(dst) == open {
			if f == Seq || f == Max || f == State {
				dst = dst[:start]
				continue
			}
			dst = append(dst, w.none(f)...)
		}
		n++
	}
	if n > 0 {
		dst = append(dst, ')')
	}
	return dst
}

// none returns how the absence of a field is written.
func (w *Words) none(f Field) string {
	switch {
	case (f == Number || f == AcceptedNumber) && w.Zero != "":
		return w.Zero
	case w.None == "":
		return "–"
	}
	return w.None
}

// appendPresent appends, in brackets, the fields of r that are there, in the order of all fields.
func appendPresent(dst []byte, log *trace.Log, r *trace.Record) []byte {
	n := 0
	for _, f := range [...]Field{Number, Value, AcceptedNumber, AcceptedValue, Seq, State} {
		start := len(dst)
		dst = separate(dst, n)
		open := len(dst)
		if dst = appendField(dst, log, r, f); len(dst) == open {
			dst = dst[:start]
			continue
		}
		n++
	}
	if n > 0 {
		dst = append(dst, ')')
	}
	return dst
}

func separate(dst []byte, n int) []byte {
	if n == 0 {
		return append(dst, '(')
	}
	return append(dst, ", "...)
}

// appendField appends field f of r, nothing if it is absent.
func appendField(dst []byte, log *trace.Log, r *trace.Record, f Field) []byte {
	switch f {
	case Number:
		return appendNumber(dst, r.Ballot)
	case Value:
		return append(dst, log.Names.Bytes(r.Value)...)
	case AcceptedNumber, Max:
		return appendNumber(dst, r.VBallot)
	case AcceptedValue:
		return append(dst, log.Names.Bytes(r.VValue)...)
	case Seq:
		return appendNumber(dst, r.Slot)
	case State:
		return append(dst, log.StateText(r.State)...)
	}
	return dst
}

func appendNumber(dst []byte, n int64) []byte {
	if n == trace.NoNumber {
		return dst
	}
	return strconv.AppendInt(dst, n, 10)
}

// message returns the number of the label of record i.
func (d *Diagram) message(log *trace.Log, i int) trace.Value {
	return d.number(AppendLabel(d.text[:0], log, d.opt.Words, i))
}

// number returns the number of text t, cut to a length that a picture can show, 0 if it is empty.
// t is kept as the buffer of the next text.
func (d *Diagram) number(t []byte) trace.Value {
	d.text = t
	runes, at := 0, 0
	for at < len(t) {
		_, size := utf8.DecodeRune(t[at:])
		if runes == maxLabel-1 && at+size < len(t) {
			t = append(t[:at], "…"...)
			break
		}
		runes, at = runes+1, at+size
	}
	v := d.Labels.OfBytes(t)
	if int(v) > len(d.widths) {
		d.widths = append(d.widths, width(t))
	}
	return v
}
