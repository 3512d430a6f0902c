package kv

import "bytes"

// Check says whether r can be executed at all, whatever the store holds: OK, or the reason why
// every replica refuses it. An endpoint asks before it spends a slot of the log; Apply asks again,
// because a command comes from a peer. It allocates only for transactions that write.
func (r *Request) Check() Code {
	switch r.Op {
	case OpCompact, OpHash, OpLeaseRevoke, OpLeaseTimeToLive, OpLeases:
		return OK
	case OpLeaseGrant:
		return r.Lease.check()
	case OpLeaseKeepAlive, OpLeaseExpire:
		if len(r.Leases) > MaxLeaseBatch {
			return TooManyLeases
		}
		return OK
	}
	total := 0
	if code := r.checkOp(MaxTxnOps, 0, &total); code != OK {
		return code
	}
	if r.Op != OpTxn || r.ReadOnly() {
		return OK
	}
	if _, ok := r.Txn.writes(nil); !ok {
		return DuplicateKey
	}
	return OK
}

// checkOp judges one operation that may stand in a transaction of the given depth. room is what
// the enclosing transactions left of MaxTxnOps; total counts towards MaxTotalOps.
func (r *Request) checkOp(room, depth int, total *int) Code {
	switch r.Op {
	case OpRange:
		return r.Range.check()
	case OpPut:
		return r.Put.check()
	case OpDelete:
		return checkKeys(r.Delete.Key, r.Delete.End)
	case OpTxn:
		if r.Txn == nil {
			return Malformed
		}
		return r.Txn.check(room, depth+1, total)
	case 0:
		return KeyNotFound // etcd's word for an operation of no kind
	}
	return Malformed
}

// checkKeys judges a key and the end of its range.
func checkKeys(key, end []byte) Code {
	switch {
	case len(key) == 0:
		return EmptyKey
	case len(key) > MaxKeyBytes || len(end) > MaxKeyBytes:
		return TooLarge
	}
	return OK
}

func (q *Range) check() Code {
	code := checkKeys(q.Key, q.End)
	if code == OK && (q.Order > SortDescend || q.Target > SortByValue) {
		return InvalidSort
	}
	return code
}

func (p *Put) check() Code {
	switch {
	case len(p.Key) == 0:
		return EmptyKey
	case len(p.Key) > MaxKeyBytes || len(p.Value) > MaxValueBytes:
		return TooLarge
	case p.IgnoreValue && len(p.Value) != 0:
		return ValueProvided
	case p.IgnoreLease && p.Lease != 0:
		return LeaseProvided
	}
	return OK
}

func (t *Txn) check(room, depth int, total *int) Code {
	ops := max(len(t.Compare), len(t.Success), len(t.Failure))
	*total += len(t.Compare) + len(t.Success) + len(t.Failure)
	if ops > room || depth > MaxTxnDepth || *total > MaxTotalOps {
		return TooManyOps
	}
	for i := range t.Compare {
		if code := t.Compare[i].check(); code != OK {
			return code
		}
	}
	for _, branch := range [2][]Request{t.Success, t.Failure} {
		for i := range branch {
			if code := branch[i].checkOp(room-ops, depth, total); code != OK {
				return code
			}
		}
	}
	return OK
}

func (c *Compare) check() Code {
	code := checkKeys(c.Key, c.End)
	switch {
	case code != OK:
		return code
	case c.Target > CompareLease || c.Result > NotEqual:
		return InvalidCompare
	case len(c.Value) > MaxValueBytes:
		return TooLarge
	}
	return OK
}

// write is what one operation of a transaction writes: a key, or a range of keys to delete.
type write struct {
	key, end []byte
	put      bool
}

// overlaps says whether w and x could write the same key with at least one of them putting it.
// Deleting twice is harmless: the second finds nothing.
func (w *write) overlaps(x *write) bool {
	switch {
	case w.put && x.put:
		return bytes.Equal(w.key, x.key)
	case w.put:
		return within(w.key, x.key, x.end)
	case x.put:
		return within(x.key, w.key, w.end)
	}
	return false
}

// writes appends to ws all that t may write and reports false if two writes overlap that could both
// run. The two branches of a transaction exclude each other, so they are compared only with what
// stands beside the transaction. The cost is quadratic in MaxTotalOps at worst, and allocates.
func (t *Txn) writes(ws []write) ([]write, bool) {
	for _, branch := range [2][]Request{t.Success, t.Failure} {
		start := len(ws)
		for i := range branch {
			var ok bool
			before := len(ws)
			if ws, ok = branch[i].writes(ws); !ok || overlap(ws[start:before], ws[before:]) {
				return ws, false
			}
		}
	}
	return ws, true
}

func (r *Request) writes(ws []write) ([]write, bool) {
	switch r.Op {
	case OpPut:
		return append(ws, write{key: r.Put.Key, put: true}), true
	case OpDelete:
		return append(ws, write{key: r.Delete.Key, end: r.Delete.End}), true
	case OpTxn:
		return r.Txn.writes(ws)
	}
	return ws, true
}

func overlap(as, bs []write) bool {
	for i := range as {
		for j := range bs {
			if as[i].overlaps(&bs[j]) {
				return true
			}
		}
	}
	return false
}

// within says whether a range of key and end, in the protocol's convention, holds k.
func within(k, key, end []byte) bool {
	switch {
	case len(end) == 0:
		return bytes.Equal(k, key)
	case unbounded(end):
		return bytes.Compare(k, key) >= 0
	}
	return bytes.Compare(k, key) >= 0 && bytes.Compare(k, end) < 0
}

// unbounded says whether end means every key from the first on: one zero byte, which could not
// otherwise end a range that holds anything.
func unbounded(end []byte) bool { return len(end) == 1 && end[0] == 0 }
