package kv

import "pgregory.net/rapid"

func drawKey(t *rapid.T) []byte {
	return []byte(rapid.SampledFrom([]string{"a", "ab", "b", "c", "d\x00", "d"}).Draw(t, "key"))
}

func drawEnd(t *rapid.T) []byte {
	end := rapid.SampledFrom([]string{"", "", "\x00", "b", "c", "e"}).Draw(t, "end")
	if end == "" {
		return nil
	}
	return []byte(end)
}

func drawRange(t *rapid.T, now int64) Request {
	return Request{Op: OpRange, Range: Range{
		Key: drawKey(t), End: drawEnd(t),
		Limit:    rapid.Int64Range(-1, 4).Draw(t, "limit"),
		Revision: rapid.SampledFrom([]int64{0, 0, now - 2, now - 1, now, now + 1}).Draw(t, "rev"),
		MinMod:   rapid.SampledFrom([]int64{0, 0, now - 3}).Draw(t, "min mod"),
		MaxMod:   rapid.SampledFrom([]int64{0, 0, max(0, now-1)}).Draw(t, "max mod"),
		Order:    SortOrder(rapid.IntRange(0, 2).Draw(t, "order")),
		Target:   SortTarget(rapid.IntRange(0, 4).Draw(t, "target")),
		KeysOnly: rapid.Bool().Draw(t, "keys only"), CountOnly: rapid.Bool().Draw(t, "count only"),
	}}
}

func drawCompare(t *rapid.T, now int64) Compare {
	c := Compare{
		Key: drawKey(t), End: drawEnd(t),
		Target: CompareTarget(rapid.IntRange(0, 4).Draw(t, "target")),
		Result: CompareResult(rapid.IntRange(0, 3).Draw(t, "result")),
	}
	if c.Target == CompareValue {
		c.Value = []byte(rapid.SampledFrom([]string{"0", "1", "2"}).Draw(t, "value"))
	} else {
		c.Number = rapid.SampledFrom([]int64{0, 1, 2, now - 1, now}).Draw(t, "number")
	}
	return c
}

func drawOps(t *rapid.T, now int64, depth int) []Request {
	var ops []Request
	for range rapid.IntRange(0, 3).Draw(t, "operations") {
		ops = append(ops, drawRequest(t, now, depth))
	}
	return ops
}

func drawLease(t *rapid.T, renewals uint64) Lease {
	return Lease{
		ID:      rapid.Int64Range(1, 4).Draw(t, "lease"),
		Renewal: rapid.Uint64Range(0, renewals).Draw(t, "renewal"),
	}
}

func drawLeaseOp(t *rapid.T, op Op) Request {
	r := Request{Op: op}
	switch op {
	case OpLeaseGrant:
		r.Lease.ID = rapid.Int64Range(0, 4).Draw(t, "lease")
		r.Lease.TTL = rapid.Int64Range(-1, 5).Draw(t, "ttl")
	case OpLeaseRevoke, OpLeaseTimeToLive:
		r.Lease = drawLease(t, 0)
		r.Keys = op == OpLeaseTimeToLive
	case OpLeaseKeepAlive, OpLeaseExpire:
		renewals := uint64(0)
		if op == OpLeaseExpire {
			renewals = 9
		}
		for range rapid.IntRange(0, 9).Draw(t, "leases") {
			r.Leases = append(r.Leases, drawLease(t, renewals))
		}
	}
	return r
}

func drawWatch(t *rapid.T) Watch {
	return Watch{
		Key: drawKey(t), End: drawEnd(t), PrevKV: rapid.Bool().Draw(t, "prev"),
		NoPut: rapid.Bool().Draw(t, "no put"), NoDelete: rapid.Bool().Draw(t, "no delete"),
		Fragment: rapid.Bool().Draw(t, "fragment"),
	}
}

func drawRequest(t *rapid.T, now int64, depth int) Request {
	kinds := []Op{OpPut, OpPut, OpDelete, OpRange}
	if depth == 0 {
		kinds = append(kinds, OpTxn, OpTxn, OpCompact, OpLeaseGrant, OpLeaseGrant, OpLeaseRevoke,
			OpLeaseKeepAlive, OpLeaseExpire, OpLeaseTimeToLive, OpLeases)
	} else if depth < 3 {
		kinds = append(kinds, OpTxn)
	}
	op := rapid.SampledFrom(kinds).Draw(t, "op")
	switch op {
	case OpPut:
		p := Put{Key: drawKey(t), PrevKV: rapid.Bool().Draw(t, "prev")}
		if p.IgnoreLease = rapid.IntRange(0, 7).Draw(t, "ignore lease") == 0; !p.IgnoreLease {
			p.Lease = rapid.SampledFrom([]int64{0, 0, 0, 1, 2, 3}).Draw(t, "lease")
		}
		if p.IgnoreValue = rapid.IntRange(0, 5).Draw(t, "ignore") == 0; !p.IgnoreValue {
			p.Value = []byte(rapid.SampledFrom([]string{"0", "1", "2"}).Draw(t, "value"))
		}
		return Request{Op: OpPut, Put: p}
	case OpDelete:
		d := Delete{Key: drawKey(t), End: drawEnd(t), PrevKV: rapid.Bool().Draw(t, "prev")}
		return Request{Op: OpDelete, Delete: d}
	case OpRange:
		return drawRange(t, now)
	case OpCompact:
		return Request{Op: OpCompact, Revision: now - rapid.Int64Range(-1, 4).Draw(t, "back")}
	}
	if op != OpTxn {
		return drawLeaseOp(t, op)
	}
	var compares []Compare
	for range rapid.IntRange(0, 2).Draw(t, "compares") {
		compares = append(compares, drawCompare(t, now))
	}
	return txn(Txn{
		Compare: compares, Success: drawOps(t, now, depth+1), Failure: drawOps(t, now, depth+1),
	})
}
