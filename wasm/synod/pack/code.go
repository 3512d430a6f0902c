package main

import "encoding/binary"

// firstFunction is the number of the first function of the module in the high bits of a PC; the low
// 16 bits are PC_B, the place within the function.
const firstFunction = 0x1000

// shorten writes the code of a program anew, function by function. What it does not understand
// stays as it is.
func (f functions) shorten(content []byte) ([]byte, error) {
	resumed := f.resumed()
	r := reader{b: content}
	n := r.number()
	out := binary.AppendUvarint(nil, uint64(n))
	for i := range n {
		body := r.take(r.number())
		if r.bad {
			return nil, errModule
		}
		if shorter := rewritten(body, (firstFunction+i)<<16, resumed[i]); shorter != nil {
			body = shorter
		}
		out = append(binary.AppendUvarint(out, uint64(len(body))), body...)
	}
	return out, nil
}

// resumed returns the functions that the runtime may resume where no call of theirs returns: those
// that a recovered panic goes back to.
func (f functions) resumed() map[int]bool {
	found := map[int]bool{}
	for i := range f.count {
		if e, _ := f.entry(i); e.get(deferAt) != 0 {
			found[e.get(0)-firstFunction] = true
		}
	}
	return found
}

// body is a function's code.
type body struct {
	locals []byte // declarations
	code   []instruction
}

// function reads a function; its code is nil if it is not understood.
func function(b []byte) body {
	r := reader{b: b}
	for range r.number() {
		r.number()
		r.take(1)
		if r.bad {
			break
		}
	}
	locals := b[:len(b)-len(r.b)]
	code := r.instructions()
	if r.bad {
		return body{}
	}
	return body{locals, code}
}

// flow returns how a function flows, nil if it has no frame with a table.
func (f body) flow(first int, resumed bool) *flow { return newFlow(f.code, first, resumed) }

// rewritten returns a shorter function, nil if there is none. Its PC_B 0 is first.
func rewritten(b []byte, first int, resumed bool) []byte {
	f := function(b)
	how := f.flow(first, resumed)
	if how == nil {
		return nil
	}
	locals, code := place(f.locals, tidy(how.code()), first)
	return assemble(append([]byte{}, locals...), code)
}

// assemble appends code whose labels have names; nil if a label is not open where it is used.
func assemble(b []byte, code []instruction) []byte {
	var open []int
	for _, in := range code {
		switch in.op {
		case opBlock, opLoop, opIf:
			open = append(open, in.x)
		case opEnd:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case opBranch, opBranchIf:
			at := len(open) - 1
			for at >= 0 && open[at] != in.x {
				at--
			}
			if at < 0 {
				return nil
			}
			in.x = len(open) - 1 - at
		}
		b = in.appendTo(b)
	}
	return b
}
