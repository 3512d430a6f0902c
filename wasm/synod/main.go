//go:build wasip1

// Command synod.wasm is a cluster in a tab: the scenario language, the world, every protocol and
// the checks, as a wasip1 reactor. It has no main loop; JavaScript calls its exports.
//
// Texts go through linear memory: input gives room, the caller writes UTF-8 there and passes its
// length; a result is read at out, of length outlen. Arrays (records, changes, names, the diagram)
// are read in place. Pointers and lengths are good until the next call, after which every view of
// the memory is to be made anew.
package main

import (
	"unsafe"

	"github.com/synodlab/synod/core/diagram"
	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/trace"
)

func main() {}

// session is what is open in this instance.
var session struct {
	in      []byte
	out     []byte
	run     *scenario.Run
	diagram diagram.Diagram
	options diagram.Options
	label   uint32 // vocabulary of the labels plus 1; 0: the scenario's
	verdict bool
}

// maxInput bounds a text from outside: that of a link, and some.
const maxInput = 1 << 20

//go:wasmexport input
func input(n uint32) unsafe.Pointer {
	if n > maxInput {
		n = maxInput
	}
	session.in = make([]byte, n+1)
	return unsafe.Pointer(&session.in[0])
}

// text returns the input of n bytes; what was not written is not there.
func text(n uint32) string { return string(session.in[:min(int(n), len(session.in))]) }

//go:wasmexport out
func out() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(session.out)) }

//go:wasmexport outlen
func outlen() uint32 { return uint32(len(session.out)) }

// fail makes err the result and returns 0.
func fail(err error) uint32 {
	session.out = scenario.AppendErrors(session.out[:0], err)
	return 0
}

//go:wasmexport parse
func parse(n uint32) uint32 {
	f, err := scenario.Parse("", text(n), scenario.Known())
	if err != nil {
		return fail(err)
	}
	session.out = f.AppendJSON(session.out[:0])
	return 1
}

//go:wasmexport format
func format(n uint32) uint32 {
	f, err := scenario.Parse("", text(n), nil)
	if err != nil {
		return fail(err)
	}
	session.out = append(session.out[:0], scenario.Format(f)...)
	return 1
}

//go:wasmexport open
func open(n uint32, c, run int32) uint32 { return begin(n, c, run, 0) }

//go:wasmexport openControl
func openControl(n uint32, c, run, control int32) uint32 { return begin(n, c, run, control+1) }

func begin(n uint32, c, run, control int32) uint32 {
	spare := session.run // its memory serves again
	session.run = nil
	session.diagram.Reset()
	f, err := scenario.Parse("", text(n), scenario.Known())
	if err != nil {
		return fail(err)
	}
	if c < 0 || int(c) >= f.CaseCount() || run < 0 || int(run) >= f.RunsOf(int(c)) {
		return fail(missing("there is no such case or run"))
	}
	s, err := f.Expand(int(c), int(run))
	if err != nil {
		return fail(err)
	}
	if control < 0 || int(control) > len(s.Controls) {
		return fail(missing("there is no such control"))
	}
	finals, err := earlier(f, int(c))
	if err != nil {
		return fail(err)
	}
	setup := scenario.Setup{Control: int(control), Rows: true, Finals: finals, Spare: spare}
	if session.run, err = scenario.Begin(s, setup); err != nil {
		return fail(err)
	}
	return 1
}

// earlier runs the first run of each case above c, with which c may compare itself.
func earlier(f *scenario.File, c int) (*scenario.Finals, error) {
	finals := &scenario.Finals{}
	if !f.Compares(c) {
		return finals, nil
	}
	for i := range c {
		s, err := f.Expand(i, 0)
		if err != nil {
			return nil, err
		}
		r, err := scenario.Begin(s, scenario.Setup{Finals: finals})
		if err != nil {
			return nil, err
		}
		if err := r.Finish(); err != nil {
			return nil, err
		}
		finals.Keep(r)
	}
	return finals, nil
}

type missing string

func (m missing) Error() string { return string(m) }

// advance lets up to k things happen: 0 the run goes on, 1 it has ended, 2 it failed.
//
//go:wasmexport advance
func advance(k uint32) uint32 {
	if session.run == nil {
		fail(missing("no run is open"))
		return 2
	}
	over := session.run.Advance(int(k))
	if err := session.run.Err(); err != nil {
		fail(err)
		return 2
	}
	if over {
		return 1
	}
	return 0
}

func log() *trace.Log {
	if session.run == nil {
		return &trace.Log{}
	}
	return session.run.Log
}

//go:wasmexport records
func records() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(log().Records)) }

//go:wasmexport recordcount
func recordcount() uint32 { return uint32(len(log().Records)) }

//go:wasmexport recordsize
func recordsize() uint32 { return uint32(unsafe.Sizeof(trace.Record{})) }

//go:wasmexport changes
func changes() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(log().Changes)) }

//go:wasmexport changecount
func changecount() uint32 { return uint32(len(log().Changes)) }

//go:wasmexport names
func names() unsafe.Pointer {
	texts, _ := log().Names.Table()
	return unsafe.Pointer(unsafe.SliceData(texts))
}

//go:wasmexport namesize
func namesize() uint32 {
	texts, _ := log().Names.Table()
	return uint32(len(texts))
}

//go:wasmexport nameends
func nameends() unsafe.Pointer {
	_, ends := log().Names.Table()
	return unsafe.Pointer(unsafe.SliceData(ends))
}

//go:wasmexport namecount
func namecount() uint32 { return uint32(log().Names.Len()) }

//go:wasmexport statetext
func statetext(h uint32) uint32 {
	session.out = append(session.out[:0], log().StateText(trace.History(h))...)
	return outlen()
}

//go:wasmexport describe
func describe() uint32 {
	if session.run == nil {
		return fail(missing("no run is open"))
	}
	session.out = session.run.AppendDescription(session.out[:0])
	return 1
}

// verdict judges what is open: the JSON of `synod run --json`, of this one run.
//
//go:wasmexport verdict
func verdict() uint32 {
	if session.run == nil {
		return fail(missing("no run is open"))
	}
	first := session.run.Verdict()
	title := session.run.Scenario.Header.Title
	v := scenario.Verdict{Title: title, First: first, Passed: first.Passed}
	session.out = v.AppendJSON(session.out[:0])
	return 1
}

// run runs a whole file, every case and control, and gives its verdict: what the edge answers too.
//
//go:wasmexport runfile
func runfile(n uint32) uint32 {
	var ran bool
	if session.out, ran = scenario.RunJSON(session.out[:0], "", text(n)); ran {
		return 1
	}
	return 0
}

//go:wasmexport statement
func statement(deed, event, subject int32) uint32 {
	session.out = session.out[:0]
	if session.run != nil {
		s := session.run.Statement(scenario.Deed(deed), int(event), uint32(subject))
		session.out = append(session.out, s...)
	}
	return outlen()
}
