package kv

import "encoding/binary"

// The lease operations and their answers, as the tables of requests and responses show them.

func appendLeaseOp(dst []byte, r *Request) []byte {
	switch r.Op {
	case OpLeaseGrant:
		return appendInt64(appendInt64(dst, r.Lease.ID), r.Lease.TTL)
	case OpLeaseRevoke:
		return appendInt64(dst, r.Lease.ID)
	case OpLeaseTimeToLive:
		return appendInt64(appendBool(dst, r.Keys), r.Lease.ID)
	case OpLeaseKeepAlive, OpLeaseExpire:
		dst = binary.AppendUvarint(dst, uint64(len(r.Leases)))
		for i := range r.Leases {
			dst = appendInt64(dst, r.Leases[i].ID)
			if r.Op == OpLeaseExpire {
				dst = binary.AppendUvarint(dst, r.Leases[i].Renewal)
			}
		}
	}
	return dst
}

func (c *cursor) leaseOp(r *Request) {
	switch r.Op {
	case OpLeaseGrant:
		r.Lease.ID = c.int64("a lease")
		r.Lease.TTL = c.int64("seconds to live")
	case OpLeaseRevoke:
		r.Lease.ID = c.int64("a lease")
	case OpLeaseTimeToLive:
		r.Keys = c.bool("keys, 0 or 1")
		r.Lease.ID = c.int64("a lease")
	case OpLeaseKeepAlive:
		r.Leases = c.list(MaxLeaseBatch, 1, "at most 1024 leases")
		for i := range r.Leases {
			r.Leases[i].ID = c.int64("a lease")
		}
	case OpLeaseExpire:
		r.Leases = c.list(MaxLeaseBatch, 2, "at most 1024 leases")
		for i := range r.Leases {
			r.Leases[i] = Lease{ID: c.int64("a lease"), Renewal: c.uvarint("a renewal")}
		}
	}
}

// list makes room for as many leases as follow, each of at least size bytes.
func (c *cursor) list(most, size int, want string) []Lease {
	if n := c.count(most, size, want); n > 0 {
		return make([]Lease, n)
	}
	return nil
}

func appendLeaseAnswer(dst []byte, r *Response) []byte {
	switch r.Op {
	case OpLeaseRevoke:
		return appendInt64(dst, r.Count)
	case OpLeaseExpire:
		return appendLeases(appendInt64(dst, r.Count), r.Leases)
	case OpLeaseGrant, OpLeaseKeepAlive, OpLeases:
		return appendLeases(dst, r.Leases)
	case OpLeaseTimeToLive:
		dst = appendLeases(dst, r.Leases)
		dst = binary.AppendUvarint(dst, uint64(len(r.Keys)))
		for _, key := range r.Keys {
			dst = appendBytes(dst, key)
		}
	}
	return dst
}

func (c *cursor) leaseAnswer(r *Response) {
	switch r.Op {
	case OpLeaseRevoke:
		r.Count = c.int64("a count")
	case OpLeaseExpire:
		r.Count = c.int64("a count")
		r.Leases = c.leases()
	case OpLeaseGrant, OpLeaseKeepAlive, OpLeases:
		r.Leases = c.leases()
	case OpLeaseTimeToLive:
		r.Leases = c.leases()
		if n := c.count(len(c.data), 1, "a number of keys"); n > 0 {
			r.Keys = make([][]byte, n)
		}
		for i := range r.Keys {
			r.Keys[i] = c.bytes("a key")
		}
	}
}

// leastLeaseBytes is the fewest bytes that a lease takes.
const leastLeaseBytes = 3

func appendLease(dst []byte, l *Lease) []byte {
	dst = appendInt64(appendInt64(dst, l.ID), l.TTL)
	return binary.AppendUvarint(dst, l.Renewal)
}

func appendLeases(dst []byte, leases []Lease) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(leases)))
	for i := range leases {
		dst = appendLease(dst, &leases[i])
	}
	return dst
}

func (c *cursor) lease() Lease {
	return Lease{
		ID: c.int64("a lease"), TTL: c.int64("seconds to live"), Renewal: c.uvarint("a renewal"),
	}
}

func (c *cursor) leases() []Lease {
	leases := c.list(len(c.data), leastLeaseBytes, "a number of leases")
	for i := range leases {
		leases[i] = c.lease()
	}
	return leases
}
