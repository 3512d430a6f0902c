package etcd

import (
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// clusterServer tells about the configuration, and changes it where etcd's words fit.
type clusterServer struct{ endpoint }

// MemberList lists the newest configuration that this member knows, also when the request asks for
// a linearizable answer: a member that was cut off may not know the latest one.
func (s *clusterServer) MemberList(context.Context, *pb.MemberListRequest) (
	*pb.MemberListResponse, error) {
	status := s.node.Status()
	return &pb.MemberListResponse{Header: statusHeader(&status, 0), Members: s.members()}, nil
}

// MemberAdd is not served: it would name a member by an address, before it is there.
func (s *clusterServer) MemberAdd(context.Context, *pb.MemberAddRequest) (
	*pb.MemberAddResponse, error) {
	return nil, notServed("Cluster.MemberAdd (start the node with `synod serve --join`, then " +
		"`synod member add`)")
}

// MemberRemove takes a voter out; it goes on as a learner.
func (s *clusterServer) MemberRemove(ctx context.Context, r *pb.MemberRemoveRequest) (
	*pb.MemberRemoveResponse, error) {
	if err := s.node.Remove(ctx, r.ID); err != nil {
		return nil, nodeError(err)
	}
	return &pb.MemberRemoveResponse{Header: s.header(0), Members: s.members()}, nil
}

// MemberUpdate is not served: a member says itself where it is.
func (s *clusterServer) MemberUpdate(context.Context, *pb.MemberUpdateRequest) (
	*pb.MemberUpdateResponse, error) {
	return nil, notServed("Cluster.MemberUpdate (`synod serve --peers` says where members are)")
}

// MemberPromote makes a learner that has caught up vote.
func (s *clusterServer) MemberPromote(ctx context.Context, r *pb.MemberPromoteRequest) (
	*pb.MemberPromoteResponse, error) {
	if err := s.node.Promote(ctx, r.ID); err != nil {
		return nil, nodeError(err)
	}
	return &pb.MemberPromoteResponse{Header: s.header(0), Members: s.members()}, nil
}

// members lists those of the newest configuration that this member knows, and learners.
func (s *clusterServer) members() (out []*pb.Member) {
	status := s.node.Status()
	for i := range status.Members {
		m := &status.Members[i]
		out = append(out, &pb.Member{
			ID: m.ID, Name: m.Name, PeerURLs: m.PeerURLs, ClientURLs: m.ClientURLs,
			IsLearner: m.Learner,
		})
	}
	return out
}
