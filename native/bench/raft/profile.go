package main

import (
	"os"
	"runtime/pprof"
)

// profiled begins a CPU profile, and returns what ends it and leaves it in the file.
func profiled(file string) (end func()) {
	f, err := os.Create(file)
	must(err)
	must(pprof.StartCPUProfile(f))
	return func() {
		pprof.StopCPUProfile()
		must(f.Close())
	}
}
