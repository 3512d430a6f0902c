// Package profile leaves a CPU profile of a benchmark, by which the compiler can build it anew.
package profile

import (
	"os"
	"runtime/pprof"
)

// Into begins a CPU profile, and returns what ends it and leaves it in the file.
func Into(file string) (end func()) {
	f, err := os.Create(file)
	must(err)
	must(pprof.StartCPUProfile(f))
	return func() {
		pprof.StopCPUProfile()
		must(f.Close())
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
