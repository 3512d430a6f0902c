package etcd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"

	"github.com/synodlab/synod/core/kv"
)

const (
	// apiVersion is the version of etcd whose API is spoken here: what clients are told, since some
	// choose what they send by it.
	apiVersion = "3.6.0"
	// overheadBytes is what a message may exceed kv.MaxCommandBytes by and still be read, so that a
	// request that is too large is told so by name.
	overheadBytes = 512 << 10
	// requestTimeout bounds a request that came without a deadline, or with a later one.
	requestTimeout = 7 * time.Second
	// pingInterval is how often a client may ping before it is taken for a flood, as in etcd.
	pingInterval = 5 * time.Second
	// idlePing and pingTimeout find clients that vanished without closing, as in etcd.
	idlePing    = 2 * time.Hour
	pingTimeout = 20 * time.Second
)

// NewServer returns a gRPC server that serves node, ready for Serve. opts are added to its own, for
// instance credentials for TLS. Stopping the server does not stop the node.
func NewServer(node Node, opts ...grpc.ServerOption) *grpc.Server {
	own := []grpc.ServerOption{
		grpc.MaxRecvMsgSize(kv.MaxCommandBytes + overheadBytes),
		grpc.MaxSendMsgSize(math.MaxInt32),
		grpc.MaxConcurrentStreams(math.MaxUint32),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{
			MinTime: pingInterval, PermitWithoutStream: true,
		}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: idlePing, Timeout: pingTimeout}),
		grpc.UnknownServiceHandler(unserved),
	}
	s := grpc.NewServer(append(own, opts...)...)
	Register(s, node)
	return s
}

// Register registers every service of this package, over node, with s, for a server that has its
// own options. It must read messages of 2 MiB.
func Register(s *grpc.Server, node Node) {
	e := endpoint{node}
	pb.RegisterKVServer(s, &kvServer{e})
	pb.RegisterMaintenanceServer(s, &maintenanceServer{e})
	pb.RegisterClusterServer(s, &clusterServer{e})
	healthpb.RegisterHealthServer(s, &healthServer{endpoint: e})
}

// endpoint is what the services share: the node, and how to ask it.
type endpoint struct{ node Node }

// header is the header of a response that was made at revision.
func (e endpoint) header(revision int64) *pb.ResponseHeader {
	status := e.node.Status()
	return statusHeader(&status, revision)
}

func statusHeader(status *Status, revision int64) *pb.ResponseHeader {
	return &pb.ResponseHeader{
		ClusterId: status.ClusterID, MemberId: status.MemberID,
		RaftTerm: status.Ballot, Revision: revision,
	}
}

// do checks, encodes and executes r, and decodes the response. Its errors are gRPC's.
func (e endpoint) do(ctx context.Context, r *kv.Request, local bool) (*kv.Response, error) {
	if code := r.Check(); code != kv.OK {
		return nil, refusal(code)
	}
	command := kv.AppendRequest(nil, r)
	if len(command) > kv.MaxCommandBytes {
		return nil, nodeError(ErrTooLarge)
	}
	answer, err := e.ask(ctx, command, r.ReadOnly(), local)
	if err != nil {
		return nil, nodeError(err)
	}
	response := new(kv.Response)
	if err := kv.DecodeResponse(answer, response); err != nil {
		return nil, unreadable(err.Error())
	}
	if response.Code != kv.OK {
		return nil, refusal(response.Code)
	}
	if response.Op != r.Op {
		return nil, unreadable("it answers another operation")
	}
	return response, nil
}

// ask gives the command to the node. A wait that this server ends, not the caller, is an unknown
// outcome, or no leader for a read, which changes nothing: the caller's own deadline is reported as
// what it is.
func (e endpoint) ask(ctx context.Context, command []byte, read, local bool) ([]byte, error) {
	if local {
		return e.node.ReadLocal(command)
	}
	bounded, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	do, late := e.node.Do, ErrUnknownOutcome
	if read {
		do, late = e.node.Read, ErrNoLeader
	}
	answer, err := do(bounded, command)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = fmt.Errorf("%w: no answer within %v", late, requestTimeout)
	}
	return answer, err
}
