package diagram

import (
	"strconv"
	"unicode/utf8"
)

// pen appends markup. Only text escapes: everything else that it writes is this package's own.
type pen struct{ out []byte }

func (p *pen) raw(s string) { p.out = append(p.out, s...) }

// f writes format with each '%' replaced by the next of n.
func (p *pen) f(format string, n ...int32) {
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || len(n) == 0 {
			p.out = append(p.out, format[i])
			continue
		}
		p.out = strconv.AppendInt(p.out, int64(n[0]), 10)
		n = n[1:]
	}
}

// milli writes n thousandths.
func (p *pen) milli(n int32) {
	if n < 0 {
		p.out = append(p.out, '-')
		n = -n
	}
	p.out = strconv.AppendInt(p.out, int64(n/1000), 10)
	if n %= 1000; n != 0 {
		p.out = append(p.out, '.', byte('0'+n/100))
		if n %= 100; n != 0 {
			p.out = append(p.out, byte('0'+n/10))
			if n %= 10; n != 0 {
				p.out = append(p.out, byte('0'+n))
			}
		}
	}
}

// text writes s as character data or as an attribute's value. Values are hostile: what XML cannot
// hold, and marks that turn the direction of the text around, become U+FFFD.
func (p *pen) text(s string) {
	for _, r := range s {
		switch {
		case r == '&':
			p.raw("&amp;")
		case r == '<':
			p.raw("&lt;")
		case r == '>':
			p.raw("&gt;")
		case r == '"':
			p.raw("&quot;")
		case r == '\'':
			p.raw("&#39;")
		case r == '\t' || r == '\n' || r == '\r':
			p.out = append(p.out, ' ')
		case forbidden(r):
			p.out = utf8.AppendRune(p.out, utf8.RuneError)
		default:
			p.out = utf8.AppendRune(p.out, r)
		}
	}
}

func forbidden(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff ||
		r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f
}

// cut returns s, or as much of it as fits into px with an ellipsis behind.
func cut(s string, px int32) string {
	if width([]byte(s)) <= px {
		return s
	}
	end, taken := 0, width([]byte("…"))
	for i, r := range s {
		w := width([]byte(string(r)))
		if taken+w > px {
			break
		}
		taken += w
		end = i + utf8.RuneLen(r)
	}
	return s[:min(end, len(s))] + "…"
}

// micros writes a time as people read it: 340 µs, 12.5 ms, 1.25 s.
func (p *pen) micros(us int64) {
	unit, scale := " µs", int64(1)
	switch size := max(us, -us); {
	case us == 0:
		unit = ""
	case size >= 1_000_000:
		unit, scale = " s", 1_000_000
	case size >= 1_000:
		unit, scale = " ms", 1_000
	}
	p.out = strconv.AppendInt(p.out, us/scale, 10)
	if rest := max(us%scale, -(us%scale)) * 1000 / scale; rest != 0 && scale > 1 {
		p.out = append(p.out, '.')
		for unit10 := int64(100); rest != 0; unit10 /= 10 {
			p.out = append(p.out, byte('0'+rest/unit10))
			rest %= unit10
		}
	}
	p.raw(unit)
}
