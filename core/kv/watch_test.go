package kv

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var everything = Watch{Key: []byte{0}, End: []byte{0}, PrevKV: true}

// told writes events as "+key" and "-key".
func told(events []Event) string {
	var words []string
	for _, e := range events {
		sign := "+"
		if e.Delete {
			sign = "-"
		}
		words = append(words, sign+string(e.KV.Key))
	}
	return strings.Join(words, " ")
}

// history has these events, one line a revision:
//
//	2  +a
//	3  +b
//	4  -a +c +b
//	5  +a
//	6  -a -b -c
func history(t *testing.T) *Store {
	s := New(Limits{})
	for _, r := range []Request{
		put("a", "1"), put("b", "1"),
		txn(Txn{Success: []Request{del("a", ""), put("c", "1"), put("b", "2")}}),
		put("a", "3"), del("a", "\x00"),
	} {
		require.Equal(t, OK, do(t, s, r).Code)
	}
	return s
}

func TestAWatchTellsTheEventsOfItsKeysInOrder(t *testing.T) {
	s := history(t)
	for _, c := range []struct {
		w    Watch
		from int64
		want string
	}{
		{Watch{Key: raw("\x00"), End: raw("\x00")}, 1, "+a +b -a +c +b +a -a -b -c"},
		{Watch{Key: raw("\x00"), End: raw("\x00")}, 4, "-a +c +b +a -a -b -c"},
		{Watch{Key: raw("\x00"), End: raw("\x00")}, 6, "-a -b -c"},
		{Watch{Key: raw("\x00"), End: raw("\x00")}, 7, ""},
		{Watch{Key: raw("a")}, 0, "+a -a +a -a"},
		{Watch{Key: raw("a")}, 3, "-a +a -a"},
		{Watch{Key: raw("a"), End: raw("c")}, 3, "+b -a +b +a -a -b"},
		{Watch{Key: raw("b"), End: raw("\x00"), NoPut: true}, 0, "-b -c"},
		{Watch{Key: raw("b"), End: raw("\x00"), NoDelete: true}, 0, "+b +c +b"},
		{Watch{Key: raw("x")}, 0, ""},
	} {
		events, next, code := s.Watch(&c.w, Position{Revision: c.from}, 1<<20, nil)
		require.Equal(t, OK, code)
		require.Equal(t, c.want, told(events), "%+v from %d", c.w, c.from)
		require.Equal(t, Position{Revision: 7}, next)
		for _, e := range events {
			require.Nil(t, e.Prev, "nobody asked")
		}
	}
}

func TestAnEventTellsThePairAndTheOneBefore(t *testing.T) {
	s := history(t)
	events, _, _ := s.Watch(&everything, Position{Revision: 4}, 1<<20, nil)
	prev := func(p KeyValue) *KeyValue { return &p }
	for i, want := range []Event{
		{true, &KeyValue{Key: raw("a"), Mod: 4}, prev(pair("a", "1", 2, 2, 1))},
		{false, prev(pair("c", "1", 4, 4, 1)), nil},
		{false, prev(pair("b", "2", 3, 4, 2)), prev(pair("b", "1", 3, 3, 1))},
		{false, prev(pair("a", "3", 5, 5, 1)), nil},
		{true, &KeyValue{Key: raw("a"), Mod: 6}, prev(pair("a", "3", 5, 5, 1))},
		{true, &KeyValue{Key: raw("b"), Mod: 6}, prev(pair("b", "2", 3, 4, 2))},
		{true, &KeyValue{Key: raw("c"), Mod: 6}, prev(pair("c", "1", 4, 4, 1))},
	} {
		require.Equal(t, want, events[i], "event %d", i)
	}
}

func TestAWatchBeginsAtTheCompactedRevisionAndNotBefore(t *testing.T) {
	for sweeps := range 3 { // however much was freed already
		s := history(t)
		do(t, s, Request{Op: OpCompact, Revision: 4})
		for range sweeps {
			do(t, s, get("a", ""))
		}
		_, next, code := s.Watch(&everything, Position{Revision: 3}, 1<<20, nil)
		require.Equal(t, Compacted, code)
		require.Equal(t, Position{Revision: 3}, next)
		events, _, code := s.Watch(&everything, Position{Revision: 4}, 1<<20, nil)
		require.Equal(t, OK, code)
		require.Equal(t, "-a +c +b +a -a -b -c", told(events), "the deletion at 4 too")
		for _, e := range events[:3] {
			require.Nil(t, e.Prev, "what was before 4 cannot be read")
		}
		require.Equal(t, "2", string(events[5].Prev.Value))
	}
}

func TestAWatchOfTheFutureWaits(t *testing.T) {
	s := history(t)
	for _, from := range []Position{{7, 0}, {9, 0}} {
		events, next, code := s.Watch(&everything, from, 1<<20, nil)
		require.Empty(t, events)
		require.Equal(t, from, next)
		require.Equal(t, OK, code)
	}
	do(t, s, put("z", "1"))
	events, next, _ := s.Watch(&everything, Position{Revision: 7}, 1<<20, nil)
	require.Equal(t, "+z", told(events))
	require.Equal(t, Position{Revision: 8}, next)
}

func TestAWatchOfNothingIsRefused(t *testing.T) {
	long := make([]byte, MaxKeyBytes+1)
	for want, w := range map[Code]Watch{EmptyKey: {}, TooLarge: {Key: raw("a"), End: long}} {
		require.Equal(t, want, w.Check())
		_, _, code := New(Limits{}).Watch(&w, Position{}, 1<<20, nil)
		require.Equal(t, want, code)
	}
}

// batches reads all events in batches of at most most bytes and joins them with " | ".
func batches(t require.TestingT, s *Store, w Watch, from int64, most int) string {
	var all []string
	at := Position{Revision: from}
	for at.Revision <= s.Stats().Revision {
		events, next, code := s.Watch(&w, at, most, nil)
		require.Equal(t, OK, code)
		require.True(t, at.Before(next), "from %v to %v", at, next)
		if at = next; len(events) > 0 {
			all = append(all, told(events))
		}
	}
	return strings.Join(all, " | ")
}

func TestABatchEndsWithARevisionUnlessItMayBeSplit(t *testing.T) {
	s, w := history(t), Watch{Key: raw("\x00"), End: raw("\x00")}
	const one = eventBytes + 2 // an event of a key and a value of one byte each
	for most, want := range map[int]string{
		0:       "+a | +b | -a +c +b | +a | -a -b -c",
		one:     "+a | +b | -a +c +b | +a | -a -b -c",
		2 * one: "+a +b | -a +c +b | +a | -a -b -c",
		4 * one: "+a +b | -a +c +b +a | -a -b -c",
		5 * one: "+a +b -a +c +b | +a -a -b -c",
		9 * one: "+a +b -a +c +b +a -a -b -c",
	} {
		require.Equal(t, want, batches(t, s, w, 0, most), "%d bytes", most)
	}
	w.Fragment = true
	for most, want := range map[int]string{
		0:       "+a | +b | -a | +c | +b | +a | -a | -b | -c",
		2 * one: "+a +b | -a +c | +b +a | -a -b | -c",
		4 * one: "+a +b -a +c | +b +a -a -b | -c",
	} {
		require.Equal(t, want, batches(t, s, w, 0, most), "%d bytes, split", most)
	}
	_, next, _ := s.Watch(&w, Position{Revision: 4}, 2*one, nil)
	require.Equal(t, Position{Revision: 4, Sub: 2}, next)
}

func TestAWatchAppendsAndItsBoundIsForWhatItAppends(t *testing.T) {
	s, w := history(t), Watch{Key: raw("a")}
	events, _, _ := s.Watch(&w, Position{}, 1, make([]Event, 2, 8))
	require.Len(t, events, 3)
}

func TestAWatchOfARareKeyReturnsNowAndThen(t *testing.T) {
	s := New(Limits{})
	for range 2*watchChanges + 5 {
		do(t, s, put("often", "1"))
	}
	do(t, s, put("rare", "1"))
	w := Watch{Key: raw("rare")}
	calls, at := 0, Position{}
	var events []Event
	for ; at.Revision <= s.Stats().Revision; calls++ {
		events, at, _ = s.Watch(&w, at, 1<<20, events)
	}
	require.Equal(t, 3, calls)
	require.Equal(t, "+rare", told(events))
}

func TestEventsStayAsTheyWere(t *testing.T) {
	s := history(t)
	events, _, _ := s.Watch(&everything, Position{}, 1<<20, nil)
	before := make([]KeyValue, len(events))
	for i, e := range events {
		before[i] = *e.KV
	}
	for range 10 {
		do(t, s, put("a", "new"))
		do(t, s, put("c", "new"))
	}
	do(t, s, Request{Op: OpCompact, Revision: s.Stats().Revision})
	for i, e := range events {
		require.Equal(t, before[i], *e.KV)
	}
}
