package scenario

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// refused parses a text and returns the first error's text.
func refused(t *testing.T, text string) string {
	t.Helper()
	_, err := Parse("", text, nil)
	require.Error(t, err)
	return err.(Errors)[0].Error()
}

func TestATextHasLimits(t *testing.T) {
	_, err := Parse("", strings.Repeat("#", MaxTextBytes), nil)
	require.NoError(t, err)
	_, err = Parse("", strings.Repeat("\n", MaxLines), nil)
	require.NoError(t, err)
	_, err = Parse("", head+"each seed in 1..10000\nheal\n", nil)
	require.NoError(t, err)
	_, err = Parse("", "servers S1..S64\n", nil)
	require.NoError(t, err)

	require.Contains(t, refused(t, strings.Repeat("#", MaxTextBytes+1)),
		"65537 bytes; expected at most 65536")
	require.Contains(t, refused(t, strings.Repeat("\n", MaxLines)+"heal"),
		"too many lines; expected at most 10000")
	require.Contains(t, refused(t, head+"each seed in 1..10001\nheal\n"), "at most 10000")
	require.Contains(t, refused(t, head+"each a in 1..101\neach b in 1..100\nheal\n"),
		"5:1: the file has too many runs; expected at most 10000")
	require.Contains(t, refused(t, "servers S1..S65\n"),
		"1:9: the line names too many nodes; expected at most 64")
	require.Contains(t, refused(t, "servers S1..S64\nclients C1\n"),
		"names 65 nodes; expected at most 64")
	require.Contains(t, refused(t, "title \xff"), "not UTF-8")
	require.Contains(t, refused(t, "title a\u202eb"),
		"1:8: the line holds a character that cannot be seen")
}

func TestTheRunsOfAllCasesCount(t *testing.T) {
	text := head + "each seed in 1..5000\nheal\ncase a\ncase b\n"
	_, err := Parse("", text, nil)
	require.NoError(t, err)
	require.Contains(t, refused(t, text+"case c\n"), "too many runs")
}

func TestAtMostTwentyErrorsAreToldInTheOrderOfTheText(t *testing.T) {
	_, err := Parse("x.synod", head+strings.Repeat("hael\n", 50)+"expect agre\n", nil)
	errs := err.(Errors)
	require.Len(t, errs, 20)
	for i, e := range errs {
		require.Equal(t, Pos{4 + i, 1}, e.Pos)
		require.Equal(t, "x.synod", e.File)
	}
	require.Equal(t, 20, strings.Count(err.Error(), "did you mean `heal`?"))
}

// hostile texts ask for more than they may have; each is within the limits of a text.
func hostile() map[string]string {
	lines := func(n int, line func(i int) string) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			b.WriteString(line(i))
		}
		return b.String()
	}
	same := func(n int, line string) string { return lines(n, func(int) string { return line }) }
	cases := lines(30_000, func(i int) string { return "case c" + strconv.Itoa(i) + "\n" })
	deep := strings.Repeat("a", 60)
	return map[string]string{
		"cases times lines":     head + same(30_000, "heal\n") + cases,
		"cases times variables": head + "each a in S1\n" + same(30_000, "sync $a\n") + cases,
		"cases times settings":  head + same(30_000, "network self\n") + cases,
		"runs times lines":      head + "each a in 1..10000\n" + same(60_000, "step $a\n"),
		"long lists":            head + same(60_000, "C1 sends a1..a9999\n"),
		"long values": head + "each a in " + same(30_000, "x") + "\n" +
			same(30_000, "note \"$a$a\"\n"),
		"a long value in one": head + "each a in " + same(30_000, "x") + "\nnote \"" +
			same(30_000, "$a") + "\"",
		"a spliced set":   head + "each a in orders of a1..a64\nC1 sends " + same(60_000, "$a "),
		"all sets":        head + "each a in sets of 0..64 from a1..a64\n",
		"all splits":      head + "each a in splits of a1..a64 into 1..64\n",
		"empty inside":    head + "each a in 1..9999\neach b in 1..9999\neach c in 2..1\nheal\n",
		"equal signs":     head + "heal a." + strings.Repeat("?", 60) + same(60_000, "="),
		"row signs":       head + same(60_000, "a.b?=="),
		"open brackets":   head + "deliver accept" + same(30_000, "(") + same(30_000, ")"),
		"argument blanks": head + "deliver accept(a" + same(60_000, " ") + ")",
		"errors":          head + same(60_000, deep+" "+deep+"\n"),
		"one long word":   head + same(60_000, "x"),
		"dollars":         head + "heal " + same(60_000, "$"),
		"commas":          head + "heal a" + same(60_000, " ,"),
		"heard lists":     head + "expect C1 heard " + same(60_000, "a1..a9999, "),
		"nodes":           head + same(60_000, "partition S1..S5 | C1..C2\n"),
		"hashes":          head + "heal " + same(60_000, "#1"),
	}
}

// A minute is no measure of speed: it tells work that ends from work that explodes.
func TestAHostileTextDoesNotExplode(t *testing.T) {
	for name, text := range hostile() {
		require.LessOrEqual(t, len(text), MaxTextBytes, name)
		start := time.Now()
		f, err := Parse("", text, vocabulary)
		parsed := time.Since(start)
		if err == nil {
			_, _ = f.Expand(0, 0)
			_ = Format(f)
		}
		t.Log(name, parsed, time.Since(start))
		require.Less(t, time.Since(start), time.Minute, name)
	}
}
