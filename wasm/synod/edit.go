//go:build wasip1

package main

import (
	"strings"

	"github.com/synodlab/synod/core/diagram"
	"github.com/synodlab/synod/core/protocols"
	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/trace"
	"unsafe"
)

// record adds a statement to the text: the input is the statement, a newline, and the text of the
// scenario. c is the case that is shown; event the event after which it was done, -1: the end.
//
//go:wasmexport record
func record(n uint32, c, event int32) uint32 {
	line, rest, _ := strings.Cut(text(n), "\n")
	longer, err := scenario.Record(rest, int(c), line, int(event))
	if err != nil {
		return fail(err)
	}
	session.out = append(trace.AppendString(append(session.out[:0], `{"text":`...), longer), '}')
	return 1
}

// layout lays out what is new of the diagram. flags: bit 0 time runs down, bit 1 no labels, bits 8
// to 15 the vocabulary of the labels plus 1.
//
//go:wasmexport layout
func layout(rowHeight, flags uint32) {
	if session.run == nil {
		return
	}
	if label := flags>>8&255 + 1; label != session.label || session.options.Words == nil {
		session.label = label
		vocabulary := ""
		if v := int(flags >> 8 & 255); v > 0 && v <= len(protocols.Vocabularies) {
			vocabulary = protocols.Vocabularies[v-1]
		}
		session.options.Words = session.run.Words(vocabulary)
		session.diagram.Reset()
	}
	session.options.RowHeight = int32(rowHeight)
	session.options.Vertical = flags&1 != 0
	session.options.NoLabels = flags&2 != 0
	session.diagram.Layout(session.run.Log, &session.options)
}

// array returns where array i of the diagram is, and how many items it has.
func array(i uint32) (unsafe.Pointer, int) {
	d := &session.diagram
	texts, ends := d.Labels.Table()
	switch i {
	case 0:
		return unsafe.Pointer(unsafe.SliceData(d.X)), len(d.X)
	case 1:
		return unsafe.Pointer(unsafe.SliceData(d.Head)), len(d.Head)
	case 2:
		return unsafe.Pointer(unsafe.SliceData(d.Arrows)), len(d.Arrows)
	case 3:
		return unsafe.Pointer(unsafe.SliceData(d.Marks)), len(d.Marks)
	case 4:
		return unsafe.Pointer(unsafe.SliceData(d.Gaps)), len(d.Gaps)
	case 5:
		return unsafe.Pointer(unsafe.SliceData(d.Folds)), len(d.Folds)
	case 6:
		return unsafe.Pointer(unsafe.SliceData(d.Ticks)), len(d.Ticks)
	case 7:
		return unsafe.Pointer(unsafe.SliceData(texts)), len(texts)
	case 8:
		return unsafe.Pointer(unsafe.SliceData(ends)), len(ends)
	}
	return nil, 0
}

//go:wasmexport layoutarray
func layoutarray(i uint32) unsafe.Pointer {
	p, _ := array(i)
	return p
}

//go:wasmexport layoutcount
func layoutcount(i uint32) uint32 {
	_, n := array(i)
	return uint32(n)
}

//go:wasmexport layoutfigure
func layoutfigure(i uint32) uint32 {
	if i == 0 {
		return uint32(session.diagram.Width)
	}
	return uint32(session.diagram.Lanes)
}

// svg draws what is open; the input is the link to put into the picture.
//
//go:wasmexport svg
func svg(n uint32) uint32 {
	if session.run == nil {
		return fail(missing("no run is open"))
	}
	r := session.run
	var d diagram.Diagram
	options := diagram.Options{Words: r.Words("")}
	session.out = diagram.AppendSVG(session.out[:0], &d, r.Log, &options, r.Picture(text(n)))
	return 1
}
