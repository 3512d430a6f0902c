package node

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/paxos"
)

// BenchmarkPut is the time a put takes through three nodes in this process, on disk, with many
// callers at once: at the leader, and at a follower.
func BenchmarkPut(b *testing.B) {
	for what, follower := range map[string]paxos.NodeID{"leader": 0, "follower": 1} {
		b.Run(what, func(b *testing.B) {
			c := newCluster(b, 3, func(c *Config) {
				c.Limits, c.SegmentBytes = DefaultLimits(), 64<<20
			})
			c.startAll()
			n := c.nodes[(c.leader()+follower-1)%3+1]
			value := put("key", string(make([]byte, 256)))
			var failed atomic.Int64
			b.SetParallelism(128)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := n.Do(context.Background(), value); err != nil {
						failed.Add(1)
					}
				}
			})
			require.Zero(b, failed.Load())
		})
	}
}
