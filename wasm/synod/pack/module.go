package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
)

// The parts of a WebAssembly module that matter here.
//
//	magic and version (8 bytes), then sections: id, size, content
//	data section: count, then segments: 0, i32.const address, end, size, bytes
const (
	header          = 8
	typeSection     = 1
	importSection   = 2
	functionSection = 3
	exportSection   = 7
	startSection    = 8
	codeSection     = 10
	dataSection     = 11
	i32Const        = 0x41
	end             = 0x0b
)

// maxImage bounds the memory that a module may fill: bytes.
const maxImage = 64 << 20

var (
	errModule    = errors.New("not a module as the Go linker writes it")
	errOtherwise = errors.New("the linker lays out its tables otherwise, or they have no room")
)

// reader reads LEB128 numbers and bytes; the first thing that is not there ends it.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) number() int {
	n, size := binary.Uvarint(r.b)
	if size <= 0 || n > math.MaxInt32 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return int(n)
}

// address reads what follows i32.const: a signed number, of which addresses are the positive.
func (r *reader) address() int {
	n, shift := 0, 0
	for shift < 35 {
		c := r.take(1)
		if r.bad {
			return 0
		}
		n |= int(c[0]&127) << shift
		shift += 7
		if c[0] < 128 {
			r.bad = r.bad || c[0]&64 != 0
			return n
		}
	}
	r.bad = true
	return 0
}

func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		r.bad, r.b = true, nil
		return make([]byte, 1)
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

// signed reads a signed number of up to 64 bits.
func (r *reader) signed() int {
	n, shift := 0, 0
	for shift < 64 {
		c := r.take(1)[0]
		n |= int(c&127) << shift
		shift += 7
		if c < 128 {
			if shift < 64 && c&64 != 0 {
				n |= -1 << shift
			}
			return n
		}
	}
	r.bad = true
	return 0
}

// parts are the sections of a module by their number, each of which there is once; what a module
// says beside them, who made it and how, is left out.
type parts [dataSection + 1][]byte

func sections(module []byte) (*parts, error) {
	if len(module) < header || !bytes.HasPrefix(module, []byte("\x00asm")) {
		return nil, errModule
	}
	var all parts
	r := reader{b: module[header:]}
	for last := 0; len(r.b) > 0 && !r.bad; {
		id, content := int(r.take(1)[0]), r.take(r.number())
		switch {
		case id == 0:
		case id <= last || id > dataSection:
			return nil, errModule
		default:
			all[id], last = content, id
		}
	}
	if r.bad {
		return nil, errModule
	}
	return &all, nil
}

// pack rewrites a module with one data segment, without line tables, and with shorter code; cleared
// is false if its tables are not as they should be, and then all but the segment stays as it was.
// The memory that the program begins with is otherwise the same, once it has unfolded its function
// table.
func pack(module []byte) (packed []byte, cleared bool, err error) {
	all, err := sections(module)
	if err != nil {
		return nil, false, err
	}
	memory, err := image(all[dataSection])
	if err != nil {
		return nil, false, err
	}
	if f, found := find(append([]byte{}, memory...)); found && all[codeSection] != nil {
		packed := *all
		switch err := f.pack(&packed); err {
		case nil:
			all, memory, cleared = &packed, f.memory, true
		case errOtherwise:
		default:
			return nil, false, err
		}
	}
	all[dataSection] = segment(memory)
	return all.module(), cleared, nil
}

// module writes a module of its sections.
func (all *parts) module() []byte {
	b := []byte("\x00asm\x01\x00\x00\x00")
	for id, content := range all {
		if content != nil {
			b = binary.AppendUvarint(append(b, byte(id)), uint64(len(content)))
			b = append(b, content...)
		}
	}
	return b
}

// pack writes the functions and their table anew.
func (f functions) pack(all *parts) error {
	r := reader{b: all[importSection]} // functions all
	imports := r.number()
	shorter, numbered, err := f.shorten(all[codeSection], imports)
	if err != nil {
		return err
	}
	all[codeSection] = shorter
	types, plain := f.types()
	if all[codeSection] = types.unreached(all, imports); !plain || all[codeSection] == nil {
		return errOtherwise
	}
	constants := constants(all[codeSection])
	f.dropPowers(constants)
	types.bare(constants)
	f.trim()
	room := f.write(numbered)
	u, table := f.fold()
	if !room || !table || !u.add(all, imports) {
		return errOtherwise
	}
	return nil
}

// image is the memory from address 0 that a data section fills; what no segment fills is zero.
func image(content []byte) ([]byte, error) {
	var memory []byte
	r := reader{b: content}
	for range r.number() {
		start := r.take(2)
		if r.bad || start[0] != 0 || start[1] != i32Const {
			return nil, errModule
		}
		at := r.address()
		last := r.take(1)[0]
		data := r.take(r.number())
		if r.bad || last != end || at+len(data) > maxImage {
			return nil, errModule
		}
		if grow := at + len(data) - len(memory); grow > 0 {
			memory = append(memory, make([]byte, grow)...)
		}
		copy(memory[at:], data)
	}
	return memory, nil
}

// segment is a data section of one segment, from the first byte of memory that is not zero.
func segment(memory []byte) []byte {
	at := len(memory) - len(bytes.TrimLeft(memory, "\x00"))
	content := []byte{1, 0, i32Const}
	n := at
	for n >= 64 {
		content = append(content, byte(n&127|128))
		n >>= 7
	}
	content = append(content, byte(n), end)
	content = binary.AppendUvarint(content, uint64(len(memory)-at))
	return append(content, memory[at:]...)
}
