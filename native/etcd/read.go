package etcd

import "github.com/synodlab/synod/core/kv"

// A read that may gather much is not executed where it stands in the log: every member would build
// its answer, and none would do anything else meanwhile. In its place a read of one key goes
// through the log. When this member has executed that, its state holds every write that was
// answered before the read came, so that what it then answers, aside from the log, is linearizable
// all the same.

// wide reports whether a request that writes nothing reads more than single keys.
func wide(r *kv.Request) bool {
	switch r.Op {
	case kv.OpRange:
		return len(r.Range.End) > 0
	case kv.OpTxn:
		if r.Txn == nil {
			return false
		}
		for i := range r.Txn.Compare {
			if len(r.Txn.Compare[i].End) > 0 {
				return true
			}
		}
		return anyWide(r.Txn.Success) || anyWide(r.Txn.Failure)
	}
	return false
}

func anyWide(requests []kv.Request) bool {
	for i := range requests {
		if wide(&requests[i]) {
			return true
		}
	}
	return false
}

// barrier is the command that goes through the log in place of r.
func barrier(r *kv.Request) []byte {
	key := []byte{0}
	if r.Op == kv.OpRange {
		key = r.Range.Key
	}
	read := kv.Request{Op: kv.OpRange, Range: kv.Range{Key: key, CountOnly: true}}
	return kv.AppendRequest(nil, &read)
}
