package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/node"
)

// The service behind `synod member`, beside etcd's own on the listener for clients: one method,
// whose request and answer are JSON.
const memberMethod = "/synod.Members/Ask"

var memberService = grpc.ServiceDesc{
	ServiceName: "synod.Members",
	HandlerType: (*any)(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "Ask", Handler: askMembers}},
}

// memberRequest asks for the members, or for a change of them.
type memberRequest struct {
	Op      string `json:"op"`
	Node    uint8  `json:"node,omitempty"`
	Era     uint32 `json:"era,omitempty"`
	Prepare uint8  `json:"prepare,omitempty"`
	Accept  uint8  `json:"accept,omitempty"`
	WaitMS  int64  `json:"wait_ms,omitempty"`
}

// memberAnswer is the newest configuration, and who is there.
type memberAnswer struct {
	Era     uint32       `json:"era"`
	From    uint64       `json:"from"` // first slot that it governs
	Prepare int          `json:"prepare"`
	Accept  int          `json:"accept"`
	Leader  uint8        `json:"leader,omitempty"`
	Members []memberLine `json:"members"`
}

type memberLine struct {
	Node    uint8    `json:"node"`
	Role    string   `json:"role"` // voter or learner
	Life    uint16   `json:"life,omitempty"`
	Disk    string   `json:"disk"`
	Up      bool     `json:"up"`
	Peer    string   `json:"peer,omitempty"`
	Clients []string `json:"clients,omitempty"`
}

func askMembers(srv any, ctx context.Context, decode func(any) error,
	_ grpc.UnaryServerInterceptor) (any, error) {
	in := new(wrapperspb.BytesValue)
	if err := decode(in); err != nil {
		return nil, err
	}
	var r memberRequest
	if err := json.Unmarshal(in.Value, &r); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	answer, err := r.do(ctx, srv.(*node.Node))
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(answer)
	return &wrapperspb.BytesValue{Value: b}, err
}

var memberOps = map[string]node.Op{"add": node.Add, "promote": node.Promote,
	"replace": node.Replace, "remove": node.Remove, "lead": node.Lead}

// do changes the members, unless they are only to be listed, and lists them.
func (r *memberRequest) do(ctx context.Context, n *node.Node) (*memberAnswer, error) {
	if r.Op != "list" {
		op, known := memberOps[r.Op]
		if !known {
			return nil, status.Error(codes.InvalidArgument, fmt.Sprintf("%q: no such change", r.Op))
		}
		g, err := n.Change(ctx, node.Change{Op: op, Node: paxos.NodeID(r.Node),
			Base: paxos.Era(r.Era), Prepare: int(r.Prepare), Accept: int(r.Accept),
			Wait: time.Duration(r.WaitMS) * time.Millisecond})
		if refused := (*node.ChangeError)(nil); errors.As(err, &refused) {
			return nil, status.Error(codes.FailedPrecondition, refused.Why)
		}
		if err != nil {
			return nil, status.Error(codes.Unavailable, err.Error())
		}
		return list(n, &g), nil
	}
	return list(n, nil), nil
}

// list is what a node knows, as of g if that is not nil.
func list(n *node.Node, g *paxos.Governed) *memberAnswer {
	s := n.Status()
	a := &memberAnswer{Era: uint32(s.Era), From: uint64(s.From), Prepare: s.Prepare,
		Accept: s.Accept, Leader: uint8(leaderID(s.Leader))}
	if g != nil {
		a.Era, a.From = uint32(g.Era), uint64(g.From)
		a.Prepare, a.Accept = g.Members.Prepare(), g.Members.Accept()
	}
	for _, m := range s.Members {
		line := memberLine{Node: uint8(m.Node), Role: "voter", Life: uint16(m.Life),
			Disk: m.Disk.String()[:8], Up: m.Up, Peer: m.PeerAddress, Clients: m.ClientURLs}
		if g != nil && g.Members.Disk(m.Node) == paxos.DiskID(m.Disk) {
			line.Life = uint16(g.Members.Life(m.Node))
		} else if g != nil {
			line.Life = 0
		}
		if line.Life == 0 {
			line.Role = "learner"
		}
		a.Members = append(a.Members, line)
	}
	return a
}
