// Pack builds the tab's program, small: everyone who needs synod.wasm calls it, so that there is
// one way to build it.
//
//	go run ./wasm/synod/pack -o bin/synod.wasm
//
// What runs seldom is compiled without inlining; then the linker's output is written anew. Its
// thousands of data segments become one, because their headers pack badly. The tables that map code
// to lines are cleared: a panic in the tab names functions, not lines. So is what types are made
// of, for which only reflection asks (bare). What is left of the function table is written as
// columns, from which the program makes it when it starts (fold). The code is written anew, too:
// the compiler sends each jump within a function through one table, which costs room and time
// (flow), computes addresses in steps (tidy), and gives each call bytes of its own (place).
package main

import (
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
	args := []string{"build", "-buildmode=c-shared", "-trimpath", "-ldflags=-s -w", "-o", out}
	for _, p := range seldom {
		args = append(args, "-gcflags="+p+"=-l")
	}
	c := exec.Command("go", append(args, ours+"wasm/synod")...)
	c.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	if err := c.Run(); err != nil {
		return err
	}
	module, err := os.ReadFile(out)
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
