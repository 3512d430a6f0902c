package kv

import (
	"encoding/binary"
	"math"
)

// Responses are encoded as follows; numbers, bytes and lists as in requests.
//
//	response  version(1)=1  code(1)  revision number, and if the code is OK an answer
//	answer    op(1), then by op
//	  range   more(1)  count number  pairs              a list
//	  put     pairs                                     a list of at most one
//	  delete  count number  pairs                       a list
//	  txn     succeeded(1)  (revision number, answer)   a list
//	  compact nothing
//	  hash    hash number  compact revision number
//	  grant, renew, leases  leases                      a list
//	  revoke  count number
//	  expire  count number  leases                      a list
//	  time to live  leases  keys                        a list of one, a list of bytes
//	lease     id  ttl  renewal                          numbers
//	pair      key bytes  value bytes  create  mod  version  lease   numbers

// AppendResponse appends the encoding of r to dst and returns the extended slice.
func AppendResponse(dst []byte, r *Response) []byte {
	dst = append(dst, formatVersion, byte(r.Code))
	dst = appendInt64(dst, r.Revision)
	if r.Code != OK {
		return dst
	}
	return appendAnswer(dst, r)
}

func appendAnswer(dst []byte, r *Response) []byte {
	dst = append(dst, byte(r.Op))
	switch r.Op {
	case OpRange:
		dst = appendBool(dst, r.More)
		dst = appendInt64(dst, r.Count)
		return appendPairs(dst, r.KVs)
	case OpPut:
		return appendPairs(dst, r.KVs)
	case OpDelete:
		dst = appendInt64(dst, r.Count)
		return appendPairs(dst, r.KVs)
	case OpTxn:
		dst = appendBool(dst, r.Succeeded)
		dst = binary.AppendUvarint(dst, uint64(len(r.Responses)))
		for i := range r.Responses {
			dst = appendInt64(dst, r.Responses[i].Revision)
			dst = appendAnswer(dst, &r.Responses[i])
		}
		return dst
	case OpHash:
		dst = binary.AppendUvarint(dst, r.Hash)
		return appendInt64(dst, r.CompactRevision)
	}
	return appendLeaseAnswer(dst, r)
}

func appendPairs(dst []byte, kvs []KeyValue) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(kvs)))
	for i := range kvs {
		dst = appendPair(dst, &kvs[i])
	}
	return dst
}

func appendPair(dst []byte, kv *KeyValue) []byte {
	dst = appendBytes(dst, kv.Key)
	dst = appendBytes(dst, kv.Value)
	dst = appendInt64(dst, kv.Create)
	dst = appendInt64(dst, kv.Mod)
	dst = appendInt64(dst, kv.Version)
	return appendInt64(dst, kv.Lease)
}

// DecodeResponse decodes response into r, overwriting it. The slices of r then point into response.
// What it allocates is in proportion to response. The error is a *FormatError; r is then not to be
// used.
func DecodeResponse(response []byte, r *Response) error {
	*r = Response{}
	c := cursor{what: "response", data: response}
	c.exact(formatVersion, "format version 1")
	r.Code = Code(c.byte(byte(codes-1), "a code"))
	r.Revision = c.int64("a revision")
	if r.Code == OK && c.err == nil {
		c.answer(r, 0)
	}
	return c.end()
}

// The fewest bytes that one pair and one answer of a transaction take.
const (
	leastPairBytes   = 6
	leastAnswerBytes = 2
)

func (c *cursor) answer(r *Response, depth int) {
	r.Op = Op(c.byte(byte(ops-1), "an operation from 1 to 12"))
	switch r.Op {
	case OpRange:
		r.More = c.bool("more, 0 or 1")
		r.Count = c.int64("a count")
		r.KVs = c.pairs(math.MaxInt32)
	case OpPut:
		r.KVs = c.pairs(1)
	case OpDelete:
		r.Count = c.int64("a count")
		r.KVs = c.pairs(math.MaxInt32)
	case OpTxn:
		c.txnAnswer(r, depth+1)
	case OpCompact:
	case OpHash:
		r.Hash = c.uvarint("a hash")
		r.CompactRevision = c.int64("a revision")
	case 0:
		c.fail("an operation from 1 to 12")
	default:
		c.leaseAnswer(r)
	}
}

func (c *cursor) txnAnswer(r *Response, depth int) {
	if depth > MaxTxnDepth {
		c.fail("a transaction at most 16 deep")
		return
	}
	r.Succeeded = c.bool("succeeded, 0 or 1")
	n := c.count(MaxTxnOps, leastAnswerBytes, "at most 128 answers")
	if n == 0 {
		return
	}
	r.Responses = make([]Response, n)
	for i := range r.Responses {
		r.Responses[i].Revision = c.int64("a revision")
		c.answer(&r.Responses[i], depth)
	}
}

func (c *cursor) pairs(most int) []KeyValue {
	n := c.count(most, leastPairBytes, "a number of pairs")
	if n == 0 {
		return nil
	}
	kvs := make([]KeyValue, n)
	for i := range kvs {
		c.pair(&kvs[i])
	}
	return kvs
}

func (c *cursor) pair(kv *KeyValue) {
	kv.Key = c.bytes("a key")
	kv.Value = c.bytes("a value")
	kv.Create = c.int64("a revision")
	kv.Mod = c.int64("a revision")
	kv.Version = c.int64("a version")
	kv.Lease = c.int64("a lease")
}
