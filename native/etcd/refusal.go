package etcd

import (
	"context"
	"errors"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/synodlab/synod/core/kv"
)

// refusals are the errors that etcd's clients know, by their exact text.
var refusals = map[kv.Code]error{
	kv.EmptyKey:       rpctypes.ErrGRPCEmptyKey,
	kv.KeyNotFound:    rpctypes.ErrGRPCKeyNotFound,
	kv.ValueProvided:  rpctypes.ErrGRPCValueProvided,
	kv.LeaseProvided:  rpctypes.ErrGRPCLeaseProvided,
	kv.LeaseNotFound:  rpctypes.ErrGRPCLeaseNotFound,
	kv.TooManyOps:     rpctypes.ErrGRPCTooManyOps,
	kv.DuplicateKey:   rpctypes.ErrGRPCDuplicateKey,
	kv.InvalidSort:    rpctypes.ErrGRPCInvalidSortOption,
	kv.InvalidCompare: status.Error(codes.InvalidArgument, "synod: invalid compare option"),
	kv.Compacted:      rpctypes.ErrGRPCCompacted,
	kv.FutureRevision: rpctypes.ErrGRPCFutureRev,
	kv.Malformed:      status.Error(codes.InvalidArgument, "synod: malformed command"),
	kv.NotReadOnly: status.Error(codes.InvalidArgument,
		"synod: a request that writes cannot be serializable"),
	kv.SessionExpired: status.Error(codes.Unavailable, "synod: "+ErrUnknownOutcome.Error()+
		": its session expired before it was answered"),
	kv.LeaseExists:      rpctypes.ErrGRPCLeaseExist,
	kv.LeaseTTLTooLarge: rpctypes.ErrGRPCLeaseTTLTooLarge,
	kv.TooManyLeases:    rpctypes.ErrGRPCRequestTooManyRequests,
	kv.TooLarge:         rpctypes.ErrGRPCRequestTooLarge,
	kv.NoSpace:          rpctypes.ErrGRPCNoSpace,
	kv.OutOfOrder: status.Error(codes.FailedPrecondition,
		"synod: the sequence number is not the next of its session"),
	kv.ReplyGone: status.Error(codes.Unavailable,
		"synod: the command took effect, once; its answer was too large to keep for this retry"),
}

// refusal is the gRPC error for a command that the state machine did not execute.
func refusal(code kv.Code) error {
	if err, ok := refusals[code]; ok {
		return err
	}
	return status.Error(codes.Internal, "synod: "+code.String())
}

// nodeError is the gRPC error for what a Node returned. Only ErrUnknownOutcome, the caller's
// deadline and an error of no known kind leave open whether the command takes effect (B-22).
func nodeError(err error) error {
	switch {
	case errors.Is(err, ErrUnknownOutcome):
		return status.Error(codes.Unavailable, "synod: "+err.Error())
	case errors.Is(err, ErrNoLeader):
		return rpctypes.ErrGRPCNoLeader
	case errors.Is(err, ErrTooLarge):
		return rpctypes.ErrGRPCRequestTooLarge
	case errors.Is(err, ErrBusy):
		return rpctypes.ErrGRPCRequestTooManyRequests
	case errors.Is(err, ErrRefused):
		return status.Error(codes.FailedPrecondition, "synod: "+err.Error())
	case errors.Is(err, ErrNoMember):
		return rpctypes.ErrGRPCMemberNotFound
	case errors.Is(err, ErrBehind):
		return rpctypes.ErrGRPCTimeout
	case errors.Is(err, ErrStopped):
		return rpctypes.ErrGRPCStopped
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return status.Error(status.FromContextError(err).Code(),
			"synod: "+ErrUnknownOutcome.Error()+": "+err.Error())
	}
	return status.Error(codes.Unavailable, "synod: "+ErrUnknownOutcome.Error()+": "+err.Error())
}

// unreadable is the error for a response that does not answer the command. The command was
// executed, or a peer is broken; which is not known.
func unreadable(why string) error {
	return status.Error(codes.Internal,
		"synod: "+ErrUnknownOutcome.Error()+": its answer cannot be read: "+why)
}

// unserved answers the methods of services that are not registered: watches, leases and
// authentication.
func unserved(_ any, stream grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(stream)
	return notServed(method)
}

func notServed(what string) error {
	return status.Error(codes.Unimplemented, "synod does not serve "+what+
		"; it serves KV, Cluster.MemberList, MemberPromote and MemberRemove, and "+
		"Maintenance.Status, Alarm, Hash, HashKV and MoveLeader")
}
