package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATextIsAssembled(t *testing.T) {
	require.Equal(t, []byte{
		1, 1, type32, // one local
		opLoop, noResult, opGet, 0, opLoad32, 2, 8, opConst32, 0x80, 1, opAdd32, opTee, 1,
		opBranchIf, 0, opEnd, opGet, 1, opCall, 7, opEnd,
	}, assembled("sum do\n loop more get at load 8 num 128 add tee sum br_if more end\n"+
		"get sum call seven", "at", map[string]int{"seven": 7}))
	require.Panics(t, func() { assembled("do\n leap", "", nil) })
	require.Panics(t, func() { assembled("do\n get nothing", "", nil) })
}
