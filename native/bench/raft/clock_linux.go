package main

import (
	"runtime"
	"syscall"
	"time"
)

// A stopwatch tells how long a thread has run since it was started: its processor time, which
// neighbours on a busy machine do not lengthen. What a garbage collector does on other threads is
// not in it, to the advantage of whoever needs one.
type stopwatch struct{ began time.Duration }

// start binds the goroutine to its thread until stop.
func start() stopwatch {
	runtime.LockOSThread()
	return stopwatch{threadTime()}
}

func (s stopwatch) elapsed() time.Duration { return threadTime() - s.began }

func (s stopwatch) stop() { runtime.UnlockOSThread() }

func threadTime() time.Duration {
	var use syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_THREAD, &use))
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
