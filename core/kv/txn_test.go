package kv

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATransactionIsOneRevision(t *testing.T) {
	s := New(Limits{})
	do(t, s, put("old", "1"))
	out := do(t, s, txn(Txn{Success: []Request{
		put("a", "1"), del("old", ""), put("b", "2"), get("a", "c"),
	}}))
	require.True(t, out.Succeeded)
	require.EqualValues(t, 3, out.Revision)
	require.Equal(t,
		[]KeyValue{pair("a", "1", 3, 3, 1), pair("b", "2", 3, 3, 1)}, out.Responses[3].KVs)
	require.EqualValues(t, 1, out.Responses[1].Count)
	require.EqualValues(t, 3, out.Responses[3].Revision)
}

func TestATransactionThatWritesNothingIsNoRevision(t *testing.T) {
	s := New(Limits{})
	do(t, s, put("a", "1"))
	for _, ops := range [][]Request{nil, {get("a", "")}, {del("b", "c")}} {
		require.EqualValues(t, 2, do(t, s, txn(Txn{Success: ops})).Revision)
	}
}

func TestOperationsSeeTheWritesBeforeThem(t *testing.T) {
	s := New(Limits{})
	out := do(t, s, txn(Txn{Success: []Request{get("a", ""), put("a", "1"), get("a", "")}}))
	require.EqualValues(t, 1, out.Responses[0].Revision)
	require.Empty(t, out.Responses[0].KVs)
	require.Equal(t, []KeyValue{pair("a", "1", 2, 2, 1)}, out.Responses[2].KVs)
}

func TestComparesJudgeEveryTargetAndResult(t *testing.T) {
	s := New(Limits{})
	do(t, s, put("x", "0"))
	do(t, s, put("k", "m")) // create 3
	do(t, s, put("k", "m")) // mod 4, version 2
	number := [...]int64{CompareVersion: 2, CompareCreate: 3, CompareMod: 4, CompareLease: 0}
	holds := map[CompareResult][3]bool{ // given less than stored, the same, greater
		Equal: {false, true, false}, NotEqual: {true, false, true},
		Greater: {true, false, false}, Less: {false, false, true},
	}
	for target := CompareVersion; target <= CompareLease; target++ {
		for result, want := range holds {
			for i, value := range []string{"l", "m", "n"} {
				c := Compare{Key: []byte("k"), Target: target, Result: result}
				if target == CompareValue {
					c.Value = []byte(value)
				} else {
					c.Number = number[target] + int64(i) - 1
				}
				out := do(t, s, txn(Txn{Compare: []Compare{c}}))
				require.Equal(t, want[i], out.Succeeded, "%+v", c)
			}
		}
	}
}

func TestAMissingKeyComparesAsZeroButHasNoValue(t *testing.T) {
	s := New(Limits{})
	do(t, s, put("gone", "1"))
	do(t, s, del("gone", ""))
	for _, key := range []string{"never", "gone"} {
		for _, target := range []CompareTarget{
			CompareVersion, CompareCreate, CompareMod, CompareLease,
		} {
			c := Compare{Key: []byte(key), Target: target, Result: Equal}
			require.True(t, do(t, s, txn(Txn{Compare: []Compare{c}})).Succeeded)
		}
		for result := Equal; result <= NotEqual; result++ {
			c := Compare{Key: []byte(key), Target: CompareValue, Result: result}
			require.False(t, do(t, s, txn(Txn{Compare: []Compare{c}})).Succeeded, "an absent value")
		}
	}
}

func TestACompareOfARangeMustHoldForEachKey(t *testing.T) {
	s := New(Limits{})
	do(t, s, put("a", "1"))
	do(t, s, put("b", "2"))
	above := func(value, end string) Request {
		return txn(Txn{Compare: []Compare{{
			Key: []byte("a"), End: []byte(end),
			Target: CompareValue, Result: Greater, Value: []byte(value),
		}}})
	}
	require.True(t, do(t, s, above("0", "c")).Succeeded)
	require.True(t, do(t, s, above("0", "\x00")).Succeeded)
	require.False(t, do(t, s, above("1", "c")).Succeeded)
	require.False(t, do(t, s, above("0", "a")).Succeeded, "no key, so no value")
}

func TestAllComparesMustHoldElseFailureRuns(t *testing.T) {
	s := New(Limits{})
	do(t, s, put("a", "1"))
	exists := Compare{Key: []byte("a"), Target: CompareVersion, Result: Greater}
	missing := Compare{Key: []byte("b"), Target: CompareVersion, Result: Greater}
	out := do(t, s, txn(Txn{
		Compare: []Compare{exists, missing},
		Success: []Request{put("a", "yes")}, Failure: []Request{put("a", "no"), get("a", "")},
	}))
	require.False(t, out.Succeeded)
	require.Equal(t, "no", string(out.Responses[1].KVs[0].Value))
}

func TestNestedComparesSeeTheStateBeforeTheWholeTransaction(t *testing.T) {
	s := New(Limits{})
	absent := Compare{Key: []byte("a"), Target: CompareVersion, Result: Equal}
	out := do(t, s, txn(Txn{Success: []Request{
		put("a", "1"),
		txn(Txn{
			Compare: []Compare{absent},
			Success: []Request{put("b", "then"), txn(Txn{
				Compare: []Compare{absent}, Success: []Request{put("c", "deep")},
			})},
			Failure: []Request{put("b", "else")},
		}),
		txn(Txn{
			Compare: []Compare{{Key: []byte("b"), Result: Greater}},
			Failure: []Request{put("d", "1")},
		}),
	}}))
	require.Equal(t, OK, out.Code)
	require.True(t, out.Responses[1].Succeeded)
	require.True(t, out.Responses[1].Responses[1].Succeeded)
	require.False(t, out.Responses[2].Succeeded)
	require.Equal(t, "abcd", keys(do(t, s, get("a", "\x00"))))
	require.EqualValues(t, 2, s.Stats().Revision)
}

func TestAKeyMayBeWrittenOnceInATransaction(t *testing.T) {
	then := func(ops ...Request) Request { return txn(Txn{Success: ops}) }
	orElse := func(ops ...Request) Request { return txn(Txn{Failure: ops}) }
	either := func(a, b Request) Request {
		return txn(Txn{Success: []Request{a}, Failure: []Request{b}})
	}
	a, b, gone := put("a", "1"), put("b", "1"), del("a", "")
	cases := map[string]struct {
		want Code
		ops  []Request
	}{
		"two puts":                       {DuplicateKey, []Request{a, a}},
		"put and delete":                 {DuplicateKey, []Request{a, gone}},
		"delete and put":                 {DuplicateKey, []Request{gone, a}},
		"put in deleted range":           {DuplicateKey, []Request{a, del("Z", "b")}},
		"put in open range":              {DuplicateKey, []Request{a, del("Z", "\x00")}},
		"put at the range's end":         {OK, []Request{b, del("a", "b")}},
		"two deletes":                    {OK, []Request{gone, del("a", "c")}},
		"put above and below":            {DuplicateKey, []Request{a, then(a)}},
		"put below and above":            {DuplicateKey, []Request{orElse(a), a}},
		"delete below and put above":     {DuplicateKey, []Request{then(gone), a}},
		"put in both branches":           {OK, []Request{either(a, a)}},
		"put and delete in two branches": {OK, []Request{either(a, gone)}},
		"both branches and beside":       {DuplicateKey, []Request{either(a, a), a}},
		"two nested":                     {DuplicateKey, []Request{then(a), orElse(a)}},
		"nested put, nested delete":      {DuplicateKey, []Request{then(a), then(gone)}},
		"different keys":                 {OK, []Request{a, b, then(put("c", "1"))}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, r := range []Request{txn(Txn{Success: c.ops}), txn(Txn{Failure: c.ops})} {
				require.Equal(t, c.want, r.Check())
			}
			require.Equal(t, c.want, do(t, New(Limits{}), txn(Txn{Success: c.ops})).Code)
		})
	}
}

func TestTransactionsAreBounded(t *testing.T) {
	reads := func(n int) []Request {
		ops := make([]Request, n)
		for i := range ops {
			ops[i] = get("a", "")
		}
		return ops
	}
	compares := make([]Compare, MaxTxnOps+1)
	for i := range compares {
		compares[i].Key = []byte("a")
	}
	full := make([]Request, 16)
	for i := range full {
		full[i] = txn(Txn{Success: reads(64)})
	}
	deep := get("a", "")
	for range MaxTxnDepth {
		deep = txn(Txn{Success: []Request{deep}})
	}
	then := func(ops ...Request) Request { return txn(Txn{Success: ops}) }
	comparing := func(target CompareTarget, result CompareResult) Request {
		return txn(Txn{Compare: []Compare{{Key: []byte("a"), Target: target, Result: result}}})
	}
	for name, c := range map[string]struct {
		r    Request
		want Code
	}{
		"128 operations":             {txn(Txn{Success: reads(128), Failure: reads(128)}), OK},
		"129 operations":             {txn(Txn{Success: reads(129)}), TooManyOps},
		"129 in the other branch":    {txn(Txn{Failure: reads(129)}), TooManyOps},
		"129 compares":               {txn(Txn{Compare: compares}), TooManyOps},
		"127 in a nested one":        {then(then(reads(127)...)), OK},
		"128 in a nested one":        {then(then(reads(128)...)), TooManyOps},
		"more than 1024 in all":      {txn(Txn{Success: full}), TooManyOps},
		"as deep as allowed":         {deep, OK},
		"deeper":                     {then(deep), TooManyOps},
		"an operation of no kind":    {txn(Txn{Success: []Request{{}}}), KeyNotFound},
		"a compare of no kind":       {comparing(5, Equal), InvalidCompare},
		"a compare to no end":        {comparing(CompareMod, 4), InvalidCompare},
		"a transaction without body": {Request{Op: OpTxn}, Malformed},
	} {
		require.Equal(t, c.want, c.r.Check(), name)
	}
}
