package main

import "encoding/binary"

// localPlace is the local that holds the PC of PC_B 0, behind PC_B and the stack pointer.
const localPlace = 2

// place lets a function's calls write where they return as a sum of the function's PC, which is
// kept in a local, and PC_B: the short form is alike in all functions.
func place(locals []byte, code []instruction, first int) ([]byte, []instruction) {
	places := 0
	for i := range code {
		if in := &code[i]; in.op == opConst64 && in.x>>16 == first>>16 {
			places++
		}
	}
	if places < 2 {
		return locals, code
	}
	longer, ok := withPlace(locals)
	if !ok {
		return locals, code
	}
	out := make([]instruction, 0, len(code)+2*places+2)
	out = append(out, instruction{op: opConst64, x: first}, instruction{op: opSet, x: localPlace})
	for _, in := range code {
		switch {
		case in.op == opConst64 && in.x>>16 == first>>16:
			out = append(out, instruction{op: opGet, x: localPlace},
				instruction{op: opConst64, x: in.x & 0xffff}, instruction{op: opAdd64})
			continue
		case in.op >= opGet && in.op <= opTee && in.x >= localPlace:
			in.x++
		}
		out = append(out, in)
	}
	return longer, out
}

// withPlace adds a local to the declaration of locals, whose first is one of 32 bits.
func withPlace(locals []byte) ([]byte, bool) {
	r := reader{b: locals}
	groups := r.number()
	if groups < 1 || r.number() != 1 || r.take(1)[0] != type32 {
		return nil, false
	}
	rest := r.b
	if groups > 1 {
		n := r.number()
		if r.take(1)[0] == type64 {
			longer := binary.AppendUvarint([]byte{byte(groups), 1, type32}, uint64(n+1))
			return append(append(longer, type64), r.b...), true
		}
	}
	return append([]byte{byte(groups + 1), 1, type32, 1, type64}, rest...), true
}
