package etcd

import (
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// clusterServer tells about the configuration; it does not change it.
type clusterServer struct{ endpoint }

// MemberList lists the newest configuration that this member knows, also when the request asks for
// a linearizable answer: a member that was cut off may not know the latest one.
func (s *clusterServer) MemberList(context.Context, *pb.MemberListRequest) (
	*pb.MemberListResponse, error) {
	status := s.node.Status()
	answer := &pb.MemberListResponse{Header: statusHeader(&status, 0)}
	for i := range status.Members {
		m := &status.Members[i]
		answer.Members = append(answer.Members, &pb.Member{
			ID: m.ID, Name: m.Name, PeerURLs: m.PeerURLs, ClientURLs: m.ClientURLs,
			IsLearner: m.Learner,
		})
	}
	return answer, nil
}

// MemberAdd is not served.
func (s *clusterServer) MemberAdd(context.Context, *pb.MemberAddRequest) (
	*pb.MemberAddResponse, error) {
	return nil, notServed("Cluster.MemberAdd")
}

// MemberRemove is not served.
func (s *clusterServer) MemberRemove(context.Context, *pb.MemberRemoveRequest) (
	*pb.MemberRemoveResponse, error) {
	return nil, notServed("Cluster.MemberRemove")
}

// MemberUpdate is not served.
func (s *clusterServer) MemberUpdate(context.Context, *pb.MemberUpdateRequest) (
	*pb.MemberUpdateResponse, error) {
	return nil, notServed("Cluster.MemberUpdate")
}

// MemberPromote is not served.
func (s *clusterServer) MemberPromote(context.Context, *pb.MemberPromoteRequest) (
	*pb.MemberPromoteResponse, error) {
	return nil, notServed("Cluster.MemberPromote")
}
