package kv

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// longHistory applies commands of every kind and returns the store.
func longHistory(t require.TestingT) *Store {
	s := New(Limits{Sessions: 5, Window: 8, ReplyBytes: 100})
	for i := range int64(2000) {
		n := mix(uint64(i + 1))
		key, client := strconv.Itoa(int(n%50)), 1+n>>8%7+uint64(i)/500*10
		r := under(int64(n>>16%4), put(key, strconv.Itoa(int(i))))
		switch n >> 24 % 16 {
		case 0:
			r = del(key, key+"5")
		case 1:
			r = get(key, "\x00")
		case 2:
			r = txn(Txn{
				Compare: []Compare{{Key: raw(key), Target: CompareMod, Result: Less, Number: i}},
				Success: []Request{put(key, ""), put(key+"x", key)},
				Failure: []Request{get("4", "")},
			})
		case 3:
			r = Request{Op: OpCompact, Revision: s.revision - int64(n%40)}
		case 4:
			r = grant(int64(n>>32%4), 60)
		case 5:
			r = keepAlive(1, 2)
		case 6:
			r = expire(Lease{ID: 1, Renewal: s.renewed}, Lease{ID: 2, Renewal: s.renewed})
		case 7:
			r = revoke(3)
		}
		once(t, s, client, uint64(i)%100+1, r)
	}
	return s
}

// The numbers are of this format and these digests, not of this machine: the same test runs as
// wasm.
func TestTheHashAndTheStateAreTheSameOnEveryMachine(t *testing.T) { // B-32
	s := longHistory(t)
	require.Equal(t, uint64(0x62190e080185dfd9), s.Hash())
	require.Equal(t, uint64(0xfc81434aef8c1cb4), responseDigest(s.AppendState(nil)))
}

func TestTheHashTellsStatesApart(t *testing.T) {
	seen := map[uint64]string{}
	for name, change := range map[string]func(*Store){
		"nothing":               func(*Store) {},
		"another value":         func(s *Store) { do(t, s, put("k", "w")) },
		"the same value again":  func(s *Store) { do(t, s, put("k", "v")) },
		"a deletion":            func(s *Store) { do(t, s, del("k", "")) },
		"a pair with its lease": func(s *Store) { do(t, s, under(7, put("k", "v"))) },
		"a compaction":          func(s *Store) { do(t, s, Request{Op: OpCompact, Revision: 2}) },
		"a lease":               func(s *Store) { do(t, s, grant(8, 60)) },
		"a longer lease":        func(s *Store) { do(t, s, grant(8, 61)) },
		"a renewal":             func(s *Store) { do(t, s, keepAlive(7)) },
		"the end of a lease":    func(s *Store) { do(t, s, revoke(7)) },
		"a session":             func(s *Store) { once(t, s, 2, 1, get("k", "")) },
		"another session":       func(s *Store) { once(t, s, 3, 1, get("k", "")) },
		"another number":        func(s *Store) { once(t, s, 3, 2, get("k", "")) },
		"another answer":        func(s *Store) { once(t, s, 3, 2, get("", "")) },
		"a repetition":          func(s *Store) { once(t, s, 1, 1, get("k", "")) },
		"other limits":          func(s *Store) { s.limits.Window++ },
	} {
		s := New(Limits{})
		do(t, s, put("k", "v"))
		do(t, s, grant(7, 60))
		once(t, s, 1, 1, get("k", ""))
		change(s)
		other, found := seen[s.Hash()]
		require.False(t, found, "%s and %s", name, other)
		seen[s.Hash()] = name
	}
}

func TestTheHashIsOfTheStateNotOfTheWayThere(t *testing.T) {
	a, b := New(Limits{}), New(Limits{})
	for _, s := range []*Store{a, b} {
		do(t, s, put("x", "1"))
		do(t, s, put("x", "2"))
		do(t, s, put("y", "3"))
		if s == a {
			do(t, s, get("x", ""))
			do(t, s, Request{Op: OpCompact, Revision: 2})
			do(t, s, Request{Op: OpCompact, Revision: 1}) // is refused
		}
		do(t, s, Request{Op: OpCompact, Revision: 4})
	}
	require.Equal(t, a.Hash(), b.Hash())
	require.Equal(t, a.AppendState(nil), b.AppendState(nil))
}

func TestADigestTellsWordsAndLengthsApart(t *testing.T) {
	seen := map[digest]bool{}
	for _, b := range []string{
		"", "\x00", "\x00\x00", "a", "a\x00", "\x00\x00\x00\x00\x00\x00\x00\x00",
		"12345678", "12345678\x00", "123456789", "\x0012345678",
	} {
		h := digest(1).bytes([]byte(b))
		require.False(t, seen[h], "%q", b)
		seen[h] = true
	}
	require.NotEqual(t, digest(0).bytes(raw("a")).bytes(raw("bc")),
		digest(0).bytes(raw("ab")).bytes(raw("c")))
}
