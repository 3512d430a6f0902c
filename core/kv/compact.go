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
func (s *Store) sweep() {
	s.touched = s.touched[:0]
	for len(s.touched) < sweepChanges {
		oldest, ok := s.changes.Min()
		if !ok || oldest.rev > s.compacted {
			break
		}
		s.changes.PopMin()
		s.touched = append(s.touched, oldest.key)
	}
	for _, key := range distinct(s.touched) {
		s.prune(key)
	}
	clear(s.touched)
}

func (s *Store) prune(key []byte) {
	head, _ := s.keys.Get(view(key))
	kept, freed, cut := head.pruned(s.compacted)
	s.bytes -= freed
	s.versions -= int64(cut)
	switch {
	case kept == nil:
		s.keys.Delete(view(key))
	case kept != head:
		s.keys.Set(view(kept.Key), kept)
	}
}
