//go:build !wasip1

package main_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
)

// patience is how long a build or a cluster may take, on a machine that may be busy.
const patience = 5 * time.Minute

func build(t *testing.T, out string, env []string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, "go", append([]string{"build", "-o", out}, args...)...)
	c.Env = append(os.Environ(), env...)
	said, err := c.CombinedOutput()
	require.NoError(t, err, string(said))
}

// TestWhatThreeProcessesDidIsTheSameInWasm records a real cluster that clients write to, and
// replays each node's recording with the command and with the program of the tab: one hash
// (B-32).
func TestWhatThreeProcessesDidIsTheSameInWasm(t *testing.T) {
	dir := t.TempDir()
	synod, wasm := filepath.Join(dir, "synod"), filepath.Join(dir, "synod.wasm")
	build(t, synod, nil, "../../native/synod")
	c := exec.CommandContext(t.Context(), "go", "run", "./pack", "-o", wasm)
	said, err := c.CombinedOutput()
	require.NoError(t, err, string(said))
	recordCluster(t, synod, dir)
	binary, err := os.ReadFile(wasm)
	require.NoError(t, err)
	tab := newTab(t, binary)
	for i := range 3 {
		file := filepath.Join(dir, fmt.Sprintf("node%d.transcript", i+1))
		said, err := exec.CommandContext(t.Context(), synod, "replay", file).CombinedOutput()
		require.NoError(t, err, string(said))
		var hash string
		var events, drains uint64
		_, err = fmt.Sscanf(string(said), "%s %d events, %d drains", &hash, &events, &drains)
		require.NoError(t, err, string(said))
		require.Greater(t, events, uint64(200))
		recorded, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("%s %d %d", hash, events, drains), tab.replay(recorded))
		t.Logf("node %d: %s", i+1, said)
	}
}

// recordCluster runs three nodes with synod play, writes through all of them, and ends them.
func recordCluster(t *testing.T, synod, dir string) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, synod, "play", "--record", dir)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	var said strings.Builder
	r := bufio.NewReader(out)
	for !strings.Contains(said.String(), "Ctrl-C") {
		line, err := r.ReadString('\n')
		require.NoError(t, err, said.String())
		said.WriteString(line)
	}
	found := regexp.MustCompile(`--endpoints (\S+) `).FindStringSubmatch(said.String())
	require.Len(t, found, 2, said.String())
	for _, endpoint := range strings.Split(found[1], ",") {
		client, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint},
			Logger: zap.NewNop()})
		require.NoError(t, err)
		for i := range 60 {
			_, err := client.Put(ctx, fmt.Sprint("k", i), strings.Repeat("v", 200*i))
			for err != nil && ctx.Err() == nil { // leaders change on a machine that is busy
				_, err = client.Put(ctx, fmt.Sprint("k", i), strings.Repeat("v", 200*i))
			}
			require.NoError(t, err)
		}
		require.NoError(t, client.Close())
	}
	require.NoError(t, c.Process.Signal(os.Interrupt))
	require.NoError(t, c.Wait())
}

// tab is the program of the tab, under wazero.
type tab struct {
	t      *testing.T
	module api.Module
}

func newTab(t *testing.T, binary []byte) *tab {
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

// replay plays a recording in pieces, as a page does, and returns the result.
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
