package main

import (
	"bytes"
	"encoding/binary"
)

// The header of the function table in a Go 1.26 program for wasm, and a function's entry in it; all
// little-endian. The entry is followed by an offset for each further table, in tables, and by one
// for each piece of data, from where data begins.
//
//	header: magic(4) 0 0 1 8, then 8 bytes each: functions, files, -, and where from the header
//	        names, units, files, tables, functions begin
//	entry:  4 bytes each: entry, name, args, deferreturn, sp, file, line, tables, unit, start; and
//	        id, flag, 0, data (1 byte each)
const (
	headerBytes = 72
	entryBytes  = 44
	nameAt      = 4
	argsAt      = 8
	deferAt     = 12
	spAt        = 16
	fileAt      = 20
	lineAt      = 24
	tablesAt    = 28
	unitAt      = 32
	startAt     = 36
	identityAt  = 40
	dataAt      = 43
)

// Which table and which data of a function is which. Only what is named here may be cleared.
const (
	tableUnsafe  = 0
	tableInlined = 2
	tableLive    = 3
	dataInlined  = 3
	dataArgs     = 5
	none         = 1<<32 - 1 // offset of data that is not there
)

// The runtime's description of the module, in words: the header comes first, then among others the
// functions, the table from a PC to a function, where the functions' data begins, and where all
// that ends.
const (
	describedFunctions = 16
	describedBuckets   = 19
	describedData      = 40
	describedEnd       = 41
	describedWords     = 51
)

var magic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

// functions is the function table of a program.
type functions struct {
	count                        int
	names, tables, entries, data []byte
	memory                       []byte
	header, description          int // where they are in memory
}

// find returns the function table in memory.
func find(memory []byte) (f functions, found bool) {
	at := bytes.Index(memory, magic)
	if at < 0 || len(memory)-at < headerBytes {
		return f, false
	}
	table := memory[at:]
	names, units, tables, entries := word(table, 4), word(table, 5), word(table, 7), word(table, 8)
	if names >= units || units >= tables || tables >= entries || entries >= uint64(len(table)) ||
		word(table, 1) > 1<<20 {
		return f, false
	}
	f = functions{count: int(word(table, 1)), names: table[names:units],
		tables: table[tables:entries], entries: table[entries:], memory: memory, header: at}
	return f, f.described(uint64(at)+entries) && f.sound()
}

// described finds the description of the module, by the addresses of the header and of the
// functions, and with it the functions' data.
func (f *functions) described(functions uint64) bool {
	for at := 0; at+8*describedWords <= len(f.memory); at += 8 {
		module := f.memory[at:]
		if word(module, 0) == uint64(f.header) && word(module, describedFunctions) == functions {
			data := word(module, describedData)
			if data >= uint64(len(f.memory)) {
				return false
			}
			f.description, f.data = at, f.memory[data:]
			return true
		}
	}
	return false
}

// address returns an address that is in the description of the module.
func (f functions) address(of int) int { return int(word(f.memory[f.description:], of)) }

// word returns word i of b.
func word(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }

// sound tells whether every entry reads as it should.
func (f functions) sound() bool {
	for i := range f.count {
		e, ok := f.entry(i)
		if !ok || f.name(e.get(nameAt)) == nil {
			return false
		}
		for t := range e.tables {
			if e.get(entryBytes+4*t) >= len(f.tables) {
				return false
			}
		}
		for _, at := range []int{spAt, fileAt, lineAt} {
			if e.get(at) >= len(f.tables) {
				return false
			}
		}
		for d := range e.data {
			if at := e.dataAt(d); e.get(at) != none && e.get(at) >= len(f.data) {
				return false
			}
		}
	}
	return true
}

// entry is a function's entry.
type entry struct {
	b            []byte
	tables, data int
}

// entry returns function i; false if there is none.
func (f functions) entry(i int) (e entry, ok bool) {
	if 8*i+8 > len(f.entries) {
		return e, false
	}
	at := int(binary.LittleEndian.Uint32(f.entries[8*i+4:]))
	if at+entryBytes > len(f.entries) {
		return e, false
	}
	e = entry{b: f.entries[at:]}
	e.tables, e.data = e.get(tablesAt), int(e.b[dataAt])
	size := e.dataAt(e.data)
	if e.tables > 16 || size > len(e.b) {
		return e, false
	}
	e.b = e.b[:size]
	return e, true
}

func (e entry) get(at int) int { return int(binary.LittleEndian.Uint32(e.b[at:])) }

func (e entry) set(at, value int) { binary.LittleEndian.PutUint32(e.b[at:], uint32(value)) }

// dataAt is where the offset of data d is.
func (e entry) dataAt(d int) int { return entryBytes + 4*e.tables + 4*d }

// name returns the name at an offset, nil if it does not end.
func (f functions) name(at int) []byte {
	if at >= len(f.names) {
		return nil
	}
	if n := bytes.IndexByte(f.names[at:], 0); n >= 0 {
		return f.names[at : at+n : at+n]
	}
	return nil
}

// length is the size of the table that begins at an offset, and the largest value in it. The table
// has pairs of numbers, of which the first is added to the value, until a first one of 0, which the
// first pair alone may have. The size is 0 if it does not end.
func (f functions) length(at int) (size, largest int) {
	r := reader{b: f.tables[at:]}
	value, largest := -1, -1
	for first := true; !r.bad; first = false {
		n := r.number()
		if n == 0 && !first {
			return len(f.tables) - at - len(r.b), largest
		}
		value += n>>1 ^ -(n & 1)
		largest = max(largest, value)
		r.number()
	}
	return 0, largest
}
