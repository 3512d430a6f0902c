package disk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// body is what the snapshot of a number holds, more than a chunk.
func body(number uint64) []byte {
	b := make([]byte, chunkBytes+int(number%7)*1000+1)
	rng := rand.New(rand.NewPCG(number, 3))
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

func writeSnapshot(s *Snapshots, number uint64) error {
	w, err := s.Create(number)
	if err != nil {
		return err
	}
	for b := body(number); len(b) > 0; b = b[min(5000, len(b)):] {
		if _, err := w.Write(b[:min(5000, len(b))]); err != nil {
			return err
		}
	}
	return w.Commit()
}

func readSnapshot(s *Snapshots, number uint64) ([]byte, error) {
	r, err := s.Open(number)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// shoot writes a history of snapshots until power fails, each followed by a release of the log and
// of the snapshot before the last. It returns the newest one that was committed for sure, which was
// sure before.
func shoot(t *testing.T, fs *crashFS, seed, from, sure uint64, m *model) uint64 {
	l, err := Open("mem", crashOptions(fs, seed))
	if fs.failed {
		return sure
	}
	require.NoError(t, err)
	if !m.verify(t, fs, l) {
		return sure
	}
	s := l.Snapshots()
	for n := from + 1; n <= from+4; n++ {
		for range 3 {
			rec := bytes.Repeat([]byte{byte(n)}, 2500)
			_, err := l.Append(rec)
			m.records = append(m.records, rec)
			if err != nil {
				return sure
			}
		}
		to, err := l.Sync()
		if m.acked = max(m.acked, to); err != nil {
			return sure
		}
		if writeSnapshot(s, n) != nil {
			return sure
		}
		sure = n
		if s.Keep(n, n-1) != nil {
			return sure
		}
		m.released = max(m.released, to-2)
		if l.Release(to-2) != nil {
			return sure
		}
	}
	require.NoError(t, l.Close())
	return sure
}

func TestACommittedSnapshotSurvivesPowerFailureAtEveryStep(t *testing.T) {
	for name, tear := range tears {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for failAt := 0; ; failAt += 5 {
				rng := rand.New(rand.NewPCG(1, uint64(failAt)))
				fs, m := newCrashFS(failAt%2 == 0), &model{}
				fs.failAt = failAt
				sure := shoot(t, fs, 1, 0, 0, m)
				if !fs.failed {
					return
				}
				if failAt%15 == 0 {
					fs = fs.kill()
				} else {
					fs = fs.crash(rng, tear)
				}
				whole(t, fs, sure)
				fs.failAt = rng.IntN(40) // and once more, on what the first crash left
				sure = shoot(t, fs, 2, 10, sure, m)
				whole(t, fs.crash(rng, tear), sure)
			}
		})
	}
}

// whole requires that every snapshot that bears a name can be read, and that the newest is not
// older than the one that was committed for sure.
func whole(t *testing.T, fs *crashFS, sure uint64) {
	s := &Snapshots{fs}
	all, err := s.List()
	require.NoError(t, err)
	for _, n := range all {
		b, err := readSnapshot(s, n)
		require.NoError(t, err)
		require.Equal(t, body(n), b)
	}
	if sure > 0 {
		require.NotEmpty(t, all)
		require.GreaterOrEqual(t, all[0], sure)
	}
}

func TestASnapshotIsReceivedByPiecesInAnyOrderOfBytesOnceWhole(t *testing.T) {
	from, to := &Snapshots{newCrashFS(false)}, &Snapshots{newCrashFS(false)}
	require.NoError(t, writeSnapshot(from, 5))
	part, err := to.Receive(5)
	require.NoError(t, err)
	piece := make([]byte, 10_000)
	var at int64
	for size := int64(1); at < size; {
		r, err := part.Open()
		if err == nil {
			_, err = io.Copy(io.Discard, r)
		}
		var damage *CorruptError
		require.ErrorAs(t, err, &damage, "what has come so far is not taken for the whole")
		var n int
		n, size, err = from.Piece(5, at, piece)
		require.NoError(t, err)
		_, err = part.WriteAt(piece[:n], at)
		require.NoError(t, err)
		at += int64(n)
	}
	require.NoError(t, part.Commit())
	b, err := readSnapshot(to, 5)
	require.NoError(t, err)
	require.Equal(t, body(5), b)
	_, _, err = from.Piece(6, 0, piece)
	require.True(t, Missing(err))
	_, err = to.Open(6)
	require.True(t, Missing(err))
}

func TestASnapshotUnderAnotherNumberOrChangedAnywhereIsDamage(t *testing.T) {
	fs := newCrashFS(false)
	s := &Snapshots{fs}
	require.NoError(t, writeSnapshot(s, 5))
	good := fs.names[SnapshotName(5)]
	fs.names[SnapshotName(6)] = good
	_, err := readSnapshot(s, 6)
	require.ErrorContains(t, err, "it is snapshot 5, expected 6")
	size := len(good.view)
	for at := 0; at < size; at += 1 + size/100 {
		for what, view := range map[string][]byte{
			"changed": append(append(slices.Clone(good.view[:at]), good.view[at]^4),
				good.view[at+1:]...),
			"cut": good.view[:at],
		} {
			fs.names[SnapshotName(5)] = &inode{view: view}
			_, err := readSnapshot(s, 5)
			var damage *CorruptError
			require.ErrorAs(t, err, &damage, fmt.Sprint(what, at))
			require.Equal(t, SnapshotName(5), damage.File)
			require.False(t, errors.Is(err, io.EOF))
		}
	}
}
