package kv

import "encoding/binary"

// digest is a running 64-bit hash of words. It finds accidents, a replica that computed something
// else or a damaged snapshot, not forgers.
type digest uint64

// What a digest is of, so that elements of different kinds with equal fields differ. They are also
// the kinds of a snapshot's chunks, in the order in which those follow each other.
const (
	kindHead = 1 + iota
	kindLease
	kindVersion
	kindSession
	kindReply
	kindEnd
)

const golden = 0x9E3779B97F4A7C15 // 2^64 divided by the golden ratio

// word adds w: exclusive or, a product with an odd number, and the upper half folded onto the
// lower.
func (h digest) word(w uint64) digest {
	h = (h ^ digest(w)) * golden
	return h ^ h>>32
}

// bytes adds the length of b and then b, eight bytes a word, the first the lowest, the last word
// filled up with zeros.
func (h digest) bytes(b []byte) digest {
	h = h.word(uint64(len(b)))
	for len(b) >= 8 {
		h = h.word(binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	if len(b) == 0 {
		return h
	}
	last := uint64(0)
	for i, c := range b {
		last |= uint64(c) << (8 * i)
	}
	return h.word(last)
}

// mix spreads a number over all 64 bits, one to one.
func mix(u uint64) uint64 {
	u = (u ^ u>>30) * 0xBF58476D1CE4E5B9
	u = (u ^ u>>27) * 0x94D049BB133111EB
	return u ^ u>>31
}

func (v *version) digest() uint64 {
	h := digest(kindVersion).bytes(v.Key).word(uint64(v.Mod)).word(uint64(v.sub))
	if !v.dead {
		h = h.bytes(v.Value).word(uint64(v.Create)).word(uint64(v.Version)).word(uint64(v.Lease))
	}
	return mix(uint64(h))
}

func (l *Lease) digest() uint64 {
	return mix(uint64(digest(kindLease).word(uint64(l.ID)).word(uint64(l.TTL)).word(l.Renewal)))
}

func (k session) digest(client uint64) uint64 {
	return mix(uint64(digest(kindSession).word(client).word(k.high).word(k.used)))
}

// sum is the digest of a reply; that of the response is taken once, when it is given.
func (r *reply) sum() uint64 {
	return mix(uint64(digest(kindReply).word(r.client).word(r.seq).word(r.digest)))
}

func responseDigest(response []byte) uint64 {
	return mix(uint64(digest(kindReply).bytes(response)))
}

// Hash returns a hash of the whole state. Replicas that applied the same commands have the same, on
// any machine, so that comparing it after each slot shows where one went astray (B-32); a change
// that differs in one bit leads to another, but for accidents of one in 2^64.
//
// It is kept up to date with each change and costs nothing to ask for. It is the digest of the
// state's numbers and of the sum, modulo 2^64, of the digests of its elements: versions, leases,
// sessions and what commands were answered. A sum does not depend on the order, and what leaves the
// state is subtracted.
func (s *Store) Hash() uint64 {
	h := digest(kindHead)
	for _, n := range s.head() {
		h = h.word(n)
	}
	return mix(uint64(h.word(s.sum)))
}
