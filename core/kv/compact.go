package kv

// sweepChanges is how many old changes each applied command looks at. A command that puts one pair
// adds one change, so sweeping outruns writing, and a compaction never makes the others wait.
const sweepChanges = 64

func (s *Store) admitCompact(rev int64) Code {
	switch {
	case rev <= s.compacted:
		return Compacted
	case rev > s.revision:
		return FutureRevision
	}
	return OK
}

// sweep frees some of what no reader at the compacted revision or later can see. It is part of
// applying a command, at the same place on every replica, so their states stay equal.
//
// The changes of the compacted revision itself stay, deletions too, because a watch may begin
// there.
func (s *Store) sweep() {
	for range sweepChanges {
		v, ok := s.changes.Min()
		if !ok || v.Mod >= s.compacted {
			return
		}
		s.changes.PopMin()
		s.retire(v)
	}
}

// retire frees what v, whose revision was compacted, has made invisible: the version before it,
// and v itself if it is a deletion. What came before that was freed when its own turn came.
func (s *Store) retire(v *version) {
	if before := s.superseded(v.Key, v.Mod-1); before != nil {
		s.past.Delete(before)
		s.freed(before)
	}
	if !v.dead {
		return
	}
	if head, _ := s.keys.Get(view(v.Key)); head == v {
		s.keys.Delete(view(v.Key))
	} else {
		s.past.Delete(v)
	}
	s.freed(v)
}

// freed counts out a version that left the trees.
func (s *Store) freed(v *version) {
	s.bytes -= v.weight()
	s.sum -= v.digest()
}
