package kv

import (
	"bytes"
	"cmp"
	"unsafe"
)

// version is one state of a key: a pair, or its absence. It never changes after it entered a tree,
// because clones, snapshots and events share it.
type version struct {
	KeyValue
	sub  int64 // which write of its revision it is, from 0
	dead bool  // deleted; only Key and Mod count
}

// weight is how many bytes of key and value the version accounts for.
func (v *version) weight() int64 { return int64(len(v.Key) + len(v.Value)) }

// leased says whether the version is a pair that lives by a lease.
func (v *version) leased() bool { return !v.dead && v.Lease != 0 }

// pair is v if there is a pair, nil if there is none.
func (v *version) pair() *version {
	if v == nil || v.dead {
		return nil
	}
	return v
}

func (v *version) position() Position { return Position{Revision: v.Mod, Sub: v.sub} }

// olderOfKey orders versions by key, then age: the tree past.
func olderOfKey(a, b *version) bool {
	if order := bytes.Compare(a.Key, b.Key); order != 0 {
		return order < 0
	}
	return a.Mod < b.Mod
}

// changedBefore orders versions as they were written: the tree changes.
func changedBefore(a, b *version) bool {
	return a.Mod < b.Mod || a.Mod == b.Mod && a.sub < b.sub
}

// lowerOfLease orders pairs by lease, then key: the tree attached.
func lowerOfLease(a, b *version) bool {
	if order := cmp.Compare(a.Lease, b.Lease); order != 0 {
		return order < 0
	}
	return bytes.Compare(a.Key, b.Key) < 0
}

// at returns the pair that head's key had at revision rev, or nil if there was none. head is the
// newest version of the key, nil if there never was one.
func (s *Store) at(head *version, rev int64) *version {
	if head != nil && head.Mod > rev {
		head = s.superseded(head.Key, rev)
	}
	return head.pair()
}

// superseded returns the newest version of key at rev or before that is not the newest of all, or
// nil if there is none.
func (s *Store) superseded(key []byte, rev int64) *version {
	s.probe.Key, s.probe.Mod = key, rev
	var found *version
	s.past.Descend(&s.probe, func(v *version) bool {
		if bytes.Equal(v.Key, key) {
			found = v
		}
		return false
	})
	s.probe.Key = nil
	return found
}

// view is b as a string that shares its memory, so that a lookup does not copy the key. It is used
// for lookups, which keep nothing, and for keys of versions, which never change.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
