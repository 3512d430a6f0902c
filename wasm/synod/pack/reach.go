package main

import (
	"encoding/binary"
	"slices"
)

// reach is what of a program's code is called, or named so that it can be. A function is named by
// its PC, in data or in code, or by its number, as a method of a type.
type reach struct {
	types
	bodies  [][]byte
	imports int
	found   []bool
	next    []int
}

// unreached returns code in which the functions that nothing reaches any more trap; nil if it
// cannot be told.
func (t types) unreached(all *parts, imports int) []byte {
	r := reader{b: all[codeSection]}
	s := reach{types: t, bodies: make([][]byte, r.number()), imports: imports}
	for i := range s.bodies {
		s.bodies[i] = r.take(r.number())
	}
	s.found = make([]bool, len(s.bodies))
	if r.bad || !s.exports(all[exportSection]) {
		return nil
	}
	s.data()
	s.methods()
	for len(s.next) > 0 {
		i := s.next[len(s.next)-1]
		s.next = s.next[:len(s.next)-1]
		s.code(s.bodies[i])
	}
	out := binary.AppendUvarint(nil, uint64(len(s.bodies)))
	for i, body := range s.bodies {
		if !s.found[i] {
			body = trap
		}
		out = append(out, sized(body)...)
	}
	return out
}

// reach notes function i.
func (s *reach) reach(i int) {
	if i >= 0 && i < len(s.found) && !s.found[i] {
		s.found[i] = true
		s.next = append(s.next, i)
	}
}

// exports reaches what can be called from outside; false if that cannot be read.
func (s *reach) exports(content []byte) bool {
	r := reader{b: content}
	for range r.number() {
		r.take(r.number()) // its name
		kind, index := r.take(1)[0], r.number()
		if kind == 0 {
			s.reach(index - s.imports)
		}
	}
	return !r.bad
}

// data reaches the functions whose PC is in memory, but for the function table.
func (s *reach) data() {
	end := s.address(describedEnd)
	for at := 0; at+4 <= len(s.memory); at += 4 {
		if at >= s.header && at < end {
			at = end &^ 3
		}
		if pc := int(binary.LittleEndian.Uint32(s.memory[at:])); pc&0xffff == 0 {
			s.reach(pc>>16 - firstFunction)
		}
	}
}

// methods reaches the methods that an interface may find when the program runs.
func (s *reach) methods() {
	any := s.reflects()
	for _, t := range s.all {
		for m := t.methods(); len(m) > 0; m = m[methodBytes:] {
			if any || s.asked[s.method(m)] {
				s.reach(int(binary.LittleEndian.Uint32(m[8:])) - firstFunction)
				s.reach(int(binary.LittleEndian.Uint32(m[12:])) - firstFunction)
			}
		}
	}
}

func (s *reach) code(body []byte) {
	for _, in := range function(body).code {
		switch in.op {
		case opCall:
			s.reach(in.x - s.imports)
		case opConst32, opConst64:
			s.reach(in.x>>16 - firstFunction)
		}
	}
}

// The powers of ten by which fractions are written: that of 10^-348 comes first, that of 10^347 is
// the last, each of 128 bits.
const (
	powers     = 696
	firstPower = 0xfa8fd5a0081c0288
	lastPower  = 0xd13eb46469447567
)

// dropPowers clears the powers of ten if no number in code is the address of one: a program that
// prints no fractions does not need them.
func (f functions) dropPowers(constants []int) {
	const size = 16 * powers
	for at := 0; at+size <= len(f.memory); at += 8 {
		table := f.memory[at:][:size]
		if word(table, 0) != firstPower || word(table, 2*powers-2) != lastPower {
			continue
		}
		i, found := slices.BinarySearch(constants, at)
		if !found && (i == len(constants) || constants[i] >= at+size) {
			clear(table)
		}
	}
}

// constants returns the numbers in code that may be addresses, in order.
func constants(content []byte) []int {
	var found []int
	r := reader{b: content}
	for range r.number() {
		for _, in := range function(r.take(r.number())).code {
			switch {
			case in.op == opConst32 || in.op == opConst64:
				found = append(found, in.x&(1<<32-1))
			case in.op >= opLoads && in.op <= opStores:
				found = append(found, in.y)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
