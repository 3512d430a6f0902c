package trace

import (
	"strconv"
	"unicode/utf8"
)

// shownHistory bounds how many commands of a state are written out.
const shownHistory = 16

// AppendJSON appends record i as one line of JSON, with its newline. Fields that are absent are
// left out; the order of fields is fixed:
//
//	{"event":3,"at":1000,"node":"S1","kind":"send","id":1,"from":"S1","to":"S2",
//	 "message":"accept","ballot":1,"vballot":0,"slot":1,"value":"m1","vvalue":"m0",
//	 "state":"m1 m2","note":"…","cause":2,"line":7}
func (l *Log) AppendJSON(dst []byte, i int) []byte {
	r := &l.Records[i]
	dst = append(dst, `{"event":`...)
	dst = strconv.AppendInt(dst, int64(i), 10)
	dst = append(dst, `,"at":`...)
	dst = strconv.AppendInt(dst, r.At, 10)
	dst = l.appendNode(dst, `,"node":`, r.Node)
	dst = append(dst, `,"kind":"`...)
	dst = append(dst, r.Kind.String()...)
	dst = append(dst, '"')
	dst = appendNumber(dst, `,"id":`, int64(r.Message), r.Message != 0)
	dst = l.appendNode(dst, `,"from":`, r.From)
	dst = l.appendNode(dst, `,"to":`, r.To)
	if r.Type != 0 && int(r.Type) <= len(l.Kinds) {
		dst = append(dst, `,"message":`...)
		dst = AppendString(dst, l.Kinds[r.Type-1])
	}
	dst = appendNumber(dst, `,"ballot":`, r.Ballot, r.Ballot != NoNumber)
	dst = appendNumber(dst, `,"vballot":`, r.VBallot, r.VBallot != NoNumber)
	dst = appendNumber(dst, `,"slot":`, r.Slot, r.Slot != NoNumber)
	dst = l.appendName(dst, `,"value":`, r.Value)
	dst = l.appendName(dst, `,"vvalue":`, r.VValue)
	if r.State != 0 {
		dst = append(dst, `,"state":`...)
		dst = AppendString(dst, l.StateText(r.State))
	}
	dst = l.appendName(dst, `,"note":`, r.Note)
	dst = appendNumber(dst, `,"cause":`, int64(r.Cause)-1, r.Cause != 0)
	dst = appendNumber(dst, `,"line":`, int64(r.Line), r.Line != 0)
	return append(dst, '}', '\n')
}

// StateText returns the commands of h, first to last, the earliest of a long state left out.
func (l *Log) StateText(h History) string {
	var buf [shownHistory]Value
	n := int(l.Histories.Len(h))
	shown := buf[:min(n, shownHistory)]
	for i := len(shown) - 1; i >= 0; i-- {
		shown[i], h = l.Histories.Last(h)
	}
	var text []byte
	if n > shownHistory {
		text = append(append(text, "("...), strconv.Itoa(n-shownHistory)+" more) "...)
	}
	for i, v := range shown {
		if i > 0 {
			text = append(text, ' ')
		}
		text = append(text, l.Names.Bytes(v)...)
	}
	return string(text)
}

// Hash returns the FNV-1a hash of the log as a file: of every line of AppendJSON.
func (l *Log) Hash() uint64 {
	h := NewHash()
	var line []byte
	for i := range l.Records {
		line = l.AppendJSON(line[:0], i)
		h.Write(line)
	}
	return uint64(h)
}

// Hash is a running FNV-1a hash of 64 bits.
type Hash uint64

// NewHash returns the hash of no bytes.
func NewHash() Hash { return 14695981039346656037 }

// Write adds p.
func (h *Hash) Write(p []byte) {
	x := uint64(*h)
	for _, b := range p {
		x = (x ^ uint64(b)) * 1099511628211
	}
	*h = Hash(x)
}

func (l *Log) appendNode(dst []byte, key string, n Node) []byte {
	if int(n) >= len(l.Nodes) {
		return dst
	}
	return AppendString(append(dst, key...), l.Nodes[n])
}

func (l *Log) appendName(dst []byte, key string, v Value) []byte {
	if v == 0 {
		return dst
	}
	return AppendString(append(dst, key...), l.Names.Text(v))
}

func appendNumber(dst []byte, key string, n int64, there bool) []byte {
	if !there {
		return dst
	}
	return strconv.AppendInt(append(dst, key...), n, 10)
}

// AppendString appends s as a JSON string. Bytes that are not UTF-8 become U+FFFD.
func AppendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, '\\', 'n')
		case r == '\t':
			dst = append(dst, '\\', 't')
		case r < 0x20 || r == '<' || r == '>' || r == '&' || r == 0x2028 || r == 0x2029:
			dst = append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}
