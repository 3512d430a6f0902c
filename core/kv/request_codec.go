package kv

import "encoding/binary"

// Requests are encoded as follows. "number" is the shortest base-128 form of the 64 bits, low
// groups first; "bytes" is a number and that many bytes; a list is a number and its elements.
//
//	request   version(1)=1  operation
//	operation op(1), then by op
//	  range   flags(1: 1 keys only, 2 count only)  order(1)  target(1)  key bytes  end bytes
//	          limit  revision  min mod  max mod  min create  max create       numbers
//	  put     flags(1: 1 prev, 2 ignore value, 4 ignore lease)  lease number
//	          key bytes  value bytes
//	  delete  flags(1: 1 prev)  key bytes  end bytes
//	  txn     compares  success operations  failure operations                lists
//	  compact revision number
//	  hash    revision number
//	  grant   lease number  ttl number
//	  revoke  lease number
//	  renew   leases                                                          a list of numbers
//	  expire  (lease, renewal)                                                a list of numbers
//	  time to live  keys(1)  lease number
//	  leases  nothing
//	compare   target(1)  result(1)  key bytes  end bytes  value bytes (target value) or number

// AppendRequest appends the encoding of r to dst and returns the extended slice. A request that
// passes Check decodes to itself, but for empty slices, which decode as nil; what Check refuses may
// not decode.
func AppendRequest(dst []byte, r *Request) []byte {
	return appendOp(append(dst, formatVersion), r)
}

func appendOp(dst []byte, r *Request) []byte {
	dst = append(dst, byte(r.Op))
	switch r.Op {
	case OpRange:
		return appendRange(dst, &r.Range)
	case OpPut:
		return appendPut(dst, &r.Put)
	case OpDelete:
		dst = appendBool(dst, r.Delete.PrevKV)
		dst = appendBytes(dst, r.Delete.Key)
		return appendBytes(dst, r.Delete.End)
	case OpTxn:
		if r.Txn != nil {
			return appendTxn(dst, r.Txn)
		}
		return append(dst, 0, 0, 0)
	case OpCompact, OpHash:
		return appendInt64(dst, r.Revision)
	}
	return appendLeaseOp(dst, r)
}

func appendRange(dst []byte, q *Range) []byte {
	dst = append(dst, flag(q.KeysOnly, 1)|flag(q.CountOnly, 2), byte(q.Order), byte(q.Target))
	dst = appendBytes(dst, q.Key)
	dst = appendBytes(dst, q.End)
	dst = appendInt64(dst, q.Limit)
	dst = appendInt64(dst, q.Revision)
	dst = appendInt64(dst, q.MinMod)
	dst = appendInt64(dst, q.MaxMod)
	dst = appendInt64(dst, q.MinCreate)
	return appendInt64(dst, q.MaxCreate)
}

func appendPut(dst []byte, p *Put) []byte {
	dst = append(dst, flag(p.PrevKV, 1)|flag(p.IgnoreValue, 2)|flag(p.IgnoreLease, 4))
	dst = appendInt64(dst, p.Lease)
	dst = appendBytes(dst, p.Key)
	return appendBytes(dst, p.Value)
}

func appendTxn(dst []byte, t *Txn) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(t.Compare)))
	for i := range t.Compare {
		dst = appendCompare(dst, &t.Compare[i])
	}
	for _, branch := range [2][]Request{t.Success, t.Failure} {
		dst = binary.AppendUvarint(dst, uint64(len(branch)))
		for i := range branch {
			dst = appendOp(dst, &branch[i])
		}
	}
	return dst
}

func appendCompare(dst []byte, c *Compare) []byte {
	dst = append(dst, byte(c.Target), byte(c.Result))
	dst = appendBytes(dst, c.Key)
	dst = appendBytes(dst, c.End)
	if c.Target == CompareValue {
		return appendBytes(dst, c.Value)
	}
	return appendInt64(dst, c.Number)
}

func flag(on bool, bit byte) byte {
	if on {
		return bit
	}
	return 0
}

// DecodeRequest decodes command into r, overwriting it. The slices of r then point into command.
// It allocates only for transactions. The error is a *FormatError; r is then not to be used.
//
// What decodes is well-formed, not yet sensible: that is for Check. Each well-formed request has
// one encoding, so AppendRequest gives back the same bytes.
func DecodeRequest(command []byte, r *Request) error {
	*r = Request{}
	c := cursor{what: "request", data: command}
	if len(command) > MaxCommandBytes {
		c.fail("at most 1572864 bytes")
		return c.err
	}
	c.exact(formatVersion, "format version 1")
	total := 0
	c.operation(r, 0, &total)
	return c.end()
}

func (c *cursor) operation(r *Request, depth int, total *int) {
	r.Op = Op(c.byte(byte(ops-1), "an operation from 1 to 12"))
	switch r.Op {
	case OpRange:
		c.rangeOp(&r.Range)
	case OpPut:
		c.put(&r.Put)
	case OpDelete:
		r.Delete.PrevKV = c.bool("delete flags")
		r.Delete.Key = c.bytes("a key")
		r.Delete.End = c.bytes("a range end")
	case OpTxn:
		if depth == MaxTxnDepth {
			c.fail("a transaction at most 16 deep")
			return
		}
		r.Txn = new(Txn)
		c.txn(r.Txn, depth+1, total)
	case OpCompact, OpHash:
		r.Revision = c.int64("a revision")
	case 0:
		c.fail("an operation from 1 to 12")
	default:
		c.leaseOp(r)
	}
}

func (c *cursor) rangeOp(q *Range) {
	flags := c.byte(1|2, "range flags")
	q.KeysOnly, q.CountOnly = flags&1 != 0, flags&2 != 0
	q.Order = SortOrder(c.byte(byte(SortDescend), "a sort order"))
	q.Target = SortTarget(c.byte(byte(SortByValue), "a sort target"))
	q.Key = c.bytes("a key")
	q.End = c.bytes("a range end")
	q.Limit = c.int64("a limit")
	q.Revision = c.int64("a revision")
	q.MinMod = c.int64("a revision")
	q.MaxMod = c.int64("a revision")
	q.MinCreate = c.int64("a revision")
	q.MaxCreate = c.int64("a revision")
}

func (c *cursor) put(p *Put) {
	flags := c.byte(1|2|4, "put flags")
	p.PrevKV, p.IgnoreValue, p.IgnoreLease = flags&1 != 0, flags&2 != 0, flags&4 != 0
	p.Lease = c.int64("a lease")
	p.Key = c.bytes("a key")
	p.Value = c.bytes("a value")
}

// The fewest bytes that one element of a list takes: what bounds an allocation by what was sent.
const (
	leastCompareBytes = 5 // target, result, and three empty fields
	leastOpBytes      = 1 // leases, which asks for all
)

func (c *cursor) txn(t *Txn, depth int, total *int) {
	if n := c.members(leastCompareBytes, total, "at most 128 compares"); n > 0 {
		t.Compare = make([]Compare, n)
		for i := range t.Compare {
			c.compare(&t.Compare[i])
		}
	}
	t.Success = c.operations(depth, total)
	t.Failure = c.operations(depth, total)
}

func (c *cursor) operations(depth int, total *int) []Request {
	n := c.members(leastOpBytes, total, "at most 128 operations")
	if n == 0 {
		return nil
	}
	ops := make([]Request, n)
	for i := range ops {
		c.operation(&ops[i], depth, total)
	}
	return ops
}

// members reads the length of one list of a transaction and counts it towards MaxTotalOps.
func (c *cursor) members(size int, total *int, want string) int {
	n := c.count(MaxTxnOps, size, want)
	if *total += n; *total > MaxTotalOps {
		c.fail("at most 1024 compares and operations in all")
		return 0
	}
	return n
}

func (c *cursor) compare(p *Compare) {
	p.Target = CompareTarget(c.byte(byte(CompareLease), "a compare target"))
	p.Result = CompareResult(c.byte(byte(NotEqual), "a compare result"))
	p.Key = c.bytes("a key")
	p.End = c.bytes("a range end")
	if p.Target == CompareValue {
		p.Value = c.bytes("a value")
	} else {
		p.Number = c.int64("a number")
	}
}
