package disk

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// nine makes a directory with nine records in three segments.
func nine(t testing.TB) *crashFS {
	fs := newCrashFS(true)
	l, _ := start(t, "mem", crashOptions(fs, 1))
	put(t, l, long(9)...)
	require.Equal(t, 3, l.Status().Files)
	require.NoError(t, l.Close())
	return fs
}

// load opens and replays a directory and returns how many records it holds.
func load(fs FS) (int, error) {
	l, err := Open("mem", crashOptions(fs, 2))
	if err != nil {
		return 0, err
	}
	defer l.Close()
	n := 0
	err = l.Replay(nil, func(uint64, []byte) error { n++; return nil })
	return n, err
}

// PITFALLS B-07: what was acknowledged is never taken for a torn tail.
func TestADamagedMiddleIsRefusedWithFileAndOffset(t *testing.T) {
	const first, each = blockBytes, frameBytes + 4000
	for name, offset := range map[string]int64{
		segmentName(1): first + 50,          // in a sealed segment
		segmentName(2): first + 2*each + 50, // its last record
		segmentName(3): first + each + 50,   // in the last segment, a later batch behind it
	} {
		fs := nine(t)
		fs.names[name].view[offset] ^= 0x40
		_, err := load(fs)
		var damage *CorruptError
		require.ErrorAs(t, err, &damage)
		require.Equal(t, name, damage.File)
		require.Equal(t, offset-50, damage.Offset)
		require.ErrorContains(t, err, "must not vote")
		require.ErrorContains(t, err, "restore the file")
	}
}

func TestAZeroedBlockInTheMiddleIsRefused(t *testing.T) {
	fs := nine(t)
	clear(fs.names[segmentName(3)].view[blockBytes : 2*blockBytes])
	_, err := load(fs)
	require.ErrorContains(t, err, "record 7 cannot be read, but record 9")
}

func TestAMissingFileIsRefused(t *testing.T) {
	for name, want := range map[string]string{
		segmentName(1): "log-00000001, byte 0: missing; segments 1 to 3 are expected",
		segmentName(2): "log-00000002, byte 0: missing",
		segmentName(3): "log-00000003, byte 0: missing",
		manifestName:   "DISK, byte 0: missing beside 3 segments",
	} {
		fs := nine(t)
		delete(fs.names, name)
		_, err := load(fs)
		require.ErrorContains(t, err, want)
	}
	fs := nine(t)
	for seq := range uint64(3) {
		delete(fs.names, segmentName(seq+1))
	}
	_, err := load(fs)
	require.ErrorContains(t, err, "missing", "a directory that lost its log is no young one")
}

func TestALostDescriptionBesideOneSegmentWithRecordsIsRefused(t *testing.T) {
	fs := newCrashFS(true)
	l, _ := start(t, "mem", crashOptions(fs, 1))
	put(t, l, "one")
	delete(fs.names, manifestName)
	_, err := load(fs)
	require.ErrorContains(t, err, "DISK, byte 0: missing beside 1 segments")
}

func TestASegmentOfAnotherDiskIsRefused(t *testing.T) {
	fs := nine(t)
	other := newCrashFS(true)
	l, _ := start(t, "mem", crashOptions(other, 77))
	put(t, l, long(9)...)
	fs.names[segmentName(2)] = other.names[segmentName(2)]
	_, err := load(fs)
	require.ErrorContains(t, err, "log-00000002, byte 8: belongs to disk")

	fs = nine(t)
	fs.names[segmentName(2)] = fs.names[segmentName(1)]
	_, err = load(fs)
	require.ErrorContains(t, err, "the header is that of segment 1")

	fs = nine(t)
	fs.names[segmentName(8)] = fs.names[segmentName(1)]
	_, err = load(fs)
	require.ErrorContains(t, err, "log-00000008, byte 0: not expected")
}

func TestATruncatedSegmentIsRefused(t *testing.T) {
	for _, n := range []int{0, 1, 100, blockBytes - 1, blockBytes, 2 * blockBytes} {
		fs := nine(t)
		node := fs.names[segmentName(2)]
		node.view = node.view[:n]
		_, err := load(fs)
		var damage *CorruptError
		require.ErrorAs(t, err, &damage)
	}
	dir := t.TempDir() // and on real files, where direct reads want whole blocks
	l, _ := start(t, dir, small(dir))
	put(t, l, "one")
	require.NoError(t, l.Close())
	require.NoError(t, os.Truncate(filepath.Join(dir, segmentName(1)), 5000))
	_, err := Open(dir, small(dir))
	var damage *CorruptError
	require.ErrorAs(t, err, &damage)
}

// A block written to the wrong place holds valid records of this very segment.
func TestAValidRecordInTheWrongPlaceIsNotRead(t *testing.T) {
	fs := newCrashFS(true)
	l, _ := start(t, "mem", crashOptions(fs, 1))
	put(t, l, "one", "two")
	const each = frameBytes + 3
	view := fs.names[segmentName(1)].view[blockBytes:]
	copy(view[2*each:3*each], view[:each])
	n, err := load(fs)
	require.NoError(t, err)
	require.Equal(t, 2, n)
}

func TestTheRestOfABlockIsZero(t *testing.T) {
	fs := newCrashFS(true)
	l, _ := start(t, "mem", crashOptions(fs, 1))
	put(t, l, long(1)[0], long(1)[0][:200], "three")
	end := blockBytes + 4000 + 200 + 5 + 3*frameBytes
	for _, b := range fs.names[segmentName(1)].view[end:blockUp(end)] {
		require.Zero(t, b)
	}
}

// Any one byte of any file may change: then either the log is refused, or all is read, or it was a
// byte of the last batch, which may look torn.
func TestAnyChangedByteIsFoundOrHarmless(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	origin := nine(t)
	for range 3000 {
		fs := origin.clone()
		names, _ := fs.List()
		node := fs.names[names[rng.IntN(len(names))]]
		node.view[rng.IntN(len(node.view))] ^= byte(1 + rng.IntN(255))
		n, err := load(fs)
		if err != nil {
			var damage *CorruptError
			require.ErrorAs(t, err, &damage)
			continue
		}
		require.GreaterOrEqual(t, n, 8)
	}
}

func FuzzADamagedDirectoryIsReadOrRefused(f *testing.F) {
	f.Add(uint8(0), uint32(5000), []byte{1})
	f.Add(uint8(1), uint32(24), []byte{9, 0, 0, 0})
	f.Add(uint8(2), uint32(blockBytes+4), []byte{0xff, 0xff, 0xff, 0xff})
	f.Add(uint8(3), uint32(14), []byte("ff"))
	f.Add(uint8(2), uint32(blockBytes+4040), make([]byte, 3000))
	origin := nine(f)
	f.Fuzz(func(t *testing.T, file uint8, at uint32, bytes []byte) {
		fs := origin.clone()
		names, _ := fs.List()
		node := fs.names[names[int(file)%len(names)]]
		if len(node.view) > 0 {
			copy(node.view[int(at)%len(node.view):], bytes)
		}
		n, err := load(fs)
		if n > 9 {
			t.Fatalf("%d records, 9 were written", n)
		}
		if err != nil {
			return
		}
		if again, err := load(fs); err != nil || again != n {
			t.Fatalf("%d records, then %d, %v", n, again, err)
		}
	})
}

func FuzzADescriptionIsExactOrRefused(f *testing.F) {
	f.Add(manifest{id: ID{1}, oldest: 1, newest: 2}.text())
	f.Add([]byte("synod disk 1\nid 00\noldest 1\nnewest 1\ncrc 0\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := parseManifest(b); err == nil && string(m.text()) != string(b) {
			t.Fatalf("%q reads as %q", b, m.text())
		}
	})
}
