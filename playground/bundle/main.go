// Bundle makes the page: it bundles the TypeScript of playground/src, copies what is served as it
// stands, brings in the core and the library, and compresses each file beside itself. The result is
// a directory that any static server can serve, under any path.
//
//	go run ./playground/bundle -wasm bin/synod.wasm -library bin/library.json -out playground/dist
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// kept is the one file of the output that is part of the repository.
const kept = "unbuilt.html"

func main() {
	source := flag.String("source", "playground", "directory of the page's sources")
	wasm := flag.String("wasm", "bin/synod.wasm", "the core, built as a WASI reactor")
	library := flag.String("library", "bin/library.json", "what `synod library --json` prints")
	out := flag.String("out", "playground/dist", "directory to fill; what it held is removed")
	public := flag.String("public-url", "", "where shared links begin, if not at the page")
	tests := flag.String("tests", "", "bundle the tests of this directory instead, for node")
	flag.Parse()
	if *tests != "" {
		exit(bundleTests(*tests, *out))
		return
	}
	exit(build(*source, *wasm, *library, *out, *public))
}

// exit ends the command with err, if there is one.
func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

func build(source, wasm, library, out, public string) error {
	if err := empty(out); err != nil {
		return err
	}
	if err := bundle(source, out); err != nil {
		return err
	}
	files := map[string]string{
		"style.css":    filepath.Join(source, "style.css"),
		"icon.svg":     filepath.Join(source, "icon.svg"),
		"synod.wasm":   wasm,
		"library.json": library,
	}
	for name, from := range files {
		if err := copyFile(filepath.Join(out, name), from); err != nil {
			return err
		}
	}
	if err := writeIndex(source, out, public); err != nil {
		return err
	}
	if err := writeLicenses(source, out); err != nil {
		return err
	}
	// Who serves a cluster answers here in its own words; a static site has no nodes.
	none := []byte("{\"nodes\":[]}\n")
	if err := os.WriteFile(filepath.Join(out, "cluster.json"), none, 0o644); err != nil {
		return err
	}
	return compressAll(out)
}

// empty makes out an empty directory, but for the file that belongs to the repository.
func empty(out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(out)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == kept {
			continue
		}
		if err := os.RemoveAll(filepath.Join(out, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// bundle makes main.js and the chunks that it loads later as modules, and the worker as a classic
// script, which every browser starts.
func bundle(source, out string) error {
	page := options(source, out, "main.ts")
	page.Format, page.Splitting = api.FormatESModule, true
	page.ChunkNames = "chunk-[name]-[hash]"
	worker := options(source, out, "worker.ts")
	worker.Format = api.FormatIIFE
	return run(page, worker)
}

// bundleTests makes one module for node of each *.test.ts of a directory.
func bundleTests(dir, out string) error {
	tests, err := filepath.Glob(filepath.Join(dir, "*.test.ts"))
	if err != nil {
		return err
	}
	if err := empty(out); err != nil {
		return err
	}
	return run(api.BuildOptions{
		EntryPoints: tests, Outdir: out, Bundle: true, Write: true, Format: api.FormatESModule,
		Platform: api.PlatformNode, OutExtension: map[string]string{".js": ".mjs"},
		Sourcemap: api.SourceMapInline, LogLevel: api.LogLevelSilent,
	})
}

// run builds each of bundles, and reports what esbuild has against it.
func run(bundles ...api.BuildOptions) error {
	for _, o := range bundles {
		result := api.Build(o)
		if len(result.Errors) > 0 {
			text := api.FormatMessages(result.Errors, api.FormatMessagesOptions{})
			return fmt.Errorf("%s", strings.Join(text, ""))
		}
	}
	return nil
}

func options(source, out, entry string) api.BuildOptions {
	return api.BuildOptions{
		EntryPoints:       []string{filepath.Join(source, "src", entry)},
		Outdir:            out,
		Bundle:            true,
		Write:             true,
		MinifySyntax:      true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		Target:            api.ES2022,
		LegalComments:     api.LegalCommentsNone,
		LogLevel:          api.LogLevelSilent,
	}
}

// writeIndex copies index.html, and says in it where shared links begin if that is given.
func writeIndex(source, out, public string) error {
	text, err := os.ReadFile(filepath.Join(source, "index.html"))
	if err != nil {
		return err
	}
	if public != "" {
		meta := fmt.Sprintf("<meta name=\"public-url\" content=%q>\n</head>", public)
		text = []byte(strings.Replace(string(text), "</head>", meta, 1))
	}
	return os.WriteFile(filepath.Join(out, "index.html"), text, 0o644)
}

func copyFile(to, from string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}
