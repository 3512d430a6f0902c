// Package core_test keeps the rules of the house: who may import whom, what a
// file looks like, and what the tab has to download. A rule that no test reads
// is a wish.
package core_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// module is the path that every import of ours begins with.
const module = "github.com/synodlab/synod/"

// house is the repository's top, seen from this folder.
const house = ".."

// topLevel is all that a visitor sees first; bin is what make builds.
var topLevel = []string{
	"LICENSE", "Makefile", "README.md", "bin", "core", "go.mod", "go.sum", "native", "playground",
	"wasm",
}

// notInCore costs the tab its size (fmt, encoding/json, reflect, net) or a run
// its determinism (time, math/rand, os, sync). A path covers what lies below it.
var notInCore = []string{
	"crypto", "encoding/json", "fmt", "io/ioutil", "log", "math/rand", "net", "os",
	"os/exec", "reflect", "runtime", "sync", "syscall", "text", "time",
}

// room is what the packages at and below one folder may import directly.
type room struct {
	dir     string
	ours    []string // folders of this module; "core" means any package of core
	library []string // nil: whatever the rest of the house allows
	foreign []string // modules of others
}

// embedded are how a package of core may hold files: the library of scenarios does.
var embedded = []string{"embed", "io/fs"}

// rooms is the table of who may import whom; the longest matching dir holds.
// Packages of the same room may import each other.
var rooms = []room{
	{dir: "core/paxos", library: []string{"encoding/binary", "errors", "math/bits"}},
	{dir: "core/trace"},
	{dir: "core/kv", ours: []string{"core/paxos"}, foreign: []string{"github.com/tidwall/btree"}},
	{dir: "core/sim", ours: []string{"core/trace"}},
	{dir: "core/check", ours: []string{"core/trace"}},
	{dir: "core/diagram", ours: []string{"core/trace"}},
	{dir: "core/protocols", ours: []string{"core/paxos", "core/kv", "core/sim", "core/check",
		"core/trace"}},
	{dir: "core/explore", ours: []string{"core/sim", "core/check", "core/trace"}},
	{dir: "core/scenario", ours: []string{"core"}},
	{dir: "native/node", ours: []string{"core/paxos", "core/kv", "core/trace", "native/disk",
		"native/wire"}, foreign: []string{"*"}},
}

// source is one Go file and what it imports directly.
type source struct {
	dir, name string // dir relative to the house, with slashes
	imports   []string
}

func (s source) test() bool   { return strings.HasSuffix(s.name, "_test.go") }
func (s source) path() string { return path.Join(s.dir, s.name) }
func (s source) in(dir string) bool {
	return under(s.dir, dir)
}

// under tells whether p is dir or lies below it.
func under(p, dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }

func underAny(p string, dirs []string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool { return under(p, dir) })
}

// built names the folders that hold what a tool made, not what a person wrote.
func built(name string) bool {
	return name == "node_modules" || name == "dist" || name == "build" || name == "testdata" ||
		name == "bin" || strings.HasPrefix(name, ".") && name != "." && name != ".."
}

// files lists the house's written files with one of these endings.
func files(t *testing.T, endings ...string) []string {
	t.Helper()
	var found []string
	walk := func(p string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if d.IsDir() && built(d.Name()) {
			return filepath.SkipDir
		}
		if !d.IsDir() && slices.Contains(endings, filepath.Ext(p)) {
			rel, err := filepath.Rel(house, p)
			require.NoError(t, err)
			found = append(found, filepath.ToSlash(rel))
		}
		return nil
	}
	require.NoError(t, filepath.WalkDir(house, walk))
	require.NotEmpty(t, found)
	return found
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	for _, name := range files(t, ".go") {
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(house, name), nil,
			parser.ImportsOnly)
		require.NoError(t, err)
		s := source{dir: path.Dir(name), name: path.Base(name)}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			s.imports = append(s.imports, imported)
		}
		all = append(all, s)
	}
	return all
}

func roomOf(dir string) (room, bool) {
	best, found := room{}, false
	for _, r := range rooms {
		if under(dir, r.dir) && len(r.dir) >= len(best.dir) {
			best, found = r, true
		}
	}
	return best, found
}

// foreignTo tells a module of others from the standard library.
func foreignTo(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return strings.Contains(first, ".")
}

// refusal says why a file of room r may not import this, or nothing if it may.
func (r room) refusal(imported string) string {
	ours, isOurs := strings.CutPrefix(imported, module)
	switch {
	case isOurs && !under(ours, r.dir) && !underAny(ours, r.ours):
		return "may import of ours only " + strings.Join(r.ours, " ")
	case isOurs:
		return ""
	case foreignTo(imported) && !slices.Contains(r.foreign, "*") &&
		!underAny(imported, r.foreign):
		return "may import of others only " + strings.Join(r.foreign, " ")
	case !foreignTo(imported) && r.library != nil && !slices.Contains(r.library, imported):
		return "may import of the library only " + strings.Join(r.library, " ")
	}
	return ""
}

func TestEachRoomImportsOnlyWhatItsTableSays(t *testing.T) {
	for _, s := range sources(t) {
		r, found := roomOf(s.dir)
		if s.test() || !found {
			continue
		}
		for _, imported := range s.imports {
			if why := r.refusal(imported); why != "" {
				t.Errorf("%s imports %s: %s %s", s.path(), imported, r.dir, why)
			}
		}
	}
}

func TestEveryPackageOfCoreHasARoom(t *testing.T) {
	for _, s := range sources(t) {
		if s.in("core") && !s.test() {
			_, found := roomOf(s.dir)
			require.True(t, found, "%s: %s is not in the table of rooms", s.path(), s.dir)
		}
	}
}

func TestCoreImportsNothingThatCostsTheTabOrTheRun(t *testing.T) {
	for _, s := range sources(t) {
		if !s.in("core") || s.test() {
			continue
		}
		for _, imported := range s.imports {
			if underAny(imported, notInCore) {
				t.Errorf("%s imports %s", s.path(), imported)
			}
			if under(imported, "compress") && !s.in("core/scenario/link") {
				t.Errorf("%s imports %s: the page has CompressionStream", s.path(), imported)
			}
			if slices.Contains(embedded, imported) && !s.in("core/scenario/library") {
				t.Errorf("%s imports %s: only the library has files", s.path(), imported)
			}
		}
	}
}

func TestOnlyWireImportsTheWebSocketLibrary(t *testing.T) {
	for _, s := range sources(t) {
		if s.in("native/wire") {
			continue
		}
		for _, imported := range s.imports {
			if under(imported, "nhooyr.io/websocket") {
				t.Errorf("%s imports %s: sockets are native/wire's", s.path(), imported)
			}
		}
	}
}

func TestThePageAndTheTabImportNothingNative(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() || !(s.in("wasm") || s.in("playground") && !s.in("playground/tests")) {
			continue
		}
		for _, imported := range s.imports {
			if under(imported, module+"native") {
				t.Errorf("%s imports %s", s.path(), imported)
			}
		}
	}
}

func TestTheTopLevelShowsNothingElse(t *testing.T) {
	entries, err := os.ReadDir(house)
	require.NoError(t, err)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			require.Contains(t, topLevel, e.Name())
		}
	}
}

// TestToolsAndProductPinOneVersion: the loader of the worker, the runtime of the
// wasm tests and the page's bundler each have a half in both module files.
func TestToolsAndProductPinOneVersion(t *testing.T) {
	for _, shared := range []string{
		"github.com/evanw/esbuild", "github.com/syumai/workers", "github.com/tetratelabs/wazero",
	} {
		product, tools := pinned(t, "go.mod", shared), pinned(t, ".ci/tools.mod", shared)
		require.NotEmpty(t, product, shared)
		require.Equal(t, product, tools, shared)
	}
}

// pinned is the version of a module in a module file, or nothing.
func pinned(t *testing.T, file, wanted string) string {
	t.Helper()
	for _, line := range lines(t, file) {
		words := strings.Fields(strings.TrimPrefix(line, "require "))
		if len(words) >= 2 && words[0] == wanted {
			return words[1]
		}
	}
	return ""
}

func TestLockfilesNameNoRegistry(t *testing.T) {
	for _, file := range []string{"playground/package-lock.json", "wasm/edge/package-lock.json"} {
		text := strings.Join(lines(t, file), "\n")
		require.NotContains(t, text, `"resolved"`, file)
		require.Contains(t, text, `"integrity"`, file)
	}
}

func TestTheTableOfRoomsRefuses(t *testing.T) {
	paxos, _ := roomOf("core/paxos")
	require.NotEmpty(t, paxos.refusal("strings"))
	require.NotEmpty(t, paxos.refusal(module+"core/trace"))
	require.NotEmpty(t, paxos.refusal("github.com/tidwall/btree"))
	require.Empty(t, paxos.refusal("math/bits"))
	link, _ := roomOf("core/scenario/link")
	require.Equal(t, "core/scenario", link.dir)
	require.Empty(t, link.refusal(module+"core/scenario"))
	require.NotEmpty(t, link.refusal(module+"native/node"))
	kv, _ := roomOf("core/kv")
	require.Empty(t, kv.refusal("github.com/tidwall/btree"))
	require.NotEmpty(t, kv.refusal("github.com/tidwall/btreelike"))
	require.True(t, underAny("os/exec", notInCore))
	require.False(t, underAny("osmosis", notInCore))
}
