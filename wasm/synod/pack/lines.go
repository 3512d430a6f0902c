package main

import (
	"bytes"
	"encoding/binary"
)

// The header of the function table in a Go 1.26 program for wasm, and a function's entry in it; all
// little-endian. The entry is followed by an offset for each further table.
//
//	header: magic(4) 0 0 1 8, then 8 bytes each: functions, files, -, and where from the header
//	        names, units, files, tables, functions begin
//	entry:  4 bytes each: entry, name, args, deferreturn, sp, file, line, tables, unit, start
const (
	headerBytes = 72
	entryBytes  = 44
	deferAt     = 12
	spAt        = 16
	fileAt      = 20
	lineAt      = 24
	tablesAt    = 28
)

var magic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

// functions is the function table of a program: its entries, and the tables that they point to.
type functions struct {
	count           int
	entries, tables []byte
}

// find returns the function table in memory.
func find(memory []byte) (f functions, found bool) {
	at := bytes.Index(memory, magic)
	if at < 0 || len(memory)-at < headerBytes {
		return f, false
	}
	table := memory[at:]
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(table[8*i:]) }
	tables, entries := word(7), word(8)
	if tables >= entries || entries >= uint64(len(table)) || word(1) > 1<<20 {
		return f, false
	}
	return functions{int(word(1)), table[entries:], table[tables:entries]}, true
}

// entry returns function i with the offsets of its further tables, nil if there is none.
func (f functions) entry(i int) []byte {
	if 8*i+8 > len(f.entries) {
		return nil
	}
	at := int(binary.LittleEndian.Uint32(f.entries[8*i+4:]))
	if at+entryBytes > len(f.entries) {
		return nil
	}
	e := f.entries[at:]
	size := entryBytes + 4*int(binary.LittleEndian.Uint32(e[tablesAt:]))
	if size > entryBytes+4*16 || size > len(e) {
		return nil
	}
	return e[:size]
}

// length is the size of the table that begins at an offset: pairs of numbers until a first one of
// 0, which the first pair alone may have. It is 0 if the table does not end.
func (f functions) length(at uint32) int {
	r := reader{b: f.tables[at:]}
	for first := true; !r.bad; first = false {
		if value := r.number(); value == 0 && !first {
			return len(f.tables) - int(at) - len(r.b)
		}
		r.number()
	}
	return 0
}

// clearLines clears the tables of files and lines that nothing else shares, and what points to
// them; the runtime then prints "?" for a file. Stack maps stay: the collector needs them. It
// changes nothing and returns false unless all of it reads as it should.
func (f functions) clearLines() bool {
	lengths, kept := map[uint32]int{}, map[uint32]bool{0: true}
	for i := range f.count {
		e := f.entry(i)
		if e == nil {
			return false
		}
		for at := spAt; at < len(e); at += 4 {
			offset := binary.LittleEndian.Uint32(e[at:])
			switch {
			case at >= tablesAt && at < entryBytes:
			case offset >= uint32(len(f.tables)):
				return false
			case at == fileAt || at == lineAt:
				lengths[offset] = f.length(offset)
			default:
				kept[offset] = true
			}
		}
	}
	for offset, n := range lengths {
		if !kept[offset] {
			clear(f.tables[offset:][:n])
		}
	}
	for i := range f.count {
		clear(f.entry(i)[fileAt:tablesAt])
	}
	return true
}
