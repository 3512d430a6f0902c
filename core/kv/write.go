package kv

import "bytes"

func (s *Store) admitPut(p *Put) Code {
	if p.Lease != 0 {
		return LeaseNotFound
	}
	if p.IgnoreValue || p.IgnoreLease {
		head, _ := s.keys.Get(view(p.Key))
		if head.at(s.revision) == nil {
			return KeyNotFound
		}
	}
	return OK
}

// runPut stores a pair. Of the request it copies the value, and the key if it is new here.
func (s *Store) runPut(p *Put, out *Response) {
	head, _ := s.keys.Get(view(p.Key))
	old := head.at(s.now())
	if p.PrevKV && old != nil {
		out.KVs = append(out.KVs, old.KeyValue)
	}
	v := &version{prev: head}
	v.Create, v.Version = s.revision+1, 1
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
	s.push(v)
}

// runDelete removes pairs. They are collected before the first one goes, since a tree may not be
// written while it is walked.
func (s *Store) runDelete(d *Delete, out *Response) {
	s.found = s.found[:0]
	s.scan(d.Key, d.End, s.now(), func(v *version) bool {
		s.found = append(s.found, v)
		return true
	})
	for _, v := range s.found {
		if d.PrevKV {
			out.KVs = append(out.KVs, v.KeyValue)
		}
		s.push(&version{KeyValue: KeyValue{Key: v.Key}, dead: true, prev: v})
	}
	out.Count = int64(len(s.found))
	s.live -= out.Count
	clear(s.found)
}

// push makes v the newest version of its key, at the next revision.
func (s *Store) push(v *version) {
	v.Mod = s.revision + 1
	if v.prev != nil && v.prev.Mod >= v.Mod {
		// Check refuses transactions that write a key twice, and revisions only rise.
		panic("kv: a key was written twice in one revision")
	}
	s.keys.Set(view(v.Key), v)
	s.changes.Set(change{rev: v.Mod, sub: s.changed, key: v.Key})
	s.changed++
	s.versions++
	s.bytes += v.weight()
}
