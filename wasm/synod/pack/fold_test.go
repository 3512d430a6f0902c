package main

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// TestAFoldedTableIsTheSameWhenTheProgramStarts compares what the runtime would read in it.
func TestAFoldedTableIsTheSameWhenTheProgramStarts(t *testing.T) {
	all, err := sections(built(t, crooked))
	require.NoError(t, err)
	memory, before := trimmed(t, all[dataSection])
	rows, ok := before.rows()
	require.True(t, ok)

	f, found := find(memory)
	require.True(t, found)
	u, ok := f.fold()
	require.True(t, ok)
	require.True(t, u.add(all, 10))
	all[dataSection] = segment(memory)
	after, found := find(started(t, all.module()))
	require.True(t, found)
	unfolded, ok := after.rows()
	require.True(t, ok)

	require.True(t, regular(after.memory[u.buckets:][:u.size]))
	for i := range rows {
		require.Equal(t, rows[i].plain, unfolded[i].plain)
		require.Equal(t, len(rows[i].more), len(unfolded[i].more))
		for d := range rows[i].more {
			require.Equal(t, before.moved(rows[i].more[d]), unfolded[i].more[d])
		}
		for c := range columnSize {
			at, now := rows[i].items[c], unfolded[i].items[c]
			require.Equal(t, before.item(c, at), after.item(c, now), "column %d of %d", c, i)
		}
	}
}

// trimmed returns a program's memory when its table is trimmed, and the table in a copy of it.
func trimmed(t *testing.T, data []byte) ([]byte, functions) {
	t.Helper()
	memory, err := image(data)
	require.NoError(t, err)
	f, found := find(memory)
	require.True(t, found)
	f.trim()
	require.True(t, f.write(nil))
	before, found := find(append([]byte{}, memory...))
	require.True(t, found)
	return memory, before
}

// started returns the memory of a module that was instantiated, of which no export was called.
func started(t *testing.T, module []byte) []byte {
	t.Helper()
	r := wazero.NewRuntime(t.Context())
	t.Cleanup(func() { require.NoError(t, r.Close(t.Context())) })
	wasi_snapshot_preview1.MustInstantiate(t.Context(), r)
	m, err := r.InstantiateWithConfig(t.Context(), module,
		wazero.NewModuleConfig().WithStartFunctions())
	require.NoError(t, err)
	memory, ok := m.Memory().Read(0, m.Memory().Size())
	require.True(t, ok)
	return append([]byte{}, memory...)
}

func TestATableThatIsNotRegularStays(t *testing.T) {
	all, err := sections(built(t, small))
	require.NoError(t, err)
	memory, _ := trimmed(t, all[dataSection])
	f, _ := find(memory)
	memory[f.address(describedBuckets)+bucketBytes+5] = 1 // a bucket within a function
	before := append([]byte{}, memory...)
	_, ok := f.fold()
	require.False(t, ok)
	require.Equal(t, before, memory)
}
