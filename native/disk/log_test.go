package disk

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func header(dst []byte) []byte { return append(dst, "node 1, life 1"...) }

func small(dir string) Options { return Options{Header: header, SegmentBytes: minSegmentBytes} }

// start opens and replays a log and returns the records that it holds.
func start(t testing.TB, dir string, opt Options) (*Log, []string) {
	l, err := Open(dir, opt)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	var got []string
	require.NoError(t, l.Replay(nil, func(_ uint64, rec []byte) error {
		got = append(got, string(rec))
		return nil
	}))
	return l, got
}

// put appends records, each made durable on its own.
func put(t testing.TB, l *Log, records ...string) {
	for _, rec := range records {
		lsn, err := l.Append([]byte(rec))
		require.NoError(t, err)
		to, err := l.Sync()
		require.NoError(t, err)
		require.Equal(t, lsn, to)
	}
}

// long makes n records of a third of a small segment.
func long(n int) []string {
	var out []string
	for i := range n {
		out = append(out, strings.Repeat(fmt.Sprintf("%08d", i), 500))
	}
	return out
}

func TestRecordsAreReadBackInOrderOnEveryKindOfFile(t *testing.T) {
	for _, buffered := range []bool{false, true} {
		t.Run(fmt.Sprintf("buffered=%v", buffered), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "a", "b")
			opt := small(dir)
			opt.Buffered = buffered
			want := long(20)
			l, got := start(t, dir, opt)
			require.Empty(t, got)
			require.True(t, l.Status().Created)
			put(t, l, want[:13]...)
			require.NoError(t, l.Close())

			l, got = start(t, dir, opt)
			require.Equal(t, want[:13], got)
			require.False(t, l.Status().Created)
			put(t, l, want[13:]...)
			st := l.Status()
			require.Equal(t, uint64(20), st.Durable)
			require.Greater(t, st.Files, 5)
			require.NotEmpty(t, st.Mode)
			if buffered {
				require.False(t, st.Direct)
			}
			require.NoError(t, l.Close())
			_, got = start(t, dir, opt)
			require.Equal(t, want, got)
		})
	}
}

func TestWhatWasNotSyncedIsLostAtClose(t *testing.T) {
	dir := t.TempDir()
	l, _ := start(t, dir, small(dir))
	put(t, l, "one")
	_, err := l.Append([]byte("two"))
	require.NoError(t, err)
	require.NoError(t, l.Close())
	_, got := start(t, dir, small(dir))
	require.Equal(t, []string{"one"}, got)
}

func TestEachSegmentRepeatsTheHeader(t *testing.T) {
	fs := newCrashFS(true)
	promise := 0
	opt := Options{SegmentBytes: minSegmentBytes, FS: fs, Header: func(dst []byte) []byte {
		return fmt.Appendf(dst, "promise %d", promise)
	}}
	l, _ := start(t, "mem", opt)
	for i, rec := range long(7) {
		promise = i + 1
		put(t, l, rec)
	}
	require.NoError(t, l.Close())

	l, err := Open("mem", opt)
	require.NoError(t, err)
	require.Equal(t, "promise 0", string(l.Header()))
	var heads []string
	require.NoError(t, l.Replay(func(h []byte) error {
		heads = append(heads, string(h))
		return nil
	}, func(uint64, []byte) error { return nil }))
	require.Equal(t, []string{"promise 0", "promise 4", "promise 7"}, heads)
	require.NoError(t, l.Release(7))
	require.Equal(t, "promise 7", string(l.Header()))
}

func TestTheSecondStartSaysWhoHoldsTheDirectory(t *testing.T) {
	dir := t.TempDir()
	start(t, dir, small(dir))
	_, err := Open(dir, small(dir))
	var locked *LockedError
	require.ErrorAs(t, err, &locked)
	require.Equal(t, os.Getpid(), locked.PID)
	require.ErrorContains(t, err, fmt.Sprintf("%s is in use by process %d", dir, os.Getpid()))
}

func TestADiskKeepsItsIDAndAWipedOneGetsAnother(t *testing.T) {
	dir := t.TempDir()
	l, _ := start(t, dir, small(dir))
	id := l.ID()
	require.NoError(t, l.Close())
	l, _ = start(t, dir, small(dir))
	require.Equal(t, id, l.ID())
	require.NoError(t, l.Close())
	require.NoError(t, os.RemoveAll(dir))
	l, _ = start(t, dir, small(dir))
	require.NotEqual(t, id, l.ID())
}

func TestAppendComesAfterReplay(t *testing.T) {
	l, err := Open("mem", crashOptions(newCrashFS(true), 1))
	require.NoError(t, err)
	_, err = l.Append([]byte("x"))
	require.ErrorIs(t, err, ErrNotReplayed)
	_, err = l.Sync()
	require.ErrorIs(t, err, ErrNotReplayed)
	require.NoError(t, l.Replay(nil, nil))
	require.ErrorContains(t, l.Replay(nil, nil), "twice")
	_, err = l.Append(nil)
	require.ErrorIs(t, err, ErrRecordSize)
	_, err = l.Append(make([]byte, l.MaxRecordBytes()+1))
	require.ErrorIs(t, err, ErrRecordSize)
	_, err = l.Append(make([]byte, l.MaxRecordBytes()))
	require.NoError(t, err)
	require.NoError(t, l.Close())
	_, err = l.Append([]byte("x"))
	require.ErrorIs(t, err, ErrClosed)
	_, err = l.NewReader().Read(1)
	require.ErrorIs(t, err, ErrClosed)
}

// PITFALLS B-08: after a failed sync nothing is acknowledged, and the sync is not tried again.
func TestAFailedSyncIsTheEndOfTheLog(t *testing.T) {
	fs := newCrashFS(false)
	l, _ := start(t, "mem", crashOptions(fs, 1))
	put(t, l, "one")
	fs.syncErr = errors.New("input/output error")
	_, err := l.Append([]byte("two"))
	require.NoError(t, err)
	to, err := l.Sync()
	require.ErrorIs(t, err, ErrDead)
	require.ErrorContains(t, err, "input/output error")
	require.Equal(t, uint64(1), to)
	syncs := fs.syncs
	fs.syncErr = nil
	for range 3 {
		to, err = l.Sync()
		require.ErrorIs(t, err, ErrDead)
		require.Equal(t, uint64(1), to)
	}
	_, err = l.Append([]byte("three"))
	require.ErrorIs(t, err, ErrDead)
	require.ErrorIs(t, l.Release(1), ErrDead)
	require.ErrorIs(t, l.Status().Err, ErrDead)
	require.Equal(t, syncs, fs.syncs)
}

func TestReleasedSegmentsAreGoneAndOneIsUsedAgain(t *testing.T) {
	dir := t.TempDir()
	l, _ := start(t, dir, small(dir))
	all := long(18)
	put(t, l, all[:9]...)
	require.Equal(t, 3, l.Status().Files)
	require.NoError(t, l.Release(6))
	require.Equal(t, uint64(4), l.First(), "records 4 to 6 share a segment")
	require.FileExists(t, filepath.Join(dir, spareName))
	put(t, l, all[9:]...)
	require.NoFileExists(t, filepath.Join(dir, spareName))
	require.NoError(t, l.Release(1<<40))
	require.Equal(t, 1, l.Status().Files)
	require.Equal(t, uint64(16), l.First())
	put(t, l, "last")
	require.NoError(t, l.Close())
	l, got := start(t, dir, small(dir))
	require.Equal(t, append(all[15:], "last"), got)
	require.Equal(t, uint64(16), l.First())
	require.Equal(t, uint64(20), l.Status().Next)
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.LessOrEqual(t, len(files), 5)
}

func TestAReaderFindsEveryDurableRecord(t *testing.T) {
	dir := t.TempDir()
	opt := small(dir)
	opt.SegmentBytes = 256 << 10
	l, _ := start(t, dir, opt)
	record := func(lsn uint64) []byte {
		return bytes.Repeat([]byte{byte(lsn), byte(lsn >> 8)}, 1+int(lsn*37%900))
	}
	r := l.NewReader()
	const n = 1500
	for lsn := uint64(1); lsn <= n; lsn++ {
		_, err := l.Append(record(lsn))
		require.NoError(t, err)
		if lsn%7 == 0 {
			_, err = r.Read(lsn)
			require.ErrorIs(t, err, ErrNotDurable)
			_, err = l.Sync()
			require.NoError(t, err)
			got, err := r.Read(lsn)
			require.NoError(t, err)
			require.Equal(t, record(lsn), got)
		}
	}
	_, err := l.Sync()
	require.NoError(t, err)
	require.Greater(t, l.Status().Files, 2)
	check := func(r *Reader, lsn uint64) {
		got, err := r.Read(lsn)
		require.NoError(t, err)
		require.Equal(t, record(lsn), got)
	}
	for lsn := uint64(1); lsn <= n; lsn++ {
		check(r, lsn)
		check(l.NewReader(), lsn*7919%n+1)
	}
	for i := range uint64(n) {
		check(r, i*7919%n+1)
	}
	first := l.segs[1].first
	require.NoError(t, l.Release(first))
	_, err = r.Read(first - 1)
	require.ErrorIs(t, err, ErrReleased)
	check(r, first)
	require.NoError(t, l.Close())
	l, _ = start(t, dir, opt)
	for i := range uint64(n) - first {
		check(l.NewReader(), first+i*31%(n-first))
	}
}

func TestAppendGoesOnWhileSyncWaits(t *testing.T) {
	dir := t.TempDir()
	opt := small(dir)
	opt.BatchBytes = 64 << 10
	opt.SegmentBytes = 256 << 10
	l, _ := start(t, dir, opt)
	const n = 20000
	done := make(chan struct{})
	var syncer sync.WaitGroup
	syncer.Go(func() {
		r := l.NewReader()
		for last := uint64(0); last < n; {
			to, err := l.Sync()
			if err != nil || to < last {
				t.Errorf("sync: %d after %d: %v", to, last, err)
				return
			}
			if to > last {
				if rec, err := r.Read(to); err != nil || string(rec) != fmt.Sprint(to) {
					t.Errorf("read %d: %q, %v", to, rec, err)
				}
			}
			last = to
		}
		close(done)
	})
	for i := range n {
		_, err := l.Append(fmt.Append(nil, i+1))
		require.NoError(t, err)
	}
	<-done
	syncer.Wait()
	require.NoError(t, l.Close())
	_, got := start(t, dir, opt)
	require.Len(t, got, n)
	require.Equal(t, fmt.Sprint(n), got[n-1])
}

func TestASyncIsOneWriteAndAllocatesNothing(t *testing.T) {
	for _, direct := range []bool{true, false} {
		dir := t.TempDir()
		l, _ := start(t, dir, Options{Header: header, Buffered: !direct})
		rec := make([]byte, 100)
		before := l.Status().Stats.Writes
		const runs = 50
		allocs := testing.AllocsPerRun(runs, func() {
			for range 16 {
				if _, err := l.Append(rec); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := l.Sync(); err != nil {
				t.Fatal(err)
			}
		})
		require.Zero(t, allocs)
		require.Equal(t, uint64(runs+1), l.Status().Stats.Writes-before)
	}
	fs := newCrashFS(true)
	l, _ := start(t, "mem", Options{Header: header, SegmentBytes: 1 << 20, FS: fs})
	writes := fs.writes
	for range 50 {
		for range 9 {
			_, err := l.Append(make([]byte, 200))
			require.NoError(t, err)
		}
		_, err := l.Sync()
		require.NoError(t, err)
		_, err = l.Sync() // nothing to do
		require.NoError(t, err)
	}
	require.Equal(t, 50, fs.writes-writes)
}

func TestTheLogSaysWhenItGoesThroughThePageCache(t *testing.T) {
	var out bytes.Buffer
	dir := t.TempDir()
	opt := small(dir)
	opt.Buffered = true
	opt.Logger = slog.New(slog.NewTextHandler(&out, nil))
	l, _ := start(t, dir, opt)
	require.False(t, l.Status().Direct)
	require.Contains(t, l.Status().Mode, "fdatasync (asked for by the caller)")
	require.Contains(t, out.String(), "page cache")
}

func TestAFileThatIsNoDirectoryIsRefusedAsSuch(t *testing.T) {
	var out bytes.Buffer
	opt := small("")
	opt.FS, opt.Logger = nil, slog.New(slog.NewTextHandler(&out, nil))
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, nil, 0o600))
	_, err := Open(name, opt)
	require.ErrorContains(t, err, name)
	require.ErrorContains(t, err, "not a directory")
	require.Empty(t, out.String())
}

func TestWhatCannotBeReservedIsNotLeftBehind(t *testing.T) {
	dir := t.TempDir()
	fs, _, err := openDir(dir, true)
	require.NoError(t, err)
	_, err = fs.Create(nextName, 1<<61)
	require.ErrorContains(t, err, "reserving")
	require.NoFileExists(t, filepath.Join(dir, nextName))
}

func TestOptionsOutOfBoundsAreRefused(t *testing.T) {
	for _, opt := range []Options{
		{},
		{Header: header, SegmentBytes: 4096},
		{Header: header, SegmentBytes: 1<<20 + 1},
		{Header: header, BatchBytes: 20},
		{Header: func(b []byte) []byte { return make([]byte, 1<<20) }, SegmentBytes: 1 << 20},
	} {
		opt.FS = newCrashFS(true)
		_, err := Open("mem", opt)
		require.Error(t, err)
	}
}
