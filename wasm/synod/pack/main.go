// Pack builds the tab's program, small: everyone who needs synod.wasm calls it, so that there is
// one way to build it.
//
//	go run ./wasm/synod/pack -o bin/synod.wasm
//
// What runs seldom is compiled without inlining, and all of it without the barriers of a collector
// that runs beside the program. Then the linker's output is written anew. Its thousands of data
// segments become one, because their headers pack badly. The tables that map code to lines are
// cleared: a panic in the tab names functions, not lines. So is what types are made of, for which
// only reflection asks (bare), and functions that nothing calls any more trap (reach). What is left
// of the function table is written as columns, from which the program makes it when it starts
// (fold). The code is written anew, too: the compiler sends each jump within a function through one
// table, which costs room and time (flow), computes addresses in steps (tidy), and gives each call
// bytes of its own (place).
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
)

const ours = "github.com/synodlab/synod/"

// seldom are the packages that are compiled without inlining. The core, the world, the trace and
// the runtime run for each event and keep it.
var seldom = []string{
	ours + "core/scenario", ours + "core/diagram", ours + "core/check", ours + "core/protocols",
	ours + "core/kv", ours + "wasm/synod", "github.com/tidwall/btree", "slices", "strconv",
	"strings",
}

// often are the other packages that write pointers, and need not tell a collector either.
var often = []string{
	ours + "core/explore", ours + "core/paxos", ours + "core/sim", ours + "core/trace",
}

// stopped is the setting of the runtime by which nothing of the program runs while the collector
// marks: then no code but the runtime's own needs to tell it of each pointer that is written. In a
// tab there is one thread, which would do both by turns. A host must not take the setting back: it
// has no variable GODEBUG for the program.
const stopped = "gcstoptheworld"

func main() {
	out := flag.String("o", "bin/synod.wasm", "file to write")
	flag.Parse()
	if err := build(*out); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

// build compiles the program to the file out and packs it there.
func build(out string) error {
	module, err := compiled(out, true)
	if err == nil && !stops(module) {
		fmt.Fprintln(os.Stderr, "pack: this Go collects otherwise: it is told of each pointer")
		module, err = compiled(out, false)
	}
	if err != nil {
		return err
	}
	packed, cleared, err := pack(module)
	if err != nil {
		return fmt.Errorf("%s: %w", out, err)
	}
	if !cleared {
		fmt.Fprintln(os.Stderr, "pack: this Go lays out its tables otherwise: lines and code stay")
	}
	return os.WriteFile(out, packed, 0o644)
}

// compiled returns the program as Go builds it.
func compiled(out string, stop bool) ([]byte, error) {
	link, silent := "-ldflags=-s -w", ""
	if stop {
		link, silent = link+" -X=runtime.godebugDefault="+stopped+"=1", "-wb=0"
	}
	args := []string{"build", "-buildmode=c-shared", "-trimpath", link, "-o", out}
	for _, p := range seldom {
		args = append(args, "-gcflags="+p+"=-l "+silent)
	}
	for _, p := range often {
		args = append(args, "-gcflags="+p+"="+silent)
	}
	c := exec.Command("go", append(args, ours+"wasm/synod")...)
	c.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	if err := c.Run(); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

// stops tells whether the runtime of a program knows the setting, and has it.
func stops(module []byte) bool {
	set := bytes.Count(module, []byte(stopped+"=1"))
	return set > 0 && bytes.Count(module, []byte(stopped)) > set
}
