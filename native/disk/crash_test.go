package disk

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// model is what a log must hold: the records as they were appended, and how many were acknowledged.
type model struct {
	records  [][]byte // LSN i+1
	acked    uint64
	released uint64
}

// detRand is a deterministic source of ids and salts.
type detRand struct{ *rand.Rand }

func (d detRand) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(d.Uint32())
	}
	return len(b), nil
}

func crashOptions(fs FS, seed uint64) Options {
	return Options{
		Header:       func(dst []byte) []byte { return append(dst, "who and what"...) },
		SegmentBytes: minSegmentBytes,
		BatchBytes:   6000,
		FS:           fs,
		Rand:         detRand{rand.New(rand.NewPCG(seed, 7))},
	}
}

// work opens the log, compares it with the model and goes on, until power fails or n batches are
// done. It reports what it was told to the model.
func (m *model) work(t *testing.T, fs *crashFS, seed uint64, batches int) {
	rng := rand.New(rand.NewPCG(seed, 1))
	l, err := Open("mem", crashOptions(fs, seed))
	if fs.failed {
		return
	}
	require.NoError(t, err)
	if !m.verify(t, fs, l) {
		return
	}
	for range batches {
		for range 1 + rng.IntN(4) {
			rec := make([]byte, 1+rng.IntN(1+rng.IntN(3000)))
			for i := range rec {
				rec[i] = byte(rng.Uint32())
			}
			lsn, err := l.Append(rec)
			m.records = append(m.records, rec)
			if fs.failed {
				return
			}
			require.NoError(t, err)
			require.Equal(t, uint64(len(m.records)), lsn)
		}
		to, err := l.Sync()
		m.acked = max(m.acked, to)
		if fs.failed {
			return
		}
		require.NoError(t, err)
		require.Equal(t, uint64(len(m.records)), to)
		if rng.IntN(6) == 0 {
			below := m.released + rng.Uint64N(m.acked-m.released+1)
			m.released = max(m.released, below)
			if l.Release(below) != nil {
				return
			}
		}
	}
	require.NoError(t, l.Close())
}

// verify replays the log: all that was acknowledged and not released is there, perhaps more that
// was appended, nothing else. The model then holds what the log holds.
func (m *model) verify(t *testing.T, fs *crashFS, l *Log) bool {
	next := l.First()
	require.LessOrEqual(t, next, m.released+1, "released too much")
	err := l.Replay(func(h []byte) error {
		require.Equal(t, "who and what", string(h))
		return nil
	}, func(lsn uint64, rec []byte) error {
		require.Equal(t, next, lsn)
		require.LessOrEqual(t, lsn, uint64(len(m.records)), "a record from nowhere")
		require.Equal(t, m.records[lsn-1], slices.Clone(rec), "record %d", lsn)
		next++
		return nil
	})
	if fs.failed {
		return false
	}
	require.NoError(t, err)
	require.Greater(t, next, m.acked, "an acknowledged record is gone")
	m.records = slices.Clip(m.records[:next-1])
	m.acked = next - 1
	return true
}

// PITFALLS B-09, B-10: not even a release of many segments at once leaves a gap behind.
func TestWhatSyncReturnedForSurvivesPowerFailureAtEveryStep(t *testing.T) {
	for _, direct := range []bool{true, false} {
		for name, tear := range tears {
			t.Run(fmt.Sprintf("direct=%v/%s", direct, name), func(t *testing.T) {
				t.Parallel()
				for seed := range uint64(3) {
					walk(t, direct, seed, tear)
				}
			})
		}
	}
}

// walk lets power fail at each step of a history in turn; then at some step of the recovery, and
// once more after it, so that what one crash left cannot be taken for true by a later start.
func walk(t *testing.T, direct bool, seed uint64, tear func(*rand.Rand, []byte, []byte)) {
	for failAt := 0; ; failAt++ {
		rng := rand.New(rand.NewPCG(seed, uint64(failAt)))
		fs := newCrashFS(direct)
		fs.failAt = failAt
		m := &model{}
		m.work(t, fs, seed, 12)
		if !fs.failed {
			return
		}
		if failAt%3 == 0 {
			fs = fs.kill()
		} else {
			fs = fs.crash(rng, tear)
		}
		fs.failAt = rng.IntN(12)
		m.work(t, fs, seed+100, 3)
		fs = fs.crash(rng, tear)
		m.work(t, fs, seed+200, 4)
		m.work(t, fs.clone(), seed+300, 1)
	}
}

// lastBatch makes a log with one acknowledged batch, then one more write, and returns the
// directory before that write and the write itself.
func lastBatch(t *testing.T, m *model, sizes ...int) (before *crashFS, w pendingWrite) {
	fs := newCrashFS(true)
	l, err := Open("mem", crashOptions(fs, 1))
	require.NoError(t, err)
	require.NoError(t, l.Replay(nil, nil))
	add := func(i, n int) {
		rec := slices.Repeat([]byte{byte(i + 1)}, n)
		m.records = append(m.records, rec)
		_, err := l.Append(rec)
		require.NoError(t, err)
	}
	add(0, 300)
	m.acked, err = l.Sync()
	require.NoError(t, err)
	before = fs.clone()
	for i, n := range sizes {
		add(i+1, n)
	}
	fs.failAt = fs.steps
	_, err = l.Sync()
	require.ErrorIs(t, err, errPower)
	w = fs.names[segmentName(1)].pending[0]
	return before, w
}

func TestALastWriteTornAtAnyByteIsCut(t *testing.T) {
	var m model
	before, w := lastBatch(t, &m, 100, 700, 20, 1)
	for n := range w.data {
		fs, m := before.clone(), m
		copy(fs.names[segmentName(1)].view[w.off:], w.data[:n])
		m.work(t, fs, 9, 2)
		m.work(t, fs, 10, 1)
	}
}

func TestALastWriteThatReachesAnySubsetOfItsSectorsIsCut(t *testing.T) {
	var m model
	before, w := lastBatch(t, &m, 700, 512, 800, 600, 500)
	sectors := len(w.data) / sectorBytes
	require.LessOrEqual(t, sectors, 8)
	for subset := range 1 << sectors {
		fs, m := before.clone(), m
		for i := range sectors {
			if subset>>i&1 == 1 {
				at := i * sectorBytes
				copy(fs.names[segmentName(1)].view[int(w.off)+at:], w.data[at:at+sectorBytes])
			}
		}
		m.work(t, fs, 9, 2)
		m.work(t, fs, 10, 1)
	}
}

// A record of a torn batch that stayed whole must not follow a new record of the same length as the
// one that was torn. Both end with a block here, so that the new one does not overwrite the next.
func TestARecordBehindATearIsNotTakenForTheSuccessorOfANewOne(t *testing.T) {
	var m model
	const length = blockBytes - 320 - frameBytes
	before, w := lastBatch(t, &m, length, 30)
	view := before.names[segmentName(1)].view
	copy(view[w.off:], w.data)
	view[w.off+400] ^= 1 // record 2 is torn, record 3 is whole
	l, err := Open("mem", crashOptions(before, 2))
	require.NoError(t, err)
	require.NoError(t, l.Replay(nil, func(uint64, []byte) error { return nil }))
	require.Equal(t, Cut{segmentName(1), w.off + 320, length + 70}, l.Status().Cut)
	lsn, err := l.Append(make([]byte, length))
	require.NoError(t, err)
	require.Equal(t, uint64(2), lsn)
	_, err = l.Sync()
	require.NoError(t, err)

	l, err = Open("mem", crashOptions(before, 3))
	require.NoError(t, err)
	var seen []uint64
	require.NoError(t, l.Replay(nil, func(lsn uint64, _ []byte) error {
		seen = append(seen, lsn)
		return nil
	}))
	require.Equal(t, []uint64{1, 2}, seen)
}

// A client's value may imitate a record, length and number right; the salt gives it away.
func TestAValueThatImitatesARecordIsNotOne(t *testing.T) {
	forged := make([]byte, frameBytes+4)
	putFrame(forged, 0, 3, 0, []byte("evil"))
	require.Equal(t, uint64(3), binary.LittleEndian.Uint64(forged[8:]))
	var m model
	before, w := lastBatch(t, &m, 700)
	view := before.names[segmentName(1)].view
	copy(view[w.off:], w.data)
	copy(view[w.off+320+400:], forged)
	l, err := Open("mem", crashOptions(before, 2))
	require.NoError(t, err)
	n := 0
	require.NoError(t, l.Replay(nil, func(uint64, []byte) error { n++; return nil }))
	require.Equal(t, 1, n)
	require.Zero(t, l.Status().Cut.Bytes)
}
