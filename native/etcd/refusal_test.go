package etcd

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/synodlab/synod/core/kv"
)

func TestAnUnknownOutcomeIsUnavailableAndSaysSo(t *testing.T) { // B-22
	node := newMemoryNode()
	client := serve(t, node)
	node.failWith(func(context.Context, []byte) error {
		return fmt.Errorf("%w: the leader changed after slot 9", ErrUnknownOutcome)
	})
	_, err := client.Put(t.Context(), "a", "1")
	require.Equal(t, codes.Unavailable, status.Code(err))
	require.ErrorContains(t, err, "unknown outcome: the command may or may not take effect")
	require.ErrorContains(t, err, "slot 9")
}

func TestAWriteOfUnknownOutcomeIsNotRetriedByTheClient(t *testing.T) {
	node := newMemoryNode()
	client := serve(t, node)
	tries := 0
	node.failWith(func(context.Context, []byte) error {
		tries++
		return ErrUnknownOutcome
	})
	_, err := client.Put(t.Context(), "a", "1")
	require.Error(t, err)
	require.Equal(t, 1, tries)
}

func TestDefiniteRefusalsAreTheOnesThatClientsKnow(t *testing.T) {
	node := newMemoryNode()
	client := serve(t, node)
	for refused, want := range map[error]error{
		ErrNoLeader: rpctypes.ErrNoLeader,
		ErrTooLarge: rpctypes.ErrRequestTooLarge,
		ErrBusy:     rpctypes.ErrTooManyRequests,
		ErrStopped:  rpctypes.ErrStopped,
	} {
		node.failWith(func(context.Context, []byte) error {
			return fmt.Errorf("node a: %w", refused)
		})
		_, err := client.Put(t.Context(), "a", "1")
		require.Equal(t, want, err)
		require.NotContains(t, err.Error(), "unknown outcome")
	}
}

func TestTheCallersDeadlineIsReportedAsSuch(t *testing.T) {
	node := newMemoryNode()
	client := serve(t, node)
	node.failWith(func(ctx context.Context, _ []byte) error {
		<-ctx.Done()
		return ctx.Err()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := client.Put(ctx, "a", "1")
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestAWaitThatTheServerEndsIsAnUnknownOutcome(t *testing.T) {
	node := newMemoryNode()
	node.failWith(func(context.Context, []byte) error { return context.DeadlineExceeded })
	_, err := endpoint{node}.ask(t.Context(), nil, false, false)
	require.ErrorIs(t, err, ErrUnknownOutcome)
}

// babbler answers each command with the same bytes.
type babbler struct {
	*memoryNode
	answer []byte
}

func (b babbler) Do(context.Context, []byte) ([]byte, error) { return b.answer, nil }

func TestAnAnswerThatIsNoneIsNotASuccess(t *testing.T) {
	for _, answer := range [][]byte{
		nil, []byte("junk"), kv.AppendResponse(nil, &kv.Response{Op: kv.OpRange}),
	} {
		client := serve(t, babbler{newMemoryNode(), answer})
		_, err := client.Put(t.Context(), "a", "1")
		require.Equal(t, codes.Internal, status.Code(err))
		require.ErrorContains(t, err, "unknown outcome")
	}
}

func TestEachCodeOfTheStateMachineHasItsError(t *testing.T) {
	for code := kv.OK + 1; code.String() != "unknown code"; code++ {
		require.NotEqual(t, codes.Internal, status.Code(refusal(code)), "%v", code)
	}
	require.Equal(t, codes.Internal, status.Code(refusal(200)))
	require.ErrorContains(t, refusal(kv.SessionExpired), "unknown outcome")
	require.ErrorContains(t, refusal(kv.ReplyGone), "took effect, once")
}
