package main

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
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
	var now unix.Timespec
	must(unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now))
	return time.Duration(now.Nano())
}
