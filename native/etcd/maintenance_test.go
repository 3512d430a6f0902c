package etcd

import (
	"testing"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestStatusTellsTheNodesStatus(t *testing.T) {
	node := newMemoryNode()
	client := serve(t, node)
	fill(t, client)
	out, err := client.Status(t.Context(), client.Endpoints()[0])
	require.NoError(t, err)
	require.EqualValues(t, 0xa1, out.Leader)
	require.EqualValues(t, 7, out.RaftTerm)
	require.EqualValues(t, 4, out.RaftIndex)
	require.EqualValues(t, 4, out.RaftAppliedIndex)
	require.EqualValues(t, 5, out.Header.Revision)
	require.EqualValues(t, 10, out.DbSize)
	require.False(t, out.IsLearner)
	require.Empty(t, out.Errors)

	node.mu.Lock()
	node.status.LeaderID, node.status.Learner = 0, true
	node.status.Errors = []string{"disk is full"}
	node.mu.Unlock()
	out, err = client.Status(t.Context(), client.Endpoints()[0])
	require.NoError(t, err)
	require.Equal(t, []string{"disk is full", "synod: no leader is known"}, out.Errors)
	require.True(t, out.IsLearner)
}

func TestMembersAreListed(t *testing.T) {
	client := serve(t, newMemoryNode())
	out, err := client.MemberList(t.Context())
	require.NoError(t, err)
	require.Len(t, out.Members, 2)
	require.EqualValues(t, 0xa1, out.Members[0].ID)
	require.Equal(t, "a", out.Members[0].Name)
	require.Equal(t, []string{"ws://a:2380"}, out.Members[0].PeerURLs)
	require.Equal(t, []string{"http://a:2379"}, out.Members[0].ClientURLs)
	require.True(t, out.Members[1].IsLearner)
	require.EqualValues(t, 0xc1, out.Header.ClusterId)
}

func TestMembersArePromotedAndRemovedAndTheLeadMoves(t *testing.T) {
	client := serve(t, newMemoryNode())
	out, err := client.MemberPromote(t.Context(), 0xb2)
	require.NoError(t, err)
	require.False(t, out.Members[1].IsLearner)
	_, err = client.MemberPromote(t.Context(), 0xb2)
	require.ErrorContains(t, err, "refused: no such member")
	require.Equal(t, codes.FailedPrecondition, status.Code(err))
	removed, err := client.MemberRemove(t.Context(), 0xa1)
	require.NoError(t, err)
	require.True(t, removed.Members[0].IsLearner)
	_, err = client.MoveLeader(t.Context(), 0xb2)
	require.NoError(t, err)
	tells, err := client.Status(t.Context(), client.Endpoints()[0])
	require.NoError(t, err)
	require.EqualValues(t, 0xb2, tells.Leader)
}

func TestThereAreNoAlarms(t *testing.T) {
	client := serve(t, newMemoryNode())
	out, err := client.AlarmList(t.Context())
	require.NoError(t, err)
	require.Empty(t, out.Alarms)
	_, err = client.AlarmDisarm(t.Context(), &clientv3.AlarmMember{MemberID: 1, Alarm: 1})
	require.ErrorContains(t, err, "does not serve")
}

func TestMembersWithTheSamePairsHaveTheSameHash(t *testing.T) {
	a, b := serve(t, newMemoryNode()), serve(t, newMemoryNode())
	fill(t, a)
	fill(t, b)
	hash := func(client *clientv3.Client, rev int64) uint32 {
		out, err := client.HashKV(t.Context(), client.Endpoints()[0], rev)
		require.NoError(t, err)
		require.EqualValues(t, -1, out.CompactRevision)
		return out.Hash
	}
	same := hash(a, 0)
	require.Equal(t, same, hash(b, 0))
	_, err := b.Put(t.Context(), "a", "other")
	require.NoError(t, err)
	require.NotEqual(t, same, hash(b, 0))
	require.Equal(t, same, hash(b, 5))
}
