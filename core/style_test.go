package core_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// Limits of a file that a person reads; a tab is as wide as four columns.
const (
	columns  = 100
	fileMax  = 600
	tabWidth = 4
)

// nameless are words that say nothing about what a file or a folder holds.
var nameless = []string{"common", "helper", "helpers", "impl", "manager", "misc", "util", "utils"}

// later matches the marks of work put off. It is in parts so as not to match itself.
var later = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)

func lines(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(house, name))
	require.NoError(t, err)
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

func width(line string) int {
	return utf8.RuneCountInString(line) + (tabWidth-1)*strings.Count(line, "\t")
}

func TestLinesFitInAHundredColumns(t *testing.T) {
	for _, name := range files(t, ".go", ".ts") {
		for i, line := range lines(t, name) {
			if w := width(line); w > columns {
				t.Errorf("%s:%d: %d columns", name, i+1, w)
			}
		}
	}
}

func TestFilesHoldAtMostSixHundredLines(t *testing.T) {
	for _, name := range files(t, ".go", ".ts", ".mjs", ".css") {
		if n := len(lines(t, name)); n > fileMax {
			t.Errorf("%s: %d lines", name, n)
		}
	}
}

func TestNamesSayWhatAFileHolds(t *testing.T) {
	for _, name := range files(t, ".go", ".ts", ".mjs", ".css") {
		for part := range strings.SplitSeq(strings.TrimSuffix(name, filepath.Ext(name)), "/") {
			words := strings.FieldsFunc(strings.ToLower(part), func(r rune) bool {
				return r == '_' || r == '-' || r == '.'
			})
			for _, word := range words {
				if slices.Contains(nameless, word) {
					t.Errorf("%s: %q names nothing", name, word)
				}
			}
		}
	}
}

func TestNothingIsPutOff(t *testing.T) {
	for _, name := range files(t, ".go", ".ts", ".mjs", ".css", ".html", ".synod", ".md") {
		for i, line := range lines(t, name) {
			if later.MatchString(line) {
				t.Errorf("%s:%d: %s", name, i+1, strings.TrimSpace(line))
			}
		}
	}
}

func TestEveryExportedNameOfCoreIsDocumented(t *testing.T) {
	for _, name := range files(t, ".go") {
		if !strings.HasPrefix(name, "core/") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, filepath.Join(house, name), nil, parser.ParseComments)
		require.NoError(t, err)
		for _, bare := range undocumented(parsed) {
			t.Errorf("%s:%d: %s has no doc comment", name, set.Position(bare.Pos()).Line, bare.Name)
		}
	}
}

func TestEveryPackageOfCoreIsExplained(t *testing.T) {
	explained := map[string]bool{}
	for _, name := range files(t, ".go") {
		if !strings.HasPrefix(name, "core/") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(house, name), nil,
			parser.ParseComments|parser.PackageClauseOnly)
		require.NoError(t, err)
		dir := filepath.Dir(name)
		explained[dir] = explained[dir] || parsed.Doc != nil
	}
	for dir, ok := range explained {
		require.True(t, ok, "%s has no package comment", dir)
	}
}

// undocumented lists the exported names of a file that no comment explains. A
// comment behind a name explains it too, and so does one above a group of values
// or of aliases.
func undocumented(file *ast.File) []*ast.Ident {
	var bare []*ast.Ident
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && reachable(d.Recv) {
				bare = append(bare, d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				bare = append(bare, undocumentedIn(spec, d)...)
			}
		}
	}
	return bare
}

func undocumentedIn(spec ast.Spec, group *ast.GenDecl) []*ast.Ident {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		alone := group.Doc != nil && (!group.Lparen.IsValid() || s.Assign.IsValid())
		if s.Name.IsExported() && s.Doc == nil && s.Comment == nil && !alone {
			return []*ast.Ident{s.Name}
		}
	case *ast.ValueSpec:
		if s.Doc != nil || s.Comment != nil || group.Doc != nil {
			return nil
		}
		return slices.DeleteFunc(slices.Clone(s.Names), func(id *ast.Ident) bool {
			return !id.IsExported()
		})
	}
	return nil
}

// reachable tells whether a function is no method, or one of an exported type.
func reachable(receiver *ast.FieldList) bool {
	if receiver == nil {
		return true
	}
	kind := receiver.List[0].Type
	if star, ok := kind.(*ast.StarExpr); ok {
		kind = star.X
	}
	if generic, ok := kind.(*ast.IndexExpr); ok {
		kind = generic.X
	}
	id, ok := kind.(*ast.Ident)
	return !ok || id.IsExported()
}

func TestABareExportedNameIsFound(t *testing.T) {
	const text = `package p
type A int
// B is explained.
type B struct{}
func (b *B) C() {}
func (b *B) d() {}
type e int
func (e) F() {}
const (
	G = 1
	H = 2 // explained
)
// Explained.
var (
	I, J int
)
`
	parsed, err := parser.ParseFile(token.NewFileSet(), "p.go", text, parser.ParseComments)
	require.NoError(t, err)
	var names []string
	for _, id := range undocumented(parsed) {
		names = append(names, id.Name)
	}
	require.Equal(t, []string{"A", "C", "G"}, names)
	require.Equal(t, 9, width("\tabcd\t"[:5])+1)
	require.True(t, later.MatchString("// TO"+"DO: x"))
}
