package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// A stopwatch tells how much processor time the process took since it was started: neighbours on a
// busy machine do not lengthen it, and what a garbage collector does on other threads is in it. Who
// makes garbage pays for it.
type stopwatch struct{ began time.Duration }

func start() stopwatch { return stopwatch{processorTime()} }

func (s stopwatch) elapsed() time.Duration { return processorTime() - s.began }

func processorTime() time.Duration {
	var now unix.Timespec
	must(unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &now))
	return time.Duration(now.Nano())
}
