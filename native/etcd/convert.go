package etcd

import (
	"math"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/synodlab/synod/core/kv"
)

// Requests and responses are converted without copying: the slices of one point into the other.

// narrow is an enumeration's number as kv has it. One that kv does not know stays one that it does
// not know, for Check to refuse.
func narrow[T ~uint8](n int32) T {
	if n < 0 || n > math.MaxUint8 {
		return math.MaxUint8
	}
	return T(n)
}

func rangeRequest(r *pb.RangeRequest) kv.Request {
	return kv.Request{Op: kv.OpRange, Range: kv.Range{
		Key: r.Key, End: r.RangeEnd,
		Limit: r.Limit, Revision: r.Revision,
		MinMod: r.MinModRevision, MaxMod: r.MaxModRevision,
		MinCreate: r.MinCreateRevision, MaxCreate: r.MaxCreateRevision,
		Order:    narrow[kv.SortOrder](int32(r.SortOrder)),
		Target:   narrow[kv.SortTarget](int32(r.SortTarget)),
		KeysOnly: r.KeysOnly, CountOnly: r.CountOnly,
	}}
}

func putRequest(r *pb.PutRequest) kv.Request {
	return kv.Request{Op: kv.OpPut, Put: kv.Put{
		Key: r.Key, Value: r.Value, Lease: r.Lease,
		PrevKV: r.PrevKv, IgnoreValue: r.IgnoreValue, IgnoreLease: r.IgnoreLease,
	}}
}

func deleteRequest(r *pb.DeleteRangeRequest) kv.Request {
	return kv.Request{Op: kv.OpDelete, Delete: kv.Delete{
		Key: r.Key, End: r.RangeEnd, PrevKV: r.PrevKv,
	}}
}

func txnRequest(r *pb.TxnRequest) kv.Request {
	t := &kv.Txn{Success: operations(r.Success), Failure: operations(r.Failure)}
	for _, c := range r.Compare {
		t.Compare = append(t.Compare, compare(c))
	}
	return kv.Request{Op: kv.OpTxn, Txn: t}
}

func operations(ops []*pb.RequestOp) []kv.Request {
	requests := make([]kv.Request, len(ops))
	for i, op := range ops {
		switch u := op.Request.(type) {
		case *pb.RequestOp_RequestRange:
			requests[i] = rangeRequest(u.RequestRange)
		case *pb.RequestOp_RequestPut:
			requests[i] = putRequest(u.RequestPut)
		case *pb.RequestOp_RequestDeleteRange:
			requests[i] = deleteRequest(u.RequestDeleteRange)
		case *pb.RequestOp_RequestTxn:
			requests[i] = txnRequest(u.RequestTxn)
		}
	}
	return requests
}

// compare takes the operand that belongs to the target; if the message brings another one, it is
// zero, as in etcd.
func compare(c *pb.Compare) kv.Compare {
	k := kv.Compare{
		Key: c.Key, End: c.RangeEnd,
		Target: narrow[kv.CompareTarget](int32(c.Target)),
		Result: narrow[kv.CompareResult](int32(c.Result)),
	}
	switch c.Target {
	case pb.Compare_VERSION:
		k.Number = c.GetVersion()
	case pb.Compare_CREATE:
		k.Number = c.GetCreateRevision()
	case pb.Compare_MOD:
		k.Number = c.GetModRevision()
	case pb.Compare_VALUE:
		k.Value = c.GetValue()
	case pb.Compare_LEASE:
		k.Number = c.GetLease()
	}
	return k
}

func rangeResponse(r *kv.Response) *pb.RangeResponse {
	return &pb.RangeResponse{Kvs: pairs(r.KVs), More: r.More, Count: r.Count}
}

func putResponse(r *kv.Response) *pb.PutResponse {
	answer := new(pb.PutResponse)
	if len(r.KVs) > 0 {
		answer.PrevKv = pairs(r.KVs)[0]
	}
	return answer
}

func deleteResponse(r *kv.Response) *pb.DeleteRangeResponse {
	return &pb.DeleteRangeResponse{Deleted: r.Count, PrevKvs: pairs(r.KVs)}
}

func txnResponse(r *kv.Response) *pb.TxnResponse {
	answer := &pb.TxnResponse{Succeeded: r.Succeeded}
	for i := range r.Responses {
		answer.Responses = append(answer.Responses, responseOp(&r.Responses[i]))
	}
	return answer
}

// responseOp is one answer within a transaction. As in etcd its header holds the revision only, and
// that of a nested transaction nothing.
func responseOp(r *kv.Response) *pb.ResponseOp {
	header := &pb.ResponseHeader{Revision: r.Revision}
	switch r.Op {
	case kv.OpRange:
		a := rangeResponse(r)
		a.Header = header
		return &pb.ResponseOp{Response: &pb.ResponseOp_ResponseRange{ResponseRange: a}}
	case kv.OpPut:
		a := putResponse(r)
		a.Header = header
		return &pb.ResponseOp{Response: &pb.ResponseOp_ResponsePut{ResponsePut: a}}
	case kv.OpDelete:
		a := deleteResponse(r)
		a.Header = header
		return &pb.ResponseOp{Response: &pb.ResponseOp_ResponseDeleteRange{
			ResponseDeleteRange: a,
		}}
	}
	a := txnResponse(r)
	a.Header = &pb.ResponseHeader{}
	return &pb.ResponseOp{Response: &pb.ResponseOp_ResponseTxn{ResponseTxn: a}}
}

func pairs(kvs []kv.KeyValue) []*mvccpb.KeyValue {
	if len(kvs) == 0 {
		return nil
	}
	block := make([]mvccpb.KeyValue, len(kvs))
	out := make([]*mvccpb.KeyValue, len(kvs))
	for i := range kvs {
		p := &kvs[i]
		block[i] = mvccpb.KeyValue{
			Key: p.Key, Value: p.Value, Lease: p.Lease,
			CreateRevision: p.Create, ModRevision: p.Mod, Version: p.Version,
		}
		out[i] = &block[i]
	}
	return out
}
