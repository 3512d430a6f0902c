// Command mutants breaks the core one rule at a time and sees that the tests notice.
//
//	go run ./.ci/mutants [-run NAME] [-check]
//
// The table beside it holds the mutants. Each replaces lines of one file, which must be there
// exactly once, by others; the tests of its package are then built with the broken file through
// go's -overlay: no file of the repository changes. A mutant that no test notices fails the run,
// unless the table argues that it is equivalent; then one that is noticed does. With -check the
// table alone is judged.
package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

//go:embed table.txt
var table string

// mutant is one entry of the table.
type mutant struct {
	name       string
	file       string
	old, new   string
	equivalent string // why no test can notice; empty: one must
}

func main() {
	only := flag.String("run", "", "only the mutants whose names match this expression")
	check := flag.Bool("check", false, "judge the table, run nothing")
	flag.Parse()
	if err := run(*only, *check); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(only string, check bool) error {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	all, err := parse(table)
	if err != nil {
		return err
	}
	begin, killed, lived, survived := time.Now(), 0, 0, 0
	var faults []error
	for _, m := range all {
		broken, err := m.apply()
		if err != nil {
			faults = append(faults, err)
		}
		if err != nil || check || !wanted.MatchString(m.name) {
			continue
		}
		switch lives, err := m.test(broken); {
		case err != nil:
			faults = append(faults, err)
		case !lives:
			killed++
		case m.equivalent != "":
			lived++
		default:
			survived++
		}
	}
	if !check {
		fmt.Printf("%d killed, %d equivalent, %d survived, in %v\n",
			killed, lived, survived, time.Since(begin).Round(time.Second))
	}
	if survived > 0 {
		faults = append(faults, errSurvived)
	}
	return errors.Join(faults...)
}

var errSurvived = errors.New("a mutant survived: it needs a test, or an argument in the table")

// parse reads the table: entries begin with a line `== name`, then `file: `, perhaps
// `equivalent: `, lines behind `- ` that are replaced, and lines behind `+ ` that replace them.
func parse(text string) ([]mutant, error) {
	var all []mutant
	seen := map[string]bool{}
	for number, line := range strings.Split(text, "\n") {
		if name, ok := strings.CutPrefix(line, "== "); ok {
			if seen[name] {
				return nil, fmt.Errorf("table.txt:%d: %s is there twice", number+1, name)
			}
			seen[name] = true
			all = append(all, mutant{name: name})
			continue
		}
		if line == "" || line[0] == '#' {
			continue
		}
		if len(all) == 0 || !all[len(all)-1].take(line) {
			return nil, fmt.Errorf("table.txt:%d: expected ==, file:, equivalent:, - or +", number+1)
		}
	}
	return all, nil
}

func (m *mutant) take(line string) bool {
	switch {
	case strings.HasPrefix(line, "file: "):
		m.file = line[len("file: "):]
	case strings.HasPrefix(line, "equivalent: "):
		m.equivalent = line[len("equivalent: "):]
	case line[0] == '-':
		m.old += strings.TrimPrefix(line[1:], " ") + "\n"
	case line[0] == '+':
		m.new += strings.TrimPrefix(line[1:], " ") + "\n"
	default:
		return false
	}
	return true
}

// apply returns the file as the mutant has it.
func (m *mutant) apply() (string, error) {
	b, err := os.ReadFile(m.file)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(b), m.old); n != 1 || m.old == "" {
		return "", fmt.Errorf("%s: its lines are %d times in %s, expected once", m.name, n, m.file)
	}
	return strings.Replace(string(b), m.old, m.new, 1), nil
}

// Tests that end not even by then have noticed the mutant too: the first ones take seconds.
const (
	firstLimit = time.Minute
	lastLimit  = 3 * time.Minute
)

// Tests that search with seeds notice much, late. The others go first. An example waits for ever
// for what a mutant prevents, and runs though a test failed before it.
const seeded = "Agree|AMapForEachRevision|TestATranscript|^Example"

// The hash of a run changes with anything: it would kill every mutant, and tell nothing.
const never = "TestARunHasThisHash|TestTheHashAndTheStateAreTheSame"

// test runs the tests on the broken core and reports whether it lives.
func (m *mutant) test(broken string) (lives bool, err error) {
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	tests, err := m.build(dir, broken)
	if err != nil {
		return false, err
	}
	begin := time.Now()
	by, err := m.killer(tests, "-test.skip="+seeded+"|"+never, firstLimit)
	if err == nil && by == "" {
		by, err = m.killer(tests, "-test.run="+seeded, lastLimit)
	}
	if err != nil {
		return false, err
	}
	took := time.Since(begin).Round(100 * time.Millisecond)
	switch {
	case by != "" && m.equivalent != "":
		return false, fmt.Errorf("%s is not equivalent: %s notices", m.name, by)
	case by != "":
		fmt.Printf("killed     %-64s %-6v %s\n", m.name, took, by)
	case m.equivalent != "":
		fmt.Printf("equivalent %-64s %-6v %s\n", m.name, took, m.equivalent)
	default:
		fmt.Printf("SURVIVED   %-64s %v\n", m.name, took)
	}
	return by == "", nil
}

// build compiles the tests of the package with the mutant in it.
func (m *mutant) build(dir, broken string) (string, error) {
	overlay, err := m.overlay(dir, broken)
	if err != nil {
		return "", err
	}
	tests := filepath.Join(dir, "tests")
	cmd := exec.Command("go", "test", "-c", "-overlay", overlay, "-vet=off", "-ldflags=-s -w",
		"-o", tests, "./"+filepath.Dir(m.file))
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s does not compile:\n%s", m.name, out)
	}
	return tests, nil
}

var (
	failed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	hung   = regexp.MustCompile(`(?m)^\s*running tests:\s*(\S+)`)
)

// killer runs some of the tests and returns the first that fails; "" if none does.
func (m *mutant) killer(tests, which string, limit time.Duration) (string, error) {
	cmd := exec.Command(tests, which, "-test.failfast", "-test.timeout", limit.String())
	cmd.Dir = filepath.Dir(m.file)
	out, err := cmd.CombinedOutput()
	exit := (*exec.ExitError)(nil)
	if err == nil {
		return "", nil
	}
	if !errors.As(err, &exit) {
		return "", err
	}
	if name := failed.FindSubmatch(out); name != nil {
		return string(name[1]), nil
	}
	if name := hung.FindSubmatch(out); name != nil {
		return string(name[1]) + " did not end", nil
	}
	return "a panic", nil
}

// overlay writes the files that -overlay wants, and returns the name of its map.
func (m *mutant) overlay(dir, broken string) (string, error) {
	file, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	replaced := filepath.Join(dir, filepath.Base(m.file))
	if err := os.WriteFile(replaced, []byte(broken), 0o600); err != nil {
		return "", err
	}
	b, err := json.Marshal(map[string]map[string]string{"Replace": {file: replaced}})
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, os.WriteFile(name, b, 0o600)
}
