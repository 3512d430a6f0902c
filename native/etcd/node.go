package etcd

import (
	"context"
	"errors"
)

// Node is a replica, as far as this API needs one. Its methods are called from many goroutines.
type Node interface {
	// Do has command chosen and applied, wherever the leader is, and returns the encoded
	// kv.Response, which the caller then owns. command is borrowed until Do returns. It returns
	// when ctx is done at the latest. Its errors wrap those of this package, or ctx.Err() when the
	// outcome was still open.
	Do(ctx context.Context, command []byte) (response []byte, err error)
	// Read answers a read-only command from a state that holds everything that was answered
	// anywhere before Read was called. Errors and ownership are those of Do, but nothing is ever
	// changed.
	Read(ctx context.Context, command []byte) (response []byte, err error)
	// ReadLocal answers a read-only command from this replica's state, however old, without
	// talking to anyone; see kv.Store.Read. The caller owns the response, command is borrowed.
	ReadLocal(command []byte) (response []byte, err error)
	// Promote makes a learner vote, Remove takes a voter out, and Lead makes a voter the leader;
	// members are named by their ids. Errors are those of Do, or wrap ErrRefused or ErrNoMember.
	Promote(ctx context.Context, id uint64) error
	Remove(ctx context.Context, id uint64) error
	Lead(ctx context.Context, id uint64) error
	// Status tells how the replica is. It is asked with each request, so it must be cheap; the
	// slices in it are shared and never change.
	Status() Status
}

// Status is what a replica knows of itself and its cluster. Ids are as etcd's clients print them:
// any number but 0.
type Status struct {
	ClusterID uint64
	MemberID  uint64
	LeaderID  uint64 // 0 if none is known
	Ballot    uint64 // highest promised, shown as the raft term: it rises with each new leader
	Chosen    uint64 // last slot of the chosen prefix, shown as the raft index
	Applied   uint64 // last slot applied here
	Revision  int64  // of the applied state
	Bytes     int64  // on disk, or of the state if it is in memory only
	InUse     int64  // of Bytes, what the present state takes
	Learner   bool   // this member does not vote
	Members   []Member
	Errors    []string // what an operator should know, one line each
}

// Member is one replica of the cluster's configuration.
type Member struct {
	ID         uint64
	Name       string
	PeerURLs   []string
	ClientURLs []string // empty until the member has told them
	Learner    bool
}

// The errors of a Node. A node wraps them with what happened; this package tells them apart with
// errors.Is. All but ErrUnknownOutcome say that the command was not executed and never will be.
var (
	// ErrUnknownOutcome: the command was proposed; whether it is or will be chosen is not known.
	ErrUnknownOutcome = errors.New("unknown outcome: the command may or may not take effect")
	// ErrNoLeader: nobody leads, so the command was not proposed.
	ErrNoLeader = errors.New("no leader")
	// ErrTooLarge: the command exceeds what the log takes.
	ErrTooLarge = errors.New("request is too large")
	// ErrBusy: the queues are full; the command was not proposed.
	ErrBusy = errors.New("too many requests")
	// ErrBehind: this replica has not executed what a read must not miss.
	ErrBehind = errors.New("this member is behind")
	// ErrRefused: members and leader are as they were; the text around it says why.
	ErrRefused = errors.New("refused")
	// ErrNoMember: no member can have that id.
	ErrNoMember = errors.New("no such member")
	// ErrStopped: the node is stopping or stopped; the command was not proposed.
	ErrStopped = errors.New("server stopped")
)
