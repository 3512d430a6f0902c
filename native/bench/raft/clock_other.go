//go:build !linux

package main

import "time"

// A stopwatch tells how long ago it was started: where processor time is not to be had, run it
// on an idle machine.
type stopwatch struct{ began time.Time }

func start() stopwatch { return stopwatch{time.Now()} }

func (s stopwatch) elapsed() time.Duration { return time.Since(s.began) }
