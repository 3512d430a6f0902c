package core_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// brotliMax is what the tab may download before it can run anything: bytes of
// synod.wasm at brotli's best. The goal is 650,000; this is where the program stands,
// so that it does not grow unseen. Go's runtime alone takes 163,000 of it. Without brotli
// the same size is judged by gzip, which packs a Go program 1.37 times as large.
const (
	brotliMax = 625_000
	gzipMax   = brotliMax * 138 / 100
)

// notInTheTab are packages that a direct import would not show: another library
// may bring them in.
var notInTheTab = []string{
	"fmt", "encoding/json", "net/http", "compress/flate", "text/template", "regexp", "net",
}

// tab runs the go command for the tab's platform in wasm/synod.
func tab(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = filepath.Join(house, "wasm", "synod")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	require.NoError(t, err, "go %s: %s", strings.Join(args, " "), complaint.String())
	return string(out)
}

func TestTheTabLinksNothingHeavy(t *testing.T) {
	deps := strings.Fields(tab(t, "list", "-deps", "."))
	require.Contains(t, deps, "runtime")
	for _, heavy := range notInTheTab {
		require.NotContains(t, deps, heavy)
	}
}

func TestTheTabDownloadsAtMostItsBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and packs the tab's program")
	}
	program := filepath.Join(t.TempDir(), "synod.wasm")
	said, err := exec.Command("go", "run", module+"wasm/synod/pack", "-o", program).CombinedOutput()
	require.NoError(t, err, string(said))
	require.NotContains(t, string(said), "otherwise")
	if _, err := exec.LookPath("brotli"); err == nil {
		packed, err := exec.Command("brotli", "--best", "--stdout", program).Output()
		require.NoError(t, err)
		t.Logf("%d bytes by brotli", len(packed))
		require.LessOrEqual(t, len(packed), brotliMax)
		return
	}
	size := gzipped(t, program)
	t.Logf("%d bytes by gzip", size)
	require.LessOrEqual(t, size, gzipMax)
}

func gzipped(t *testing.T, name string) int {
	t.Helper()
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	require.NoError(t, err)
	_, err = io.Copy(w, file)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return packed.Len()
}
