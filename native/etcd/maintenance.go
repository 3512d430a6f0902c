package etcd

import (
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/synodlab/synod/core/kv"
)

// maintenanceServer tells about the member that it runs on, and moves the lead.
type maintenanceServer struct{ endpoint }

func (s *maintenanceServer) Status(context.Context, *pb.StatusRequest) (
	*pb.StatusResponse, error) {
	status := s.node.Status()
	answer := &pb.StatusResponse{
		Header:  statusHeader(&status, status.Revision),
		Version: apiVersion,
		Leader:  status.LeaderID, RaftTerm: status.Ballot,
		RaftIndex: status.Chosen, RaftAppliedIndex: status.Applied,
		DbSize: status.Bytes, DbSizeInUse: status.InUse,
		IsLearner:     status.Learner,
		Errors:        append([]string(nil), status.Errors...),
		DowngradeInfo: &pb.DowngradeInfo{},
	}
	if status.LeaderID == 0 {
		answer.Errors = append(answer.Errors, "synod: no leader is known")
	}
	return answer, nil
}

// Alarm lists the alarms, of which there are none; setting and clearing them is not served.
func (s *maintenanceServer) Alarm(_ context.Context, r *pb.AlarmRequest) (
	*pb.AlarmResponse, error) {
	if r.Action != pb.AlarmRequest_GET {
		return nil, notServed("setting and clearing of alarms")
	}
	status := s.node.Status()
	return &pb.AlarmResponse{Header: statusHeader(&status, status.Revision)}, nil
}

// Hash is HashKV at this member's present revision.
func (s *maintenanceServer) Hash(ctx context.Context, _ *pb.HashRequest) (*pb.HashResponse, error) {
	answer, err := s.HashKV(ctx, &pb.HashKVRequest{})
	if err != nil {
		return nil, err
	}
	return &pb.HashResponse{Header: answer.Header, Hash: answer.Hash}, nil
}

// HashKV hashes what this member stores, up to a revision. Members that agree have the same hash at
// the same revision and compaction; the hash is not that of an etcd server with the same pairs.
func (s *maintenanceServer) HashKV(ctx context.Context, r *pb.HashKVRequest) (
	*pb.HashKVResponse, error) {
	request := kv.Request{Op: kv.OpHash, Revision: r.Revision}
	response, err := s.do(ctx, &request, true)
	if err != nil {
		return nil, err
	}
	hashed := r.Revision
	if hashed <= 0 {
		hashed = response.Revision
	}
	return &pb.HashKVResponse{
		Header:          s.header(response.Revision),
		Hash:            uint32(response.Hash) ^ uint32(response.Hash>>32),
		CompactRevision: response.CompactRevision,
		HashRevision:    hashed,
	}, nil
}

// Defragment is not served: there is no file to defragment.
func (s *maintenanceServer) Defragment(context.Context, *pb.DefragmentRequest) (
	*pb.DefragmentResponse, error) {
	return nil, notServed("Maintenance.Defragment")
}

// Snapshot is not served.
func (s *maintenanceServer) Snapshot(*pb.SnapshotRequest, pb.Maintenance_SnapshotServer) error {
	return notServed("Maintenance.Snapshot")
}

// MoveLeader makes another voter the leader, whichever member is asked.
func (s *maintenanceServer) MoveLeader(ctx context.Context, r *pb.MoveLeaderRequest) (
	*pb.MoveLeaderResponse, error) {
	if err := s.node.Lead(ctx, r.TargetID); err != nil {
		return nil, nodeError(err)
	}
	return &pb.MoveLeaderResponse{Header: s.header(0)}, nil
}

// Downgrade is not served.
func (s *maintenanceServer) Downgrade(context.Context, *pb.DowngradeRequest) (
	*pb.DowngradeResponse, error) {
	return nil, notServed("Maintenance.Downgrade")
}
