//go:build !js

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario/library"
	"github.com/synodlab/synod/core/scenario/link"
)

// workerd is where npm puts Cloudflare's runtime for this platform.
const workerd = "node_modules/@cloudflare/workerd-linux-64/bin/workerd"

// Patience with a machine that is busy: the whole life of one workerd, its start,
// and one request.
const (
	lifeMax    = 5 * time.Minute
	startMax   = time.Minute
	requestMax = time.Minute
)

func TestTheWorkerInWorkerdAnswersAsTheNativeProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the worker and starts workerd")
	}
	t.Parallel()
	requireWorkerd(t)
	origin := serve(t, build(t))
	native := handler(judge)

	for _, entry := range library.All() {
		t.Run(entry.ID, func(t *testing.T) {
			got := same(t, origin, native, "POST", "/run", "text/plain", entry.Text)
			require.Equal(t, http.StatusOK, got.status, got.body)
			sameLink(t, origin, native, entry.Text, got.body)
		})
	}
	t.Run("examples", func(t *testing.T) {
		for _, text := range examples(t) {
			same(t, origin, native, "POST", "/run", "text/plain", text)
		}
	})
	t.Run("refusals", func(t *testing.T) {
		for _, text := range refused {
			got := same(t, origin, native, "POST", "/run", "text/plain", text)
			require.GreaterOrEqual(t, got.status, 400)
		}
		same(t, origin, native, "POST", "/run", "application/json", `{"link":7}`)
		same(t, origin, native, "POST", "/run", "application/json", `{"link":"#s=1.!"}`)
		same(t, origin, native, "GET", "/run", "", "")
		same(t, origin, native, "POST", "/", "", "")
		same(t, origin, native, "GET", "/nowhere", "", "")
	})
	t.Run("pages", func(t *testing.T) {
		same(t, origin, native, "GET", "/", "", "")
		same(t, origin, native, "GET", "/healthz", "", "")
	})
}

// requireWorkerd skips where workerd cannot be had, but never in CI.
func requireWorkerd(t *testing.T) {
	t.Helper()
	_, err := os.Stat(workerd)
	if err == nil {
		return
	}
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("workerd is pinned for linux/amd64 alone")
	}
	require.Empty(t, os.Getenv("CI"), "workerd is missing: run .ci/setup")
	t.Skip("workerd is missing: run .ci/setup")
}

// build makes the worker in a new folder, as `make build` does in this one.
func build(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	out := filepath.Join(dir, "build")
	command(t, nil, "go", "tool", "-modfile=../../.ci/tools.mod", "workers-assets-gen",
		"-mode=go", "-o", out)
	command(t, []string{"GOOS=js", "GOARCH=wasm"}, "go", "build", "-trimpath", "-ldflags=-s -w",
		"-o", filepath.Join(out, "app.wasm"), ".")
	for _, name := range []string{"config.capnp", "entry.mjs"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	return dir
}

func command(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s: %s", name, said)
}

// serve starts workerd on a free loopback port, waits until it listens, and ends
// it with the test.
func serve(t *testing.T, dir string) (origin string) {
	t.Helper()
	said, err := os.Create(filepath.Join(dir, "workerd.log"))
	require.NoError(t, err)
	events, theirs, err := os.Pipe()
	require.NoError(t, err)
	program, err := filepath.Abs(workerd)
	require.NoError(t, err)
	ctx, stop := context.WithTimeout(context.Background(), lifeMax)
	cmd := exec.CommandContext(ctx, program, "serve", "config.capnp",
		"--socket-addr=http=127.0.0.1:0", "--control-fd=3")
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = dir, said, said, []*os.File{theirs}
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // killed: its status says nothing
		_ = events.Close()
		_ = said.Close()
		if text, err := os.ReadFile(said.Name()); t.Failed() && err == nil {
			t.Logf("workerd said: %s", text)
		}
	})
	require.NoError(t, theirs.Close())
	return "http://127.0.0.1:" + strconv.Itoa(listening(t, events))
}

// listening reads workerd's reports until one names the port.
func listening(t *testing.T, events *os.File) (port int) {
	t.Helper()
	require.NoError(t, events.SetReadDeadline(time.Now().Add(startMax)))
	lines := bufio.NewScanner(events)
	for lines.Scan() {
		var report struct {
			Event, Socket string
			Port          int
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &report))
		if report.Event == "listen" && report.Socket == "http" {
			return report.Port
		}
	}
	require.Fail(t, "workerd never listened", "%v", lines.Err())
	return 0
}

// answered is what both the worker and the native program must say alike.
type answered struct {
	status int
	kind   string
	body   string
}

// same sends one request to workerd and to the native handler and wants equal
// answers: for /run that is every hash of the verdict.
func same(t *testing.T, origin string, native http.Handler, method, path, kind, body string,
) answered {
	t.Helper()
	var theirs answered
	var theirErr error
	var asked sync.WaitGroup
	asked.Go(func() {
		client := &http.Client{Timeout: requestMax}
		theirs, theirErr = fetch(client, origin, method, path, kind, body)
	})
	ours, ourErr := fetch(&http.Client{Transport: within{native}}, "http://native", method, path,
		kind, body)
	asked.Wait()
	require.NoError(t, errors.Join(theirErr, ourErr))
	require.Equal(t, ours, theirs, "%s %s %.200s", method, path, body)
	return ours
}

func fetch(client *http.Client, origin, method, path, kind, body string) (answered, error) {
	request, err := http.NewRequest(method, origin+path, strings.NewReader(body))
	if err != nil {
		return answered{}, err
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	response, err := client.Do(request)
	if err != nil {
		return answered{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answered{response.StatusCode, response.Header.Get("Content-Type"), string(text)}, err
}

func TestTheWorkersLoaderIsGosButForTheContext(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the assets generator")
	}
	out := filepath.Join(t.TempDir(), "build")
	command(t, nil, "go", "tool", "-modfile=../../.ci/tools.mod", "workers-assets-gen",
		"-mode=go", "-o", out)
	theirs, err := os.ReadFile(filepath.Join(out, "wasm_exec.js"))
	require.NoError(t, err)
	root, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	gos, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec.js"))
	require.NoError(t, err)
	for _, change := range loaderChanges {
		require.Equal(t, 1, bytes.Count(gos, []byte(change[0])), "%q", change[0])
		gos = bytes.Replace(gos, []byte(change[0]), []byte(change[1]), 1)
	}
	require.Equal(t, string(gos), string(theirs),
		"the worker's wasm_exec.js is of another Go: take another github.com/syumai/workers")
}

// loaderChanges are all that syumai/workers changes in Go's wasm_exec.js: the
// program sees the request's context as globalThis.context.
var loaderChanges = [][2]string{
	{"async run(instance) {", "async run(instance, context) {"},
	{
		"\t\t\tthis._values = [ // JS values",
		`			const globalProxy = new Proxy(globalThis, {
				get(target, prop) {
					if (prop === 'context') {
						return context;
					}
					return Reflect.get(target, prop, target);
				}
			})
			this._values = [ // JS values`,
	},
	{"\t\t\t\tglobalThis,\n", "\t\t\t\tglobalProxy,\n"},
	{"[globalThis, 5]", "[globalProxy, 5]"},
}

// sameLink wants the link of a verdict to hold its text. It sends the link, and wants the same run
// again: one run, for many prove no more of a link.
func sameLink(t *testing.T, origin string, native http.Handler, text, verdict string) {
	t.Helper()
	var run struct {
		TraceHash string `json:"trace_hash"`
		StateHash string `json:"state_hash"`
		Link      string `json:"link"`
	}
	require.NoError(t, json.Unmarshal([]byte(verdict), &run))
	require.Len(t, run.TraceHash, 16)
	require.Len(t, run.StateHash, 16)
	held, err := link.Decode(run.Link)
	require.NoError(t, err)
	require.Equal(t, text, held)
	if strings.Contains(text, "\neach seed ") || strings.Contains(text, "\nexplore ") {
		return
	}
	body, err := json.Marshal(map[string]string{"link": run.Link})
	require.NoError(t, err)
	again := same(t, origin, native, "POST", "/run", jsonType, string(body))
	require.Equal(t, verdict, again.body)
}

// refused are bodies of /run that are no scenario.
var refused = []string{
	"",
	"this is no scenario",
	"title a\nprotocol no-such-protocol\nservers S1 S2\n",
	"\xff\xfe",
	strings.Repeat("#", bodyMax),
	strings.Repeat("#", bodyMax+1),
}

// examples are the texts by which the language is tested.
func examples(t *testing.T) (texts []string) {
	t.Helper()
	names, err := filepath.Glob("../../core/scenario/testdata/examples/*.synod")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		texts = append(texts, string(text))
	}
	return texts
}

// within carries requests to a handler of this process.
type within struct{ to http.Handler }

// RoundTrip answers as the handler does.
func (in within) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	in.to.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}
