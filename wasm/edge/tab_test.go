//go:build !js

package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/scenario/library"
)

// sliceMax ends a run that a tab would never see ending: the language's limit on
// the events of one run.
const sliceMax = 1_000_000

// tab is an instance of synod.wasm, as a browser's worker holds one.
type tab struct {
	ctx      context.Context
	instance api.Module
}

func TestTheTabAnswersAsTheNativeProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and compiles the tab's program")
	}
	t.Parallel()
	open := tabs(t)
	for _, entry := range library.All() {
		t.Run(entry.ID, func(t *testing.T) {
			want, ran := scenario.RunJSON(nil, "", entry.Text)
			require.True(t, ran, "%s", want)
			in := open(t)
			in.write(t, entry.Text)
			require.Equal(t, uint64(1), in.call(t, "runfile", uint64(len(entry.Text))))
			require.Equal(t, string(want), in.out(t))
			for _, slice := range []uint64{1, 1000} {
				require.Equal(t, hashes(t, string(want)), in.sliced(t, entry.Text, slice),
					"in slices of %d events", slice)
			}
		})
	}
}

// tabs builds and compiles the tab's program, and opens new instances of it.
func tabs(t *testing.T) (open func(*testing.T) tab) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "synod.wasm")
	command(t, nil, "go", "run", "../synod/pack", "-o", file)
	program, err := os.ReadFile(file)
	require.NoError(t, err)
	ctx := context.Background()
	runtime := wazero.NewRuntime(ctx)
	t.Cleanup(func() { require.NoError(t, runtime.Close(ctx)) })
	wasi_snapshot_preview1.MustInstantiate(ctx, runtime)
	compiled, err := runtime.CompileModule(ctx, program)
	require.NoError(t, err)
	reactor := wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize")
	return func(t *testing.T) tab {
		t.Helper()
		instance, err := runtime.InstantiateModule(ctx, compiled, reactor)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, instance.Close(ctx)) })
		return tab{ctx, instance}
	}
}

func (in tab) call(t *testing.T, export string, args ...uint64) uint64 {
	t.Helper()
	results, err := in.instance.ExportedFunction(export).Call(in.ctx, args...)
	require.NoError(t, err, export)
	if len(results) == 0 {
		return 0
	}
	return results[0]
}

// write puts a text where the next export expects its input.
func (in tab) write(t *testing.T, text string) {
	t.Helper()
	at := in.call(t, "input", uint64(len(text)))
	require.True(t, in.instance.Memory().WriteString(uint32(at), text))
}

// out is the text result of the export called last.
func (in tab) out(t *testing.T) string {
	t.Helper()
	at, n := in.call(t, "out"), in.call(t, "outlen")
	text, ok := in.instance.Memory().Read(uint32(at), uint32(n))
	require.True(t, ok)
	return string(text)
}

// sliced runs the first run of a text a few events at a time, as the page does.
func (in tab) sliced(t *testing.T, text string, slice uint64) [2]string {
	t.Helper()
	in.write(t, text)
	require.Equal(t, uint64(1), in.call(t, "open", uint64(len(text)), 0, 0))
	state := uint64(0)
	for range sliceMax {
		if state = in.call(t, "advance", slice); state != 0 {
			break
		}
	}
	require.Equal(t, uint64(1), state, "the run ends")
	require.Equal(t, uint64(1), in.call(t, "verdict"))
	return hashes(t, in.out(t))
}

// hashes are what must be equal wherever a run takes place.
func hashes(t *testing.T, verdict string) [2]string {
	t.Helper()
	var run struct {
		TraceHash string `json:"trace_hash"`
		StateHash string `json:"state_hash"`
	}
	require.NoError(t, json.Unmarshal([]byte(verdict), &run))
	require.Len(t, run.TraceHash, 16)
	return [2]string{run.TraceHash, run.StateHash}
}
