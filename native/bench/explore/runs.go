package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"time"

	_ "embed"

	"github.com/synodlab/synod/core/explore"
	"github.com/synodlab/synod/native/search"
)

//go:embed agents.pml
var promela []byte

// A run is what one process found, and what it took.
type run struct {
	states    int
	wall, cpu time.Duration
	bytes     int // the most memory that it held
}

// rate is states a second of processor time.
func (r run) rate() float64 { return float64(r.states) / r.cpu.Seconds() }

func (r run) perState() float64 { return float64(r.bytes) / float64(r.states) }

// alone searches in this process; what it prints is for measured.
func alone(numbers, workers int) {
	model := agents(numbers)
	s := explore.New(model, explore.Limits{})
	must(search.Run(context.Background(), s, workers, nil))
	if model.Full() != "" {
		panic("there are too many " + model.Full())
	}
	fmt.Printf("%d states, stored\n", s.Result().Distinct)
	fmt.Printf("%d bytes, of them the search's own\n", s.Bytes())
}

var stored = regexp.MustCompile(`(\d+) states, stored`)

// measured runs a program that says how many states it stored.
func measured(program string, arguments ...string) run {
	command := exec.Command(program, arguments...)
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, os.Stderr
	began := time.Now()
	must(command.Run())
	wall := time.Since(began)
	found := stored.FindSubmatch(said.Bytes())
	if found == nil {
		panic("no number of states in: " + said.String())
	}
	states, err := strconv.Atoi(string(found[1]))
	must(err)
	ended := command.ProcessState
	used := ended.SysUsage().(*syscall.Rusage)
	return run{states, wall, ended.UserTime() + ended.SystemTime(), int(used.Maxrss) << 10}
}

// built is Spin's verifier of the same graph: exact, without reductions, and with
// optimization.
func built(dir string, numbers int) string {
	must(os.WriteFile(filepath.Join(dir, "agents.pml"), promela, 0o600))
	for _, words := range [][]string{
		{"spin", "-DBALLOTS=" + strconv.Itoa(numbers), "-a", "agents.pml"},
		{"gcc", "-O2", "-DSAFETY", "-DNOREDUCE", "-w", "-o", "pan", "pan.c"},
	} {
		command := exec.Command(words[0], words[1:]...)
		command.Dir, command.Stderr = dir, os.Stderr
		must(command.Run())
	}
	return filepath.Join(dir, "pan")
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
