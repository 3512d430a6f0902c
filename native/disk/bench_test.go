package disk

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkLog appends records of 100 bytes, some a sync, and a plain file of the same size beside
// it: the same bytes by pwrite and fdatasync into reserved blocks, without frames or checks.
func BenchmarkLog(b *testing.B) {
	for _, batch := range []int{1, 16, 256} {
		for _, buffered := range []bool{false, true} {
			b.Run(fmt.Sprintf("log/buffered=%v/batch=%d", buffered, batch), func(b *testing.B) {
				benchLog(b, batch, buffered)
			})
		}
		b.Run(fmt.Sprintf("plain/batch=%d", batch), func(b *testing.B) { benchPlain(b, batch) })
	}
}

func benchLog(b *testing.B, batch int, buffered bool) {
	l, _ := start(b, b.TempDir(), Options{Header: header, Buffered: buffered})
	rec := make([]byte, 100)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := l.Append(rec); err != nil {
			b.Fatal(err)
		}
		if i%batch == batch-1 {
			if _, err := l.Sync(); err != nil {
				b.Fatal(err)
			}
		}
	}
	st := l.Status().Stats
	b.ReportMetric(float64(st.Bytes)/float64(b.N), "written/op")
	b.ReportMetric(float64(st.Writes)*float64(batch)/float64(b.N), "writes/sync")
}

func benchPlain(b *testing.B, batch int) {
	f, err := os.Create(filepath.Join(b.TempDir(), "plain"))
	require.NoError(b, err)
	defer f.Close()
	require.NoError(b, preallocate(f, DefaultSegmentBytes))
	require.NoError(b, f.Sync())
	buf := make([]byte, 100*batch)
	off := int64(0)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%batch != batch-1 {
			continue
		}
		if off+int64(len(buf)) > DefaultSegmentBytes {
			off = 0
		}
		if _, err := f.WriteAt(buf, off); err != nil {
			b.Fatal(err)
		}
		if err := syncData(f); err != nil {
			b.Fatal(err)
		}
		off += int64(len(buf))
	}
}
