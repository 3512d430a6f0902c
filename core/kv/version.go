package kv

import (
	"bytes"
	"slices"
	"unsafe"
)

// version is one state of a key: a pair, or its absence. It never changes after it entered a tree,
// because clones share it; the revisions of a chain fall strictly from newest to oldest.
type version struct {
	KeyValue
	dead bool     // deleted; only Key and Mod count
	prev *version // the version that this one replaced, nil if there is none or it was compacted
}

// at returns the version that was current at revision rev, or nil if there was no pair.
func (v *version) at(rev int64) *version {
	for v != nil && v.Mod > rev {
		v = v.prev
	}
	if v == nil || v.dead {
		return nil
	}
	return v
}

// weight is how many bytes of key and value the version accounts for.
func (v *version) weight() int64 { return int64(len(v.Key) + len(v.Value)) }

// pruned returns the chain of v without what no reader at rev or later can see, and the bytes and
// versions that left. What is kept above a cut is rebuilt, not changed.
func (v *version) pruned(rev int64) (kept *version, freed int64, cut int) {
	seen := v // the newest version that a reader at rev may see
	for seen != nil && seen.Mod > rev {
		seen = seen.prev
	}
	if seen == nil || !seen.dead && seen.prev == nil {
		return v, 0, 0
	}
	tail := &kept
	for p := v; p != seen; p = p.prev {
		fresh := *p
		*tail, tail = &fresh, &fresh.prev
	}
	gone := seen
	if !seen.dead {
		fresh := *seen
		fresh.prev = nil
		*tail, gone = &fresh, seen.prev
	} else {
		*tail = nil
	}
	for ; gone != nil; gone = gone.prev {
		freed += gone.weight()
		cut++
	}
	return kept, freed, cut
}

// change is one entry of the history: a put or delete of key, the sub-th of its revision.
type change struct {
	rev, sub int64
	key      []byte
}

func changeBefore(a, b change) bool {
	return a.rev < b.rev || a.rev == b.rev && a.sub < b.sub
}

// view is b as a string that shares its memory, so that a lookup does not copy the key. It is used
// for lookups, which keep nothing, and for keys of versions, which never change.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// distinct sorts keys and drops repetitions, in place.
func distinct(keys [][]byte) [][]byte {
	slices.SortFunc(keys, bytes.Compare)
	return slices.CompactFunc(keys, bytes.Equal)
}
