package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWhatOnlyDormantFunctionsNeedTraps looks for how fractions are written, and for its table.
func TestWhatOnlyDormantFunctionsNeedTraps(t *testing.T) {
	const fraction, whole = "internal/strconv.genericFtoa", "runtime.printint"
	module := built(t, small)
	require.Greater(t, len(bodyOf(t, module, module, fraction)), 1000)
	packed, _, err := pack(module)
	require.NoError(t, err)
	require.Equal(t, trap, bodyOf(t, module, packed, fraction))
	require.NotEqual(t, trap, bodyOf(t, module, packed, whole))
	require.Equal(t, 1, tables(t, module))
	require.Zero(t, tables(t, packed))
}

// bodyOf returns the body of a function in a module, whose number is in the module that the linker
// wrote.
func bodyOf(t *testing.T, linked, module []byte, name string) []byte {
	t.Helper()
	all, err := sections(linked)
	require.NoError(t, err)
	memory, err := image(all[dataSection])
	require.NoError(t, err)
	f, found := find(memory)
	require.True(t, found)
	all, err = sections(module)
	require.NoError(t, err)
	numbers := f.named([]string{name})
	require.Len(t, numbers, 1)
	r := reader{b: all[codeSection]}
	for i := range r.number() {
		body := r.take(r.number())
		if numbers[firstFunction+i] {
			return body
		}
	}
	return nil
}

// tables is how many tables of powers of ten are in a module.
func tables(t *testing.T, module []byte) (n int) {
	t.Helper()
	all, err := sections(module)
	require.NoError(t, err)
	memory, err := image(all[dataSection])
	require.NoError(t, err)
	for at := 0; at+8 <= len(memory); at += 8 {
		if word(memory[at:], 0) == firstPower {
			n++
		}
	}
	return n
}
