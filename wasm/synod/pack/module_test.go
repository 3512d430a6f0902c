package main

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// small is a reactor that collects garbage, and then panics three calls deep.
const small = `package main

import "runtime"

func main() {}

//go:wasmexport fall
func fall(n uint32) {
	kept := make([][]byte, 8)
	for i := range 1000 {
		kept[i%8] = make([]byte, 1<<14)
	}
	runtime.GC()
	if n == 0 {
		panic("over the edge")
	}
	fall(n - 1)
}
`

// TestAPackedProgramCollectsAndItsPanicNamesFunctions runs what pack made: the stack is unwound by
// the collector and by the panic.
func TestAPackedProgramCollectsAndItsPanicNamesFunctions(t *testing.T) {
	module := built(t, small)
	_, stack, err := call(t, module, "fall", 3)
	require.Error(t, err)
	require.Contains(t, stack, "main.go:")
	packed, cleared, err := pack(module)
	require.NoError(t, err)
	require.True(t, cleared)
	_, stack, err = call(t, packed, "fall", 3)
	require.Error(t, err)
	require.Contains(t, stack, "over the edge")
	require.Contains(t, stack, "main.fall")
	require.NotContains(t, stack, "main.go")
	require.NotContains(t, stack, "runtime.?")
}

// call calls an export of a module, and returns its result and what it said if it fell.
func call(t *testing.T, module []byte, export string, n uint64) ([]uint64, string, error) {
	t.Helper()
	var said writer
	r := wazero.NewRuntime(t.Context())
	defer func() { require.NoError(t, r.Close(t.Context())) }()
	wasi_snapshot_preview1.MustInstantiate(t.Context(), r)
	m, err := r.InstantiateWithConfig(t.Context(), module,
		wazero.NewModuleConfig().WithStartFunctions("_initialize").WithStderr(&said))
	require.NoError(t, err)
	result, err := m.ExportedFunction(export).Call(t.Context(), n)
	return result, string(said), err
}

type writer []byte

func (w *writer) Write(b []byte) (int, error) {
	*w = append(*w, b...)
	return len(b), nil
}

func TestWhatIsNoModuleIsRefused(t *testing.T) {
	for _, b := range []string{
		"", "\x00asm", "\x00asm\x01\x00\x00\x00\x0b", "\x7fELF\x01\x00\x00\x00",
		"\x00asm\x01\x00\x00\x00\x0b\x06\x01\x00\x41\xff\xff\xff", // an address that does not end
		"\x00asm\x01\x00\x00\x00\x0b\x05\x01\x00\x41\x10\x0b",     // fewer bytes than said
	} {
		_, _, err := pack([]byte(b))
		require.Error(t, err, "%q", b)
	}
}
