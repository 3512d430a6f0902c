package main

import "encoding/binary"

// firstFunction is the number of the first function of the module in the high bits of a PC; the low
// 16 bits are PC_B, the place within the function.
const firstFunction = 0x1000

// shorten writes the code of a program anew, function by function, and returns the new numbers of
// the places at which calls return, by the functions' numbers. What is dormant goes; what it does
// not understand stays as it is.
func (f functions) shorten(content []byte, imports int) ([]byte, map[int]places, error) {
	entries, asleep, never := f.byNumber(), f.named(dormant), map[int]bool{}
	for number := range f.named(panicking) {
		never[number-firstFunction+imports] = true // as calls name it
	}
	numbered := map[int]places{}
	r := reader{b: content}
	n := r.number()
	out := binary.AppendUvarint(nil, uint64(n))
	for i := range n {
		body := r.take(r.number())
		if r.bad {
			return nil, nil, errModule
		}
		number := firstFunction + i
		if asleep[number] {
			body = trap
		} else if b, at := f.rewritten(body, number, entries[number], never); b != nil {
			body, numbered[number] = b, at
		}
		out = append(binary.AppendUvarint(out, uint64(len(body))), body...)
	}
	return out, numbered, nil
}

// byNumber returns the functions' entries by their number.
func (f functions) byNumber() map[int]entry {
	found := map[int]entry{}
	for i := range f.count {
		e, _ := f.entry(i)
		found[e.get(0)] = e
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

// rewritten returns a shorter function, nil if there is none, and the numbers of its places, nil if
// they stay. The runtime resumes a function that recovered a panic where no call of it returns, and
// knows by an identity of its own what it resumes otherwise.
func (f functions) rewritten(b []byte, number int, e entry, never map[int]bool) (
	[]byte, places) {
	read := function(b)
	flow := newFlow(read.code, number<<16)
	if flow == nil {
		return nil, nil
	}
	flow.never = never
	if e.b != nil {
		flow.resumed = e.get(deferAt) != 0
		if e.b[identityAt] == 0 {
			flow.known = func(place int) state { return f.state(e, place) }
		}
	}
	locals, code := flow.place(read.locals, tidy(flow.code()))
	return assemble(append([]byte{}, locals...), code), flow.places
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
