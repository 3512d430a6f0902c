package kv

import (
	"bytes"
	"cmp"
	"slices"
)

// readable says whether the store can still, and already, be read at rev; 0 or less is now.
func (s *Store) readable(rev int64) Code {
	switch {
	case rev > s.revision:
		return FutureRevision
	case rev > 0 && rev < s.compacted:
		return Compacted
	}
	return OK
}

// scan calls visit for each pair of a range as it was at rev, in the order of keys, until visit
// returns false. visit must not write.
func (s *Store) scan(key, end []byte, rev int64, visit func(*version) bool) {
	if len(end) == 0 {
		head, _ := s.keys.Get(view(key))
		if v := s.at(head, rev); v != nil {
			visit(v)
		}
		return
	}
	last, all := view(end), unbounded(end)
	s.keys.Ascend(view(key), func(k string, head *version) bool {
		if !all && k >= last {
			return false
		}
		v := s.at(head, rev)
		return v == nil || visit(v)
	})
}

// runRange answers q. Count is of the whole range, whatever Limit and the filters leave of it, as
// in etcd; so a limited range still walks to its end, though it gathers only what it returns.
func (s *Store) runRange(q *Range, out *Response) {
	rev := q.Revision
	if rev <= 0 {
		rev = s.now()
	}
	gather := int64(0) // how many pairs are worth gathering, 0 for all
	if q.Limit > 0 && !q.sorted() {
		gather = q.Limit
	}
	s.scan(q.Key, q.End, rev, func(v *version) bool {
		out.Count++
		switch {
		case q.CountOnly || !q.admits(v):
		case gather > 0 && int64(len(out.KVs)) == gather:
			out.More = true
		default:
			out.KVs = append(out.KVs, v.KeyValue)
		}
		return true
	})
	q.sort(out.KVs)
	if q.Limit > 0 && int64(len(out.KVs)) > q.Limit {
		out.KVs, out.More = out.KVs[:q.Limit], true
	}
	if q.KeysOnly {
		for i := range out.KVs {
			out.KVs[i].Value = nil
		}
	}
}

// admits says whether the revisions of v are within q's bounds.
func (q *Range) admits(v *version) bool {
	return (q.MinMod == 0 || v.Mod >= q.MinMod) && (q.MaxMod == 0 || v.Mod <= q.MaxMod) &&
		(q.MinCreate == 0 || v.Create >= q.MinCreate) &&
		(q.MaxCreate == 0 || v.Create <= q.MaxCreate)
}

// sorted says whether the answer is in another order than the tree's.
func (q *Range) sorted() bool { return q.Target != SortByKey || q.Order == SortDescend }

// sort puts kvs, which are in ascending order of keys, in the order that q asks for. It is stable:
// etcd leaves the order of equal targets open, but replicas must not differ.
func (q *Range) sort(kvs []KeyValue) {
	switch {
	case !q.sorted():
	case q.Target == SortByKey:
		slices.Reverse(kvs)
	case q.Order == SortDescend:
		slices.SortStableFunc(kvs, func(a, b KeyValue) int { return q.compare(&b, &a) })
	default:
		slices.SortStableFunc(kvs, func(a, b KeyValue) int { return q.compare(&a, &b) })
	}
}

func (q *Range) compare(a, b *KeyValue) int {
	switch q.Target {
	case SortByVersion:
		return cmp.Compare(a.Version, b.Version)
	case SortByCreate:
		return cmp.Compare(a.Create, b.Create)
	case SortByMod:
		return cmp.Compare(a.Mod, b.Mod)
	case SortByValue:
		return bytes.Compare(a.Value, b.Value)
	}
	return bytes.Compare(a.Key, b.Key)
}

// runHash sums the digests of every version that a reader between the compacted revision and rev
// can see, so that members at the same revision can be compared though one applied, or swept, more
// than another.
func (s *Store) runHash(rev int64, out *Response) {
	if rev <= 0 {
		rev = s.now()
	}
	s.keys.Scan(func(_ string, v *version) bool {
		if v.Mod > rev {
			v = s.superseded(v.Key, rev)
		}
		for v != nil && v.Mod > s.compacted {
			out.Hash += v.digest()
			v = s.superseded(v.Key, v.Mod-1)
		}
		if v = v.pair(); v != nil {
			out.Hash += v.digest()
		}
		return true
	})
	out.CompactRevision = s.compacted
}
