package paxos

import (
	"bytes"
	"math/rand"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// TestARingKeepsWhatItMust holds a ring against a plain map while slots are put, replaced and
// released in random order: nothing open is ever lost or changed, and the slot that everything
// waits for always fits.
func TestARingKeepsWhatItMust(t *testing.T) {
	for seed := int64(0); seed < 60; seed++ {
		rng := rand.New(rand.NewSource(seed))
		l := Limits{Window: 16, EntryBytes: 50, WindowBytes: 200, BatchEntries: 4, BatchBytes: 60}
		g := renewed(nil, &l)
		g.sealed = 1
		model := map[Slot][]byte{}
		for range 400 {
			s := g.base + 1 + Slot(rng.Intn(18))
			if rng.Intn(3) == 0 {
				s = g.base + 1
			}
			data := bytes.Repeat([]byte{byte(rng.Int())}, rng.Intn(51))
			ok := g.put(s, 1, 1, &Entry{Kind: Value, Data: data})
			if s == g.base+1 {
				require.True(t, ok, "seed %d: the next slot must fit", seed)
			}
			if s > g.base+16 {
				require.False(t, ok)
			}
			if ok {
				model[s] = data
			}
			if _, have := model[g.base+1]; have && rng.Intn(3) == 0 {
				delete(model, g.base+1)
				g.release(g.base + 1)
			}
			live := 0
			for s := g.base + 1; s < g.top(); s++ {
				want, have := model[s]
				c := g.at(s)
				if have != (c != nil) {
					t.Fatalf("seed %d: slot %d is there: %v", seed, s, c != nil)
				}
				if !have {
					continue
				}
				var e Entry
				if e = *g.of(s); !bytes.Equal(want, e.Data) {
					t.Fatalf("seed %d: slot %d was changed", seed, s)
				}
				live += len(want)
			}
			require.Equal(t, live, g.live)
		}
	}
}

// TestARunIsPutAsEachOfItsEntriesWouldBe holds puts against put, in rings of equal history.
func TestARunIsPutAsEachOfItsEntriesWouldBe(t *testing.T) {
	l := Limits{Window: 8, EntryBytes: 9, WindowBytes: 30, BatchEntries: 8, BatchBytes: 30}
	partial := 0
	for seed := int64(0); seed < 3000; seed++ {
		rng := rand.New(rand.NewSource(seed))
		together, apart := renewed(nil, &l), renewed(nil, &l)
		together.locked, apart.locked = true, true
		entry := func() Entry {
			return Entry{Kind: Value, Seq: rng.Uint64(), Data: make([]byte, rng.Intn(7))}
		}
		for range rng.Intn(40) {
			s, b, lsn, e := Slot(rng.Intn(20)), Ballot(1+rng.Intn(4)), LSN(rng.Intn(6)), entry()
			require.Equal(t, together.put(s, b, lsn, &e), apart.put(s, b, lsn, &e))
			if rng.Intn(6) == 0 {
				together.release(s)
				apart.release(s)
			}
		}
		sealed := LSN(rng.Intn(6))
		together.sealed, apart.sealed = sealed, sealed
		s, b, run := together.base+1+Slot(rng.Intn(4)), Ballot(1+rng.Intn(4)), []Entry{}
		for range rng.Intn(9) {
			run = append(run, entry())
		}
		n := 0
		for n < len(run) {
			at := s + Slot(n)
			if c := apart.at(at); c != nil && c.ballot >= b || !apart.put(at, b, 7, &run[n]) {
				break
			}
			n++
		}
		require.Equal(t, n, together.puts(s, b, 7, run, dataBytes(run)), "seed %d", seed)
		require.Equal(t, apart.appendState(nil), together.appendState(nil), "seed %d", seed)
		require.Equal(t, apart.live, together.live, "seed %d", seed)
		require.Equal(t, apart.newest, together.newest, "seed %d", seed)
		if n > 0 && n < len(run) {
			partial++
		}
	}
	require.Positive(t, partial)
}

func TestWhatALockedRingLentStaysUntilItIsUnlocked(t *testing.T) {
	l := Limits{Window: 4, EntryBytes: 10, WindowBytes: 20, BatchEntries: 1, BatchBytes: 10}
	g := renewed(nil, &l)
	g.locked = true
	fill := func(b byte) bool {
		return g.put(1, Ballot(b), 0, &Entry{Kind: Value, Data: bytes.Repeat([]byte{b}, 10)})
	}
	for b := byte(1); b <= 4; b++ {
		require.True(t, fill(b))
	}
	lent := *g.of(1)
	n := 0
	for b := byte(5); n < 100 && fill(b); b++ {
		n++
	}
	require.Positive(t, n)
	require.Equal(t, bytes.Repeat([]byte{4}, 10), lent.Data)
	g.unlock()
	require.True(t, fill(99))
}

func TestARecordThatIsNotSealedIsNotOverwritten(t *testing.T) {
	l := Limits{Window: 4, EntryBytes: 10, WindowBytes: 20, BatchEntries: 1, BatchBytes: 10}
	g := renewed(nil, &l)
	require.True(t, g.put(1, 1, 1, &Entry{Kind: Noop}))
	require.False(t, g.put(1, 2, 2, &Entry{Kind: Noop}))
	g.sealed = 1
	require.True(t, g.put(1, 2, 2, &Entry{Kind: Noop}))
}

// The sizes that the memory budget is reckoned with.
func TestSizesAreAsReckoned(t *testing.T) {
	require.EqualValues(t, 88, unsafe.Sizeof(Message{}))
	require.EqualValues(t, 48, unsafe.Sizeof(Entry{}))
	require.EqualValues(t, 72, unsafe.Sizeof(Record{}))
	require.EqualValues(t, 24, unsafe.Sizeof(cell{}))
}

// A cell belongs to the newest slot that was put there: an older one comes too late.
func TestAnOlderSlotDoesNotDisplaceANewerOne(t *testing.T) {
	l := Limits{Window: 4, EntryBytes: 10, WindowBytes: 20, BatchEntries: 1, BatchBytes: 10}
	g := renewed(nil, &l)
	g.release(1)
	require.True(t, g.put(5, 1, 0, &Entry{Kind: Noop}))
	require.False(t, g.put(1, 2, 0, &Entry{Kind: Noop}))
	require.NotNil(t, g.at(5))
}
