package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// recordings runs a cluster that records, kills and restarts a node of it, and returns the files.
func recordings(t *testing.T) (files []string) {
	c := newProcesses(t)
	file := func(i int, what string) string {
		name := filepath.Join(c.dir, fmt.Sprintf("%d%s.transcript", i, what))
		files = append(files, name)
		return name
	}
	for i := range c.places {
		c.start(i+1, "--record", file(i+1, ""))
	}
	leader := c.leader()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	client := c.client(leader%playNodes + 1)
	put := func(count int) {
		for i := range count {
			_, err := client.Put(ctx, fmt.Sprint("k", i), strings.Repeat("v", 100*i))
			require.NoError(t, err)
		}
	}
	put(50)
	time.Sleep(1500 * time.Millisecond) // a recording is written each second
	c.kill(leader)
	c.leader()
	put(20)
	c.start(leader, "--record", file(leader, "again"))
	put(20)
	for i := range c.places {
		require.NoError(t, c.stop(i+1))
	}
	return files
}

// TestARecordedRunIsTheSameNativelyAndInWasm replays what three real processes did, one of which
// was killed and restarted from its log (B-32).
func TestARecordedRunIsTheSameNativelyAndInWasm(t *testing.T) {
	files := recordings(t)
	tab := newTab(t)
	seen := map[string]bool{}
	for _, file := range files {
		out, log, code := run(t, "replay", file)
		require.Zero(t, code, log)
		var hash string
		var events, drains uint64
		_, err := fmt.Sscanf(out, "%s %d events, %d drains", &hash, &events, &drains)
		require.NoError(t, err, out)
		require.Greater(t, drains, uint64(20), out)
		seen[hash] = true
		recorded, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("%s %d %d", hash, events, drains), tab.replay(recorded))
	}
	require.Len(t, seen, len(files), "every run is another")
}

func TestWhatIsNoRecordingIsRefused(t *testing.T) {
	dir := t.TempDir()
	empty, garbage := filepath.Join(dir, "empty"), filepath.Join(dir, "garbage")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	require.NoError(t, os.WriteFile(garbage, bytes.Repeat([]byte{7, 0, 0, 0, 0}, 100), 0o600))
	for _, file := range []string{empty, garbage, filepath.Join(dir, "missing"), dir} {
		_, log, code := run(t, "replay", file)
		require.Equal(t, exitBad, code)
		require.NotEmpty(t, log)
	}
}

// tab is the program of the tab, under wazero.
type tab struct {
	t      *testing.T
	module api.Module
}

func newTab(t *testing.T) *tab {
	file := filepath.Join(t.TempDir(), "synod.wasm")
	ctx, cancel := context.WithTimeout(t.Context(), buildPatience)
	defer cancel()
	build := exec.CommandContext(ctx, "go", "build", "-buildmode=c-shared", "-o", file,
		"../../wasm/synod")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	said, err := build.CombinedOutput()
	require.NoError(t, err, string(said))
	binary, err := os.ReadFile(file)
	require.NoError(t, err)
	r := wazero.NewRuntime(t.Context())
	t.Cleanup(func() { _ = r.Close(context.Background()) })
	wasi_snapshot_preview1.MustInstantiate(t.Context(), r)
	m, err := r.InstantiateWithConfig(t.Context(), binary,
		wazero.NewModuleConfig().WithStartFunctions("_initialize"))
	require.NoError(t, err)
	return &tab{t, m}
}

func (w *tab) call(name string, args ...uint64) uint32 {
	results, err := w.module.ExportedFunction(name).Call(w.t.Context(), args...)
	require.NoError(w.t, err, name)
	return uint32(results[0])
}

// replay plays a recording in pieces, as the page does, and returns the result.
func (w *tab) replay(recorded []byte) string {
	const piece = 100_001
	w.call("replay", 0)
	for len(recorded) > 0 {
		n := min(piece, len(recorded))
		at := w.call("input", uint64(n))
		require.True(w.t, w.module.Memory().Write(at, recorded[:n]))
		require.EqualValues(w.t, 1, w.call("replay", uint64(n)), w.result())
		recorded = recorded[n:]
	}
	return w.result()
}

func (w *tab) result() string {
	b, ok := w.module.Memory().Read(w.call("out"), w.call("outlen"))
	require.True(w.t, ok)
	return string(b)
}
