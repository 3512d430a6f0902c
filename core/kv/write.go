package kv

import "bytes"

func (s *Store) admitPut(p *Put) Code {
	// Of two things that are wrong with a put etcd tells the lease first, within a transaction
	// last.
	unknown := p.Lease != 0 && s.lease(p.Lease) == nil
	if unknown && len(s.path) == 0 {
		return LeaseNotFound
	}
	grown := int64(len(p.Key) + len(p.Value))
	if p.IgnoreValue || p.IgnoreLease {
		head, _ := s.keys.Get(view(p.Key))
		old := head.pair()
		if old == nil {
			return KeyNotFound
		}
		if p.IgnoreValue {
			grown += int64(len(old.Value))
		}
	}
	if unknown {
		return LeaseNotFound
	}
	if s.incoming += grown; s.incoming > s.limits.Bytes-s.bytes {
		return NoSpace
	}
	return OK
}

// runPut stores a pair. Of the request it copies the value, and the key if it is new here.
func (s *Store) runPut(p *Put, out *Response) {
	head, _ := s.keys.Get(view(p.Key))
	old := head.pair()
	if p.PrevKV && old != nil {
		out.KVs = append(out.KVs, old.KeyValue)
	}
	v := &version{}
	v.Create, v.Version, v.Lease = s.revision+1, 1, p.Lease
	if old != nil {
		v.Create, v.Version = old.Create, old.Version+1
	} else {
		s.live++
	}
	if p.IgnoreLease {
		v.Lease = old.Lease
	}
	if p.IgnoreValue {
		v.Value = old.Value
	} else {
		v.Value = bytes.Clone(p.Value)
	}
	if head != nil {
		v.Key = head.Key
	} else {
		v.Key = bytes.Clone(p.Key)
	}
	s.push(v, head)
}

// runDelete removes pairs. They are collected before the first one goes, since a tree may not be
// written while it is walked.
func (s *Store) runDelete(d *Delete, out *Response) {
	s.found = s.found[:0]
	s.scan(d.Key, d.End, s.now(), func(v *version) bool {
		s.found = append(s.found, v)
		return true
	})
	if d.PrevKV {
		for _, v := range s.found {
			out.KVs = append(out.KVs, v.KeyValue)
		}
	}
	out.Count = s.removeFound()
}

// removeFound deletes the pairs in s.found, each the newest version of its key, and counts them.
func (s *Store) removeFound() int64 {
	n := int64(len(s.found))
	for _, v := range s.found {
		s.push(&version{KeyValue: KeyValue{Key: v.Key}, dead: true}, v)
	}
	s.live -= n
	clear(s.found)
	s.found = s.found[:0]
	return n
}

// push makes v the newest version of its key, in place of head, at the next revision.
func (s *Store) push(v, head *version) {
	v.Mod, v.sub = s.revision+1, s.changed
	if head != nil {
		if head.Mod >= v.Mod {
			// Check refuses transactions that write a key twice, and revisions only rise.
			panic("kv: a key was written twice in one revision")
		}
		s.past.Set(head)
		if head.leased() {
			s.attached.Delete(head)
		}
	}
	s.keys.Set(view(v.Key), v)
	s.changes.Load(v)
	if v.leased() {
		s.attached.Set(v)
	}
	s.changed++
	s.bytes += v.weight()
	s.sum += v.digest()
}
