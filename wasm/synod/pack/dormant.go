package main

import "strings"

// dormant are functions of the runtime that run only if something asks for them that nobody can ask
// for in a tab: execution traces, profiles, tests of goroutines, what the variable GODEBUG switches
// on, stacks of C, plugins; or that a panic needs which the core does not have, with fractions, or
// which tells of a broken runtime, whose memory they would show. They trap in the packed program,
// as do the functions that nothing else calls. A star stands for any end of a name.
var dormant = []string{
	"runtime.checkFinalizersAndCleanups*", "runtime.doRecordGoroutineProfile*",
	"runtime.dumpScanStats", "runtime.dumpStacksRec", "runtime.dumpTypesRec",
	"runtime.findGoroutineLeaks*", "runtime.findMaybeRunnableGoroutines*", "runtime.fmtNSAsMS",
	"runtime.hexdumpWords*", "runtime.makeTraceFrames", "runtime.oneNewExtraM*",
	"runtime.printAncestorTraceback*", "runtime.printOneCgoTraceback",
	"runtime.printScavTrace", "runtime.printcomplex*", "runtime.printfloat*",
	"runtime.saveblockevent*", "runtime.schedtrace*", "runtime.setCheckmark*",
	"runtime.traceAdvance*", "runtime.traceLocker.*", "runtime.traceReadCPU",
	"runtime.traceStack", "runtime.traceSyncBatch",
	"runtime.traceWriter.*", "runtime.tracebackHexdump*", "runtime.tryRecordGoroutineProfile*",
	"runtime.typesEqual", "runtime.(*hexdumper).*", "runtime.(*profBuf).*",
	"runtime.(*synctestBubble).*", "runtime.(*traceBuf).*", "runtime.(*traceMap).*",
	"runtime.(*traceRegionAlloc).*", "runtime.(*traceStringTable).*",
}

// panicking are the functions of the runtime that never return.
var panicking = []string{
	"runtime.goPanic*", "runtime.gopanic", "runtime.panicdivide", "runtime.panicmakeslicelen",
	"runtime.panicshift", "runtime.sigpanic", "runtime.throw",
}

// trap is a function that does nothing else.
var trap = []byte{0, opUnreachable, opEnd}

// named returns the numbers of the functions with these names.
func (f functions) named(names []string) map[int]bool {
	found := map[int]bool{}
	for i := range f.count {
		e, _ := f.entry(i)
		name := string(f.name(e.get(nameAt)))
		for _, n := range names {
			begin, all := strings.CutSuffix(n, "*")
			if name == n || all && strings.HasPrefix(name, begin) {
				found[e.get(0)] = true
			}
		}
	}
	return found
}
