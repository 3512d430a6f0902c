package etcd

import (
	"context"

	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// healthServer answers the gRPC health protocol: a member serves when it knows a leader and is not
// a learner. Watch and List are not served.
type healthServer struct {
	healthpb.UnimplementedHealthServer
	endpoint
}

func (s *healthServer) Check(context.Context, *healthpb.HealthCheckRequest) (
	*healthpb.HealthCheckResponse, error) {
	status := s.node.Status()
	if status.LeaderID == 0 || status.Learner {
		return &healthpb.HealthCheckResponse{
			Status: healthpb.HealthCheckResponse_NOT_SERVING,
		}, nil
	}
	return &healthpb.HealthCheckResponse{Status: healthpb.HealthCheckResponse_SERVING}, nil
}
