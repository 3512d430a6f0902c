package kv

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// keys joins the keys of an answer, in order.
func keys(out Response) string {
	var b strings.Builder
	for _, p := range out.KVs {
		b.Write(p.Key)
	}
	return b.String()
}

// shelf holds keys whose value, version, create and mod revision sort differently:
//
//	key  value  version  create  mod
//	a    3      1        2       2
//	b    1      3        3       8
//	c    2      2        4       7
//	d    2      1        9       9     (deleted at 6 after being created at 5)
func shelf(t *testing.T) *Store {
	s := New(Limits{})
	for _, r := range []Request{
		put("a", "3"), put("b", "0"), put("c", "0"), put("d", "0"), // 2, 3, 4, 5
		del("d", ""), // 6
	} {
		require.Equal(t, OK, do(t, s, r).Code)
	}
	do(t, s, txn(Txn{Success: []Request{put("c", "2"), put("b", "0")}})) // 7
	do(t, s, put("b", "1"))                                              // 8
	do(t, s, put("d", "2"))                                              // 9
	return s
}

func TestRangesHoldTheKeysTheyName(t *testing.T) {
	s := shelf(t)
	for _, c := range []struct{ key, end, want string }{
		{"a", "", "a"},
		{"x", "", ""},
		{"a", "c", "ab"},
		{"b", "\x00", "bcd"},
		{"\x00", "\x00", "abcd"},
		{"c", "b", ""},
		{"b", "b", ""},
		{"aa", "cc", "bc"},
		{"d", "e", "d"},
	} {
		out := do(t, s, get(c.key, c.end))
		require.Equal(t, c.want, keys(out), "[%q, %q)", c.key, c.end)
		require.EqualValues(t, len(c.want), out.Count)
		require.False(t, out.More)
	}
}

func TestAPrefixIsTheRangeToThePrefixPlusOne(t *testing.T) {
	s := New(Limits{})
	for _, k := range []string{"ab", "b", "ba", "b\xff", "c"} {
		do(t, s, put(k, "1"))
	}
	require.Equal(t, "bbab\xff", keys(do(t, s, get("b", "c"))))
}

func TestSortsAreStableAndInBothDirections(t *testing.T) {
	s := shelf(t)
	for _, c := range []struct {
		target SortTarget
		order  SortOrder
		want   string
	}{
		{SortByKey, SortNone, "abcd"},
		{SortByKey, SortAscend, "abcd"},
		{SortByKey, SortDescend, "dcba"},
		{SortByVersion, SortNone, "adcb"},
		{SortByVersion, SortAscend, "adcb"},
		{SortByVersion, SortDescend, "bcad"},
		{SortByCreate, SortDescend, "dcba"},
		{SortByMod, SortAscend, "acbd"},
		{SortByValue, SortAscend, "bcda"},
		{SortByValue, SortDescend, "acdb"},
	} {
		out := do(t, s, with(get("\x00", "\x00"), func(r *Request) {
			r.Range.Target, r.Range.Order = c.target, c.order
		}))
		require.Equal(t, c.want, keys(out), "target %d order %d", c.target, c.order)
	}
}

func TestALimitCutsTheSortedPairsAndCountsAll(t *testing.T) {
	s := shelf(t)
	for _, c := range []struct {
		limit int64
		order SortOrder
		want  string
		more  bool
	}{
		{0, SortNone, "abcd", false}, {-1, SortNone, "abcd", false},
		{2, SortNone, "ab", true}, {4, SortNone, "abcd", false}, {9, SortNone, "abcd", false},
		{3, SortDescend, "dcb", true}, {4, SortDescend, "dcba", false},
	} {
		out := do(t, s, with(get("\x00", "\x00"), func(r *Request) {
			r.Range.Limit, r.Range.Order = c.limit, c.order
		}))
		require.Equal(t, c.want, keys(out), "limit %d", c.limit)
		require.Equal(t, c.more, out.More, "limit %d", c.limit)
		require.EqualValues(t, 4, out.Count)
	}
}

func TestBoundsOnRevisionsFilterThePairsNotTheCount(t *testing.T) {
	s := shelf(t)
	for _, c := range []struct {
		minMod, maxMod, minCreate, maxCreate int64
		want                                 string
	}{
		{8, 0, 0, 0, "bd"}, {0, 7, 0, 0, "ac"}, {7, 8, 0, 0, "bc"},
		{0, 0, 4, 0, "cd"}, {0, 0, 0, 3, "ab"}, {3, 0, 0, 4, "bc"}, {100, 0, 0, 0, ""},
	} {
		out := do(t, s, with(get("\x00", "\x00"), func(r *Request) {
			r.Range.MinMod, r.Range.MaxMod = c.minMod, c.maxMod
			r.Range.MinCreate, r.Range.MaxCreate = c.minCreate, c.maxCreate
		}))
		require.Equal(t, c.want, keys(out), "%+v", c)
		require.EqualValues(t, 4, out.Count)
	}
}

func TestKeysOnlyLeavesValuesAndCountOnlyPairsOut(t *testing.T) {
	s := shelf(t)
	out := do(t, s, with(get("\x00", "\x00"), func(r *Request) { r.Range.KeysOnly = true }))
	require.Equal(t, "abcd", keys(out))
	require.Equal(t, pair("b", "", 3, 8, 3), out.KVs[1])
	out = do(t, s, with(get("\x00", "\x00"), func(r *Request) { r.Range.CountOnly = true }))
	require.Empty(t, out.KVs)
	require.EqualValues(t, 4, out.Count)
	require.Equal(t, "3", string(do(t, s, get("a", "")).KVs[0].Value), "the store keeps its values")
}

func TestPastRevisionsAreReadAsTheyWere(t *testing.T) {
	s := shelf(t)
	for rev, want := range map[int64]string{
		1: "", 2: "a", 5: "abcd", 6: "abc", 8: "abc", 9: "abcd",
	} {
		out := do(t, s, with(get("\x00", "\x00"), func(r *Request) { r.Range.Revision = rev }))
		require.Equal(t, want, keys(out), "revision %d", rev)
		require.EqualValues(t, 9, out.Revision, "the header tells the present revision")
	}
	out := do(t, s, with(get("b", ""), func(r *Request) { r.Range.Revision = 7 }))
	require.Equal(t, []KeyValue{pair("b", "0", 3, 7, 2)}, out.KVs)
}

func TestSortOptionsOfNoKindAreRefused(t *testing.T) {
	for _, q := range []Range{
		{Key: []byte("a"), Order: SortDescend + 1}, {Key: []byte("a"), Target: SortByValue + 1},
	} {
		r := Request{Op: OpRange, Range: q}
		require.Equal(t, InvalidSort, r.Check())
	}
}
