// Package tests holds what must be true of the page in a real browser. It builds the page with the
// core as they stand in this checkout, and serves it on loopback.
package tests

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/synodlab/synod/core/scenario/library"
	"github.com/synodlab/synod/playground"
)

const chromium = "/usr/bin/chromium"

// What the tests share: the built page, where it is served, and the browser.
var (
	site    string
	address string
	browser context.Context // one browser, that every test opens its tabs in
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if _, err := os.Stat(chromium); err != nil && os.Getenv("CI") == "" {
		fmt.Println("skipped: there is no", chromium)
		return 0
	}
	dir, err := os.MkdirTemp("", "synod-page")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	if err := build(dir); err != nil {
		fmt.Println("building the page:", err)
		return 1
	}
	site = filepath.Join(dir, "site")
	server := httptest.NewServer(playground.New(os.DirFS(site), playground.Options{}))
	defer server.Close()
	address = server.URL
	stop, err := launch(filepath.Join(dir, "browser"))
	if err != nil {
		fmt.Println("starting the browser:", err)
		return 1
	}
	defer stop()
	return m.Run()
}

// launch starts the browser.
func launch(data string) (stop func(), err error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(data))
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, leave := chromedp.NewContext(allocator)
	browser = ctx
	return func() { leave(); end() }, chromedp.Do(ctx)
}

// build makes the core, the library and the page in dir. SYNOD_WASM names a core that was built
// before; without, it is built here.
func build(dir string) error {
	wasm, shelf := os.Getenv("SYNOD_WASM"), filepath.Join(dir, "library.json")
	if wasm == "" {
		wasm = filepath.Join(dir, "synod.wasm")
		if err := inRoot(exec.Command("go", "run", "./wasm/synod/pack", "-o", wasm)); err != nil {
			return err
		}
	}
	if err := os.WriteFile(shelf, entries(), 0o600); err != nil {
		return err
	}
	return inRoot(exec.Command("go", "run", "./playground/bundle", "-wasm", wasm,
		"-library", shelf, "-out", filepath.Join(dir, "site")))
}

func inRoot(c *exec.Cmd) error {
	c.Dir = filepath.Join("..", "..")
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", c.Args, err, said)
	}
	return nil
}

// entries is the library in the form of `synod library --json`.
func entries() []byte {
	cards, err := library.Index()
	if err != nil {
		panic(err) // the library has its own tests
	}
	type entry struct {
		ID       string   `json:"id"`
		Title    string   `json:"title"`
		Document string   `json:"document"`
		Place    string   `json:"place"`
		Text     string   `json:"text"`
		Next     []string `json:"next"`
		Previous []string `json:"previous"`
	}
	all := make([]entry, len(cards))
	for i, c := range cards {
		all[i] = entry{c.ID, c.Title, c.Document, c.Place, c.Text,
			append([]string{}, c.Next...), append([]string{}, c.Previous...)}
	}
	data, err := json.Marshal(all)
	if err != nil {
		panic(err) // strings alone
	}
	return data
}
