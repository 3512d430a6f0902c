package etcd

import (
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/synodlab/synod/core/kv"
)

// kvServer serves the KV service: each request is one command.
type kvServer struct{ endpoint }

func (s *kvServer) Range(ctx context.Context, r *pb.RangeRequest) (*pb.RangeResponse, error) {
	request := rangeRequest(r)
	response, err := s.do(ctx, &request, r.Serializable)
	if err != nil {
		return nil, err
	}
	answer := rangeResponse(response)
	answer.Header = s.header(response.Revision)
	return answer, nil
}

func (s *kvServer) Put(ctx context.Context, r *pb.PutRequest) (*pb.PutResponse, error) {
	request := putRequest(r)
	response, err := s.do(ctx, &request, false)
	if err != nil {
		return nil, err
	}
	answer := putResponse(response)
	answer.Header = s.header(response.Revision)
	return answer, nil
}

func (s *kvServer) DeleteRange(ctx context.Context, r *pb.DeleteRangeRequest) (
	*pb.DeleteRangeResponse, error) {
	request := deleteRequest(r)
	response, err := s.do(ctx, &request, false)
	if err != nil {
		return nil, err
	}
	answer := deleteResponse(response)
	answer.Header = s.header(response.Revision)
	return answer, nil
}

// Txn runs through the log unless all that it may do is read, serializably.
func (s *kvServer) Txn(ctx context.Context, r *pb.TxnRequest) (*pb.TxnResponse, error) {
	request := txnRequest(r)
	response, err := s.do(ctx, &request, serializable(r.Success) && serializable(r.Failure))
	if err != nil {
		return nil, err
	}
	answer := txnResponse(response)
	answer.Header = s.header(response.Revision)
	return answer, nil
}

// Compact takes effect for readers at once, on every replica. Memory is given back little by little
// with the commands that follow, so Physical has nothing to wait for.
func (s *kvServer) Compact(ctx context.Context, r *pb.CompactionRequest) (
	*pb.CompactionResponse, error) {
	request := kv.Request{Op: kv.OpCompact, Revision: r.Revision}
	response, err := s.do(ctx, &request, false)
	if err != nil {
		return nil, err
	}
	return &pb.CompactionResponse{Header: s.header(response.Revision)}, nil
}

// serializable says whether every operation is a read that its client accepts from any state.
func serializable(ops []*pb.RequestOp) bool {
	for _, op := range ops {
		if r := op.GetRequestRange(); r == nil || !r.Serializable {
			return false
		}
	}
	return true
}
