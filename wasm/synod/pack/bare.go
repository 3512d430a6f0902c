package main

import (
	"encoding/binary"
	"slices"
)

// bare drops of the types what only reflection asks for: the fields of structs, the arguments of
// functions, methods that no interface has, their names, the types that nothing but such things
// names, and hashes that no switch compares. The types are those that code names by an address,
// that data name, and those that these are made of. A program that reflects keeps all.
func (s *types) bare(constants []int) {
	if s.reflects() {
		return
	}
	s.constants = constants
	known := s.names()
	for _, t := range s.all {
		s.shorten(t)
	}
	s.mark()
	for _, t := range s.all {
		if !t.live {
			clear(t.b)
		}
	}
	s.forget(known)
}

func (s *types) reflects() bool { return len(s.named(reflecting)) > 0 }

// reflecting are functions that ask what a type is made of: those of reflection, and the one that
// hashes what an interface holds.
var reflecting = []string{"reflect.T*", "reflect.V*", "reflect.(*", "reflect.r*",
	"runtime.typehash"}

// types are the types of a program.
type types struct {
	functions
	all       []*typed
	constants []int           // numbers in code, in order
	asked     map[string]bool // methods of interfaces, by name and type
}

// types reads the types; false if they are not as the linker writes them.
func (f functions) types() (types, bool) {
	s := types{functions: f, asked: map[string]bool{}}
	at, end := f.address(describedTypes), f.address(describedTypeEnd)
	if at > end || end > len(f.memory) {
		return s, false
	}
	for at = aligned(at); at < end; at = aligned(at) {
		t := f.typeAt(at)
		if t == nil {
			at++
			continue
		}
		at += len(t.b)
		s.all = append(s.all, t)
		for m := t.parts(); t.kind() == kindInterface && len(m) > 0; m = m[8:] {
			s.asked[s.method(m)] = true
		}
	}
	return s, s.linked()
}

func aligned(at int) int { return (at + typeAligned - 1) &^ (typeAligned - 1) }

// method is the name and type of a method.
func (s *types) method(b []byte) string {
	name := s.typeName(int(binary.LittleEndian.Uint32(b)))
	if name == nil {
		return ""
	}
	r := reader{b: name[1:]}
	return string(r.take(r.number())) + string(b[4:8])
}

// of returns the type of which an address is a part, nil if there is none.
func (s *types) of(address int) *typed {
	i, found := slices.BinarySearchFunc(s.all, address, func(t *typed, at int) int {
		return t.at - at
	})
	if !found {
		i--
	}
	if i < 0 || address >= s.all[i].at+len(s.all[i].b) {
		return nil
	}
	return s.all[i]
}

// linked tells whether each type that the linker lists, or that an interface's table names, is one
// that was found.
func (s *types) linked() bool {
	list, n := s.address(describedLinks), s.address(describedLinks+1)
	for i := range n {
		at := s.address(describedTypes) + int(binary.LittleEndian.Uint32(s.memory[list+4*i:]))
		if t := s.of(at); t == nil || t.at != at {
			return false
		}
	}
	list, n = s.address(describedTables), s.address(describedTables+1)
	for i := range n {
		table := s.memory[word(s.memory[list:], i):]
		for w := range 2 {
			if t := s.of(int(word(table, w))); t == nil || t.at != int(word(table, w)) {
				return false
			}
		}
	}
	return true
}

// shorten drops of a type what it is made of, unless its mask is made of that, its hash unless it
// is compared or spreads the tables of interfaces, and the methods that no interface has.
func (s *types) shorten(t *typed) {
	binary.LittleEndian.PutUint32(t.b[pointerAt:], 0)
	switch t.kind() {
	case kindStruct:
		if !t.has(flagOnDemand) {
			clear(t.parts())
			clear(t.b[typeBytes : typeBytes+kindBytes[kindStruct]])
		}
	case kindFunc:
		clear(t.parts())
		clear(t.b[typeBytes : typeBytes+4])
	case kindArray:
		clear(t.b[typeBytes+8 : typeBytes+16]) // the slice of what it is an array of
	}
	if s.drop(t) == 0 && t.kind() != kindInterface && !s.constant(t.half(hashAt)) {
		binary.LittleEndian.PutUint32(t.b[hashAt:], 1)
	}
}

// drop drops the methods that no interface has, and returns how many are left.
func (s *types) drop(t *typed) int {
	methods := t.methods()
	if methods == nil {
		return 0
	}
	kept := 0
	for i := 0; i < len(methods); i += methodBytes {
		if s.asked[s.method(methods[i:])] {
			kept += copy(methods[kept:], methods[i:][:methodBytes])
		}
	}
	clear(methods[kept:])
	binary.LittleEndian.PutUint16(t.named()[4:], uint16(kept/methodBytes))
	binary.LittleEndian.PutUint16(t.named()[6:], 0) // of those that are exported
	return kept
}

func (s *types) constant(n int) bool {
	_, found := slices.BinarySearch(s.constants, n)
	return found
}

// mark marks the types that the program may use.
func (s *types) mark() {
	for _, n := range s.constants {
		s.live(n)
	}
	next := 0
	for at := 0; at+8 <= len(s.memory); at += 8 {
		if next < len(s.all) && at >= s.all[next].at {
			at = (s.all[next].at + len(s.all[next].b) - 1) &^ 7
			next++
			continue
		}
		s.live(int(word(s.memory[at:], 0)))
	}
}

// live marks the type of which an address is a part, and the types that it names.
func (s *types) live(address int) {
	t := s.of(address)
	if t == nil || t.live {
		return
	}
	t.live = true
	for at := 0; at+8 <= len(t.b); at += 8 {
		if at != typeNameAt {
			s.live(t.word(at))
		}
	}
	list, size := t.methods(), methodBytes
	if t.kind() == kindInterface {
		list, size = t.parts(), 8
	}
	for ; len(list) > 0; list = list[size:] {
		s.live(s.address(describedTypes) + int(binary.LittleEndian.Uint32(list[4:])))
	}
}

// names returns where the names are that the types have; a type that was cleared has none.
func (s *types) names() map[int]bool {
	found := map[int]bool{}
	for _, t := range s.all {
		s.each(t, func(at int) {
			for at > 0 && !found[at] {
				found[at] = true
				name := s.typeName(at)
				if name == nil || name[0]&namePackage == 0 {
					return
				}
				at = int(binary.LittleEndian.Uint32(name[len(name)-4:]))
			}
		})
	}
	return found
}

// each calls do with where each name is that a type names.
func (s *types) each(t *typed, do func(at int)) {
	if t.kind() == 0 {
		return
	}
	do(t.half(typeNameAt))
	if m := t.named(); m != nil {
		do(int(binary.LittleEndian.Uint32(m)))
	}
	for m := t.methods(); len(m) > 0; m = m[methodBytes:] {
		do(int(binary.LittleEndian.Uint32(m)))
	}
	switch begin := s.address(describedTypes); t.kind() {
	case kindInterface:
		do(t.word(typeBytes) - begin)
		for m := t.parts(); len(m) > 0; m = m[8:] {
			do(int(binary.LittleEndian.Uint32(m)))
		}
	case kindStruct:
		do(t.word(typeBytes) - begin)
		for m := t.parts(); len(m) > 0; m = m[fieldBytes:] {
			do(int(word(m, 0)) - begin)
		}
	}
}

// forget clears the names that were known and are no more, and the list of types without names.
func (s *types) forget(known map[int]bool) {
	kept := s.names()
	for at := range known {
		if name := s.typeName(at); name != nil && !kept[at] {
			clear(name)
		}
	}
	links := s.memory[s.address(describedLinks):][:4*s.address(describedLinks+1)]
	clear(links)
	clear(s.memory[s.description+8*(describedLinks+1):][:16]) // how many there are and have room
}
