package etcd

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/synodlab/synod/core/kv"
)

// memoryNode is a cluster of one, in memory: each command is chosen as it comes.
type memoryNode struct {
	mu     sync.Mutex
	store  *kv.Store
	slot   uint64
	status Status

	confirmed int // reads that others had to confirm
	// fail, if set, is asked before each command is applied.
	fail func(ctx context.Context, command []byte) error
}

func newMemoryNode() *memoryNode {
	return &memoryNode{store: kv.New(kv.Limits{}), status: Status{
		ClusterID: 0xc1, MemberID: 0xa1, LeaderID: 0xa1, Ballot: 7,
		Members: []Member{
			{
				ID: 0xa1, Name: "a",
				PeerURLs: []string{"ws://a:2380"}, ClientURLs: []string{"http://a:2379"},
			},
			{ID: 0xb2, Name: "b", PeerURLs: []string{"ws://b:2380"}, Learner: true},
		},
	}}
}

func (n *memoryNode) Do(ctx context.Context, command []byte) ([]byte, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fail != nil {
		if err := n.fail(ctx, command); err != nil {
			return nil, err
		}
	}
	n.slot++
	return n.store.Apply(command, nil), nil
}

// Read is counted, and fails as Do does; there is nobody to wait for.
func (n *memoryNode) Read(ctx context.Context, command []byte) ([]byte, error) {
	n.mu.Lock()
	n.confirmed++
	fail := n.fail
	n.mu.Unlock()
	if fail != nil {
		if err := fail(ctx, command); err != nil {
			return nil, err
		}
	}
	return n.ReadLocal(command)
}

func (n *memoryNode) Promote(_ context.Context, id uint64) error { return n.alter(id, false) }
func (n *memoryNode) Remove(_ context.Context, id uint64) error  { return n.alter(id, true) }

// alter makes the member with an id a learner or a voter.
func (n *memoryNode) alter(id uint64, learner bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range n.status.Members {
		if m := &n.status.Members[i]; m.ID == id && m.Learner != learner {
			m.Learner = learner
			return nil
		}
	}
	return fmt.Errorf("%w: no such member, or it is as it should be", ErrRefused)
}

func (n *memoryNode) Lead(_ context.Context, id uint64) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.status.LeaderID = id
	return nil
}

func (n *memoryNode) ReadLocal(command []byte) ([]byte, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.store.Read(command, nil), nil
}

func (n *memoryNode) Status() Status {
	n.mu.Lock()
	defer n.mu.Unlock()
	status, stats := n.status, n.store.Stats()
	status.Revision, status.Bytes, status.InUse = stats.Revision, stats.Bytes, stats.Bytes
	status.Chosen, status.Applied = n.slot, n.slot
	return status
}

// slots tells how many commands went through the log.
func (n *memoryNode) slots() uint64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.slot
}

// confirmations tells how many reads had to be confirmed.
func (n *memoryNode) confirmations() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.confirmed
}

func (n *memoryNode) failWith(fail func(context.Context, []byte) error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fail = fail
}

// serve starts a server over node and returns etcd's own client for it.
func serve(t *testing.T, node Node) *clientv3.Client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := NewServer(node)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Stop()
		require.NoError(t, <-done)
	})
	client, err := clientv3.New(clientv3.Config{
		Endpoints: []string{l.Addr().String()}, DialTimeout: 5 * time.Second, Logger: zap.NewNop(),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

func TestAServerStopsWhileAClientIsConnected(t *testing.T) {
	client := serve(t, newMemoryNode())
	_, err := client.Put(t.Context(), "a", "1")
	require.NoError(t, err)
}

func TestHealthFollowsTheLeader(t *testing.T) {
	node := newMemoryNode()
	client := serve(t, node)
	health := healthpb.NewHealthClient(client.ActiveConnection())
	check := func() healthpb.HealthCheckResponse_ServingStatus {
		ask := new(healthpb.HealthCheckRequest)
		answer, err := health.Check(t.Context(), ask, grpc.WaitForReady(true))
		require.NoError(t, err)
		return answer.Status
	}
	require.Equal(t, healthpb.HealthCheckResponse_SERVING, check())
	node.mu.Lock()
	node.status.LeaderID = 0
	node.mu.Unlock()
	require.Equal(t, healthpb.HealthCheckResponse_NOT_SERVING, check())
}
