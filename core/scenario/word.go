package scenario

import (
	"strconv"
	"strings"
	"unicode"
)

// maxListWords bounds what one list may expand to.
const maxListWords = 10_000

// isName tells whether w is a letter, then letters, digits, `_ - '`; or digits alone.
func isName(w string) bool {
	if w == "" || isDigits(w) {
		return w != ""
	}
	for i, r := range w {
		inside := unicode.IsDigit(r) || r == '_' || r == '-' || r == '\''
		if !unicode.IsLetter(r) && (i == 0 || !inside) {
			return false
		}
	}
	return true
}

// isLabel tells whether w may name a case: a name that may begin with digits.
func isLabel(w string) bool { return w != "" && isName("a"+w) && w[0] != '-' && w[0] != '\'' }

func isDigits(w string) bool {
	for i := range len(w) {
		if w[i] < '0' || w[i] > '9' {
			return false
		}
	}
	return w != ""
}

// isRow tells whether w is `NODE.ROW`.
func isRow(w string) bool {
	node, row, found := strings.Cut(w, ".")
	return found && (node == "*" || isName(node)) && isName(row)
}

// parseCount reads a whole number of at most 18 digits.
func parseCount(w string) (uint64, bool) {
	if !isDigits(w) || len(w) > 18 {
		return 0, false
	}
	n, err := strconv.ParseUint(w, 10, 64)
	return n, err == nil
}

// parseTime reads a whole number of `us`, `ms` or `s`, at most 10^12 µs (eleven days).
func parseTime(w string) (Micros, bool) {
	digits := strings.TrimRight(w, "mus")
	unit := Micros(0)
	switch w[len(digits):] {
	case "us":
		unit = Microsecond
	case "ms":
		unit = Millisecond
	case "s":
		unit = Second
	}
	n, ok := parseCount(digits)
	if !ok || unit == 0 || n > uint64(1_000_000*Second/unit) {
		return 0, false
	}
	return Micros(n) * unit, true
}

// parseSpan reads a time, or a range of times whose ends are in order.
func parseSpan(w string) (Span, bool) {
	lo, hi, isRange := strings.Cut(w, "..")
	if !isRange {
		hi = lo
	}
	a, aOK := parseTime(lo)
	b, bOK := parseTime(hi)
	return Span{a, b}, aOK && bOK && a <= b
}

// parseShare reads `2%`: a whole number of percent, 0..100.
func parseShare(w string) (int, bool) {
	digits, found := strings.CutSuffix(w, "%")
	n, ok := parseCount(digits)
	return int(n), found && ok && n <= 100
}

// parseRange reads `0..4`.
func parseRange(w string) (lo, hi int, ok bool) {
	a, b, found := strings.Cut(w, "..")
	if !found {
		b = a
	}
	x, xOK := parseCount(a)
	y, yOK := parseCount(b)
	return int(x), int(y), xOK && yOK && max(x, y) < 1<<31
}

// expandList returns the words that w stands for: `S1..S3` is three, `S1..S0` none, any other word
// itself. ok is false if they are more than maxListWords.
func expandList(w string) (words []string, ok bool) {
	a, b, found := strings.Cut(w, "..")
	prefix, lo := cutNumber(a)
	other, hi := cutNumber(b)
	x, xOK := parseCount(lo)
	y, yOK := parseCount(hi)
	if !found || prefix != other || lo == "" || hi == "" || prefix != "" && !isName(prefix) {
		return []string{w}, true
	}
	if !xOK || !yOK { // numbers of more digits than any list has words
		return nil, false
	}
	if y < x {
		return nil, true
	}
	if y-x >= maxListWords {
		return nil, false
	}
	for n := x; n <= y; n++ {
		digits := strconv.FormatUint(n, 10)
		if len(lo) == len(hi) && len(digits) < len(lo) { // S01..S12
			digits = strings.Repeat("0", len(lo)-len(digits)) + digits
		}
		words = append(words, prefix+digits)
	}
	return words, true
}

// isListWord tells whether w is a name, or a range of names.
func isListWord(w string) bool {
	if isName(w) {
		return true
	}
	a, b, found := strings.Cut(w, "..")
	if !found || !isName(a) || !isName(b) {
		return false
	}
	prefix, lo := cutNumber(a)
	other, hi := cutNumber(b)
	return prefix == other && lo != "" && hi != ""
}

// cutNumber splits the digits at the end of w from what stands before them.
func cutNumber(w string) (prefix, digits string) {
	prefix = strings.TrimRight(w, "0123456789")
	return prefix, w[len(prefix):]
}
