package kv

import (
	"bytes"
	"encoding/binary"
	"math"
)

// A snapshot is encoded as follows; numbers and bytes as in requests. Leases, versions, sessions
// and replies ascend, each in chunks of their own, of which all but the last are filled: equal
// stores have equal bytes. What can be computed from the rest is left out: the index of changes,
// the pairs of a lease, the counts.
//
//	snapshot  version(1)=2  chunks
//	chunk     kind(1)  body bytes
//	kind 1    the head: numbers, as Store.head lists them; the first chunk
//	kind 2    leases    id  ttl  renewal                   numbers, until the body ends
//	kind 3    versions  flags(1: 1 key of the one before, 2 deleted)  key bytes unless flag 1
//	                    revision  sub  numbers, and unless flag 2:
//	                    value bytes  create  version  lease  numbers
//	kind 4    sessions  client  high  used                 numbers
//	kind 5    replies   client  seq  kept(1)  response bytes if kept, else its digest number
//	kind 6    the end: the state's Hash, number; the last chunk

// stateVersion is the first byte of every snapshot.
const stateVersion = 2

const (
	// chunkBytes is when a chunk is full: with the element that brings its body to this.
	chunkBytes = 64 << 10
	// MaxChunkBytes bounds a chunk of a snapshot: a body that is almost full, and one element.
	MaxChunkBytes = chunkBytes + MaxCommandBytes
)

// Snapshot writes the state of a store in pieces. The store must not be written meanwhile: it is
// meant for a Clone, whose original goes on.
type Snapshot struct {
	s    *Store
	kind byte   // of the next chunk; 0 at the start
	body []byte // of the chunk being made

	// The last element written of each kind; the next one is looked for from there.
	lease    *Lease
	version  *version
	client   uint64
	answered *reply
}

// Snapshot returns a writer of the state.
func (s *Store) Snapshot() *Snapshot {
	return &Snapshot{
		s: s, lease: &Lease{ID: math.MinInt64}, version: &version{}, answered: &reply{},
	}
}

// AppendState appends the encoding of the whole state to dst, the sessions with their replies and
// the leases included (B-35): all chunks of a Snapshot. Its cost is that of everything that is
// stored.
func (s *Store) AppendState(dst []byte) []byte {
	p := s.Snapshot()
	for more := true; more; {
		dst, more = p.Append(dst)
	}
	return dst
}

// Append appends the next chunk, at most MaxChunkBytes and mostly about 64 KiB, to dst and reports
// whether another one follows.
func (p *Snapshot) Append(dst []byte) (chunk []byte, more bool) {
	if p.kind == 0 {
		dst = append(dst, stateVersion)
		p.kind = kindHead
	}
	p.body = p.body[:0]
	kind := p.kind
	for len(p.body) == 0 {
		if kind = p.kind; p.fill() {
			p.kind++
		}
	}
	return appendBytes(append(dst, kind), p.body), p.kind <= kindEnd
}

// fill appends elements of the kind in turn to the body and reports whether there are no more.
func (p *Snapshot) fill() (last bool) {
	switch p.kind {
	case kindHead:
		for _, n := range p.s.head() {
			p.body = binary.AppendUvarint(p.body, n)
		}
	case kindLease:
		return p.leases()
	case kindVersion:
		return p.versions()
	case kindSession:
		return p.sessions()
	case kindReply:
		return p.replies()
	case kindEnd:
		p.body = binary.AppendUvarint(p.body, p.s.Hash())
	}
	return true
}

func (p *Snapshot) full() bool { return len(p.body) >= chunkBytes }

// head lists the numbers of the state. The first change that was not swept tells the others from
// those that were; it is {0, 0} if there is none.
func (s *Store) head() [13]uint64 {
	var first Position
	if v, ok := s.changes.Min(); ok {
		first = v.position()
	}
	l := &s.limits
	return [...]uint64{
		uint64(l.Sessions), uint64(l.Window), uint64(l.ReplyBytes), uint64(l.Leases),
		uint64(l.Bytes),
		uint64(s.revision), uint64(s.compacted), uint64(first.Revision), uint64(first.Sub),
		s.renewed, s.granted, s.floor, s.turn,
	}
}

func (p *Snapshot) leases() (last bool) {
	written := p.lease
	last = true
	p.s.leases.Ascend(written, func(l *Lease) bool {
		if l == written {
			return true
		}
		if last = !p.full(); last {
			p.body = appendLease(p.body, l)
			p.lease = l
		}
		return last
	})
	return last
}

// versions walks the trees of superseded and of newest versions side by side.
func (p *Snapshot) versions() (last bool) {
	written := p.version
	older := p.s.past.Iter()
	left := older.Seek(written)
	last = true
	write := func(v *version) bool {
		if v != written {
			if last = !p.full(); last {
				p.put(v)
			}
		}
		return last
	}
	p.s.keys.Ascend(view(written.Key), func(_ string, head *version) bool {
		for ; left && bytes.Equal(older.Item().Key, head.Key); left = older.Next() {
			if !write(older.Item()) {
				return false
			}
		}
		return write(head)
	})
	older.Release()
	return last
}

func (p *Snapshot) put(v *version) {
	same := len(p.body) > 0 && bytes.Equal(p.version.Key, v.Key)
	p.body = append(p.body, flag(same, 1)|flag(v.dead, 2))
	if !same {
		p.body = appendBytes(p.body, v.Key)
	}
	p.body = appendInt64(appendInt64(p.body, v.Mod), v.sub)
	if !v.dead {
		p.body = appendBytes(p.body, v.Value)
		p.body = appendInt64(p.body, v.Create)
		p.body = appendInt64(p.body, v.Version)
		p.body = appendInt64(p.body, v.Lease)
	}
	p.version = v
}

func (p *Snapshot) sessions() (last bool) {
	written := p.client
	last = true
	p.s.sessions.Ascend(written, func(client uint64, known session) bool {
		if client == written { // no client is 0
			return true
		}
		if last = !p.full(); last {
			p.body = binary.AppendUvarint(p.body, client)
			p.body = binary.AppendUvarint(p.body, known.high)
			p.body = binary.AppendUvarint(p.body, known.used)
			p.client = client
		}
		return last
	})
	return last
}

func (p *Snapshot) replies() (last bool) {
	written := p.answered
	last = true
	p.s.replies.Ascend(written, func(r *reply) bool {
		if r == written {
			return true
		}
		if last = !p.full(); last {
			p.answer(r)
		}
		return last
	})
	return last
}

func (p *Snapshot) answer(r *reply) {
	p.body = binary.AppendUvarint(p.body, r.client)
	p.body = binary.AppendUvarint(p.body, r.seq)
	p.body = appendBool(p.body, r.response != nil)
	if r.response != nil {
		p.body = appendBytes(p.body, r.response)
	} else {
		p.body = binary.AppendUvarint(p.body, r.digest)
	}
	p.answered = r
}
