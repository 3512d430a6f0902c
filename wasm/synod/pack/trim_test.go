package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatAPanicShowsKeepsItsName(t *testing.T) {
	for _, name := range []string{
		"main.main", "core/sim.(*World).Next", "runtime.gopanic", "runtime.GC",
		"runtime.(*TypeAssertionError).Error", "runtime", "internal/runtime/maps.rand",
	} {
		require.False(t, hidden([]byte(name)), name)
	}
	for _, name := range []string{"runtime.mallocgc", "runtime.(*mspan).init", "runtime.init.6"} {
		require.True(t, hidden([]byte(name)), name)
	}
}
