package kv

import "encoding/binary"

// The whole state is encoded as follows; numbers, bytes and lists as in requests. Keys, changes,
// sessions and replies ascend, versions go from newest to oldest: equal stores have equal bytes.
//
//	state    version(1)=1  sessions  window  reply bytes     numbers, the Limits
//	         revision  compact revision  floor  turn         numbers
//	         keys  changes  sessions  replies                lists
//	key      key bytes  versions                             a list
//	version  mod number  dead(1), and if not dead: value bytes  create  version  lease numbers
//	change   revision number  sub number  key bytes
//	session  client  high  used                              numbers
//	reply    client  seq  kept(1), and if kept: response bytes

// AppendState appends the encoding of the whole state to dst: what a snapshot holds, the sessions
// and their replies included (B-35). Its cost is that of everything that is stored; see Clone.
func (s *Store) AppendState(dst []byte) []byte {
	return s.encode(dst, func(b []byte) []byte { return b })
}

// Hash returns the FNV-1a hash of what AppendState appends. Replicas that applied the same commands
// have the same (B-32). Its cost is that of AppendState, but for the memory.
func (s *Store) Hash() uint64 {
	h := fnvOffset
	s.encode(nil, func(b []byte) []byte {
		h = fnv(h, b)
		return b[:0]
	})
	return h
}

const (
	fnvOffset uint64 = 14695981039346656037
	fnvPrime  uint64 = 1099511628211
)

func fnv(h uint64, b []byte) uint64 {
	for _, c := range b {
		h = (h ^ uint64(c)) * fnvPrime
	}
	return h
}

// encode appends the state to b and passes b through flush after each element and at the end.
func (s *Store) encode(b []byte, flush func([]byte) []byte) []byte {
	b = append(b, formatVersion)
	for _, n := range [...]int{s.limits.Sessions, s.limits.Window, s.limits.ReplyBytes} {
		b = appendInt64(b, int64(n))
	}
	b = appendInt64(b, s.revision)
	b = appendInt64(b, s.compacted)
	b = binary.AppendUvarint(b, s.floor)
	b = binary.AppendUvarint(b, s.turn)
	b = appendInt64(b, int64(s.keys.Len()))
	s.keys.Scan(func(_ string, head *version) bool {
		b = flush(appendChain(b, head))
		return true
	})
	b = appendInt64(b, int64(s.changes.Len()))
	s.changes.Scan(func(c change) bool {
		b = appendInt64(appendInt64(b, c.rev), c.sub)
		b = flush(appendBytes(b, c.key))
		return true
	})
	return flush(s.encodeSessions(b, flush))
}

func (s *Store) encodeSessions(b []byte, flush func([]byte) []byte) []byte {
	b = appendInt64(b, int64(s.sessions.Len()))
	s.sessions.Scan(func(client uint64, known session) bool {
		b = binary.AppendUvarint(b, client)
		b = binary.AppendUvarint(b, known.high)
		b = flush(binary.AppendUvarint(b, known.used))
		return true
	})
	b = appendInt64(b, int64(s.replies.Len()))
	s.replies.Scan(func(r reply) bool {
		b = binary.AppendUvarint(b, r.client)
		b = binary.AppendUvarint(b, r.seq)
		b = appendBool(b, r.response != nil)
		if r.response != nil {
			b = appendBytes(b, r.response)
		}
		b = flush(b)
		return true
	})
	return b
}

func appendChain(b []byte, head *version) []byte {
	n := 0
	for v := head; v != nil; v = v.prev {
		n++
	}
	b = appendInt64(appendBytes(b, head.Key), int64(n))
	for v := head; v != nil; v = v.prev {
		b = appendBool(appendInt64(b, v.Mod), v.dead)
		if !v.dead {
			b = appendBytes(b, v.Value)
			b = appendInt64(b, v.Create)
			b = appendInt64(b, v.Version)
			b = appendInt64(b, v.Lease)
		}
	}
	return b
}

// runHash hashes every pair that a reader between the compacted revision and rev can see, so that
// members at the same revision can be compared though one applied, or swept, more than another.
func (s *Store) runHash(rev int64, out *Response) {
	if rev <= 0 {
		rev = s.now()
	}
	h := fnvOffset
	var pair []byte
	s.keys.Scan(func(_ string, head *version) bool {
		for v := head; v != nil; v = v.prev {
			if v.Mod <= rev && !(v.dead && v.Mod <= s.compacted) {
				pair = appendBool(appendPair(pair[:0], &v.KeyValue), v.dead)
				h = fnv(h, pair)
			}
			if v.Mod <= s.compacted {
				break
			}
		}
		return true
	})
	out.Hash, out.CompactRevision = h, s.compacted
}
