package main

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// A type in memory, as the Go linker writes it: this, then what types of its kind have, then what
// a type with a name has if it has one, and last its fields, arguments or methods. Names are
// counted from where types begin.
//
//	size(8) pointers(8) hash(4) flags, align, field align, kind(1) equal(8) pointer mask(8)
//	name(4) pointer to it(4)
//	named: package(4) methods(2) exported(2) where methods are, from here(4) 0(4)
//	method: name, type, code, code(4)       field: name, type, offset(8)
const (
	hashAt       = 16
	flagsAt      = 20
	kindAt       = 23
	typeNameAt   = 40
	pointerAt    = 44
	typeBytes    = 48
	namedBytes   = 16
	methodBytes  = 16
	fieldBytes   = 24
	flagNamed    = 1 << 0 // it has what a type with a name has
	flagOnDemand = 1 << 4 // its mask is made of its fields
	typeAligned  = 32
)

// Kinds of types that have more than all have, and how much.
const (
	kindArray     = 17
	kindFunc      = 19
	kindInterface = 20
	kindStruct    = 25
	kindLast      = 26
)

var kindBytes = [kindLast + 1]int{kindArray: 24, 18: 16, kindFunc: 8, kindInterface: 32, 21: 56,
	22: 8, 23: 8, kindStruct: 32}

// The description of the module tells where types and the constants behind them are, lists the
// types without names, for reflection, and the tables of interfaces.
const (
	describedTypes   = 37
	describedTypeEnd = 38
	describedLinks   = 45
	describedTables  = 48
)

// typed is a type, its bytes in memory.
type typed struct {
	at   int
	b    []byte
	fix  int // bytes before fields, arguments and methods
	live bool
}

func (t *typed) kind() int { return int(t.b[kindAt]) }

func (t *typed) has(flag byte) bool { return t.b[flagsAt]&flag != 0 }

func (t *typed) word(at int) int { return int(binary.LittleEndian.Uint64(t.b[at:])) }

func (t *typed) half(at int) int { return int(binary.LittleEndian.Uint32(t.b[at:])) }

// named is what a type with a name has, nil if it has none.
func (t *typed) named() []byte {
	if !t.has(flagNamed) {
		return nil
	}
	return t.b[t.fix-namedBytes:]
}

// methods are the methods of a type with a name.
func (t *typed) methods() []byte {
	b := t.named()
	if b == nil {
		return nil
	}
	n := int(binary.LittleEndian.Uint16(b[4:]))
	if n == 0 {
		return nil
	}
	return b[binary.LittleEndian.Uint32(b[8:]):][:n*methodBytes]
}

// parts are the fields of a struct, the arguments of a function, the methods of an interface.
func (t *typed) parts() []byte { return t.b[t.fix:][:t.partBytes()] }

func (t *typed) partBytes() int {
	switch t.kind() {
	case kindStruct:
		return t.word(typeBytes+16) * fieldBytes
	case kindInterface:
		return t.word(typeBytes+16) * 8
	case kindFunc:
		counts := t.half(typeBytes) // of arguments and results, whose highest bit is a flag
		return (counts&0xffff + counts>>16&0x7fff) * 8
	}
	return 0
}

// typeAt reads the type at an address; nil if there is none.
func (f functions) typeAt(at int) *typed {
	b := f.memory[at:f.address(describedTypeEnd)]
	if len(b) < typeBytes+kindBytes[kindStruct]+namedBytes || !plausible(b) ||
		f.typeName(int(binary.LittleEndian.Uint32(b[typeNameAt:]))) == nil {
		return nil
	}
	t := &typed{at: at, b: b, fix: typeBytes + kindBytes[b[kindAt]]}
	if t.has(flagNamed) {
		t.fix += namedBytes
	}
	end := t.fix
	if n := t.partBytes(); n >= 0 && n < len(b)-end {
		end += n
	}
	if m := t.named(); m != nil {
		methods := int(binary.LittleEndian.Uint16(m[4:])) * methodBytes
		if methods > 0 {
			end = max(end, t.fix-namedBytes+int(binary.LittleEndian.Uint32(m[8:]))+methods)
		}
	}
	if end > len(b) || end < t.fix+t.partBytes() {
		return nil
	}
	t.b = b[:end:end]
	return t
}

// plausible tells whether b begins as a type: sizes and alignments are such as a type has.
func plausible(b []byte) bool {
	size, pointers := word(b, 0), word(b, 1)
	align, field := b[flagsAt+1], b[flagsAt+2]
	return b[kindAt] > 0 && b[kindAt] <= kindLast && b[flagsAt] < 64 && size < maxImage &&
		pointers <= size && pointers%8 == 0 && align > 0 && align <= 8 && align&(align-1) == 0 &&
		field == align && size%uint64(align) == 0 && word(b, 3) < maxImage &&
		word(b, 4) < maxImage && binary.LittleEndian.Uint32(b[hashAt:]) != 0
}

// typeName returns all of the name at an offset, nil if there is no name: flags, size, text, and
// where a package is named that is not that of the type.
func (f functions) typeName(at int) []byte {
	b := f.memory[f.address(describedTypes):f.address(describedTypeEnd)]
	if at <= 0 || at >= len(b) {
		return nil
	}
	b = b[at:]
	r := reader{b: b[1:]}
	text := r.take(r.number())
	if b[0]&nameTagged != 0 {
		r.take(r.number())
	}
	if b[0]&namePackage != 0 {
		r.take(4)
	}
	if r.bad || len(text) == 0 || b[0] > 15 || !utf8.Valid(text) ||
		bytes.ContainsAny(text, "\x00\n") {
		return nil
	}
	return b[: len(b)-len(r.b) : len(b)-len(r.b)]
}

const (
	nameTagged  = 1 << 1
	namePackage = 1 << 2
)
