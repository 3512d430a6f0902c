package etcd

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.etcd.io/etcd/api/v3/mvccpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// keysOf joins the keys of an answer, in order.
func keysOf(kvs []*mvccpb.KeyValue) string {
	var b strings.Builder
	for _, p := range kvs {
		b.Write(p.Key)
	}
	return b.String()
}

// fill puts a=1, b=2, c=3 and p/x=4, at revisions 2 to 5.
func fill(t *testing.T, client *clientv3.Client) {
	t.Helper()
	for i, key := range []string{"a", "b", "c", "p/x"} {
		_, err := client.Put(t.Context(), key, fmt.Sprint(i+1))
		require.NoError(t, err)
	}
}

func TestAPutIsReadBackWithItsRevisions(t *testing.T) {
	client := serve(t, newMemoryNode())
	fill(t, client)
	_, err := client.Put(t.Context(), "a", "again")
	require.NoError(t, err)
	out, err := client.Get(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, []*mvccpb.KeyValue{
		{Key: []byte("a"), Value: []byte("again"), CreateRevision: 2, ModRevision: 6, Version: 2},
	}, out.Kvs)
	require.EqualValues(t, 1, out.Count)
	require.EqualValues(t, 6, out.Header.Revision)
	require.EqualValues(t, 0xc1, out.Header.ClusterId)
	require.EqualValues(t, 0xa1, out.Header.MemberId)
	require.EqualValues(t, 7, out.Header.RaftTerm)
}

func TestThePreviousPairComesIfAsked(t *testing.T) {
	client := serve(t, newMemoryNode())
	out, err := client.Put(t.Context(), "a", "1", clientv3.WithPrevKV())
	require.NoError(t, err)
	require.Nil(t, out.PrevKv)
	out, err = client.Put(t.Context(), "a", "2", clientv3.WithPrevKV())
	require.NoError(t, err)
	require.Equal(t, "1", string(out.PrevKv.Value))
	out, err = client.Put(t.Context(), "a", "", clientv3.WithIgnoreValue())
	require.NoError(t, err)
	require.Nil(t, out.PrevKv)
	got, err := client.Get(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, "2", string(got.Kvs[0].Value))
}

func TestRangesTakeTheClientsOptions(t *testing.T) {
	client := serve(t, newMemoryNode())
	fill(t, client)
	_, err := client.Put(t.Context(), "b", "0")
	require.NoError(t, err)
	from := clientv3.WithFromKey()
	for name, c := range map[string]struct {
		key   string
		opts  []clientv3.OpOption
		want  string
		count int64
		more  bool
	}{
		"prefix":      {"p/", []clientv3.OpOption{clientv3.WithPrefix()}, "p/x", 1, false},
		"all":         {"", []clientv3.OpOption{clientv3.WithPrefix()}, "abcp/x", 4, false},
		"from key":    {"c", []clientv3.OpOption{from}, "cp/x", 2, false},
		"range":       {"a", []clientv3.OpOption{clientv3.WithRange("c")}, "ab", 2, false},
		"limit":       {"a", []clientv3.OpOption{from, clientv3.WithLimit(2)}, "ab", 4, true},
		"last by key": {"", clientv3.WithLastKey(), "p/x", 4, true},
		"last by rev": {"", clientv3.WithLastRev(), "b", 4, true},
		"first made":  {"", clientv3.WithFirstCreate(), "a", 4, true},
		"by value": {"a", []clientv3.OpOption{
			clientv3.WithRange("d"), clientv3.WithSort(clientv3.SortByValue, clientv3.SortDescend),
		}, "cab", 3, false},
		"by filter": {"a", []clientv3.OpOption{
			from, clientv3.WithMinModRev(4), clientv3.WithMaxCreateRev(4),
		}, "bc", 4, false},
		"in the past": {"a", []clientv3.OpOption{from, clientv3.WithRev(3)}, "ab", 2, false},
		"count only":  {"a", []clientv3.OpOption{from, clientv3.WithCountOnly()}, "", 4, false},
		"local":       {"a", []clientv3.OpOption{clientv3.WithSerializable()}, "a", 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := client.Get(t.Context(), c.key, c.opts...)
			require.NoError(t, err)
			require.Equal(t, c.want, keysOf(out.Kvs))
			require.Equal(t, c.count, out.Count)
			require.Equal(t, c.more, out.More)
		})
	}
	out, err := client.Get(t.Context(), "a", clientv3.WithKeysOnly())
	require.NoError(t, err)
	require.Empty(t, out.Kvs[0].Value)
}

func TestReadsPassTheLogByAndAreConfirmedUnlessTheyAreSerializable(t *testing.T) {
	node := newMemoryNode()
	client := serve(t, node)
	fill(t, client)
	before := node.slots()
	read := func(opts ...clientv3.OpOption) {
		_, err := client.Get(t.Context(), "a", opts...)
		require.NoError(t, err)
		_, err = client.Get(t.Context(), "", append(opts, clientv3.WithPrefix())...)
		require.NoError(t, err)
		_, err = client.Txn(t.Context()).Then(clientv3.OpGet("a", opts...)).Commit()
		require.NoError(t, err)
	}
	read(clientv3.WithSerializable())
	require.Zero(t, node.confirmations())
	read()
	require.Equal(t, 3, node.confirmations())
	require.Equal(t, before, node.slots(), "none takes a slot")
	nested := clientv3.OpTxn(nil, []clientv3.Op{clientv3.OpGet("a", clientv3.WithFromKey())}, nil)
	txn, err := client.Txn(t.Context()).Then(nested).Commit()
	require.NoError(t, err)
	require.Equal(t, "abcp/x", keysOf(txn.Responses[0].GetResponseTxn().Responses[0].
		GetResponseRange().Kvs))
	require.Equal(t, 4, node.confirmations())
	_, err = client.Txn(t.Context()).Then(clientv3.OpGet("a")).Else(clientv3.OpPut("a", "1")).
		Commit()
	require.NoError(t, err)
	require.Equal(t, before+1, node.slots(), "what may write is a command, whatever it does")
}

func TestAReadThatNobodyConfirmsIsNotAnsweredFromAnOldState(t *testing.T) {
	node := newMemoryNode()
	client := serve(t, node)
	for fails, want := range map[error]error{
		ErrNoLeader: rpctypes.ErrNoLeader, ErrBehind: rpctypes.ErrTimeout,
		context.DeadlineExceeded: rpctypes.ErrNoLeader,
	} {
		node.failWith(func(context.Context, []byte) error { return fails })
		_, err := client.Get(t.Context(), "", clientv3.WithPrefix())
		require.ErrorIs(t, err, want)
	}
}

func TestADeleteTellsWhatItRemoved(t *testing.T) {
	client := serve(t, newMemoryNode())
	fill(t, client)
	out, err := client.Delete(t.Context(), "b", clientv3.WithRange("d"), clientv3.WithPrevKV())
	require.NoError(t, err)
	require.EqualValues(t, 2, out.Deleted)
	require.Equal(t, "bc", keysOf(out.PrevKvs))
	require.EqualValues(t, 6, out.Header.Revision)
	out, err = client.Delete(t.Context(), "none")
	require.NoError(t, err)
	require.Zero(t, out.Deleted)
	require.EqualValues(t, 6, out.Header.Revision)
}

func TestATransactionTakesOneBranch(t *testing.T) {
	client := serve(t, newMemoryNode())
	fill(t, client)
	run := func(cmp clientv3.Cmp) *clientv3.TxnResponse {
		out, err := client.Txn(t.Context()).If(cmp).
			Then(clientv3.OpPut("t", "then"), clientv3.OpGet("t"), clientv3.OpDelete("a")).
			Else(clientv3.OpTxn(nil, []clientv3.Op{
				clientv3.OpPut("t", "else", clientv3.WithPrevKV()),
			}, nil)).
			Commit()
		require.NoError(t, err)
		return out
	}
	out := run(clientv3.Compare(clientv3.Value("b"), "=", "2"))
	require.True(t, out.Succeeded)
	require.EqualValues(t, 6, out.Header.Revision)
	require.Equal(t, "then", string(out.Responses[1].GetResponseRange().Kvs[0].Value))
	require.EqualValues(t, 1, out.Responses[2].GetResponseDeleteRange().Deleted)

	out = run(clientv3.Compare(clientv3.Value("b"), ">", "2"))
	require.False(t, out.Succeeded)
	nested := out.Responses[0].GetResponseTxn()
	require.True(t, nested.Succeeded)
	require.Equal(t, "then", string(nested.Responses[0].GetResponsePut().PrevKv.Value))
	require.EqualValues(t, 7, nested.Responses[0].GetResponsePut().Header.Revision)
}

func TestComparesCarryTheirTarget(t *testing.T) {
	client := serve(t, newMemoryNode())
	fill(t, client)
	_, err := client.Put(t.Context(), "c", "3")
	require.NoError(t, err)
	holds := func(cmp clientv3.Cmp) bool {
		out, err := client.Txn(t.Context()).If(cmp).Commit()
		require.NoError(t, err)
		return out.Succeeded
	}
	require.True(t, holds(clientv3.Compare(clientv3.CreateRevision("c"), "=", 4)))
	require.False(t, holds(clientv3.Compare(clientv3.CreateRevision("c"), "!=", 4)))
	require.True(t, holds(clientv3.Compare(clientv3.ModRevision("c"), ">", 5)))
	require.False(t, holds(clientv3.Compare(clientv3.ModRevision("c"), "<", 6)))
	require.True(t, holds(clientv3.Compare(clientv3.Version("c"), "<", 3)))
	require.False(t, holds(clientv3.Compare(clientv3.Version("c"), ">", 2)))
	require.True(t, holds(clientv3.Compare(clientv3.LeaseValue("c"), "=", 0)))
	require.True(t, holds(clientv3.Compare(clientv3.Value("a"), "<", "9").WithRange("d")))
	require.False(t, holds(clientv3.Compare(clientv3.Value("a"), "<", "3").WithRange("d")))
}

func TestCompactionIsToldToReadersOfThePast(t *testing.T) {
	client := serve(t, newMemoryNode())
	fill(t, client)
	out, err := client.Compact(t.Context(), 4, clientv3.WithCompactPhysical())
	require.NoError(t, err)
	require.EqualValues(t, 5, out.Header.Revision)
	_, err = client.Get(t.Context(), "a", clientv3.WithRev(3))
	require.Equal(t, rpctypes.ErrCompacted, err)
	_, err = client.Compact(t.Context(), 4)
	require.Equal(t, rpctypes.ErrCompacted, err)
	_, err = client.Compact(t.Context(), 6)
	require.Equal(t, rpctypes.ErrFutureRev, err)
	_, err = client.Get(t.Context(), "a", clientv3.WithRev(99), clientv3.WithSerializable())
	require.Equal(t, rpctypes.ErrFutureRev, err)
}

func TestRefusalsAreTheOnesThatClientsKnow(t *testing.T) {
	node := newMemoryNode()
	client := serve(t, node)
	ctx := t.Context()
	many := make([]clientv3.Op, 129)
	for i := range many {
		many[i] = clientv3.OpGet("a")
	}
	for name, c := range map[string]struct {
		want error
		run  func() error
	}{
		"empty key": {rpctypes.ErrEmptyKey, func() error {
			_, err := client.Put(ctx, "", "1")
			return err
		}},
		"missing key": {rpctypes.ErrKeyNotFound, func() error {
			_, err := client.Put(ctx, "none", "", clientv3.WithIgnoreValue())
			return err
		}},
		"no such lease": {rpctypes.ErrLeaseNotFound, func() error {
			_, err := client.Put(ctx, "a", "1", clientv3.WithLease(5))
			return err
		}},
		"too many operations": {rpctypes.ErrTooManyOps, func() error {
			_, err := client.Txn(ctx).Then(many...).Commit()
			return err
		}},
		"duplicate key": {rpctypes.ErrDuplicateKey, func() error {
			put := clientv3.OpPut("a", "1")
			_, err := client.Txn(ctx).Then(put, put).Commit()
			return err
		}},
		"too large": {rpctypes.ErrRequestTooLarge, func() error {
			_, err := client.Put(ctx, "a", string(make([]byte, 3<<19)))
			return err
		}},
	} {
		require.Equal(t, c.want, c.run(), name)
	}
	require.EqualValues(t, 1, node.Status().Revision)
	require.EqualValues(t, 2, node.slots(), "what can be judged here costs no slot")
}

func TestTheLargestRequestPasses(t *testing.T) {
	client := serve(t, newMemoryNode())
	value := string(make([]byte, 3<<19-100))
	_, err := client.Put(t.Context(), "a", value)
	require.NoError(t, err)
	out, err := client.Get(t.Context(), "a")
	require.NoError(t, err)
	require.Len(t, out.Kvs[0].Value, len(value))
}

func TestWhatIsNotServedSaysSo(t *testing.T) {
	client := serve(t, newMemoryNode())
	ctx := t.Context()
	for want, run := range map[string]func() error{
		"/etcdserverpb.Lease/LeaseGrant": func() error {
			_, err := client.Grant(ctx, 5)
			return err
		},
		"/etcdserverpb.Watch/Watch": func() error {
			first := <-client.Watch(ctx, "a")
			return first.Err()
		},
		"/etcdserverpb.Auth/UserAdd": func() error {
			_, err := client.UserAdd(ctx, "ann", "secret")
			return err
		},
		"Cluster.MemberAdd": func() error {
			_, err := client.MemberAdd(ctx, []string{"http://x:2380"})
			return err
		},
		"Cluster.MemberUpdate": func() error {
			_, err := client.MemberUpdate(ctx, 5, []string{"http://x:2380"})
			return err
		},
		"Maintenance.Snapshot": func() error {
			_, err := client.SnapshotWithVersion(ctx)
			return err
		},
		"Maintenance.Defragment": func() error {
			_, err := client.Defragment(ctx, client.Endpoints()[0])
			return err
		},
	} {
		err := run()
		require.ErrorContains(t, err, "synod does not serve "+want)
		require.Equal(t, codes.Unimplemented, status.Code(err), want)
	}
}
