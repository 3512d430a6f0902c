package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/etcd"
	"github.com/synodlab/synod/native/node"
)

// endpoint is a node as the etcd API sees it. A member's id is the node's number.
type endpoint struct{ node *node.Node }

// Do is etcd.Node's.
func (e endpoint) Do(ctx context.Context, command []byte) ([]byte, error) {
	response, err := e.node.Do(ctx, command)
	return response, translate(err)
}

// Read is etcd.Node's.
func (e endpoint) Read(ctx context.Context, command []byte) ([]byte, error) {
	response, err := e.node.Read(ctx, command)
	return response, translate(err)
}

// ReadLocal is etcd.Node's.
func (e endpoint) ReadLocal(command []byte) ([]byte, error) {
	response, err := e.node.ReadLocal(command)
	return response, translate(err)
}

// Promote is etcd.Node's.
func (e endpoint) Promote(ctx context.Context, id uint64) error {
	return e.change(ctx, node.Promote, id)
}

// Remove is etcd.Node's.
func (e endpoint) Remove(ctx context.Context, id uint64) error {
	return e.change(ctx, node.Remove, id)
}

// Lead is etcd.Node's.
func (e endpoint) Lead(ctx context.Context, id uint64) error {
	return e.change(ctx, node.Lead, id)
}

func (e endpoint) change(ctx context.Context, op node.Op, id uint64) error {
	if id == 0 || id >= paxos.MaxNodes {
		return etcd.ErrNoMember
	}
	_, err := e.node.Change(ctx, node.Change{Op: op, Node: paxos.NodeID(id)})
	if refused := (*node.ChangeError)(nil); errors.As(err, &refused) {
		return fmt.Errorf("%w: %w", etcd.ErrRefused, refused)
	}
	return translate(err)
}

// Status is etcd.Node's. The term is the ballot's round.
func (e endpoint) Status() etcd.Status {
	s := e.node.Status()
	out := etcd.Status{
		ClusterID: binary.BigEndian.Uint64(s.Cluster[:]),
		MemberID:  uint64(s.Node), LeaderID: leaderID(s.Leader), Ballot: s.Promised.Round(),
		Chosen: uint64(s.Chosen), Applied: uint64(s.Applied), Revision: s.Store.Revision,
		Bytes: s.LogBytes, InUse: s.Store.Bytes, Errors: s.Troubles,
		Learner: s.Founded() && !s.Votes,
	}
	for _, m := range s.Members {
		out.Members = append(out.Members, etcd.Member{
			ID: uint64(m.Node), Name: "node" + strconv.Itoa(int(m.Node)),
			PeerURLs: []string{"http://" + m.PeerAddress}, ClientURLs: m.ClientURLs,
			Learner: s.Founded() && m.Life == 0,
		})
	}
	return out
}

func leaderID(n paxos.NodeID) uint64 {
	if n == paxos.NoNode {
		return 0
	}
	return uint64(n)
}

// meaning pairs the errors of a node with those that the API tells apart.
var meaning = [...]struct{ is, as error }{
	{node.ErrUnknownOutcome, etcd.ErrUnknownOutcome},
	{node.ErrNoLeader, etcd.ErrNoLeader},
	{node.ErrTooLarge, etcd.ErrTooLarge},
	{node.ErrBusy, etcd.ErrBusy},
	{node.ErrBehind, etcd.ErrBehind},
	{node.ErrStopped, etcd.ErrStopped},
}

// translated is an error of a node, under the name that the API knows.
type translated struct {
	error
	as error
}

func (t translated) Unwrap() error { return t.as }

// translate gives an error of a node its name in the API; others stay what they are.
func translate(err error) error {
	for _, m := range meaning {
		if errors.Is(err, m.is) {
			return translated{err, m.as}
		}
	}
	return err
}
